"""Names that have to exist, and what may have been meant by one that does not."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from typing import Final


class WrongPart(ValueError):
    """An error in a part of what was looked at; `way` leads there, by keys and indexes."""

    def __init__(self, message: str, way: tuple[str | int, ...]) -> None:
        super().__init__(message)
        self.way = way


def known(kind: str, names: Collection[str]) -> Callable[[str], str]:
    """A validator: the name itself if it is one of `names`, else ValueError with advice."""

    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f'unknown {kind} "{name}"{advice(name, names)}')
        return name

    return check


FEW: Final = 20
"""So many names are all listed."""


def advice(name: str, names: Collection[str]) -> str:
    """`, did you mean "x"?`; when nothing is near all there are, or nothing if these are many."""
    near = difflib.get_close_matches(name, names, 1, 0.6)
    # The vendor's names are shorter than people think: siprec.failed, not call.siprec.failed.
    near = near or [one for one in names if name.endswith(f".{one}")]
    if near:
        return f', did you mean "{near[0]}"?'
    return f"; there are {', '.join(names)}" if 0 < len(names) <= FEW else ""
