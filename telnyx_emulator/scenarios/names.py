"""Names that have to exist, and what may have been meant by one that does not."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection


def known(kind: str, names: Collection[str]) -> Callable[[str], str]:
    """A validator: the name itself if it is one of `names`, else ValueError with advice."""

    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"unknown {kind} {name!r}{advice(name, names)}")
        return name

    return check


def advice(name: str, names: Collection[str]) -> str:
    """`, did you mean "x"?`, or nothing when nothing is near."""
    near = difflib.get_close_matches(name, names, 1, 0.6)
    # The vendor's names are shorter than people think: siprec.failed, not call.siprec.failed.
    near = near or [one for one in names if name.endswith(f".{one}")]
    return f", did you mean {near[0]!r}?" if near else ""
