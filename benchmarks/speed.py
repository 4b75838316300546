"""How much gets done in a second: commands taken, webhooks delivered."""

from __future__ import annotations

from time import perf_counter

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.core.call import answering
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.model import Call
from telnyx_emulator.tenants import Tenant
from telnyx_emulator.webhooks import envelope

from . import bare, server
from .client import KEY, answered_calls, commands, exchange
from .row import Row

CONNECTIONS = 16
BETWEEN_KEYS = 0.001


async def commands_per_second(quick: bool) -> Row:
    """Validated commands on answered calls over keep-alive connections; the same requests to a bare JSON handler.

    Client and servers share one loop: the client's small part counts for both, and nothing depends on how
    the computer places processes on its cores.
    """
    rounds, count = (8, 800) if quick else (40, 1_600)
    mine, theirs = [], []
    async with Emulator(Settings(port=0, clock="manual")) as emulator, bare.handler() as handler:
        ids = await answered_calls(emulator.port, 320, CONNECTIONS)
        streams = [commands(one, count // CONNECTIONS) for one in ids]
        for _ in range(4):
            await _rate(emulator.port, streams)
        for _ in range(rounds):
            theirs.append(await _rate(handler, streams))
            mine.append(await _rate(emulator.port, streams))
    return Row("validated commands", max(mine), "/s", "≥", 0.5, max(theirs))


async def _rate(port: int, streams: list[list[bytes]]) -> float:
    began = perf_counter()
    await exchange(port, streams)
    return sum(map(len, streams)) / (perf_counter() - began)


async def webhooks_per_second(quick: bool) -> Row:
    """Webhooks from key press to delivery, as many calls at a time as the bare loop has workers; one body for both."""
    rounds, count = (6, 640) if quick else (25, 960)
    mine, theirs = [], []
    with server.receiver() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/webhooks"
        async with Emulator(Settings(port=0, clock="manual", settle=0, webhook_url=url)) as emulator:
            world = emulator.world(KEY)
            calls = [answered_in(world) for _ in range(CONNECTIONS)]
            await world.rest()
            for _ in range(rounds):
                began = perf_counter()
                for call in calls:
                    verbs.press(call, "5" * (count // CONNECTIONS), every=BETWEEN_KEYS)
                world.clock.advance(count * BETWEEN_KEYS)
                await world.rest()
                mine.append(count / (perf_counter() - began))
                body = envelope(world.outbox.log[-1].event.data, 1, url)
                began = perf_counter()
                await bare.sign_and_post(url, body, count, CONNECTIONS)
                theirs.append(count / (perf_counter() - began))
            assert all(delivery.status == "delivered" for delivery in world.outbox.log)
    return Row("signed webhooks delivered", max(mine), "/s", "≥", 0.6, max(theirs))


def answered_in(world: Tenant) -> Call:
    """An incoming call, answered without HTTP."""
    call = verbs.ring_in(
        world.world,
        from_="+15550001111",
        to="+15559990000",
        connection_id="2963572552552678752",
        far_end=PERSONAS["human"],
    )
    answering.answer(call)
    return call
