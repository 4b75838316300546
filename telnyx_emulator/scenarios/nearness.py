"""What came nearest to something that was expected in vain."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from telnyx_emulator.core.time.waits import TOLERANCE
from telnyx_emulator.journal import Entry
from telnyx_emulator.matching import Difference

from .entry_index import EntryIndex
from .model import Expectation
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
        told = f"{_rounded(early)} s before {before.name}" if early else f"before {before.name}"
        return (WrongTime("order", "it afterwards", told),)
    if window[1] is not None and entry.at > window[1] + TOLERANCE:
        told = f"{_rounded(entry.at - window[1])} s too late"
        return (WrongTime("at", f"it until {window[1]:.3f} s", told),)
    return ()


def _rounded(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 0.05 else f"{seconds:.3g}"


# -- what is akin ----------------------------------------------------------------------------------------------------

COMMON: Final = frozenset((*OF_ALL, *OF_LEGS, *OF_PARTIES, "call_leg_id", "command_id"))
"""Fields that nearly everything has: they make nothing akin."""
PHASES: Final = frozenset(
    (
        "call",
        "completed",
        "conference",
        "ended",
        "failed",
        "participant",
        "start",
        "started",
        "stop",
        "stopped",
        "using",
    )
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
