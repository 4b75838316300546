"""The front door: every request passes errors → door → world, and every answer but a file is JSON."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address
from itertools import count
from random import getrandbits
from urllib.parse import urlsplit

from aiohttp import web

from telnyx_emulator.core.errors import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    BodyTooLarge,
    JsonExpected,
    NotPermitted,
    RateLimited,
)
from telnyx_emulator.core.ids import uuid4_text
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer
from telnyx_emulator.tenants import Tenant, Tenants, masked

from . import admin, api, downloads, injection, resources
from .exchange import Exchange, Reply
from .routes import Route, Routes

log = logging.getLogger("telnyx_emulator")

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Server:
    """Turns HTTP requests into exchanges, and replies and errors into HTTP responses.

    It stands on aiohttp's low-level server: routing is ours, and a second one in front of it would only take time.
    """

    def __init__(self, settings: Settings, tenants: Tenants, signer: Signer) -> None:
        self._settings, self._tenants, self._signer = settings, tenants, signer
        self._prefix, self._numbers = uuid4_text(getrandbits(128))[:24], count(1)
        self._private = _is_loopback(settings.host)
        self._routes = Routes([*api.ROUTES, *resources.ROUTES, *downloads.ROUTES, *admin.ROUTES])

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Errors become the vendor's envelope; one of our own is told in the log and answered as such."""
        tenant: Tenant | None = None
        try:
            self._guard(request)
            route, params = self._routes.find(request.method, request.rel_url.raw_path)
            if route.administers and request.body_exists and request.content_type != "application/json":
                raise JsonExpected("The administration takes application/json only.")
            tenant = None if route.open else self._world(request, route)
            if tenant is None:
                return await self._answer(request, route, params, None)
            if route.administers:
                return await self._answer(request, route, params, tenant)
            return await self._answer_application(request, route, params, tenant)
        except ApiError as error:
            return self._response(Reply(error.body(), error.status, error.headers()), tenant)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            body = {
                "errors": [
                    {
                        "code": "10007",
                        "title": "Unexpected error",
                        "detail": "The emulator itself failed; its log has the trace. Please report it.",
                    }
                ]
            }
            return self._response(Reply(body, 500), tenant)
        finally:
            if tenant is not None:
                self._tenants.let_go(tenant)

    async def _answer_application(
        self, request: web.BaseRequest, route: Route, params: dict[str, str], tenant: Tenant
    ) -> web.StreamResponse:
        """A request of the application keeps the clock from jumping while it lives, and counts for the limit."""
        if not tenant.rate.count():
            raise RateLimited(retry_after=1)
        tenant.world.origin = f"{request.scheme}://{request.host}"
        with tenant.clock.hold(f"{request.method} {request.path}"):
            tenant.retry.over()
            return await self._answer(request, route, params, tenant)

    async def _answer(
        self, request: web.BaseRequest, route: Route, params: dict[str, str], tenant: Tenant | None
    ) -> web.StreamResponse:
        exchange = Exchange(
            request.method,
            request.path,
            params,
            request.query,
            request.headers,
            await _read(request, route.most_bytes),
            self._settings,
            self._tenants,
            self._signer,
            tenant,
        )
        ordinary = tenant is None or route.administers
        reply = await (route.endpoint(exchange) if ordinary else injection.reply_of(exchange, route.endpoint))
        if reply.injected is not None and reply.injected.unanswered:
            injection.break_off(request.transport, reply.injected, reply.gate)
            return web.Response()
        if reply.stream is not None:
            return await self._send(request, reply, reply.stream)
        response = self._response(reply, tenant)
        if reply.gate is not None and reply.gate.sessions:
            try:
                await response.prepare(request)
                await response.write_eof()
            except ConnectionError:
                log.info("%s %s: the client was gone before its answer", request.method, request.path)
            finally:
                reply.gate.open()
        return response

    async def _send(self, request: web.BaseRequest, reply: Reply, stream: Iterator[bytes]) -> web.StreamResponse:
        """A long body, made while it is sent; nobody but the client's own speed decides how fast."""
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        try:
            await response.prepare(request)
            if request.method != "HEAD":
                for piece in stream:
                    await response.write(piece)
                    await asyncio.sleep(0)  # a fast reader must not keep everybody else waiting
            await response.write_eof()
        except ConnectionError:
            log.info("%s %s: the client went away", request.method, request.path)
        return response

    def _world(self, request: web.BaseRequest, route: Route) -> Tenant:
        """The world of the bearer key. The administration may be used without one while there is one world."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if not key and route.administers:
            key = self._only_key()
        elif scheme.lower() != "bearer":
            raise AuthenticationFailed
        if not self._tenants.allows(key):
            raise AuthenticationFailed
        makes = request.method != "GET" or self._settings.adopt
        return self._tenants.world(key, keep=route.administers or makes)

    def _only_key(self) -> str:
        candidates = self._tenants.only()
        if len(candidates) == 1:
            found = candidates[0]
            return found if isinstance(found, str) else found.key
        if not candidates:
            raise AuthenticationFailed("There is no world yet: name one by the API key that your application uses.")
        keys = ", ".join(masked(one if isinstance(one, str) else one.key) for one in candidates)
        raise AuthenticationFailed(f"There are several worlds, name one by its API key: {keys}.")

    def _guard(self, request: web.BaseRequest) -> None:
        """No web page may drive the emulator behind the back of whoever runs it."""
        host = _host_of(f"//{request.headers.get('host', '')}")
        if self._private and not _is_loopback(host) and host != self._settings.host:
            raise NotPermitted(f"This emulator listens on {self._settings.host}; it does not answer for '{host}'.")
        origin = request.headers.get("origin")
        if origin is not None and not _is_loopback(_host_of(origin)):
            raise NotPermitted(f"Requests of web pages from {origin} are refused.")

    def _response(self, reply: Reply, tenant: Tenant | None) -> web.Response:
        headers = {"x-request-id": f"{self._prefix}{next(self._numbers):012x}"}
        if tenant is not None:
            headers |= tenant.rate.headers()
        if reply.data is not None:
            headers["content-type"] = "application/json"
        return web.Response(body=reply.encoded(), status=reply.status, headers=headers | reply.headers)


async def _read(request: web.BaseRequest, most_bytes: int) -> bytes:
    """The body, unless it is too long; then the rest of it is not even looked at."""
    if not request.body_exists:
        return b""
    try:
        if request.headers.get("expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = bytearray(await request.content.readany())
        while len(body) <= most_bytes:
            if request.content.at_eof():
                return bytes(body)
            body += await request.content.readany()
        raise BodyTooLarge(f"The request body can be {most_bytes} bytes long.")
    except (web.RequestPayloadError, ConnectionError):
        raise BadRequest("The request body could not be read.") from None


@lru_cache
def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
