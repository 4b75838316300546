"""Which endpoint answers to a path: a tree of path segments, so that finding one costs the same for any number."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from telnyx_emulator.core.errors import MethodNotAllowed, ResourceNotFound

from .reply import Reply
from .request_context import RequestContext

Endpoint = Callable[[RequestContext], Awaitable[Reply]]
ADMINISTRATION = "_emulator"


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, whose `{name}` segments become parameters. `open`: it needs no API key.

    `most_bytes`: how long the body of a request can be.
    """

    method: str
    path: str
    endpoint: Endpoint
    open: bool = False
    most_bytes: int = 1024 * 1024
    administers: bool = field(init=False)
    """Whether it belongs to the administration, which no fault and no limit concerns."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "administers", self.path.startswith(f"/{ADMINISTRATION}/"))


@dataclass(slots=True)
class Node:
    """A place in the tree: what follows it, and what answers there. `names`: of the parameters on the way."""

    children: dict[str, Node] = field(default_factory=dict)
    methods: dict[str, Route] = field(default_factory=dict)
    names: tuple[str, ...] = ()


class Routes:
    """All routes of a server. Literal segments win over `{parameters}`."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = Node()
        for route in routes:
            node, names = self._root, []
            for segment in _segments(route.path):
                if segment.startswith("{"):
                    names.append(segment[1:-1])
                    segment = "{}"
                node = node.children.setdefault(segment, Node())
            node.methods[route.method] = route
            node.names = tuple(names)

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]]:
        """The route and its decoded parameters. Raises the vendor's 404 or 405."""
        segments = _segments(raw_path)
        if segments[:1] == ["v2"] and segments[1:2] != [ADMINISTRATION]:
            del segments[0]
        node, values = _walk(self._root, segments, 0, [])
        if node is None or not node.methods:
            raise ResourceNotFound
        route = node.methods.get(method)
        if route is None:
            raise MethodNotAllowed(sorted(node.methods))
        return route, dict(zip(node.names, values, strict=True))


def _walk(node: Node, segments: list[str], depth: int, values: list[str]) -> tuple[Node | None, list[str]]:
    """From a node on; where there is no choice between a literal and a parameter it goes straight ahead."""
    for at in range(depth, len(segments)):
        literal, parameter = node.children.get(segments[at]), node.children.get("{}")
        if literal is not None and parameter is not None:
            found, taken = _walk(literal, segments, at + 1, list(values))
            if found is not None and found.methods:
                return found, taken
            literal = None
        if literal is not None:
            node = literal
        elif parameter is not None:
            node = parameter
            values.append(unquote(segments[at]))
        else:
            return None, values
    return node, values


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]
