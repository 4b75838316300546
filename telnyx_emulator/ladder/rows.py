"""From the lines of a journal to the rows of a ladder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from telnyx_emulator import journal
from telnyx_emulator.journal import Entry

from . import signals
from .legs import MOST_COLUMNS, LadderLeg, LadderLegs, clean, cut

LATE_SECS: Final = 0.1
"""Virtual seconds after which a webhook that arrives is shown a second time."""

Level = Literal["good", "bad", "note"]
Kind = Literal["command", "webhook", "delivered", "far_end", "request"]


@dataclass(frozen=True, slots=True)
class MissingArrow:
    """Something that should have been seen by the instant `at`. `leg`: its call_control_id."""

    name: str
    at: float
    kind: Kind = "command"
    leg: str | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """`rightward`: towards the application's side. `lost`: it was not there, or did not arrive."""

    label: str
    rightward: bool
    lost: bool = False


@dataclass(slots=True, eq=False)
class Row:
    """One line. `far`: between the leg's far end and the emulator; `near`: between that and the application."""

    at: float
    leg: LadderLeg | None = None
    seqs: list[int] = field(default_factory=list)
    far: Arrow | None = None
    near: Arrow | None = None
    result: str = ""
    details: list[str] = field(default_factory=list)
    note: str = ""
    mark: str = ""
    level: Level = "good"

    def come_to(self, result: ResultText) -> Row:
        """The same row, with what came of it."""
        self.result, self.level = result.text, "good" if result.good else "bad"
        return self

    @property
    def column(self) -> int:
        """Of the far end, from the left."""
        return self.leg.column if self.leg else 0

    def shown(self, columns: list[str]) -> dict[str, Any]:
        ends = (columns[self.column], "emulator", "app")
        arrows = [(self.far, *ends[:2]), (self.near, *ends[1:])]
        return {
            "at": round(self.at, 6),
            "seqs": self.seqs,
            "leg": self.leg and self.leg.name,
            "arrows": [
                {
                    "from": left if arrow.rightward else right,
                    "to": right if arrow.rightward else left,
                    "label": arrow.label,
                    "lost": arrow.lost,
                }
                for arrow, left, right in arrows
                if arrow
            ],
            "result": self.result,
            "details": self.details,
            "note": self.note,
            "mark": self.mark,
        }


def rows_of(
    entries: Iterable[Entry], names: Mapping[str, str], marks: Mapping[int, str], missing: Iterable[MissingArrow]
) -> tuple[list[Row], LadderLegs]:
    """The rows in order, and the legs that they are about."""
    story = Story(LadderLegs(names))
    for entry in entries:
        story.tell(entry)
    for one in sorted(missing, key=lambda one: one.at):
        story.miss(one)
    for row in story.rows:
        row.mark = next((marks[seq] for seq in row.seqs if seq in marks), row.mark)
        if row.leg is not None and _needs_name(row, len(story.legs)):
            row.details.insert(0, clean(row.leg.name))
    return story.rows, story.legs


def _needs_name(row: Row, legs: int) -> bool:
    """Whether nothing in the row shows which leg it is about."""
    shared = legs > MOST_COLUMNS and row.column == MOST_COLUMNS - 1
    return legs > 1 and (shared or row.far is None)


def row_of(entry: Entry, leg: LadderLeg | None, legs: LadderLegs) -> Row:
    """What one entry says by itself: all but events and deliveries, which are about one another."""
    row = Row(entry.at, leg, [entry.seq])
    match entry:
        case journal.CommandEntry():
            row.near = Arrow(entry.name, rightward=False)
            row.details = signals.command_details(entry.name, legs.named(entry.subject()))
            return row.come_to(answer(entry))
        case journal.ApplicationAsked():
            row.near = Arrow(clean(f"{entry.method} {entry.path}"), rightward=True)
            return row.come_to(asked(entry))
        case journal.FarEndAct() if leg is not None:
            row.far = _arrow(signals.act(leg, entry.name, entry.detail))
            row.details = signals.act_details(entry.name, entry.detail)
        case _:
            row.note = clean(signals.remark(entry))
            row.level = "bad" if isinstance(entry, journal.EmulatorFault) else "note"
    return row


class Story:
    """The rows so far."""

    def __init__(self, legs: LadderLegs) -> None:
        self.rows: list[Row] = []
        self.legs = legs
        self._events: dict[str, EventUnderWay] = {}

    def tell(self, entry: Entry) -> None:
        leg = self.legs.of(entry)
        if isinstance(entry, journal.EventPublished):
            self._event(entry, leg)
        elif isinstance(entry, journal.DeliveryEntry):
            self._delivery(entry, leg)
        else:
            self.rows.append(row_of(entry, leg, self.legs))
            if isinstance(entry, journal.FarEndAct) and leg is not None:
                self._acted(entry.name, leg)

    def miss(self, missing: MissingArrow) -> None:
        """Put what is missing where it should have been at the latest."""
        leg = next((leg for leg in self.legs if leg.id == missing.leg), None)
        label = f"({missing.name} missing)"
        row = Row(missing.at, leg, level="bad")
        if missing.kind == "far_end":
            row.far = Arrow(label, rightward=True, lost=True)
        else:
            row.near = Arrow(label, rightward=missing.kind in ("webhook", "delivered"), lost=True)
        later = (place for place, other in enumerate(self.rows) if other.at > missing.at)
        self.rows.insert(next(later, len(self.rows)), row)

    def _sent(self, entry: Entry, leg: LadderLeg | None, label: str) -> Row:
        self.rows.append(Row(entry.at, leg, [entry.seq], near=Arrow(label, rightward=True)))
        return self.rows[-1]

    def _event(self, entry: journal.EventPublished, leg: LadderLeg | None) -> None:
        event = entry.event
        payload = event["payload"]
        details = signals.event_details(entry.name, payload)
        row = self._waiting_act(entry, leg)
        if row is None:
            row = self._sent(entry, leg, entry.name)
            row.far = _arrow(signals.implied(leg, entry.name, payload)) if leg else None
        else:
            row.near = Arrow(entry.name, rightward=True)
            row.seqs.append(entry.seq)
        row.details += details
        if leg is not None and entry.name == "call.answered":
            leg.answered = True
        self._events[event["id"]] = EventUnderWay(row)

    def _waiting_act(self, entry: Entry, leg: LadderLeg | None) -> Row | None:
        """The row of an act that this event tells of, if it is the last one."""
        last = self.rows[-1] if self.rows else None
        if leg is None or last is None or last.near or not last.far or (last.leg, last.at) != (leg, entry.at):
            return None
        return last if any(leg.acts[act] and entry.name in events for act, events in signals.TOGETHER.items()) else None

    def _acted(self, act: str, leg: LadderLeg) -> None:
        leg.acts[act] += 1
        before = self.rows[-2] if len(self.rows) > 1 else None
        if act == "call" and before is not None and before.near is not None and before.leg is leg:
            # The journal has the webhook first; people call first.
            self.rows[-2:] = [self.rows[-1], before]

    def _delivery(self, entry: journal.DeliveryEntry, leg: LadderLeg | None) -> None:
        sent = self._events.get(entry.event_id)
        if sent is None:
            # Its event has left the journal.
            sent = self._events[entry.event_id] = EventUnderWay(self._sent(entry, leg, entry.name))
        if isinstance(entry, journal.DeliveryFinished):
            sent.end(entry)
        elif isinstance(entry, journal.DeliveryAttempted) and (again := sent.attempt(entry)) is not None:
            sent.arrive(self._sent(entry, leg, again), entry)


@dataclass(slots=True)
class EventUnderWay:
    """An event on its way: the row that its next result belongs to."""

    row: Row
    last: int = 0
    """The number of the latest attempt."""

    def attempt(self, entry: journal.DeliveryAttempted) -> str | None:
        """The label of a row of its own, if this attempt needs one; else its result stands in the event's row."""
        if entry.attempt <= self.last:
            return f"{entry.name} ({'copy' if entry.copy else 'again'})"
        if self.last:
            self.row.result += ", retried"
            return f"{entry.name} (attempt {entry.attempt})"
        if entry.at - entry.latency_ms / 1000 - self.row.at >= LATE_SECS:
            self.row.result, self.row.level = "delayed", "note"
            return f"{entry.name} (late)"
        self.arrive(self.row, entry)
        return None

    def arrive(self, row: Row, entry: journal.DeliveryAttempted) -> None:
        self.row, self.last = row, entry.attempt
        if entry.seq not in row.seqs:
            row.seqs.append(entry.seq)
        row.come_to(delivered(entry))

    def end(self, entry: journal.DeliveryFinished) -> None:
        """No further attempt: why it was not delivered."""
        self.row.seqs.append(entry.seq)
        self.row.result = ", ".join(filter(None, (self.row.result, delivered(entry).text)))
        self.row.level = "note" if entry.result == "no_url" else "bad"


def _arrow(signal: signals.Signal | None) -> Arrow | None:
    return Arrow(clean(signal.label), rightward=not signal.ours) if signal else None


# -- what came of it ----------------------------------------------------------------------------------------------

WIDEST: Final = 48

ENDS: Final = {"no_url": "no url", "failed": "given up", "dropped": "dropped"}
"""How a webhook ends that no attempt tells of."""


class ResultText(NamedTuple):
    """`good`: it went as one likes it."""

    text: str
    good: bool


def answer(command: journal.CommandEntry) -> ResultText:
    """What a command was answered."""
    status = command.status
    wording = "no answer" if status is None else " ".join((str(status), *map(str, command.codes)))
    return ResultText(wording, status is not None and status < 300)


def asked(request: journal.ApplicationAsked) -> ResultText:
    """What the application answered a request of a scenario."""
    if request.error:
        return ResultText(_reason(request.error), False)
    return ResultText(str(request.status), request.status is not None and 200 <= request.status < 300)


def delivered(entry: journal.DeliveryEntry) -> ResultText:
    """What came of one attempt to deliver a webhook, or why it never arrives."""
    if isinstance(entry, journal.DeliveryFinished):
        return ResultText(_by_fault(ENDS[entry.result], entry.fault), False)
    assert isinstance(entry, journal.DeliveryAttempted)
    if entry.error:
        return ResultText(_by_fault(_reason(entry.error), entry.fault), False)
    took = f" in {int(entry.latency_ms + 0.5)} ms" if entry.taken and entry.latency_ms >= 0.5 else ""
    return ResultText(_by_fault(f"{entry.status}{took}", entry.fault), entry.taken)


def _reason(error: str) -> str:
    """The vendor-independent heart of a network library's message."""
    if "certificate" in error.lower() or "SSL" in error:
        return "TLS error"
    if "onnection refused" in error or "Cannot connect" in error or "Connect call failed" in error:
        return "refused"
    return cut(clean(error), WIDEST)


def _by_fault(text: str, fault: str | None) -> str:
    return f"{text} by fault {clean(fault)!r}" if fault else text
