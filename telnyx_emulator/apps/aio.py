"""An application of aiohttp, served."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from .served import PATIENCE_SECS, Served
from .traces import comes_from_outside

Answering = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class ServedAiohttp(Served):
    """The application runs in the loop in which it is started, with its start-up and clean-up signals."""

    def __init__(self, app: web.Application, path: str) -> None:
        super().__init__(path)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=PATIENCE_SECS)

    async def _start(self) -> None:
        try:
            await self._runner.setup()
        except RuntimeError as error:
            if "different loop" in str(error):
                error.add_note("An aiohttp application belongs to one event loop: make a new one for each test.")
            raise
        if (server := self._runner.server) is not None:
            server.request_handler = self._watched(server.request_handler)
        await web.SockSite(self._runner, self.socket).start()

    def _watched(self, answer: Answering) -> Answering:
        """Around all of the application, so that it need not be changed itself."""

        async def watched(request: web.BaseRequest) -> web.StreamResponse:
            try:
                return await answer(request)
            except web.HTTPException:
                raise
            except BaseException as error:
                if comes_from_outside(error):
                    raise
                self.fault(error, self._doing(request))
                return web.Response(status=500, text=f"{type(error).__name__}: {error}")

        return watched

    def _doing(self, request: web.BaseRequest) -> str:
        """What the application failed on, in a few words."""
        return f"{request.method} {request.path}"

    async def _stop(self) -> None:
        await self._runner.cleanup()
