"""What sets off a fault: what can be looked for, and besides any request to the API."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator

from telnyx_emulator.observed import Kind, ObservedEvent

from .observation import KINDS, Observation

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


def _request(text: str) -> str:
    method, _, path = text.partition(" ")
    if path.startswith("/v2/"):
        raise ValueError(f'paths begin behind the version: "{method} {path.removeprefix("/v2")}"')
    if method not in METHODS or not path.startswith("/"):
        raise ValueError(f'{text!r} is no request; write "GET /calls/*", where * stands for one segment')
    return text


class Trigger(Observation):
    """As `Observation`, or `request`: any request, as `METHOD /path`, where `*` stands for one segment.

    Requests leave no line in the journal, so that faults alone can see them.
    """

    exclusive: ClassVar[tuple[Kind, ...]] = (*KINDS, "request")

    request: Annotated[str, AfterValidator(_request)] | None = None
    """Any request to the API, as `METHOD /path`, where `*` stands for one segment."""

    def named(self, seen: ObservedEvent) -> bool:
        if self.request is None:
            return super().named(seen)
        wanted, found = self.name.split("/"), seen.name.split("/")
        return len(wanted) == len(found) and all(
            part in ("*", other) for part, other in zip(wanted, found, strict=True)
        )
