"""The event log of a run: what happened, as lines of JSON that are the same for the same seed.

It tells virtual time only, and for each webhook what finally came of it, in the line of its event: how long the
application took, and how attempts and commands interleaved in real time, is another matter each time. That two
logs are the same is promised for an application that acts in one order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from telnyx_emulator.journal import Entry

DROPPED: Final = frozenset({"command_id"})
"""What applications fill with something new each time."""
LINKS: Final = ("recording_urls", "public_recording_urls", "download_urls")
"""Signed links: the signature covers the host, and with it a port that changes."""


def lines(
    entries: Iterable[Entry], names: Mapping[str, str] | None = None, origins: Mapping[str, str] | None = None
) -> Iterator[bytes]:
    """One line of JSON for each entry but those of deliveries, each with its newline.

    `names`: of legs, by call_control_id. `origins`: what stands for an address whose port is another one each
    time, such as {"http://127.0.0.1:43121": "http://app"}; see `origin`.
    """
    listed = list(entries)
    results = _results(listed)
    for entry in listed:
        if entry.kind != "delivery":
            line = _line(entry, names or {}, results)
            yield orjson.dumps(_plain(line, origins or {}), option=orjson.OPT_APPEND_NEWLINE)


def origin(url: str) -> str:
    """The part of a URL that `origins` replaces."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _results(entries: Iterable[Entry]) -> dict[str, dict[str, Any]]:
    """What came of each event, by its id: the last word counts."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        detail = entry.detail
        if entry.kind != "delivery" or detail.get("copy"):
            continue
        before = found.get(str(detail.get("event_id")), {})
        if "result" in detail:
            told = before | {"result": detail["result"]}
        else:
            taken = detail.get("status") is not None and 200 <= detail["status"] < 300
            told = {"result": "delivered" if taken else "failed", "attempts": detail.get("attempt")}
            told |= {"status": detail["status"]} if detail.get("status") is not None else {}
        told |= {"fault": detail["fault"]} if detail.get("fault") else {}
        found[str(detail.get("event_id"))] = told
    return found


def _line(entry: Entry, names: Mapping[str, str], results: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    line: dict[str, Any] = {"at": round(entry.at, 6), "kind": entry.kind, "name": entry.name}
    if entry.call_control_id is not None:
        line["leg"] = names.get(entry.call_control_id, entry.call_control_id)
    if entry.kind == "event" and entry.data is not None:
        data = json.loads(entry.data)
        return line | {"payload": data["payload"], "delivery": results.get(data["id"], {"result": "pending"})}
    if entry.kind == "command":
        return line | _command(entry.detail)
    return line | entry.detail


def _command(detail: Mapping[str, Any]) -> dict[str, Any]:
    body = detail.get("body")
    kept = {key: value for key, value in body.items() if key not in DROPPED} if isinstance(body, dict) else body
    codes = [error.get("code") for error in detail.get("errors") or () if isinstance(error, dict)]
    told = {"status": detail.get("status"), "body": kept}
    return told | ({"codes": codes} if codes else {}) | ({"fault": detail["fault"]} if detail.get("fault") else {})


def _plain(value: Any, origins: Mapping[str, str], link: bool = False) -> Any:
    """Without what changes from run to run."""
    if isinstance(value, str):
        for address, name in origins.items():
            value = value.replace(address, name)
        return urlsplit(value)._replace(query="", netloc="").geturl() if link else value
    if isinstance(value, dict):
        return {key: _plain(inner, origins, link or key in LINKS) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, origins, link) for inner in value]
    return value
