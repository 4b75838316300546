"""The front door: every request passes errors → door → world, and every answer is JSON."""

from __future__ import annotations

import logging
import uuid
from ipaddress import ip_address
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
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer
from telnyx_emulator.tenants import Tenant, Tenants, masked

from . import admin, api, resources
from .exchange import Exchange, Reply
from .routes import Route, Routes

log = logging.getLogger("telnyx_emulator")

MAX_BODY_BYTES = 1024 * 1024
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def make_app(settings: Settings, tenants: Tenants, signer: Signer) -> web.Application:
    """The whole server as an aiohttp application."""
    server = Server(settings, tenants, signer)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_route("*", "/{path:(?s:.*)}", server.handle)
    return app


class Server:
    """Turns HTTP requests into exchanges, and replies and errors into HTTP responses."""

    def __init__(self, settings: Settings, tenants: Tenants, signer: Signer) -> None:
        self._settings, self._tenants, self._signer = settings, tenants, signer
        self._routes = Routes([*api.ROUTES, *resources.ROUTES, *admin.ROUTES])

    async def handle(self, request: web.Request) -> web.StreamResponse:
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
            with self._tenants.passing(tenant):
                if route.administers:
                    return await self._answer(request, route, params, tenant)
                return await self._answer_application(request, route, params, tenant)
        except ApiError as error:
            return self._response(Reply(error.body(), error.status, error.headers()), tenant)
        except web.HTTPRequestEntityTooLarge:
            too_large = BodyTooLarge(f"The request body can be {MAX_BODY_BYTES} bytes long.")
            return self._response(Reply(too_large.body(), too_large.status), tenant)
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

    async def _answer_application(
        self, request: web.Request, route: Route, params: dict[str, str], tenant: Tenant
    ) -> web.StreamResponse:
        """A request of the application keeps the clock from jumping while it lives, and counts for the limit."""
        if not tenant.rate.count():
            raise RateLimited(retry_after=1)
        with tenant.clock.hold(f"{request.method} {request.path}"):
            return await self._answer(request, route, params, tenant)

    async def _answer(
        self, request: web.Request, route: Route, params: dict[str, str], tenant: Tenant | None
    ) -> web.StreamResponse:
        exchange = Exchange(
            request.method,
            request.path,
            params,
            request.query,
            request.headers,
            await _read(request),
            self._settings,
            self._tenants,
            self._signer,
            tenant,
        )
        reply = await route.endpoint(exchange)
        response = self._response(reply, tenant)
        if reply.gate is not None:
            try:
                await response.prepare(request)
                await response.write_eof()
            except ConnectionError:
                log.info("%s %s: the client was gone before its answer", request.method, request.path)
            finally:
                reply.gate.open()
        return response

    def _world(self, request: web.Request, route: Route) -> Tenant:
        """The world of the bearer key. The administration may be used without one while there is one world."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if not key and route.administers:
            key = self._only_key()
        elif scheme.lower() != "bearer":
            raise AuthenticationFailed
        if not self._tenants.allows(key):
            raise AuthenticationFailed
        return self._tenants.world(key, keep=route.administers or request.method != "GET")

    def _only_key(self) -> str:
        candidates = self._tenants.only()
        if len(candidates) == 1:
            found = candidates[0]
            return found if isinstance(found, str) else found.key
        if not candidates:
            raise AuthenticationFailed("There is no world yet: name one by the API key that your application uses.")
        keys = ", ".join(masked(one if isinstance(one, str) else one.key) for one in candidates)
        raise AuthenticationFailed(f"There are several worlds, name one by its API key: {keys}.")

    def _guard(self, request: web.Request) -> None:
        """No web page may drive the emulator behind the back of whoever runs it."""
        host = _host_of(f"//{request.headers.get('host', '')}")
        if _is_loopback(self._settings.host) and not _is_loopback(host) and host != self._settings.host:
            raise NotPermitted(f"This emulator listens on {self._settings.host}; it does not answer for '{host}'.")
        origin = request.headers.get("origin")
        if origin is not None and not _is_loopback(_host_of(origin)):
            raise NotPermitted(f"Requests of web pages from {origin} are refused.")

    def _response(self, reply: Reply, tenant: Tenant | None) -> web.Response:
        headers = {"x-request-id": str(uuid.uuid4())}
        if tenant is not None:
            headers |= tenant.rate.headers()
        if reply.data is not None:
            headers["content-type"] = "application/json"
        return web.Response(body=reply.encoded(), status=reply.status, headers=headers | reply.headers)


async def _read(request: web.Request) -> bytes:
    try:
        return await request.read() if request.body_exists else b""
    except (web.RequestPayloadError, ConnectionError):
        raise BadRequest("The request body could not be read.") from None


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
