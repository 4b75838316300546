"""The front door: every request passes errors → door → world, and every answer but a file or a stream is JSON."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache, partial
from ipaddress import ip_address
from itertools import count
from random import getrandbits
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import orjson
from aiohttp import web

from telnyx_emulator.core.errors import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    BodyTooLarge,
    JsonExpected,
    MethodNotAllowed,
    NotPermitted,
    RateLimited,
    ResourceNotFound,
)
from telnyx_emulator.core.ids import uuid4_text
from telnyx_emulator.core.time.clock import Hold
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer
from telnyx_emulator.tenants import Tenant, Tenants, masked

from .fault_application import FaultApplication
from .live_reply import break_off, send_live
from .reply import BreakOff, Reply
from .request_context import RequestContext
from .routes import ADMINISTRATION, Route

log = logging.getLogger("telnyx_emulator")

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
SHUTDOWN_SECS = 0.3
"""Real seconds that a request may still take when the server stops."""
UNEXPECTED: Final = {
    "errors": [
        {
            "code": "10007",
            "title": "Unexpected error",
            "detail": "The emulator itself failed; its log has the trace. Please report it.",
        }
    ]
}


@dataclass(slots=True)
class PathNode:
    """A place in the tree: what follows it, and what answers there. `names`: of the parameters on the way."""

    children: dict[str, PathNode] = field(default_factory=dict)
    methods: dict[str, Route] = field(default_factory=dict)
    names: tuple[str, ...] = ()


class Routes:
    """All routes of a server. Literal segments win over `{parameters}`."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = PathNode()
        for route in routes:
            node, names = self._root, []
            for segment in _segments(route.path):
                if segment.startswith("{"):
                    names.append(segment[1:-1])
                    segment = "{}"
                node = node.children.setdefault(segment, PathNode())
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


def _walk(node: PathNode, segments: list[str], depth: int, values: list[str]) -> tuple[PathNode | None, list[str]]:
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


class Server:
    """Turns HTTP requests into request contexts, and replies and errors into HTTP responses.

    It stands on aiohttp's low-level server: routing is ours, and a second one in front of it would only take time.
    """

    def __init__(self, settings: Settings, tenants: Tenants, signer: Signer, routes: Iterable[Route]) -> None:
        self._settings, self._tenants, self._signer = settings, tenants, signer
        self._prefix, self._numbers = uuid4_text(getrandbits(128))[:24], count(1)
        self._private = _is_loopback(settings.host)
        self._routes = Routes(routes)

    async def start(self) -> int:
        """Serve from now on, until `close`; returns the port. Raises OSError if it cannot be had."""
        # A client that hangs up ends its long poll. Commands are carried out in one go, never halfway.
        self._server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(self._server, handle_signals=False, shutdown_timeout=SHUTDOWN_SECS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._settings.host, self._settings.port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        port: int = self._runner.addresses[0][1]
        return port

    async def close(self) -> None:
        """End everything. A client that does not read what it was sent is cut off: its socket must not stay open."""
        transports = [one.transport for one in self._server.connections if one.transport is not None]
        await self._runner.cleanup()
        for transport in transports:
            if transport.get_write_buffer_size():
                transport.abort()
        await asyncio.sleep(0)  # the sockets are closed in the next round of the loop, which may be the last one

    async def _handle(self, http_request: web.BaseRequest) -> web.StreamResponse:
        """Errors become the vendor's envelope; one of our own is told in the log and answered as such."""
        tenant: Tenant | None = None
        try:
            self._guard(http_request)
            route, params = self._routes.find(http_request.method, http_request.rel_url.raw_path)
            if route.administers and http_request.body_exists and http_request.content_type != "application/json":
                raise JsonExpected("The administration takes application/json only.")
            if not route.open:
                tenant = self._world(http_request, route)
                if not route.administers and not tenant.rate.count():
                    raise RateLimited(retry_after=1)
            return await self._answer(http_request, route, params, tenant)
        except ApiError as error:
            return self._response(error.body(), error.status, error.headers(), tenant)
        except Exception:
            log.exception("%s %s failed", http_request.method, http_request.path)
            return self._response(UNEXPECTED, 500, {}, tenant)
        finally:
            if tenant is not None and not tenant.kept:
                tenant.close()

    async def _answer(
        self, http_request: web.BaseRequest, route: Route, params: dict[str, str], tenant: Tenant | None
    ) -> web.StreamResponse:
        """A request of the application counts for the limit, and keeps the clock from jumping until it is answered."""
        request = self._request(http_request, route, params, tenant)
        counting = None if route.administers else tenant
        content = http_request.content
        with nullcontext() if counting is None else counting.clock.hold(f"{request.method} {request.path}") as hold:
            if http_request.body_exists:  # a short one is usually there already
                arrived = content.is_eof()
                request.raw = content.read_nowait() if arrived else await _read(http_request, route.most_bytes)
            if tenant is not None:
                tenant.clock.fire_due()
            if counting is not None and counting.retry.hold is not None:
                counting.retry.over()
            if len(request.raw) > route.most_bytes:
                raise BodyTooLarge(f"The request body can be {route.most_bytes} bytes long.")
            if request.faults is None:
                reply = await route.endpoint(request)
            else:
                reply = await request.faults.reply(request.observed(), partial(route.endpoint, request))
            return await self._send(http_request, reply, tenant, hold)

    def _request(
        self, http_request: web.BaseRequest, route: Route, params: dict[str, str], tenant: Tenant | None
    ) -> RequestContext:
        method, path, query, headers = http_request.method, http_request.path, http_request.query, http_request.headers
        server = self._settings, self._tenants, self._signer
        request = RequestContext(method, path, params, query, headers, b"", *server)
        if tenant is not None:
            request.tenant = tenant
            request.adopts = tenant.adopt or headers.get("x-emulator-adopt") == "1"
            if not route.administers:
                tenant.world.origin = f"{http_request.scheme}://{http_request.host}"
                request.faults = FaultApplication(tenant) if tenant.faults.rules else None
        return request

    async def _send(
        self, http_request: web.BaseRequest, reply: Reply, tenant: Tenant | None, hold: Hold | None
    ) -> web.StreamResponse:
        """Answer, and let the webhooks go that waited for the answer."""
        if reply.body is None or isinstance(reply.body, dict | bytes):
            response = self._response(reply.body, reply.status, reply.headers, tenant)
        elif isinstance(reply.body, BreakOff):
            break_off(http_request.transport, reply.body)
            response = web.Response()
        else:
            if hold is not None:
                hold.release()  # what is live may last as long as the world
            return await send_live(http_request, reply, reply.body, tenant.journal if tenant else None)
        if reply.gate is not None and reply.gate.slots:
            try:
                await response.prepare(http_request)
                await response.write_eof()
            except ConnectionError:
                log.info("%s %s: the client was gone before its answer", http_request.method, http_request.path)
            finally:
                reply.gate.open()
        return response

    def _world(self, http_request: web.BaseRequest, route: Route) -> Tenant:
        """The world of the bearer key. The administration may be used without one while there is one world."""
        scheme, _, key = http_request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if not key and route.administers:
            key = self._only_key()
        elif scheme.lower() != "bearer":
            raise AuthenticationFailed
        if not self._tenants.allows(key):
            raise AuthenticationFailed
        makes = http_request.method != "GET" or self._settings.adopt
        return self._tenants.world(key, keep=route.administers or makes)

    def _only_key(self) -> str:
        keys = [one if isinstance(one, str) else one.key for one in self._tenants.only()]
        if not keys:
            raise AuthenticationFailed("There is no world yet: name one by the API key that your application uses.")
        if len(keys) > 1:
            raise AuthenticationFailed(
                f"There are several worlds, name one by its API key: {', '.join(map(masked, keys))}."
            )
        return keys[0]

    def _guard(self, http_request: web.BaseRequest) -> None:
        """No web page may drive the emulator behind the back of the person who runs it."""
        host = _host_of(f"//{http_request.headers.get('host', '')}")
        if self._private and not _is_loopback(host) and host != self._settings.host:
            raise NotPermitted(f"This emulator listens on {self._settings.host}; it does not answer for '{host}'.")
        origin = http_request.headers.get("origin")
        if origin is not None and not _is_loopback(_host_of(origin)):
            raise NotPermitted(f"Requests of web pages from {origin} are refused.")

    def _response(
        self, body: dict[str, Any] | bytes | None, status: int, headers: dict[str, str], tenant: Tenant | None
    ) -> web.Response:
        usual = {"x-request-id": f"{self._prefix}{next(self._numbers):012x}"}
        if tenant is not None:
            usual |= tenant.rate.headers
        if isinstance(body, dict):
            body = orjson.dumps(body)
        if body is not None:
            usual["content-type"] = "application/json"
        return web.Response(body=body, status=status, headers=usual | headers)


async def _read(http_request: web.BaseRequest, most_bytes: int) -> bytes:
    """The body; of one that is too long a little more than may be, the rest is not even looked at."""
    try:
        if http_request.headers.get("expect", "").lower() == "100-continue":
            await http_request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = bytearray(await http_request.content.readany())
        while len(body) <= most_bytes and not http_request.content.at_eof():
            body += await http_request.content.readany()
        return bytes(body)
    except (web.RequestPayloadError, ConnectionError):
        raise BadRequest("The request body could not be read.") from None


@lru_cache
def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@lru_cache
def _is_loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
