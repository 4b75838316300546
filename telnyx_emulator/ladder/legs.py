"""The legs that a ladder has columns for, and what they are called."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from telnyx_emulator.journal import Entry
from telnyx_emulator.leg_names import numbered

MOST_COLUMNS: Final = 8
"""Legs beyond these share one column."""
OTHERS: Final = "others"


@dataclass(slots=True, eq=False)
class LadderLeg:
    """What a ladder has to know of a leg. `acts`: what its far end has done and how often."""

    id: str
    name: str
    direction: Literal["incoming", "outgoing"]
    column: int
    answered: bool = False
    acts: Counter[str] = field(default_factory=Counter)

    @property
    def remote_side(self) -> str:
        return "caller" if self.direction == "incoming" else "callee"


class LadderLegs:
    """Legs by call_control_id, in order of appearance."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._legs: dict[str, LadderLeg] = {}
        self._counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[LadderLeg]:
        return iter(self._legs.values())

    def __len__(self) -> int:
        return len(self._legs)

    def of(self, entry: Entry) -> LadderLeg | None:
        """The leg that an entry is about, if it is about one."""
        id = entry.call_control_id
        if id is None:
            return None
        leg = self._legs.get(id) or self._begin(id, _direction(entry))
        leg.name = self._names.get(id, leg.name)
        return leg

    def named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same values, legs by their names instead of their ids."""
        legs = self._legs
        return {
            key: legs[value].name if isinstance(value, str) and value in legs else value
            for key, value in values.items()
        }

    def columns(self) -> list[str]:
        """The names above the columns of far ends, from the left."""
        names = [clean(leg.name) for leg in self]
        return names if len(names) <= MOST_COLUMNS else [*names[: MOST_COLUMNS - 1], OTHERS]

    def _begin(self, id: str, direction: Literal["incoming", "outgoing"]) -> LadderLeg:
        name = self._names.get(id) or self._free("caller" if direction == "incoming" else "callee")
        leg = self._legs[id] = LadderLeg(id, name, direction, min(len(self._legs), MOST_COLUMNS - 1))
        return leg

    def _free(self, usual: str) -> str:
        """What a leg is called that its world does not name: as it would, with the first number that is free."""
        name = ""
        while not name or name in self._names.values():
            self._counts[usual] += 1
            name = numbered(usual, self._counts[usual])
        return name


def _direction(entry: Entry) -> Literal["incoming", "outgoing"]:
    """As the first entry of a leg tells it."""
    dialled = entry.kind == "command" and entry.name == "dial"
    return "outgoing" if dialled or entry.subject().get("direction") == "outgoing" else "incoming"


def clean(text: str) -> str:
    """On one line, without anything that moves a terminal's cursor."""
    return "".join(" " if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") else one for one in text)


def cut(text: str, width: int) -> str:
    """As much as fits into so many cells of a terminal."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for one in text:
        used += cells(one)
        if used > width - 1:
            break
        kept.append(one)
    return f"{''.join(kept)}…"


def cells(text: str) -> int:
    """How wide a terminal shows it: some characters take two places, and marks on others none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text)
