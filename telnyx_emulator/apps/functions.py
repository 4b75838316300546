"""A function of webhooks, served."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from threading import Thread
from typing import Any

from aiohttp import web

from .aio import ServedAiohttp

WebhookFunction = Callable[[Any], Any]
"""Takes the whole decoded body, `{"data": …, "meta": …}`. May be a coroutine function."""


EVENT: ContextVar[Any] = ContextVar("event")
"""What the request brought that is answered, for the report if that fails."""


class ServedFunction(ServedAiohttp):
    """Calls the function with each webhook: a plain one in a thread of its own, a coroutine function in the loop.

    It may return a status, a pair of status and JSON, or anything else, which is 200.
    """

    def __init__(self, function: WebhookFunction, path: str = "/") -> None:
        app = web.Application()
        app.router.add_route("*", "/{any:.*}", self._receive)
        super().__init__(app, path)
        self._function = function
        self._in_loop = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(function, "__call__", None)  # noqa: B004  # an object with `async def __call__`
        )
        # A plain function that has returned is done; a coroutine function may have left tasks behind.
        self.settle = None if self._in_loop else 0.0

    async def _receive(self, request: web.Request) -> web.Response:
        EVENT.set(None)
        event = json.loads(request.query["payload"] if request.method == "GET" else await request.read())
        EVENT.set(event)
        return _response(await self._call(event))

    def _doing(self, request: web.BaseRequest) -> str:
        event = EVENT.get()
        data = event.get("data") if isinstance(event, dict) else None
        return str(data.get("event_type")) if isinstance(data, dict) else "a request that is no webhook"

    async def _call(self, event: Any) -> Any:
        result = self._function(event) if self._in_loop else await in_thread(self._function, event)
        return await result if inspect.isawaitable(result) else result


async def in_thread(function: WebhookFunction, event: Any) -> Any:
    """Call it without keeping the loop. The thread is a daemon: one that never returns must not keep the process."""
    done: Future[tuple[Any, BaseException | None]] = Future()

    def run() -> None:
        try:
            result = function(event)
        except BaseException as error:
            done.set_result((None, error))
        else:
            done.set_result((result, None))

    Thread(target=run, name="telnyx_emulator application", daemon=True).start()
    result, error = await asyncio.shield(asyncio.wrap_future(done))
    if error is not None:
        raise error
    return result


def _response(result: Any) -> web.Response:
    status, body = result if isinstance(result, tuple) and len(result) == 2 else (result, None)
    if not isinstance(status, int) or isinstance(status, bool):
        return web.Response()
    if not 200 <= status <= 599:
        raise ValueError(f"the function returned {status}, which is no HTTP status of an answer")
    return web.Response(status=status) if body is None else web.json_response(body, status=status)
