"""Requests that go wrong on purpose: what the client gets instead of its answer, or when it gets it."""

from __future__ import annotations

import asyncio
import math
import socket
import struct
import sys
from typing import Final

from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.faults import ApiFault
from telnyx_emulator.journal import Entry
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.tenants import Tenant
from telnyx_emulator.webhooks import Gate

from .exchange import Exchange, Injected, Reply
from .refusal import body_of, is_retried, status_of
from .routes import Endpoint

GONE: Final = ApiFault(close=True)
"""What a late request meets whose world was begun anew meanwhile."""

GARBAGE: Final = b"<html><head><title>Oops</title></head><body><h1>This is not the API</h1></body></html>\n"
NO_LINGER: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""A socket that is closed with this sends RST instead of FIN."""


async def reply_of(exchange: Exchange, endpoint: Endpoint) -> Reply:
    """The endpoint's reply, unless faults of requests or commands have it otherwise."""
    disturbed = exchange.tenant.faults.armed("api")
    try:
        reply = await (_disturbed(exchange, endpoint) if disturbed else endpoint(exchange))
    except Injected as injected:
        reply = injected.otherwise or Reply(None)
        reply.injected = injected.fault
    return reply if reply.injected is None else await _spoiled(reply, reply.injected, exchange.tenant)


async def _disturbed(exchange: Exchange, endpoint: Endpoint) -> Reply:
    fault = await strike(exchange.tenant, _request(exchange))
    try:
        reply = await endpoint(exchange)
    except ApiError as error:
        if fault is None:
            raise
        raise although(error, fault) from error
    reply.injected = reply.injected or fault
    return reply


def although(error: ApiError, fault: ApiFault) -> Injected:
    """What was asked for is refused anyhow, and the answer goes wrong too."""
    return Injected(fault, Reply(error.body(), error.status, error.headers()))


def _request(exchange: Exchange) -> ObservedEvent:
    """As rules look at it: its path begins behind the version."""
    path, leg = exchange.path.removeprefix("/v2"), exchange.params.get("call_control_id")
    known = leg if leg in exchange.tenant.world.calls else None
    meta = {"method": exchange.method, "path": path}
    return ObservedEvent("request", f"{exchange.method} {path}", known, dict(exchange.query), meta)


async def strike(tenant: Tenant, seen: ObservedEvent) -> ApiFault | None:
    """Ask the rules, and wait as long as one says.

    Returns what goes wrong with nothing but the answer. Raises `Injected` if what was asked for is not to be done.
    """
    if not tenant.faults.armed("api"):
        return None
    fault = tenant.faults.api(seen)
    if fault is None or fault.carried_out:
        return fault
    if not await _linger(tenant, fault):
        raise Injected(GONE)
    if fault.spoils:
        raise Injected(fault)
    return None


async def _linger(tenant: Tenant, fault: ApiFault) -> bool:
    """Wait for the fault's latency, in real seconds. False: meanwhile the world was begun anew."""
    if fault.latency is None:
        return True
    ended = asyncio.Event()

    def watch(entry: Entry | None) -> None:
        if entry is None:
            ended.set()

    watchers = tenant.journal.watchers
    watchers[watch] = None
    try:
        async with asyncio.timeout(tenant.faults.draw(fault.latency)):
            await ended.wait()
        return False
    except TimeoutError:
        tenant.clock.fire_due()
        return True
    except asyncio.CancelledError:
        tenant.retry.expect()
        raise
    finally:
        del watchers[watch]


async def _spoiled(reply: Reply, fault: ApiFault, tenant: Tenant) -> Reply:
    """What is answered instead. With latency its webhooks do not wait for the answer: they overtake it."""
    if fault.carried_out and fault.latency is not None:
        if reply.gate is not None:
            reply.gate.open()
        if not await _linger(tenant, fault):
            return Reply(None, injected=GONE)
    if fault is not GONE and is_retried(fault):
        tenant.retry.expect()
    status = status_of(fault)
    if status is None:  # there is no answer, or it is merely late
        return reply
    headers = _headers(fault, status, tenant)
    if fault.garbage:
        return Reply(GARBAGE, status, headers | {"content-type": "text/html"}, reply.gate)
    return Reply(body_of(fault, tenant.world), status, headers, reply.gate)


def _headers(fault: ApiFault, status: int, tenant: Tenant) -> dict[str, str]:
    found: dict[str, str] = {}
    if fault.retry_after is not None:
        pause = tenant.faults.draw(fault.retry_after)
        found |= {"retry-after": str(math.ceil(pause)), "retry-after-ms": str(round(pause * 1000))}
    if fault.should_retry is not None:
        found["x-should-retry"] = str(fault.should_retry).lower()
    if status == 429:
        found["x-ratelimit-remaining"] = "0"
    return found


def break_off(transport: asyncio.Transport | None, fault: ApiFault, gate: Gate | None) -> None:
    """End the connection without an answer: in good order, or with a reset. Webhooks of what was done may leave."""
    if transport is not None and fault.close:
        transport.close()
    elif transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        transport.abort()
    if gate is not None:
        gate.open()
