"""The user's application, served on loopback for a test or a run: an app object of any framework, or a function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from telnyx_emulator.background import LoopThread

from .functions import WebhookFunction
from .kinds import prepared
from .served import Served

__all__ = ["Served", "WebhookFunction", "prepared", "serve", "serving"]


@asynccontextmanager
async def serve(app: Any) -> AsyncIterator[str]:
    """Serve an application in the running loop; gives the URL for its webhooks.

    `app` is an aiohttp, ASGI or WSGI application object, a plain function or a coroutine function that takes the
    decoded webhook, or a pair of such a thing and the path of its webhooks. Without a path they go to the only
    path that takes POST, else to `/`.
    """
    served = prepared(app)
    await served.start()
    try:
        yield served.url
    finally:
        await served.stop()


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The same for code that blocks: `app` is served in a thread of its own for as long as the `with` block lasts."""
    served = prepared(app)
    with LoopThread("telnyx_emulator application") as thread:
        thread.run(served.start())
        try:
            yield served.url
        finally:
            thread.run(served.stop())
