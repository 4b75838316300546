"""One attempt: sign and send, or do as if."""

from __future__ import annotations

import asyncio
from functools import cached_property
from time import perf_counter
from typing import Final
from urllib.parse import urljoin

import aiohttp
import orjson
from yarl import URL

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.routing import Method
from telnyx_emulator.core.time.clock import Clock
from telnyx_emulator.faults import DeliveryFault, Rule
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer

from .delivery import Attempt, Delivery, effect_of

MAX_REDIRECTS = 3
KEPT_BODY_BYTES = 10_000

WRONG_KEY: Final = "dGVsbnl4X2VtdWxhdG9yIG5vYm9keXMga2V5ICEhISE="
"""Nobody's: what an impostor signs with."""

STALE_SECS = 600
"""How old a stale signature is; SDKs refuse those of more than 300 s."""


class Sender:
    """Signs and sends, for all worlds of an emulator."""

    def __init__(self, settings: Settings) -> None:
        self.signer = Signer(settings.signing_key)
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def attempt(self, delivery: Delivery, clock: Clock, rule: Rule | None = None, copy: int = 0) -> Attempt:
        """Send once, as badly as the rule says. Whatever goes wrong is in the result, not raised."""
        url, method = delivery.targets[delivery.target]
        fault, name = (effect_of(rule), rule.name) if rule else (None, None)
        number = delivery.attempts[-1].number if copy else len(delivery.attempts) + 1
        body = envelope(delivery.event.data, number, url)
        headers = {
            "content-type": "application/json",
            "user-agent": "telnyx-webhooks",
            **self._signature(body, int(clock.real_now().timestamp()), fault),
        }
        if method == "GET":
            del headers["content-type"]
        attempt = Attempt(number, url, wire_time(clock.now()), headers, fault=name, copy=copy)
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
        if attempt.delivered:
            attempt.error = None  # what a receiver does after its 200 is its own affair
        attempt.latency_ms = round((perf_counter() - began) * 1000, 1)
        attempt.finished_at = wire_time(clock.now())
        return attempt

    def _signature(self, body: bytes, timestamp: int, fault: DeliveryFault | None) -> dict[str, str]:
        match fault and fault.signature:
            case "missing":
                return {}
            case "wrong_key":
                return self._impostor.headers(body, timestamp)
            case "stale":
                return self.signer.headers(body, timestamp - STALE_SECS)
        return self.signer.headers(body, timestamp)

    @cached_property
    def _impostor(self) -> Signer:
        return Signer(WRONG_KEY)

    def session(self) -> aiohttp.ClientSession:
        """What requests to the application are made with, whatever they are for."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, ssl=self._settings.webhook_tls_verify)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        return self._session

    async def _send(self, attempt: Attempt, method: Method, body: bytes) -> None:
        url = attempt.url
        for _ in range(MAX_REDIRECTS + 1):
            target = URL(url)
            if method == "GET":
                target = target.update_query(payload=body.decode())
            async with self.session().request(
                method,
                target,
                data=None if method == "GET" else body,
                headers=attempt.request_headers,
                allow_redirects=False,
            ) as response:
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
