"""One attempt: sign and send, over connections that are kept alive; or do as if."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Any, Final, cast
from urllib.parse import urljoin

import aiohttp
import orjson
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from telnyx_emulator.core.routing import Method
from telnyx_emulator.core.time.clock import Clock
from telnyx_emulator.faults import DeliveryFault, Rule
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer

from .delivery import Attempt, Delivery, Target

MAX_REDIRECTS = 3
KEPT_BODY_BYTES = 10_000

WRONG_KEY: Final = "dGVsbnl4X2VtdWxhdG9yIG5vYm9keXMga2V5ICEhISE="
"""What a webhook with a forged signature is signed with."""

STALE_SECS = 600
"""How old a stale signature is; SDKs refuse those of more than 300 s."""


class ClosedMeanwhile(aiohttp.ClientConnectionError):
    """A connection that had been used before ended without any byte of an answer: it was closed while it was idle."""


class KeptAlive(ResponseHandler):
    """One connection. It knows whether it was used before, and whether the present answer has begun."""

    _requests, _answering = 0, False

    def set_response_params(self, **given: Any) -> None:
        self._requests += 1
        self._answering = False
        super().set_response_params(**given)

    def data_received(self, data: bytes) -> None:
        self._answering = True
        super().data_received(data)

    def feed_data(self, data: Any, size: int = 0) -> None:
        # Servers close a connection after an error of theirs, some without saying so: nothing more is sent on it.
        if data[0].code >= 500:
            self.force_close()
        super().feed_data(data, size)

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        ended = isinstance(exc, aiohttp.ClientOSError | aiohttp.ServerDisconnectedError)
        if ended and self._requests > 1 and not self._answering:
            exc = ClosedMeanwhile()
        super().set_exception(exc, *cause)


class Sender:
    """Signs and sends, for all worlds of an emulator."""

    def __init__(self, settings: Settings) -> None:
        self.signer = signer = Signer(settings.signing_key)
        self._signers: dict[str | None, tuple[Signer | None, int]] = {
            None: (signer, 0),
            "stale": (signer, STALE_SECS),
            "wrong_key": (Signer(WRONG_KEY), 0),
            "missing": (None, 0),
        }
        """Who signs a webhook, and how many seconds ago, by what is wrong with its signature."""
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def attempt(
        self, delivery: Delivery, clock: Clock, target: Target, number: int, rule: Rule | None = None, copy: int = 0
    ) -> Attempt:
        """Send once, as badly as the rule says. Whatever goes wrong is in the result, not raised."""
        url, method = target
        fault: DeliveryFault | None = rule.effect if rule else None
        body = envelope(delivery.event.data, number, url)
        headers = {"content-type": "application/json"} if method == "POST" else {}
        headers |= {"user-agent": "telnyx-webhooks"}
        attempt = Attempt(number, url, clock.now(), headers, fault=rule.name if rule else None, copy=copy)
        signer, age = self._signers[fault.signature if fault else None]
        if signer is not None:
            headers |= signer.headers(body, int(clock.real_now().timestamp()) - age)
        began = perf_counter()
        try:
            async with asyncio.timeout(delivery.timeout):
                if fault is not None and fault.as_if is not None:
                    pretend(attempt, fault.as_if)
                else:
                    await self._send(attempt, method, body)
        except TimeoutError:
            attempt.error = f"no answer within {delivery.timeout:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            attempt.error = f"{type(error).__name__}: {error}"
        attempt.delivered = attempt.status is not None and 200 <= attempt.status < 300
        if attempt.delivered:
            attempt.error = None  # what a receiver does after its 200 is its own affair
        attempt.latency_ms = round((perf_counter() - began) * 1000, 1)
        attempt.ended = clock.elapsed()
        attempt.finished = clock.epoch + timedelta(seconds=attempt.ended)
        return attempt

    async def request(self, method: str, url: URL | str, **options: Any) -> aiohttp.ClientResponse:
        """Send a request to the application, whatever it is for. Raises `aiohttp.ClientError` and OSError.

        One that met a connection which the application had closed meanwhile was not sent at all: it is sent again at
        once. That connection is gone by then, so this comes to a fresh one.
        """
        if self._session is None:
            self._session = self._open()
        while True:
            try:
                return await self._session.request(method, url, **options)
            except ClosedMeanwhile:
                continue

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=0, ssl=self._settings.webhook_tls_verify)
        connector._factory = cast(partial[ResponseHandler], partial(KeptAlive, loop=asyncio.get_running_loop()))
        return aiohttp.ClientSession(connector=connector, auto_decompress=False)

    async def _send(self, attempt: Attempt, method: Method, body: bytes) -> None:
        url = attempt.url
        for _ in range(MAX_REDIRECTS + 1):
            target = URL(url)
            if method == "GET":
                target = target.update_query(payload=body.decode())
            options = {"data": None if method == "GET" else body, "headers": attempt.request_headers}
            async with await self.request(method, target, allow_redirects=False, **options) as response:
                attempt.status = response.status
                attempt.response_headers = dict(response.headers)
                attempt.body = (await response.content.read(KEPT_BODY_BYTES)).decode(errors="replace")
                location = response.headers.get("location")
            if not 300 <= attempt.status < 400 or location is None:
                return
            url = urljoin(url, location)
        attempt.error = f"more than {MAX_REDIRECTS} redirects"


def pretend(attempt: Attempt, how: str) -> None:
    """Let an attempt end as if the receiver had been so. Nothing is sent, and no time goes by."""
    if how.startswith("http_"):
        attempt.status = int(how.removeprefix("http_"))
    elif how == "timeout":
        raise TimeoutError
    else:
        host = URL(attempt.url).authority
        attempt.error = {
            "refused": f"ClientConnectorError: Cannot connect to host {host} [Connection refused]",
            "tls_error": f"ClientConnectorCertificateError: Cannot connect to host {host} [certificate verify failed]",
        }[how]


def envelope(data: bytes, attempt: int, url: str) -> bytes:
    """The body of a webhook, around the event's own JSON."""
    meta = orjson.dumps({"attempt": attempt, "delivered_to": url})
    return b'{"data":' + data + b',"meta":' + meta + b"}"
