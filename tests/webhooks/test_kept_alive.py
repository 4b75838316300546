"""A kept-alive connection that the receiver closed meanwhile: no attempt, and no webhook lost."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from wire import CONNECTION, Api

pytestmark = pytest.mark.usefixtures("in_order")

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
ERROR = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"
Closing = Callable[[asyncio.StreamWriter], None]


def finish(writer: asyncio.StreamWriter) -> None:
    """FIN: the client sees a connection that ended."""
    writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """RST: the client sees an error of the operating system."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@dataclass
class Closer:
    """A raw server that keeps connections alive, and closes each one at the request after its last.

    To its client that looks as if it had closed the connection before: the request has no answer.
    `answers`: what each request gets that is answered at all. `last`: requests that a connection takes.
    """

    answers: list[bytes]
    close: Closing = finish
    last: int = 1
    begun: bytes = b""
    """What it sends before it closes."""
    url: str = ""
    attempts: list[int] = field(default_factory=list)
    """`meta.attempt` of all that was answered."""
    connections: int = 0
    unanswered: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        taken = 0
        try:
            while (body := await _body(reader)) is not None and taken < self.last:
                taken += 1
                self.attempts.append(json.loads(body)["meta"]["attempt"])
                writer.write(self.answers.pop(0) if self.answers else OK)
            if body is not None:
                self.unanswered += 1
                writer.write(self.begun)
                await writer.drain()
                self.close(writer)
        except ConnectionError:
            pass
        finally:
            writer.close()


async def _body(reader: asyncio.StreamReader) -> bytes | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
    return await reader.readexactly(int(headers[b"content-length"]))


@pytest.fixture
async def closer(api: Api) -> AsyncIterator[Closer]:
    """The receiver of this world's webhooks."""
    closer = Closer([])
    server = await asyncio.start_server(closer.serve, "127.0.0.1", 0)
    closer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    api.world.webhook_url = closer.url
    yield closer
    server.close()


async def journal(api: Api) -> list[tuple[str, int, int | None]]:
    lines = (await api.get("/_emulator/journal", kind="delivery")).data
    return [(line["name"], line["attempt"], line["status"]) for line in lines if "attempt" in line]


@pytest.mark.parametrize("close", [finish, reset])
async def test_a_connection_that_was_closed_meanwhile_is_no_attempt(api: Api, closer: Closer, close: Closing) -> None:
    closer.close = close
    await api.answered()
    assert (closer.attempts, closer.unanswered, closer.connections) == ([1, 1], 1, 2)
    assert await journal(api) == [("call.initiated", 1, 200), ("call.answered", 1, 200)]
    assert {delivery["status"] for delivery in await api.deliveries()} == {"delivered"}


@pytest.mark.parametrize("close", [finish, reset])
async def test_after_a_500_the_next_webhook_takes_a_connection_of_its_own(
    api: Api, closer: Closer, close: Closing
) -> None:
    """A receiver that failed may close the connection without saying so: nothing is sent on it any more."""
    closer.answers, closer.close = [ERROR], close
    await api.answered()
    await api.advance(1)
    assert (closer.attempts, closer.unanswered, closer.connections) == ([1, 1, 2], 1, 3)
    assert await journal(api) == [
        ("call.initiated", 1, 500), ("call.answered", 1, 200), ("call.initiated", 2, 200),
    ]  # fmt: skip


@pytest.mark.parametrize("close", [finish, reset])
async def test_on_a_fresh_connection_it_is_an_attempt_that_failed(api: Api, closer: Closer, close: Closing) -> None:
    closer.last, closer.close = 0, close
    await api.incoming()
    await api.advance(60)
    assert [line[1:] for line in await journal(api)] == [(1, None), (2, None), (3, None)]
    assert (closer.unanswered, closer.connections) == (3, 3)


@pytest.mark.parametrize("close", [finish, reset])
async def test_an_answer_that_had_begun_is_an_attempt_that_failed(api: Api, closer: Closer, close: Closing) -> None:
    closer.begun, closer.close = b"HTTP/1.1 20", close
    await api.answered()
    assert await journal(api) == [("call.initiated", 1, 200), ("call.answered", 1, None)]
    await api.advance(1)
    assert await journal(api) == [
        ("call.initiated", 1, 200), ("call.answered", 1, None), ("call.answered", 2, 200),
    ]  # fmt: skip


async def test_a_time_out_on_a_kept_alive_connection_is_an_attempt(api: Api, closer: Closer) -> None:
    closer.last, closer.answers = 2, [OK, b""]
    id = await api.incoming()
    await api.rest()
    api.world.world.application(CONNECTION).webhook_timeout_secs = 0.05
    await api.do(id, "answer")
    await api.rest()
    assert await journal(api) == [("call.initiated", 1, 200), ("call.answered", 1, None)]
