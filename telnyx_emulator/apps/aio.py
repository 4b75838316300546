"""An application of aiohttp, served."""

from __future__ import annotations

from aiohttp import web

from .served import PATIENCE_SECS, Served


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
        await web.SockSite(self._runner, self.socket).start()

    async def _stop(self) -> None:
        await self._runner.cleanup()
