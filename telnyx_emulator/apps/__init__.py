"""The user's application, served on loopback for a test or a run: an app object of any framework, or a function."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from .functions import WebhookFunction
from .kinds import prepared
from .served import Served

__all__ = ["Served", "WebhookFunction", "prepared", "serve"]


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
