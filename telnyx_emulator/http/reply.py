"""What an endpoint answers: data, bytes, a stream of bytes, a WebSocket, or nothing before the connection ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.webhooks import Gate

Stream = Iterator[bytes] | AsyncGenerator[bytes]


@dataclass(slots=True)
class Reply:
    """What is answered.

    `body`: a dictionary becomes JSON, bytes are sent as they are, None is an empty body. A generator of bytes,
    asynchronous or not, is sent piece by piece while it runs: chunked, unless `content-length` is among the headers.
    An asynchronous one is closed when the client goes away, and when the world of the request is reset or dropped.
    `gate`: opened when the reply is on the wire; the webhooks that the request caused may leave then.

        return Reply({"data": call.shown()})
        return Reply(lines(journal), headers={"content-type": "application/x-ndjson"})
    """

    body: dict[str, Any] | bytes | Stream | Upgrade | BreakOff | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    gate: Gate | None = None

    @classmethod
    def refusing(cls, error: ApiError) -> Self:
        return cls(error.body(), error.status, error.headers())


class WebSocket(Protocol):
    """A connection after its upgrade. Iteration gives its messages, until either side closes it.

    Text is `str`, binary messages are `bytes`, at most 4 MiB long. `send` raises ConnectionError once it is closed.
    """

    async def send(self, message: str | bytes) -> None: ...

    async def close(self, code: int = 1000, reason: str = "") -> None: ...

    def __aiter__(self) -> AsyncIterator[str | bytes]: ...


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Accepts a WebSocket handshake; any other request is refused with 400.

    `converse` gets the connection, which is closed when it returns. It is cancelled when the client goes away
    without a word, and when the world of the request is reset or dropped.

        async def echo(socket: WebSocket) -> None:
            async for message in socket:
                await socket.send(message)

        return Reply(Upgrade(echo))
    """

    converse: Callable[[WebSocket], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BreakOff:
    """No answer: the connection ends, in good order or with a TCP reset."""

    reset: bool
