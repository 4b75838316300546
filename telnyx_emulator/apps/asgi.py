"""An ASGI application (Starlette, FastAPI, …), served by uvicorn."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from .served import PATIENCE_SECS, Served
from .traces import comes_from_outside

if TYPE_CHECKING:
    from uvicorn import Server

Scope = MutableMapping[str, Any]
AsgiApp = Callable[[Scope, Any, Any], Awaitable[None]]

LOOK_AGAIN_SECS = 0.005


class ServedAsgi(Served):
    """The application runs in the loop in which it is started, with its lifespan.

    uvicorn's own `serve` takes the signals of the process and a tenth of a second for every end, so its steps are
    taken one by one.
    """

    def __init__(self, app: AsgiApp, path: str) -> None:
        self._server = self._uvicorn(app)
        super().__init__(path)

    def _uvicorn(self, app: AsgiApp) -> Server:
        try:
            from uvicorn import Config, Server
        except ImportError:
            raise ModuleNotFoundError(
                "uvicorn serves ASGI applications (Starlette, FastAPI): pip install 'telnyx-emulator[asgi]'"
            ) from None

        async def watched(scope: Scope, receive: Any, send: Any) -> None:
            try:
                await app(scope, receive, send)
            except BaseException as error:
                if scope["type"] == "http" and not comes_from_outside(error):
                    self.fault(error, f"{scope['method']} {scope['path']}")
                raise

        # Its logging is left alone: what the application raises is in the log once, from here.
        return Server(
            Config(
                watched, log_config=None, log_level="critical", access_log=False, date_header=False, interface="asgi3"
            )
        )

    async def _start(self) -> None:
        config = self._server.config
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of its WebSocket libraries
            config.load()
        self._server.lifespan = config.lifespan_class(config)
        try:
            await self._server.startup(sockets=[self.socket])
        except SystemExit:
            raise RuntimeError("the application's lifespan failed to start") from None

    async def _stop(self) -> None:
        state = self._server.server_state
        for server in self._server.servers:
            server.close()
        for connection in tuple(state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(PATIENCE_SECS):
                while state.connections or state.tasks:  # noqa: ASYNC110  # uvicorn has no event for it
                    await asyncio.sleep(LOOK_AGAIN_SECS)
        except TimeoutError:
            for task in state.tasks:
                task.cancel()
        await self._server.lifespan.shutdown()
