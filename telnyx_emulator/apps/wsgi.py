"""A WSGI application (Flask, Django, Bottle, …), served by the standard library."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread, current_thread, local
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from .served import PATIENCE_SECS, Served
from .traces import comes_from_outside

log = logging.getLogger("telnyx_emulator")

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

LOOK_AGAIN_SECS = 0.02
"""How long it may take to notice that it is to stop."""


class ServedWsgi(Served):
    """Each webhook has a thread of its own, as with the usual servers; the loop is only told of the end."""

    def __init__(self, app: WsgiApp, path: str) -> None:
        super().__init__(path)

        def watched(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            self._here.doing = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            self._under_way.add(current_thread())
            try:
                return _whole(app(environ, start_response))
            except BaseException as error:
                if comes_from_outside(error):
                    raise
                self.fault(error, self._here.doing)
                headers = [("Content-Type", "text/plain")]
                start_response("500 Internal Server Error", headers, (type(error), error, error.__traceback__))
                return [f"{type(error).__name__}: {error}".encode()]
            finally:
                self._under_way.discard(current_thread())

        self._here = local()
        """Of each thread: what it is `doing` for this application."""
        self._under_way: set[Thread] = set()
        self._server = _Server(self.socket)
        self._server.set_app(watched)
        self._thread = Thread(
            target=self._server.serve_forever,
            args=(LOOK_AGAIN_SECS,),
            name="telnyx_emulator application",
            daemon=True,
        )

    async def _start(self) -> None:
        if (flask := sys.modules.get("flask")) is not None:
            # Flask answers with 500 itself, and logs it; only this signal tells the cause.
            flask.got_request_exception.connect(self._answered_by_itself)
        self._thread.start()

    def _answered_by_itself(self, sender: Any, exception: BaseException, **more: Any) -> None:
        if hasattr(self._here, "doing"):
            self.fault(exception, self._here.doing)

    async def _stop(self) -> None:
        await asyncio.to_thread(self._server.shutdown)
        self._thread.join()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECS):
                while self._under_way:  # noqa: ASYNC110  # threads have no event for it
                    await asyncio.sleep(LOOK_AGAIN_SECS)
        if (flask := sys.modules.get("flask")) is not None:
            flask.got_request_exception.disconnect(self._answered_by_itself)


def _whole(result: Iterable[bytes]) -> list[bytes]:
    """All of an answer: an application that is a generator raises only when it is asked for the next part."""
    try:
        return list(result)
    finally:
        if hasattr(result, "close"):
            result.close()


class _Server(ThreadingMixIn, WSGIServer):
    """On a socket that is bound already. Its threads are daemons: one that hangs must not keep the process."""

    daemon_threads = True

    def __init__(self, bound: socket.socket) -> None:
        # Neither bind nor look for the machine's name, which may take seconds.
        TCPServer.__init__(self, bound.getsockname(), _Request, bind_and_activate=False)
        self.socket.close()
        self.socket = bound
        self.server_name, self.server_port = bound.getsockname()
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.warning("a webhook was not answered to the end", exc_info=True)


class _Request(WSGIRequestHandler):
    """Says nothing about each request."""

    def log_message(self, format: str, *args: Any) -> None:
        pass
