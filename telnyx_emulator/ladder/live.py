"""A ladder while it happens: one line for each thing, as soon as it is known what came of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from telnyx_emulator import journal
from telnyx_emulator.journal import Entry

from . import signals
from .legs import LadderLeg, LadderLegs, cells, clean, cut
from .rows import Arrow, Row, delivered, row_of
from .text import PLAIN, STYLES, instant

REMEMBERED: Final = 1000
"""Events whose payload is kept until they are delivered."""
LABEL_CELLS, NAME_CELLS = 34, 12
FAR_OUT, FAR_IN, WEBHOOK, COMMAND, REMARK = ">|  ", "<|  ", " |> ", " |< ", " *  "
"""Between far end and emulator, and between emulator and application."""


class Live:
    """Lines for entries that come one by one. `names`: of legs, by call_control_id; they may change meanwhile."""

    def __init__(self, names: Mapping[str, str] | None = None, color: bool = False) -> None:
        self._legs, self._color = LadderLegs({} if names is None else names), color
        self._payloads: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def lines(self, entry: Entry) -> Iterator[str]:
        """Nothing for an event: its delivery tells of it."""
        leg = self._legs.of(entry)
        if isinstance(entry, journal.EventPublished):
            self._remember(entry)
            if leg is not None and entry.name == "call.answered":
                leg.answered = True
        elif isinstance(entry, journal.DeliveryEntry):
            yield self._line(self._delivery(entry, leg), entry)
        else:
            yield self._line(row_of(entry, leg, self._legs), entry)

    def _remember(self, entry: journal.EventPublished) -> None:
        event = entry.event
        self._payloads[event["id"]] = event["payload"]
        if len(self._payloads) > REMEMBERED:
            self._payloads.popitem(last=False)

    def _delivery(self, entry: journal.DeliveryEntry, leg: LadderLeg | None) -> Row:
        details = signals.event_details(entry.name, self._payloads.get(entry.event_id, {}))
        label = entry.name
        if isinstance(entry, journal.DeliveryAttempted) and entry.attempt > 1:
            label = f"{label} (attempt {entry.attempt})"
        row = Row(entry.at, leg, near=Arrow(label, rightward=True), details=details)
        return row.come_to(delivered(entry))

    def _line(self, row: Row, entry: Entry) -> str:
        details = row.details
        if arrow := row.near:
            way, style = (WEBHOOK, "webhook") if arrow.rightward else (COMMAND, "command")
            label = arrow.label
        elif arrow := row.far:
            way, style, label = FAR_OUT if arrow.rightward else FAR_IN, "far", arrow.label
        else:
            way, style, label, details = REMARK, "note", f"{entry.kind} {entry.name}", signals.listed(entry.own())
        name = cut(clean(row.leg.name), NAME_CELLS) if row.leg else ""
        bad = row.level == "bad"
        parts = [
            self._styled(instant(row.at), "time"),
            _padded(name, NAME_CELLS),
            self._styled(f"{way} {_padded(cut(clean(label), LABEL_CELLS), LABEL_CELLS)}", "bad" if bad else style),
            self._styled(row.result, "bad" if bad else "good"),
            " ".join(details),
        ]
        return "  ".join(part for part in parts if part).rstrip()

    def _styled(self, text: str, style: str) -> str:
        code = STYLES[style] if self._color and text else ""
        return f"{code}{text}{PLAIN}" if code else text


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))
