"""What many calls cost: CPU while nothing happens, memory, and time for each command."""

from __future__ import annotations

import asyncio
from time import perf_counter

from telnyx_emulator import Emulator, Settings

from . import server
from .client import KEY, answered_calls, commands, exchange
from .row import Row
from .speed import answered_in

IDLE_SECS = 2.0


async def idle_cpu(quick: bool) -> Row:
    """CPU time of a server whose clock stands still, with 1,000 answered calls, over two seconds."""
    with server.emulator("--clock", "manual") as emulator:
        await answered_calls(emulator.port, 1_000, 8)
        await asyncio.sleep(0.5)
        before = emulator.cpu_seconds()
        await asyncio.sleep(IDLE_SECS)
        used = emulator.cpu_seconds() - before
    return Row("CPU in 2 idle s, 1,000 calls", used * 1000, "ms", "≤", 10.0)


async def memory_per_call(quick: bool) -> Row:
    """Growth of resident memory over 10,000 answered calls; the rings are small and full before."""
    count = 2_000 if quick else 10_000
    with server.emulator("--clock", "manual", "--journal-size", "500") as emulator:
        await answered_calls(emulator.port, 1_000, 8)
        before = emulator.resident_bytes()
        await answered_calls(emulator.port, count, 8)
        grown = emulator.resident_bytes() - before
    return Row(f"memory per call, {count:,} calls", grown / count / 1024, "KiB", "≤", 6.0)


async def command_cost(quick: bool) -> Row:
    """A command over HTTP while there are 50,000 live calls, one as good as another; against the only live call."""
    many, rounds = (10_000, 10) if quick else (50_000, 40)
    async with Emulator(Settings(port=0, clock="manual", journal_size=500)) as emulator:
        world = emulator.world(KEY)
        alone = await _microseconds(emulator.port, [answered_in(world).id], rounds)
        ids = [answered_in(world).id for _ in range(many)]
        crowded = await _microseconds(emulator.port, ids[:: many // 100], rounds)
    return Row(f"command cost at {many:,} calls", crowded, "µs", "≤", 1.25, alone)


async def _microseconds(port: int, ids: list[str], rounds: int) -> float:
    stream, costs = commands(ids, 400), []
    for _ in range(rounds):
        began = perf_counter()
        await exchange(port, [stream])
        costs.append((perf_counter() - began) / len(stream) * 1_000_000)
    return min(costs)
