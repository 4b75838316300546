"""What the core needs of the outside: each port is implemented by the modules that have I/O, above the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .resources.records import Application
from .routing import Session, WebhookOverride


@dataclass(frozen=True, slots=True)
class Published:
    """An event, serialised once. `data` is the JSON of the webhook's `data`; journal and outbox share it.

    `elapsed`: virtual seconds since the epoch of the world's clock.
    """

    seq: int
    id: str
    delivery_id: str
    """Of its webhook, in `GET /v2/webhook_deliveries`."""
    name: str
    occurred_at: str
    elapsed: float
    data: bytes
    session: Session
    leg_id: str
    call_control_id: str
    override: WebhookOverride | None
    application: Application | None


class LegReference(Protocol):
    """The identifiers of a leg, as an event sink writes them down."""

    id: str
    leg_id: str
    session: Session


class EventSink:
    """Is told what happens in a world, at once and in order. It takes note; it must not act on the world at once.

    This class ignores everything; a sink overrides what it wants to know.
    """

    def event(self, published: Published) -> None:
        """A webhook is due."""

    def far_end_act(self, act: str, leg: LegReference, detail: dict[str, Any]) -> None:
        """A far end did something, such as `press`, or received something, such as `receives_refer`."""

    def state_change(self, name: str, leg: LegReference | None, detail: dict[str, Any]) -> None:
        """Something changed that has no webhook, such as `parked`."""

    def warning(self, about: str, leg: LegReference | None, detail: dict[str, Any]) -> None:
        """The application should know this though it is no error; `detail` as in an error of the API."""

    def fault(self, name: str, leg: LegReference | None, text: str) -> None:
        """The emulator itself went wrong; `name` is the class of the exception."""

    def merged(self, session: Session, other: Session) -> None:
        """Two sessions share one order of delivery from now on."""


class MediaConnection(Protocol):
    """A media socket that was asked for: being connected, open, or closed."""

    def send(self, frame: bytes | str) -> None:
        """Send one frame; lost when the socket is not open."""

    def close(self) -> None:
        """Close the socket; closing it twice is harmless. `closed` is not called for it."""


@dataclass(frozen=True, slots=True)
class MediaEvents:
    """What a media port reports, each as a call inside an instant of the world's clock.

    `failed` and `closed` are given the reason in words; `closed` means that the other end closed the socket.
    """

    connected: Callable[[], None]
    failed: Callable[[str], None]
    frame: Callable[[bytes | str], None]
    closed: Callable[[str], None]


class MediaPort(Protocol):
    """Opens media sockets to the application."""

    def open(self, url: str, headers: Mapping[str, str], events: MediaEvents) -> MediaConnection:
        """Begin to connect to `url`, as given; what comes of it is reported through `events`."""


@dataclass(frozen=True, slots=True)
class AppResponse:
    """What the application answered to a request; `error` says in words why there is no answer (`status` is None)."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str | None = None


class AppRequestPort(Protocol):
    """Sends requests of a world to the application, such as those of a scenario."""

    def send(
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        answered: Callable[[AppResponse], None],
    ) -> None:
        """Send a request; `answered` is called once, inside an instant of the world's clock."""
