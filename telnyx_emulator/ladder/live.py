"""A ladder while it happens: one line for each thing, as soon as it is known what came of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from telnyx_emulator import journal
from telnyx_emulator.journal import Entry

from . import outcome, signals
from .legs import LadderLeg, LadderLegs, cells, clean, cut
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
        match entry:
            case journal.EventPublished():
                self._remember(entry)
                if leg is not None and entry.name == "call.answered":
                    leg.answered = True
            case journal.DeliveryEntry():
                yield self._delivery(entry, leg)
            case journal.CommandEntry():
                details = signals.command_details(entry.name, self._legs.named(entry.subject()))
                yield self._line(entry, leg, COMMAND, entry.name, outcome.answer(entry), details)
            case journal.FarEndAct() if leg is not None:
                yield self._act(entry, leg)
            case journal.ApplicationAsked():
                yield self._line(entry, leg, WEBHOOK, signals.request_label(entry), outcome.asked(entry), [])
            case _:
                told, good = signals.listed(entry.own()), not isinstance(entry, journal.EmulatorFault)
                yield self._line(entry, leg, REMARK, f"{entry.kind} {entry.name}", outcome.ResultText("", good), told)

    def _remember(self, entry: journal.EventPublished) -> None:
        event = entry.event
        self._payloads[event["id"]] = event["payload"]
        if len(self._payloads) > REMEMBERED:
            self._payloads.popitem(last=False)

    def _delivery(self, entry: journal.DeliveryEntry, leg: LadderLeg | None) -> str:
        label, details = entry.name, signals.event_details(entry.name, self._payloads.get(entry.event_id, {}))
        if isinstance(entry, journal.DeliveryAttempted):
            label = label if entry.attempt == 1 else f"{label} (attempt {entry.attempt})"
            return self._line(entry, leg, WEBHOOK, label, outcome.attempt(entry), details)
        assert isinstance(entry, journal.DeliveryFinished)
        return self._line(entry, leg, WEBHOOK, label, outcome.end(entry), details)

    def _act(self, entry: journal.FarEndAct, leg: LadderLeg) -> str:
        signal = signals.act(leg, entry.name, entry.detail)
        details = signals.act_details(entry.name, entry.detail)
        way = FAR_IN if signal.ours else FAR_OUT
        return self._line(entry, leg, way, signal.label, outcome.ResultText("", True), details)

    def _line(
        self, entry: Entry, leg: LadderLeg | None, way: str, label: str, result: outcome.ResultText, details: list[str]
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
