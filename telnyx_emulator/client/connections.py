"""Connections to an emulator as httpx transports: one for code that blocks, one for code that awaits.

They speak by `httpcore.HTTP11Connection`. What mocks HTTP in the test of a user (respx, pytest-httpx, a patched
`httpx.Client`) replaces clients, `httpx.HTTPTransport` or httpcore's pools, and none of these lies on this way.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Generic, Self, TypeVar
from weakref import finalize

import httpcore
import httpx

from .errors import Closed

H = TypeVar("H", httpcore.HTTP11Connection, httpcore.AsyncHTTP11Connection)


class Unanswered(ConnectionError):
    """Not even the head of an answer came: the other side had perhaps closed a connection that lay idle."""


class FreeStream(httpcore.AsyncNetworkStream):
    """A plain socket belongs to no event loop: a client serves one after the other, and is closed outside of any."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's
        async with asyncio.timeout(timeout):
            return await asyncio.get_running_loop().sock_recv(self._raw, max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await asyncio.get_running_loop().sock_sendall(self._raw, buffer)

    async def aclose(self) -> None:
        self._raw.close()


@dataclass(frozen=True, eq=False, slots=True)
class Connection(Generic[H]):
    """One that is open. `http` closes `raw` by itself when it is of no further use."""

    raw: socket.socket
    http: H


class OpenConnections(Generic[H]):
    """The open connections of one client, for any number of threads: idle ones, and those in use.

    `shared`: takes the idle ones from there and leaves them there, so that clients one after the other open none.
    """

    def __init__(self, shared: Self | None = None) -> None:
        self._lock: Lock = Lock() if shared is None else shared._lock
        self._idle: list[Connection[H]] = [] if shared is None else shared._idle
        self._busy: set[Connection[H]] = set()
        self._owns = shared is None
        if self._owns:
            finalize(self, _close, self._idle)

    def close(self) -> None:
        """End all of them, those in use too."""
        with self._lock:
            busy = [*self._busy]
            self._busy.clear()  # first: what wakes then sees that it was closed
            if self._owns:
                _close(self._idle)
        for connection in busy:
            with suppress(OSError):  # the other side was faster
                connection.raw.shutdown(socket.SHUT_RDWR)

    def _take(self, origin: httpcore.Origin) -> Connection[H] | None:
        """One that is idle, which the other side may have closed meanwhile."""
        with self._lock:
            for connection in self._idle:
                if connection.http.can_handle_request(origin):
                    self._idle.remove(connection)
                    return connection
        return None

    @contextmanager
    def _using(self, connection: Connection[H]) -> Iterator[None]:
        """Keep it afterwards if it can be used again. Raises OSError; Closed if `close` came in between."""
        with self._lock:
            self._busy.add(connection)
        try:
            with _errors_as(ConnectionError):
                yield
        except OSError:
            if connection not in self._busy:
                raise Closed from None
            raise
        finally:
            with self._lock:
                if connection.http.is_idle() and connection in self._busy:
                    self._idle.append(connection)
                elif connection.http.is_idle():
                    connection.raw.close()
                self._busy.discard(connection)


class Connections(OpenConnections[httpcore.HTTP11Connection], httpx.BaseTransport):
    """Requests of code that blocks; any number of threads."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it and read the answer. Raises OSError: TimeoutError, Closed, …"""
        asked = _asked(request)
        if idle := self._take(asked.url.origin):
            with suppress(Unanswered):
                return self._exchange(idle, asked)
        return self._exchange(_connect(asked), asked)

    def _exchange(self, connection: Connection[httpcore.HTTP11Connection], asked: httpcore.Request) -> httpx.Response:
        with self._using(connection):
            with _errors_as(Unanswered):
                answer = connection.http.handle_request(asked)
            content = answer.read()
            answer.close()
        return httpx.Response(answer.status, headers=answer.headers, content=content)


class AsyncConnections(OpenConnections[httpcore.AsyncHTTP11Connection], httpx.AsyncBaseTransport):
    """Requests of code that awaits, in one event loop or several. One that is cancelled closes its connection."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it and read the answer. Raises OSError: TimeoutError, Closed, …"""
        asked = _asked(request)
        if idle := self._take(asked.url.origin):
            with suppress(Unanswered):
                return await self._exchange(idle, asked)
        return await self._exchange(await _connect_async(asked), asked)

    async def _exchange(
        self, connection: Connection[httpcore.AsyncHTTP11Connection], asked: httpcore.Request
    ) -> httpx.Response:
        with self._using(connection):
            with _errors_as(Unanswered):
                answer = await connection.http.handle_async_request(asked)
            content = await answer.aread()
            await answer.aclose()
        return httpx.Response(answer.status, headers=answer.headers, content=content)


def _close(idle: list[Connection[H]]) -> None:
    while idle:
        idle.pop().raw.close()


@contextmanager
def _errors_as(kind: type[ConnectionError]) -> Iterator[None]:
    """Those of httpcore as those of sockets."""
    try:
        yield
    except httpcore.TimeoutException:
        raise TimeoutError from None
    except (httpcore.NetworkError, httpcore.ProtocolError, ConnectionError) as error:
        if isinstance(error, kind):
            raise
        raise kind(getattr(error.__cause__ or error, "strerror", None) or str(error)) from None


def _asked(request: httpx.Request) -> httpcore.Request:
    """The same for httpcore."""
    url = request.url
    where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    headers, extensions = request.headers.raw, request.extensions
    return httpcore.Request(request.method, where, headers=headers, content=request.content, extensions=extensions)


@cache
def _tls() -> ssl.SSLContext:
    """Made when first needed, for it takes 25 ms."""
    return ssl.create_default_context()


def _connect(asked: httpcore.Request) -> Connection[httpcore.HTTP11Connection]:
    origin, patience = asked.url.origin, asked.extensions["timeout"]["connect"]
    host = origin.host.decode()
    with _errors_as(ConnectionError):
        stream = httpcore.SyncBackend().connect_tcp(host, origin.port, patience)
        if origin.scheme == b"https":
            stream = stream.start_tls(_tls(), host, patience)
    return Connection(stream.get_extra_info("socket"), httpcore.HTTP11Connection(origin, stream))


async def _connect_async(asked: httpcore.Request) -> Connection[httpcore.AsyncHTTP11Connection]:
    """One with TLS belongs to its loop, so it is for one request."""
    origin, patience = asked.url.origin, asked.extensions["timeout"]["connect"]
    host = origin.host.decode()
    if origin.scheme == b"https":
        asked.headers.append((b"connection", b"close"))
        with _errors_as(ConnectionError):
            stream = await httpcore.AnyIOBackend().connect_tcp(host, origin.port, patience)
            stream = await stream.start_tls(_tls(), host, patience)
        raw = stream.get_extra_info("socket")
    else:
        async with asyncio.timeout(patience):
            raw = await _plain_socket(host, origin.port)
        stream = FreeStream(raw)
    return Connection(raw, httpcore.AsyncHTTP11Connection(origin, stream))


async def _plain_socket(host: str, port: int) -> socket.socket:
    errors = list[OSError]()
    for family in (socket.AF_INET, socket.AF_INET6):
        raw = socket.socket(family)
        try:
            raw.setblocking(False)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().sock_connect(raw, (host, port))
        except BaseException as error:
            raw.close()
            if not isinstance(error, OSError):
                raise
            errors.append(error)
        else:
            return raw
    raise errors[0]
