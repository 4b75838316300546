"""How much gets done in a second: commands taken, webhooks delivered."""

from __future__ import annotations

from time import perf_counter

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.core import acts
from telnyx_emulator.core.call import Call
from telnyx_emulator.core.far_end import PERSONAS
from telnyx_emulator.tenants import Tenant

from . import server
from .bare import sign_and_post
from .client import KEY, answered_calls, commands, exchange
from .row import Row

CONNECTIONS = 16
BETWEEN = 0.001


async def commands_per_second(quick: bool) -> Row:
    """Validated commands on answered calls over keep-alive connections; the same requests to a bare JSON handler."""
    rounds, count = (3, 1_600) if quick else (5, 6_400)
    mine, theirs = [], []
    with server.emulator("--clock", "manual") as emulator, server.bare("handler") as handler:
        ids = await answered_calls(emulator.port, 320, CONNECTIONS)
        streams = [commands(one, count // CONNECTIONS) for one in ids]
        for _ in range(rounds):
            theirs.append(await _rate(handler.port, streams))
            mine.append(await _rate(emulator.port, streams))
    return Row("validated commands", max(mine), "/s", "≥", 0.5, max(theirs))


async def _rate(port: int, streams: list[list[bytes]]) -> float:
    began = perf_counter()
    await exchange(port, streams)
    return sum(map(len, streams)) / (perf_counter() - began)


async def webhooks_per_second(quick: bool) -> Row:
    """Webhooks from key press to delivery, as many calls at a time as the bare loop has workers; one body for both."""
    rounds, count = (3, 960) if quick else (5, 3_200)
    mine, theirs = [], []
    with server.bare("receiver") as receiver:
        url = f"http://127.0.0.1:{receiver.port}/webhooks"
        async with Emulator(Settings(port=0, clock="manual", webhook_url=url)) as emulator:
            world = emulator.world(KEY)
            calls = [answered_in(world) for _ in range(CONNECTIONS)]
            await world.rest()
            for _ in range(rounds):
                began = perf_counter()
                for call in calls:
                    acts.press(call, "5" * (count // CONNECTIONS), every=BETWEEN)
                world.clock.advance(count * BETWEEN)
                await world.rest()
                mine.append(count / (perf_counter() - began))
                began = perf_counter()
                await sign_and_post(url, _last_body(world, url), count, CONNECTIONS)
                theirs.append(count / (perf_counter() - began))
            assert all(delivery.status == "delivered" for delivery in world.outbox.log)
    return Row("signed webhooks delivered", max(mine), "/s", "≥", 0.6, max(theirs))


def answered_in(world: Tenant) -> Call:
    """An incoming call, answered without HTTP."""
    call = acts.ring_in(
        world.account,
        from_="+15550001111",
        to="+15559990000",
        connection_id="2963572552552678752",
        far_end=PERSONAS["human"],
    )
    call.answer()
    return call


def _last_body(world: Tenant, url: str) -> bytes:
    from telnyx_emulator.webhooks import envelope

    return envelope(world.outbox.log[-1].event.data, 1, url)
