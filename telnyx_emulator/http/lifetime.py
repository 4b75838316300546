"""How long something may go on that outlives its request's first answer: no longer than its world."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telnyx_emulator.journal import Entry
from telnyx_emulator.journal.ring import Journal


@asynccontextmanager
async def while_open(journal: Journal | None) -> AsyncIterator[None]:
    """A block that is left, without an error, when the world of a journal is reset or dropped, or the server stops.

    What is awaited in it at that time is cancelled. `journal.closed` tells afterwards. None stands for no world.

        async with while_open(journal):
            await asyncio.sleep(60)
    """
    if journal is None:
        yield
        return
    loop, limit = asyncio.get_running_loop(), asyncio.timeout(0 if journal.closed else None)

    def end(entry: Entry | None) -> None:
        if entry is None:
            loop.call_soon(cancel)  # a block that waits for the journal itself can still say the last word

    def cancel() -> None:
        if end in journal.watchers and not limit.expired():
            limit.reschedule(loop.time())

    journal.watchers[end] = None
    try:
        async with limit:
            yield
    except TimeoutError:
        if not limit.expired():
            raise
    finally:
        del journal.watchers[end]
