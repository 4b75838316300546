"""Connections to an emulator as httpx transports: one for code that blocks, one for code that awaits.

They speak by `httpcore.HTTP11Connection` over a plain socket. What mocks HTTP in the test of a user (respx,
pytest-httpx, a patched `httpx.Client`) replaces clients, `httpx.HTTPTransport` or httpcore's pools, and none of these
lies on this way. A plain socket belongs to no event loop: a client serves one loop after the other, and is closed
outside of any.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Lock
from typing import Generic, Self, TypeVar
from weakref import finalize

import httpcore
import httpx

from .errors import Closed

DROPPED = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
"""How a connection shows that it was closed while it lay idle."""


class Line:
    """A socket that sends a request as a whole. Raises one of DROPPED if not a byte of its answer comes."""

    http: httpcore.HTTP11Connection | httpcore.AsyncHTTP11Connection

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self._unsent = b""
        self._silent = True

    def close(self) -> None:
        self._raw.close()

    def wake(self) -> None:
        """Nothing more comes; what waits for it goes on, and closes it."""
        with suppress(OSError):  # the other side was faster
            self._raw.shutdown(socket.SHUT_RDWR)

    def _request(self) -> bytes:
        request, self._unsent = self._unsent, b""
        self._silent = self._silent or bool(request)
        return request

    def _heard(self, data: bytes) -> bytes:
        if not data and self._silent:
            raise ConnectionResetError("it closed the connection without an answer")
        self._silent = False
        return data


class BlockingLine(Line, httpcore.NetworkStream):
    """One that blocks its thread."""

    http: httpcore.HTTP11Connection

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._raw.settimeout(timeout)
        if request := self._request():
            self._raw.sendall(request)
        return self._heard(self._raw.recv(max_bytes))


class AwaitedLine(Line, httpcore.AsyncNetworkStream):
    """One that is awaited, in any loop."""

    http: httpcore.AsyncHTTP11Connection

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's
        self._unsent += buffer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        async with asyncio.timeout(timeout):
            if request := self._request():
                await self._send(request)
            return self._heard(await self._receive(max_bytes))

    async def aclose(self) -> None:
        self.close()

    async def _send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._raw, data)

    async def _receive(self, most: int) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self._raw, most)


class SecureLine(AwaitedLine):
    """One with TLS. It belongs to its loop, so it is for one request."""

    def __init__(self, raw: socket.socket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(raw)
        self._reader, self._writer = reader, writer

    def close(self) -> None:
        self._writer.transport.abort()

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _receive(self, most: int) -> bytes:
        return await self._reader.read(most)


L = TypeVar("L", bound=Line)


class Lines(Generic[L]):
    """The open connections of one client, for any number of threads: idle ones, and those in use.

    `shared`: takes the idle ones from there and leaves them there, so that clients one after the other open none.
    """

    def __init__(self, shared: Self | None = None) -> None:
        self._lock: Lock = Lock() if shared is None else shared._lock
        self._idle: list[L] = [] if shared is None else shared._idle
        self._busy: set[L] = set()
        if shared is None:
            finalize(self, _close, self._idle)
        self._owns = shared is None

    def close(self) -> None:
        """End all of them, those in use too."""
        with self._lock:
            idle, busy = [*self._idle] if self._owns else [], [*self._busy]
            self._busy.clear()
            if self._owns:
                self._idle.clear()
        _close(idle)
        for line in busy:
            line.wake()

    def _take(self, asked: httpcore.Request) -> L | None:
        """One that is idle, which the other side may have closed meanwhile."""
        with self._lock:
            for line in self._idle:
                if line.http.can_handle_request(asked.url.origin):
                    self._idle.remove(line)
                    return line
        return None

    @contextmanager
    def _using(self, line: L) -> Iterator[None]:
        """Keep it afterwards if it can be used again. Raises Closed if `close` came in between."""
        with self._lock:
            self._busy.add(line)
        try:
            yield
        except httpcore.ProtocolError as error:
            raise ConnectionError(str(error)) from None
        except Exception:
            if line not in self._busy:
                raise Closed from None
            raise
        finally:
            with self._lock:
                kept = line in self._busy and line.http.is_idle()
                self._busy.discard(line)
                if kept:
                    self._idle.append(line)
            if not kept:
                line.close()


def _close(lines: Iterable[Line]) -> None:
    for line in lines:
        line.close()


class Connections(Lines[BlockingLine], httpx.BaseTransport):
    """Requests of code that blocks; any number of threads."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it and read the answer. Raises OSError: TimeoutError, Closed, …"""
        asked = _asked(request)
        if line := self._take(asked):
            with suppress(*DROPPED):
                return self._exchange(line, asked)
        return self._exchange(_connect(asked), asked)

    def _exchange(self, line: BlockingLine, asked: httpcore.Request) -> httpx.Response:
        with self._using(line):
            answer = line.http.handle_request(asked)
            content = answer.read()
            answer.close()
        return httpx.Response(answer.status, headers=answer.headers, content=content)


class AsyncConnections(Lines[AwaitedLine], httpx.AsyncBaseTransport):
    """Requests of code that awaits, in one event loop or several. One that is cancelled closes its connection."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it and read the answer. Raises OSError: TimeoutError, Closed, …"""
        asked = _asked(request)
        if line := self._take(asked):
            with suppress(*DROPPED):
                return await self._exchange(line, asked)
        async with asyncio.timeout(_patience(asked)):
            line = await (_connect_securely if request.url.scheme == "https" else _connect_async)(asked)
        return await self._exchange(line, asked)

    async def _exchange(self, line: AwaitedLine, asked: httpcore.Request) -> httpx.Response:
        with self._using(line):
            answer = await line.http.handle_async_request(asked)
            content = await answer.aread()
            await answer.aclose()
        return httpx.Response(answer.status, headers=answer.headers, content=content)


def _asked(request: httpx.Request) -> httpcore.Request:
    """The same for httpcore."""
    url = request.url
    where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    headers, extensions = request.headers.raw, request.extensions
    return httpcore.Request(request.method, where, headers=headers, content=request.content, extensions=extensions)


def _patience(asked: httpcore.Request) -> float | None:
    """Real seconds that connecting may take."""
    patience: float | None = asked.extensions["timeout"]["connect"]
    return patience


@cache
def _tls() -> ssl.SSLContext:
    """Made when first needed, for it takes 25 ms."""
    return ssl.create_default_context()


def _connect(asked: httpcore.Request) -> BlockingLine:
    origin = asked.url.origin
    raw = socket.create_connection((origin.host.decode(), origin.port), _patience(asked))
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if origin.scheme == b"https":
        raw = _tls().wrap_socket(raw, server_hostname=origin.host.decode())
    line = BlockingLine(raw)
    line.http = httpcore.HTTP11Connection(origin, line)
    return line


async def _connect_async(asked: httpcore.Request) -> AwaitedLine:
    origin, errors = asked.url.origin, list[OSError]()
    for family in (socket.AF_INET, socket.AF_INET6):
        raw = socket.socket(family)
        try:
            raw.setblocking(False)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().sock_connect(raw, (origin.host.decode(), origin.port))
        except BaseException as error:
            raw.close()
            if not isinstance(error, OSError):
                raise
            errors.append(error)
        else:
            line = AwaitedLine(raw)
            line.http = httpcore.AsyncHTTP11Connection(origin, line)
            return line
    raise errors[0]


async def _connect_securely(asked: httpcore.Request) -> AwaitedLine:
    origin = asked.url.origin
    reader, writer = await asyncio.open_connection(origin.host.decode(), origin.port, ssl=_tls())
    asked.headers.append((b"connection", b"close"))
    line = SecureLine(writer.get_extra_info("socket"), reader, writer)
    line.http = httpcore.AsyncHTTP11Connection(origin, line)
    return line
