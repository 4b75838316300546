"""What happened, as a ladder: one column for each far end, one for the emulator, one for the application."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from telnyx_emulator.journal import Entry

from . import mermaid, text
from .legs import LadderLegs, clean
from .live import Live
from .rows import MissingArrow, Row, rows_of
from .text import instant

__all__ = ["Ladder", "Live", "MissingArrow", "instant", "leg_names"]


class Ladder:
    """Journal entries, drawn. `marks`: remarks on entries, by their numbers, such as `<- nearest`.

    `names`: what legs are called, by call_control_id; the others are `caller`, `caller-2`, … and `callee`, ….
    `missing`: what should have been there and was not. Instants are virtual seconds.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        names: Mapping[str, str] | None = None,
        marks: Mapping[int, str] | None = None,
        missing: Iterable[MissingArrow] = (),
    ) -> None:
        self.rows: list[Row]
        self.legs: LadderLegs
        self.rows, self.legs = rows_of(entries, names or {}, marks or {}, missing)

    def text(self, color: bool = False, most: int | None = None) -> str:
        """Lines for people, `color` for a terminal. `most`: so many rows; what is left out is far from all marks."""
        return text.drawn(self.rows, self.legs.columns(), color, most)

    def mermaid(self) -> str:
        """A `sequenceDiagram` of Mermaid, for Markdown."""
        return mermaid.drawn(self.rows, self.legs.columns())

    def data(self) -> dict[str, Any]:
        """`columns` and `rows`, as JSON."""
        columns = [*self.legs.columns(), "emulator", "app"]
        return {"columns": columns, "rows": [row.shown(columns) for row in self.rows]}


def leg_names(entries: Iterable[Entry], names: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the legs of these entries are called, by call_control_id, in order of appearance."""
    legs = LadderLegs(names or {})
    for entry in entries:
        legs.of(entry)
    return {leg.id: clean(leg.name) for leg in legs}
