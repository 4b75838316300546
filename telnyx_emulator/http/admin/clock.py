"""The clock of a world: read it, set it, move it, hold it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.time.clock import Clock, Jumps

from .. import Reply, RequestContext, Route
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


async def read(request: RequestContext) -> Reply:
    """`GET clock`"""
    return Reply({"data": describe(request.tenant.clock)})


class ClockChange(Request):
    """How time goes on; `rate` (virtual seconds per real one) belongs to `scaled`, `jumps` to `auto`."""

    mode: Literal["real", "scaled", "manual", "auto"]
    """How the clock moves."""
    rate: float = Field(1.0, gt=0, le=100_000)
    """Virtual seconds in a real second, for `scaled`."""
    jumps: Jumps | None = None
    """When the clock jumps, for `auto`."""


async def change(request: RequestContext) -> Reply:
    """`PATCH clock` {mode, rate?, jumps?}"""
    wanted = ClockChange.parse(request.body())
    request.tenant.clock.set_mode(wanted.mode, wanted.rate, wanted.jumps)
    return await read(request)


class Advance(Request):
    seconds: float = Field(ge=0, le=31_536_000)
    """How far the clock moves, in virtual seconds."""


async def advance(request: RequestContext) -> Reply:
    """`POST clock/advance` {seconds}: returns when the clock is there and all that was due was reacted to."""
    wanted = Advance.parse(request.body())
    await request.tenant.advance(wanted.seconds)
    await request.tenant.rest()
    return await read(request)


async def hold(request: RequestContext) -> Reply:
    """`POST` or `DELETE clock/hold/{name}`: no jumps from the one until the other."""
    request.tenant.clock.set_named_hold(request.params["name"], held=request.method == "POST")
    return await read(request)


ROUTES = [
    Route("GET", "/_emulator/clock", read),
    Route("PATCH", "/_emulator/clock", change),
    Route("POST", "/_emulator/clock/advance", advance),
    Route("POST", "/_emulator/clock/hold/{name}", hold),
    Route("DELETE", "/_emulator/clock/hold/{name}", hold),
]
