"""From the lines of a journal to the rows of a ladder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from telnyx_emulator.journal import Entry

from . import signals
from .legs import MOST_COLUMNS, Leg, Legs, clean
from .outcome import outcome

LATE_SECS: Final = 0.1
"""Virtual seconds after which a webhook that arrives is shown a second time."""

Level = Literal["good", "bad", "note"]
Kind = Literal["command", "webhook", "delivered", "far_end", "request"]


@dataclass(frozen=True, slots=True)
class Missing:
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
    leg: Leg | None = None
    seqs: list[int] = field(default_factory=list)
    far: Arrow | None = None
    near: Arrow | None = None
    result: str = ""
    details: list[str] = field(default_factory=list)
    note: str = ""
    mark: str = ""
    level: Level = "good"

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
    entries: Iterable[Entry], names: Mapping[str, str], marks: Mapping[int, str], missing: Iterable[Missing]
) -> tuple[list[Row], Legs]:
    """The rows in order, and the legs that they are about."""
    story = Story(Legs(names))
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


class Story:
    """Rows, as far as they have been told."""

    def __init__(self, legs: Legs) -> None:
        self.rows: list[Row] = []
        self.legs = legs
        self._events: dict[str, Sent] = {}
        self._tellers: dict[str, Callable[[Entry, Leg | None], None]] = {
            "command": self._command,
            "request": self._command,
            "event": self._event,
            "delivery": self._delivery,
            "far_end": self._act,
            "state": self._state,
        }

    def tell(self, entry: Entry) -> None:
        self._tellers.get(entry.kind, self._remark)(entry, self.legs.of(entry))

    def miss(self, missing: Missing) -> None:
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

    def _row(self, entry: Entry, leg: Leg | None, **parts: Any) -> Row:
        row = Row(entry.at, leg, [entry.seq], **parts)
        self.rows.append(row)
        return row

    def _command(self, entry: Entry, leg: Leg | None) -> None:
        details = signals.command_details(entry.name, self.legs.named(entry.subject()))
        result = outcome(entry)
        row = self._row(entry, leg, near=Arrow(entry.name, rightward=False), result=result.text, details=details)
        row.level = "good" if result.good else "bad"

    def _event(self, entry: Entry, leg: Leg | None) -> None:
        data = json.loads(entry.data or b"{}")
        payload = data.get("payload", {})
        near = Arrow(entry.name, rightward=True)
        details = signals.event_details(entry.name, payload)
        row = self._waiting_act(entry, leg)
        if row is None:
            row = self._row(entry, leg, near=near, details=details)
            row.far = _arrow(signals.implied(leg, entry.name, payload)) if leg else None
        else:
            row.near, row.details = near, [*row.details, *details]
            row.seqs.append(entry.seq)
        if leg is not None and entry.name == "call.answered":
            leg.answered = True
        self._events[data.get("id", "")] = Sent(row)

    def _waiting_act(self, entry: Entry, leg: Leg | None) -> Row | None:
        """The row of an act that this event tells of, if it is the last one."""
        last = self.rows[-1] if self.rows else None
        if leg is None or last is None or last.near or not last.far or (last.leg, last.at) != (leg, entry.at):
            return None
        return last if any(leg.acts[act] and entry.name in events for act, events in signals.TOGETHER.items()) else None

    def _act(self, entry: Entry, leg: Leg | None) -> None:
        if leg is None:
            self._remark(entry, leg)
            return
        details = signals.act_details(entry.name, entry.detail)
        row = self._row(entry, leg, far=_arrow(signals.act(leg, entry.name, entry.detail)), details=details)
        leg.acts[entry.name] += 1
        before = self.rows[-2] if len(self.rows) > 1 else None
        if entry.name == "call" and before is not None and before.near is not None and before.leg is leg:
            # The journal has the webhook first; people call first.
            self.rows[-2:] = [row, before]

    def _delivery(self, entry: Entry, leg: Leg | None) -> None:
        sent = self._events.get(str(entry.detail.get("event_id")))
        if sent is None:
            # Its event has left the journal.
            sent = Sent(self._row(entry, leg, near=Arrow(entry.name, rightward=True)))
            self._events[str(entry.detail.get("event_id"))] = sent
        if "result" in entry.detail:
            sent.end(entry)
        elif (again := sent.attempt(entry)) is not None:
            row = self._row(entry, leg, near=Arrow(again, rightward=True))
            sent.arrive(row, entry)

    def _state(self, entry: Entry, leg: Leg | None) -> None:
        if entry.name != "app_request":
            self._remark(entry, leg)
            return
        result = outcome(entry)
        label = signals.request_label(entry.detail)
        row = self._row(entry, leg, near=Arrow(clean(label), rightward=True), result=result.text)
        row.level = "good" if result.good else "bad"

    def _remark(self, entry: Entry, leg: Leg | None) -> None:
        """A warning, a fault that fired, a change of state: none of them passes between two columns."""
        details = {key: value for key, value in entry.detail.items() if value is not None}
        self._row(entry, leg, note=_note(entry, details), level="note" if entry.kind != "fault" else "bad")


@dataclass(slots=True)
class Sent:
    """An event on its way: the row that its next result belongs to."""

    row: Row
    last: int = 0
    """The number of the latest attempt."""

    def attempt(self, entry: Entry) -> str | None:
        """The label of a row of its own, if this attempt needs one; else its result stands in the event's row."""
        number, began = int(entry.detail.get("attempt", 1)), entry.at - (entry.detail.get("latency_ms") or 0.0) / 1000
        if number <= self.last:
            return f"{entry.name} ({'copy' if entry.detail.get('copy') else 'again'})"
        if self.last:
            self.row.result += ", retried"
            return f"{entry.name} (attempt {number})"
        if began - self.row.at >= LATE_SECS:
            self.row.result, self.row.level = "delayed", "note"
            return f"{entry.name} (late)"
        self.arrive(self.row, entry)
        return None

    def arrive(self, row: Row, entry: Entry) -> None:
        self.row, self.last = row, int(entry.detail.get("attempt", 1))
        if entry.seq not in row.seqs:
            row.seqs.append(entry.seq)
        result = outcome(entry)
        row.result, row.level = result.text, "good" if result.good else "bad"

    def end(self, entry: Entry) -> None:
        """No further attempt: why it was not delivered."""
        result = outcome(entry)
        self.row.seqs.append(entry.seq)
        self.row.result = f"{self.row.result}, {result.text}" if self.row.result else result.text
        self.row.level = "note" if entry.detail["result"] == "no_url" else "bad"


def _arrow(signal: signals.Signal | None) -> Arrow | None:
    return Arrow(clean(signal.label), rightward=not signal.ours) if signal else None


def _note(entry: Entry, details: dict[str, Any]) -> str:
    if entry.kind == "injection":
        plane, on = details.pop("plane", ""), details.pop("on", "")
        rest = " ".join(f"{key}={signals.told(value)}" for key, value in details.items())
        return clean(" ".join(f"fault {entry.name!r} fired: {plane} of {on} {rest}".split()))
    known = str(details.pop("detail", ""))
    rest = " ".join(f"{key}={signals.told(value)}" for key, value in details.items())
    kind = "" if entry.kind == "state" else f"{entry.kind}: "
    return clean(" ".join(f"{kind}{entry.name} {known} {rest}".split()))
