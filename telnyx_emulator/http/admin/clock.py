"""The clock of a world: read it, set it, move it, hold it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.time.clock import Clock, Jumps

from ..exchange import Exchange, Reply
from ..routes import Route
from .request import Request


def describe(clock: Clock) -> dict[str, Any]:
    """Instants and durations in virtual seconds; `holders` tell real ones."""
    return {
        "mode": clock.mode,
        "rate": clock.rate,
        "jumps": clock.jumps,
        "now": wire_time(clock.now()),
        "elapsed": round(clock.elapsed(), 6),
        "holders": clock.holders(),
        "next_timer": clock.next_timer(),
    }


async def read(exchange: Exchange) -> Reply:
    """`GET clock`"""
    return Reply({"data": describe(exchange.tenant.clock)})


class ClockChange(Request):
    """How time goes on; `rate` (virtual seconds per real one) belongs to `scaled`, `jumps` to `auto`."""

    mode: Literal["real", "scaled", "manual", "auto"]
    """How the clock moves."""
    rate: float = Field(1.0, gt=0, le=100_000)
    """Virtual seconds in a real second, for `scaled`."""
    jumps: Jumps | None = None
    """When the clock jumps, for `auto`."""


async def change(exchange: Exchange) -> Reply:
    """`PATCH clock` {mode, rate?, jumps?}"""
    wanted = ClockChange.parse(exchange.body())
    exchange.tenant.clock.set_mode(wanted.mode, wanted.rate, wanted.jumps)
    return await read(exchange)


class Advance(Request):
    seconds: float = Field(ge=0, le=31_536_000)
    """How far the clock moves, in virtual seconds."""


async def advance(exchange: Exchange) -> Reply:
    """`POST clock/advance` {seconds}: returns when the clock is there and all that was due was reacted to."""
    wanted = Advance.parse(exchange.body())
    await exchange.tenant.advance(wanted.seconds)
    await exchange.tenant.rest()
    return await read(exchange)


async def hold(exchange: Exchange) -> Reply:
    """`POST clock/hold/{name}`: no jumps until it is released."""
    exchange.tenant.clock.set_named_hold(exchange.params["name"], held=True)
    return await read(exchange)


async def release(exchange: Exchange) -> Reply:
    """`DELETE clock/hold/{name}`"""
    exchange.tenant.clock.set_named_hold(exchange.params["name"], held=False)
    return await read(exchange)


ROUTES = [
    Route("GET", "/_emulator/clock", read),
    Route("PATCH", "/_emulator/clock", change),
    Route("POST", "/_emulator/clock/advance", advance),
    Route("POST", "/_emulator/clock/hold/{name}", hold),
    Route("DELETE", "/_emulator/clock/hold/{name}", release),
]
