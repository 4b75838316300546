"""A ladder while it happens: one line for each thing, as soon as it is known what came of it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from telnyx_emulator.journal import Entry

from . import signals
from .legs import Leg, Legs, cells, clean, cut
from .outcome import outcome
from .text import PLAIN, STYLES, instant

REMEMBERED: Final = 1000
"""Events whose payload is kept until they are delivered."""
LABEL_CELLS, NAME_CELLS = 34, 12
FAR_OUT, FAR_IN, WEBHOOK, COMMAND, REMARK = ">|  ", "<|  ", " |> ", " |< ", " *  "
"""Between far end and emulator, and between emulator and application."""


class Live:
    """Lines for the entries of a journal that come one by one."""

    def __init__(self, names: Mapping[str, str] | None = None, color: bool = False) -> None:
        self._legs, self._color = Legs(names or {}), color
        self._payloads: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def lines(self, entry: Entry) -> Iterator[str]:
        """Nothing for an event: its delivery tells of it."""
        leg = self._legs.of(entry)
        if entry.kind == "event":
            self._remember(entry)
            if leg is not None and entry.name == "call.answered":
                leg.answered = True
        elif entry.kind == "delivery":
            yield self._delivery(entry, leg)
        elif entry.kind in ("command", "request"):
            details = signals.command_details(entry.name, self._legs.named(entry.subject()))
            yield self._line(entry, leg, COMMAND, entry.name, outcome(entry), details)
        elif entry.kind == "far_end" and leg is not None:
            yield self._act(entry, leg)
        elif entry.name == "app_request":
            yield self._line(entry, leg, WEBHOOK, signals.request_label(entry.detail), outcome(entry), [])
        else:
            details = [f"{key}={signals.told(value)}" for key, value in entry.detail.items()]
            yield self._line(entry, leg, REMARK, f"{entry.kind} {entry.name}", ("", entry.kind != "fault"), details)

    def _remember(self, entry: Entry) -> None:
        data = json.loads(entry.data or b"{}")
        self._payloads[data.get("id", "")] = data.get("payload", {})
        if len(self._payloads) > REMEMBERED:
            self._payloads.popitem(last=False)

    def _delivery(self, entry: Entry, leg: Leg | None) -> str:
        payload = self._payloads.get(str(entry.detail.get("event_id")), {})
        number = entry.detail.get("attempt", 1)
        label = entry.name if number == 1 else f"{entry.name} (attempt {number})"
        return self._line(entry, leg, WEBHOOK, label, outcome(entry), signals.event_details(entry.name, payload))

    def _act(self, entry: Entry, leg: Leg) -> str:
        signal = signals.act(leg, entry.name, entry.detail)
        details = signals.act_details(entry.name, entry.detail)
        return self._line(entry, leg, FAR_IN if signal.ours else FAR_OUT, signal.label, ("", True), details)

    def _line(
        self, entry: Entry, leg: Leg | None, way: str, label: str, result: tuple[str, bool], details: list[str]
    ) -> str:
        said, good = result
        name = cut(clean(leg.name), NAME_CELLS) if leg else ""
        label = cut(clean(label), LABEL_CELLS)
        style = {COMMAND: "command", WEBHOOK: "webhook", REMARK: "note"}.get(way, "far")
        parts = [
            self._styled(instant(entry.at), "time"),
            _padded(name, NAME_CELLS),
            self._styled(f"{way} {_padded(label, LABEL_CELLS)}", style if good else "bad"),
            self._styled(said, "good" if good else "bad"),
            " ".join(details),
        ]
        return "  ".join(part for part in parts if part).rstrip()

    def _styled(self, text: str, style: str) -> str:
        code = STYLES[style] if self._color and text else ""
        return f"{code}{text}{PLAIN}" if code else text


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))
