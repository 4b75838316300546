"""What stands in a scenario's file, each part with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .problems import Place

REPORTED = "?"
"""The origin of a scalar that is known to be wrong; nothing more need be said of it."""

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class SourceNode:
    """A map of nodes, a list of nodes, or a scalar."""

    value: dict[str, SourceNode] | list[SourceNode] | Scalar
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    """Where the keys of a map stand."""
    raw: str | None = None
    """How a scalar that is no text is written."""
    origin: str = ""
    """The parameter that it was put in for, such as `${sip}`."""

    def __iter__(self) -> Iterator[SourceNode]:
        """The nodes in it."""
        if isinstance(self.value, dict):
            yield from self.value.values()
        elif isinstance(self.value, list):
            yield from self.value

    def get(self, key: str | int) -> SourceNode | None:
        """The node at a key or an index."""
        if isinstance(self.value, dict):
            return self.value.get(str(key)) if isinstance(key, str) else None
        if isinstance(self.value, list) and isinstance(key, int) and 0 <= key < len(self.value):
            return self.value[key]
        return None

    def entries(self) -> dict[str, SourceNode]:
        """The entries of a map; nothing if it is none."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> list[SourceNode]:
        """The items of a list; nothing if it is none."""
        return self.value if isinstance(self.value, list) else []

    def place_of(self, key: str) -> Place:
        return self.keys.get(key, self.place)

    def plain(self) -> Any:
        """The same without places: maps, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def find(self, way: Sequence[str | int]) -> tuple[SourceNode, tuple[str | int, ...]]:
        """As far as `way` leads from here, and the part of the way that was really gone.

        Steps that lead nowhere are left out: validators name the alternative that they took, too.
        """
        node: SourceNode = self
        gone: tuple[str | int, ...] = ()
        for step in way:
            inner = node.get(step)
            if inner is not None:
                node, gone = inner, (*gone, step)
        return node, gone
