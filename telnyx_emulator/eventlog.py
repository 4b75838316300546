"""The event log of a run: what happened, as lines of JSON that are the same for the same seed.

It tells virtual time only, and for each webhook what finally came of it, in the line of its event: how long the
application took, and how attempts and commands interleaved in real time, is another matter each time. That two
logs are the same is promised for an application that acts in one order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from telnyx_emulator.journal import Entry

DROPPED: Final = frozenset({"command_id"})
"""What applications fill with something new each time."""
APP_REQUEST: Final = "app_request"
"""It is told when it was answered, but stands where it was made: first at its instant."""
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
    replaced = {re.compile(re.escape(address) + r"(?!\d)"): name for address, name in (origins or {}).items()}
    for entry in sorted(listed, key=lambda entry: (entry.at, entry.name != APP_REQUEST)):
        if not _elsewhere(entry):
            line = _line(entry, names or {}, results)
            yield orjson.dumps(_plain(line, replaced), option=orjson.OPT_APPEND_NEWLINE)


def _elsewhere(entry: Entry) -> bool:
    """Whether it is told in the line of its event, or happens in real time only."""
    of_delivery = entry.kind == "delivery" or (entry.kind == "injection" and entry.detail.get("plane") == "delivery")
    return of_delivery or (entry.kind == "warning" and entry.name == "clock_held")


def origin(url: str) -> str:
    """The part of a URL that `origins` replaces."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _results(entries: Iterable[Entry]) -> dict[str, dict[str, Any]]:
    """What came of each event, by its id: the last word counts."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.kind == "delivery":
            told = found.setdefault(str(entry.detail.get("event_id")), {})
            _add_result(told, entry.detail)
    return found


def _add_result(told: dict[str, Any], detail: Mapping[str, Any]) -> None:
    if (fault := detail.get("fault")) and fault not in told.get("faults", ()):
        told["faults"] = [*told.get("faults", ()), fault]
    if detail.get("copy"):
        told["copies"] = max(detail["copy"], told.get("copies", 0))
    elif "result" in detail:
        told["result"] = detail["result"]
    else:
        status = detail.get("status")
        taken = status is not None and 200 <= status < 300
        told |= {"result": "delivered" if taken else "failed", "attempts": detail.get("attempt"), "status": status}


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


def _plain(value: Any, origins: Mapping[re.Pattern[str], str], link: bool = False) -> Any:
    """Without what changes from run to run."""
    if isinstance(value, str):
        for address, name in origins.items():
            value = address.sub(name.replace("\\", r"\\"), value)
        return urlsplit(value).path if link else value
    if isinstance(value, dict):
        return {key: _plain(inner, origins, link or key in LINKS) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, origins, link) for inner in value]
    return value
