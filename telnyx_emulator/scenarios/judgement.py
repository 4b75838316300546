"""Whether what happened is what was expected, as far as can be said by now; and if it is not, what came nearest."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any, Final, Literal

from telnyx_emulator.core.time.waits import TOLERANCE
from telnyx_emulator.journal import Entry
from telnyx_emulator.matching import Difference

from .entry_index import EntryIndex
from .model import Expectation, InOrder
from .observation import LegLookup
from .subjects import OF_ALL, OF_LEGS, OF_PARTIES

Window = tuple[float, float | None]
"""From when until when something must be seen, in virtual seconds; None: whenever."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The line that came nearest to what was expected, and all that kept it from being that."""

    entry: Entry
    differences: tuple[Difference, ...]


class WrongTime(Difference):
    """It was seen, but at another time; `wanted` and `found` are words."""

    def __str__(self) -> str:
        return f"{self.path}: {self.found}, wanted {self.wanted}"


def nearest(
    item: Expectation, record: EntryIndex, legs: LegLookup, window: Window, before: Entry | None, seen: Iterable[int]
) -> Nearest | None:
    """The line that is most like an item. `before`: it should have come behind that line; `seen` count already.

    The same thing with something else in it comes first, also on another leg, or at another time; without any,
    something of that kind on that leg that is akin to it, where it should have been.
    """
    counted = frozenset(seen)
    best: tuple[tuple[bool, int, bool, float], Nearest] | None = None
    for entry in record.of(item.looked_at):
        if entry.seq in counted:
            continue
        found = tuple(item.differences(record.observed(entry), legs))
        paths = {one.path for one in found}
        misplaced = _misplaced(entry, window, before)
        other = item.looked_at in paths
        if other and (misplaced or "leg" in paths or not _akin(item, entry, paths)):
            continue
        everything = found + misplaced
        rank = (other, len(everything), not _alike(item.name, entry.name), abs(entry.at - window[0]))
        if best is None or rank < best[0]:
            best = rank, Nearest(entry, everything)
    return best and best[1]


def _misplaced(entry: Entry, window: Window, before: Entry | None) -> tuple[Difference, ...]:
    if before is not None and entry.seq <= before.seq:
        early = before.at - entry.at
        wording = f"{_rounded(early)} s before {before.name}" if early else f"before {before.name}"
        return (WrongTime("order", "it afterwards", wording),)
    if window[1] is not None and entry.at > window[1] + TOLERANCE:
        wording = f"{_rounded(entry.at - window[1])} s too late"
        return (WrongTime("at", f"it until {window[1]:.3f} s", wording),)
    return ()


def _rounded(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 0.05 else f"{seconds:.3g}"


# -- what is akin ----------------------------------------------------------------------------------------------------

COMMON: Final = frozenset((*OF_ALL, *OF_LEGS, *OF_PARTIES, "call_leg_id", "command_id"))
"""Fields that nearly everything has: they make nothing akin."""
PHASES: Final = frozenset(
    "call completed conference ended failed participant start started stop stopped using".split()  # noqa: SIM905
)
"""Words of names that say nothing of what it is about."""
CLOSE: Final = 0.6


def _akin(item: Expectation, entry: Entry, paths: set[str]) -> bool:
    """Whether something of another name may have been meant: it is called alike, or has the fields looked for.

    All of these, if something was said of it at all: the leg will do. Else one that few others have.
    """
    said = item.leg is not None or item.where not in (None, {})
    if said and paths == {item.looked_at}:
        return True
    telling = set(item.where) - COMMON if isinstance(item.where, dict) else set()
    return _alike(item.name, entry.name) or bool(telling & entry.subject().keys())


def _alike(name: str, other: str) -> bool:
    """Whether two names are about the same thing, whatever of it."""
    one, two = (re.split(r"[._]", text) for text in (name, other))
    if (set(one) & set(two)) - PHASES:
        return True
    bare, other_bare = ("".join(word for word in words if word not in PHASES) for words in (one, two))
    return difflib.SequenceMatcher(None, bare, other_bare).ratio() >= CLOSE


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
