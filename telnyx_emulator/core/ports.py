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

    None of them is called before `open` returns. `failed` and `closed` are given the reason in words. `failed`: the
    socket could not be opened, or broke. `closed`: the other end closed it.
    """

    connected: Callable[[], object]
    failed: Callable[[str], object]
    frame: Callable[[bytes | str], object]
    closed: Callable[[str], object]


class MediaPort(Protocol):
    """Opens media sockets to the application."""

    def open(self, url: str, headers: Mapping[str, str], events: MediaEvents) -> MediaConnection:
        """Begin to connect to `url`, as given; what comes of it is reported through `events`."""


class RequestToApp(Protocol):
    """A request to the application: `path` is below the application's own URL, `json_` the body, None for none."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def json_(self) -> Any: ...
    @property
    def headers(self) -> Mapping[str, str] | None: ...


@dataclass(frozen=True, slots=True)
class AppAnswer:
    """What the application answered. `status` is None, and `error` says why, when there was no whole answer."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name in any case."""
    body: bytes = b""
    """Decompressed."""
    error: str | None = None


class AppRequestPort(Protocol):
    """Sends requests of a world to the application, such as those of a scenario."""

    def send(self, wanted: RequestToApp, answered: Callable[[AppAnswer], None]) -> None:
        """Send a request. `answered` is called once, inside an instant of the world's clock, never before `send`
        returns. The clock is held until then. If the world is closed first, it is not called."""

    async def ask(self, wanted: RequestToApp) -> AppAnswer:
        """Send a request, and wait for the answer. The caller holds the clock."""
