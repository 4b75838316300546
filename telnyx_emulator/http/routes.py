"""What a server answers to: a method, a path, and the endpoint for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

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
