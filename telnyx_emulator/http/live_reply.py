"""Replies that are more than one piece of data: streams, WebSockets, and connections that end without an answer."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from telnyx_emulator.core.errors import BadRequest
from telnyx_emulator.journal import Entry
from telnyx_emulator.journal.ring import Journal

from .reply import BreakOff, Reply, Stream, Upgrade

log = logging.getLogger("telnyx_emulator")

FAREWELL_SECS: Final = 1.0
"""Real seconds in which a client has to take the end of what it was told."""
NO_LINGER: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""A socket that is closed with this sends RST instead of FIN."""


async def send_live(
    http_request: web.BaseRequest, reply: Reply, body: Stream | Upgrade, journal: Journal | None
) -> web.StreamResponse:
    """Answer with what goes on until it is over, or the client or the world of the journal is gone."""
    if isinstance(body, Upgrade):
        return await _upgrade(http_request, body, journal)
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    await _stream(http_request, response, body, journal)
    return response


async def _stream(
    http_request: web.BaseRequest, response: web.StreamResponse, body: Stream, journal: Journal | None
) -> None:
    """A body that is made while it is sent: the client's own speed decides how fast.

    It ends early, and cleanly, with the world of the journal. One that fails breaks the connection off.
    """
    pieces = _one_by_one(body) if isinstance(body, Iterator) else body
    try:
        async with aclosing(pieces):
            await response.prepare(http_request)
            if http_request.method != "HEAD":
                async with while_open(journal):
                    async for piece in pieces:
                        await response.write(piece)
        async with asyncio.timeout(FAREWELL_SECS if journal is not None and journal.closed else None):
            await response.write_eof()
    except ConnectionError:
        log.info("%s %s: the client went away", http_request.method, http_request.path)
    except Exception as error:
        if not isinstance(error, TimeoutError):
            log.exception("%s %s failed in the middle of its answer", http_request.method, http_request.path)
        break_off(http_request.transport, BreakOff(reset=True))


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncGenerator[bytes]:
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)  # a fast reader must not keep other requests waiting


async def _upgrade(http_request: web.BaseRequest, wanted: Upgrade, journal: Journal | None) -> web.StreamResponse:
    """Accept a WebSocket handshake, and let the two sides talk. Raises BadRequest if the request is no handshake."""
    response = web.WebSocketResponse(timeout=FAREWELL_SECS)
    if not response.can_prepare(http_request):
        raise BadRequest("There is a WebSocket here: it takes nothing but the handshake of one.")
    await response.prepare(http_request)
    code = WSCloseCode.OK
    try:
        async with while_open(journal):
            await wanted.converse(_Connection(response))
        if journal is not None and journal.closed:
            code = WSCloseCode.GOING_AWAY
    except ConnectionError:
        log.info("%s: the client went away", http_request.path)
    except Exception:
        log.exception("%s failed", http_request.path)
        code = WSCloseCode.INTERNAL_ERROR
    await response.close(code=code)
    return response


class _Connection:
    """A `WebSocket` on top of aiohttp's."""

    def __init__(self, response: web.WebSocketResponse) -> None:
        self._response = response

    async def send(self, message: str | bytes) -> None:
        await (self._response.send_str(message) if isinstance(message, str) else self._response.send_bytes(message))

    async def close(self, code: int = WSCloseCode.OK, reason: str = "") -> None:
        await self._response.close(code=code, message=reason.encode())

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        async for message in self._response:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                yield message.data


@asynccontextmanager
async def while_open(journal: Journal | None) -> AsyncIterator[None]:
    """A block that is left, without an error, when the world of a journal is reset or dropped, or the server stops.

    What is awaited in it at that time is cancelled. `journal.closed` tells afterwards. None stands for no world.

        async with while_open(journal):
            await asyncio.sleep(60)
    """
    if journal is None:
        yield
        return
    loop, limit = asyncio.get_running_loop(), asyncio.timeout(0 if journal.closed else None)

    def end(entry: Entry | None) -> None:
        if entry is None:
            loop.call_soon(cancel)  # a block that waits for the journal itself can still say the last word

    def cancel() -> None:
        if end in journal.watchers and not limit.expired():
            limit.reschedule(loop.time())

    journal.watchers[end] = None
    try:
        async with limit:
            yield
    except TimeoutError:
        if not limit.expired():
            raise
    finally:
        del journal.watchers[end]


def break_off(transport: asyncio.Transport | None, how: BreakOff) -> None:
    """End the connection without an answer."""
    if transport is None:
        return
    if not how.reset:
        transport.close()
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    transport.abort()
