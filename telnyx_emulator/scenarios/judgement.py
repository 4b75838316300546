"""Whether what happened is what was expected, as far as can be said by now; and if it is not, what came nearest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any, Literal

from telnyx_emulator.core.time.waits import TOLERANCE
from telnyx_emulator.journal import Entry
from telnyx_emulator.matching import Difference

from .entry_index import EntryIndex
from .model import Expectation, InOrder
from .nearness import Nearest, Window, nearest
from .observation import LegLookup

Status = Literal["met", "pending", "failed"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How an expectation stands.

    `missing`: what was not met, the item itself or one in its order. `window`: of that, or of the whole. `seen`:
    numbers of the lines that count for it; of an order, as far as it got.
    """

    item: Expectation | InOrder
    status: Status
    missing: Expectation | None
    window: Window
    seen: tuple[int, ...]
    nearest: Nearest | None = None

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        near = self.nearest
        return {
            "expectation": self.item.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            "status": self.status,
            "missing": self.missing and str(self.missing),
            "window": self.window,
            "seen": self.seen,
            "nearest": near and {"seq": near.entry.seq, "differences": [str(one) for one in near.differences]},
        }


@dataclass(frozen=True, slots=True)
class Link:
    """A line that an order was seen by, and the one before."""

    entry: Entry
    before: Link | None

    def seqs(self) -> tuple[int, ...]:
        return (*(self.before.seqs() if self.before else ()), self.entry.seq)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a judgement rests on; see `judge`."""

    record: EntryIndex
    legs: LegLookup
    began: float
    now: float
    over: bool
    since: float | None

    def start(self, item: Expectation) -> float:
        """From when the time of an item counts that follows no other."""
        if self.since is not None:
            return self.since
        first = None if item.leg is None else self.record.began(self.legs(item.leg))
        return self.began if first is None else first

    def closed(self, window: Window) -> bool:
        """Whether nothing can come any more that would count."""
        return self.over or late(self.now, window)


def judge(
    item: Expectation | InOrder,
    entries: EntryIndex | Iterable[Entry],
    legs: LegLookup,
    began: float,
    now: float,
    over: bool,
    since: float | None = None,
) -> Judgement:
    """How an expectation stands at the instant `now`. All instants are virtual seconds.

    `within` counts from the item before it in an order, else from the leg's first line, else from `began`; `since`
    replaces the latter two. What must be seen fails when its time is over; what must not be seen too often fails
    at once, and is met only when its time is over. `over`: nothing more will come.
    """
    record = entries if isinstance(entries, EntryIndex) else EntryIndex(entries)
    known = cache(lambda name: frozenset(legs(name)))  # a name means the same for the whole of a judgement
    grounds = Grounds(record, known, began, now, over, since)
    return _in_order(item, grounds) if isinstance(item, InOrder) else _one(item, grounds)


def limits(item: Expectation) -> tuple[int, float]:
    """How often it must be seen at least, and may be seen at most."""
    if item.never:
        return 0, 0
    if item.count is not None:
        return item.count, item.count
    least = item.at_least if item.at_least is not None else 0 if item.at_most is not None else 1
    return least, inf if item.at_most is None else item.at_most


def late(at: float, window: Window) -> bool:
    """Whether it was over by then."""
    return window[1] is not None and at > window[1] + TOLERANCE


def _one(item: Expectation, grounds: Grounds) -> Judgement:
    start = grounds.start(item)
    window = start, None if item.within is None else start + item.within
    seen = [entry for entry in grounds.record.matching(item, grounds.legs) if not late(entry.at, window)]
    least, most = limits(item)
    seqs = tuple(entry.seq for entry in seen)
    if len(seen) > most:
        often = "never" if not most else f"{most:g} times" if least == most else f"{most:g} times at most"
        surplus = Nearest(seen[int(most)], (Difference("count", often, len(seen)),))
        return Judgement(item, "failed", item, window, seqs, surplus)
    if len(seen) >= least and (most == inf or grounds.closed(window)):
        return Judgement(item, "met", None, window, seqs)
    if not grounds.closed(window):
        return Judgement(item, "pending", item, window, seqs)
    return Judgement(
        item, "failed", item, window, seqs, nearest(item, grounds.record, grounds.legs, window, None, seqs)
    )


def _in_order(order: InOrder, grounds: Grounds) -> Judgement:
    items = order.in_order
    matches = sorted(
        (
            (entry.seq, level, entry)
            for level, item in enumerate(items)
            for entry in grounds.record.matching(item, grounds.legs)
        ),
        key=lambda match: (match[0], -match[1]),  # the same line does not serve two items
    )
    last: list[Link | None] = [None] * len(items)
    reached = 0
    for _, level, entry in matches:
        if late(entry.at, _window(items, reached, last, grounds)):
            break  # what comes now does not mend it
        before = last[level - 1] if level else None
        if level > reached or late(entry.at, _window(items, level, last, grounds)):
            continue
        # Of several that fit, the latest leaves most time to what follows.
        last[level] = Link(entry, before)
        reached = max(reached, level + 1)
        if reached == len(items):
            return _all_seen(order, last[-1], grounds)
    return _not_all_seen(order, reached, last, grounds)


def _all_seen(order: InOrder, link: Link | None, grounds: Grounds) -> Judgement:
    start = grounds.start(order.in_order[0])
    return Judgement(order, "met", None, (start, link.entry.at if link else None), link.seqs() if link else ())


def _not_all_seen(order: InOrder, reached: int, last: list[Link | None], grounds: Grounds) -> Judgement:
    missing, window = order.in_order[reached], _window(order.in_order, reached, last, grounds)
    before = last[reached - 1] if reached else None
    seqs = before.seqs() if before else ()
    if not grounds.closed(window):
        return Judgement(order, "pending", missing, window, seqs)
    after = before.entry if before else None
    near = nearest(missing, grounds.record, grounds.legs, window, after, seqs)
    return Judgement(order, "failed", missing, window, seqs, near)


def _window(items: tuple[Expectation, ...], level: int, last: list[Link | None], grounds: Grounds) -> Window:
    before = last[level - 1] if level else None
    start = before.entry.at if before else grounds.start(items[level])
    within = items[level].within
    return start, None if within is None else start + within
