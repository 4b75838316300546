"""The event log of a run: what happened, as lines of JSON that are the same for the same seed.

It tells virtual time only, and for each webhook what finally came of it, in the line of its event: how long the
application took, and how attempts and commands interleaved in real time, is another matter each time. That two
logs are the same is promised for an application that acts in one order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from telnyx_emulator import journal
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
    replaced = {re.compile(re.escape(address) + r"(?!\d)"): name for address, name in (origins or {}).items()}
    # A request to the application is reported when it was answered, but stands where it was made: first at its instant.
    for entry in sorted(listed, key=lambda entry: (entry.at, not isinstance(entry, journal.ApplicationAsked))):
        if not _elsewhere(entry):
            line = _line(entry, names or {}, results)
            yield orjson.dumps(_plain(line, replaced), option=orjson.OPT_APPEND_NEWLINE)


def _elsewhere(entry: Entry) -> bool:
    """Whether it stands in the line of its event, or happens in real time only."""
    if isinstance(entry, journal.Injection):
        return entry.plane == "delivery"
    return isinstance(entry, journal.DeliveryEntry) or (entry.kind == "warning" and entry.name == "clock_held")


def origin(url: str) -> str:
    """The part of a URL that `origins` replaces."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _results(entries: Iterable[Entry]) -> dict[str, dict[str, Any]]:
    """What came of each event, by its id: the last word counts."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if not isinstance(entry, journal.DeliveryAttempted | journal.DeliveryFinished):
            continue
        wording = found.setdefault(entry.event_id, {})
        if entry.fault and entry.fault not in wording.get("faults", ()):
            wording["faults"] = [*wording.get("faults", ()), entry.fault]
        if isinstance(entry, journal.DeliveryFinished):
            wording["result"] = entry.result
        elif entry.copy:
            wording["copies"] = max(entry.copy, wording.get("copies", 0))
        else:
            result = "delivered" if entry.taken else "failed"
            wording |= {"result": result, "attempts": entry.attempt, "status": entry.status}
    return found


def _line(entry: Entry, names: Mapping[str, str], results: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    line: dict[str, Any] = {"at": round(entry.at, 6), "kind": entry.kind, "name": entry.name}
    if entry.call_control_id is not None:
        line["leg"] = names.get(entry.call_control_id, entry.call_control_id)
    if isinstance(entry, journal.EventPublished):
        event = entry.event
        return line | {"payload": event["payload"], "delivery": results.get(event["id"], {"result": "pending"})}
    if isinstance(entry, journal.CommandEntry):
        kept = None if entry.body is None else {key: one for key, one in entry.body.items() if key not in DROPPED}
        return line | {"status": entry.status, "body": kept} | ({"codes": entry.codes} if entry.codes else {})
    return line | entry.own()


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
