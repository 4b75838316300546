"""A WSGI application (Flask, Django, Bottle, …), served by the standard library."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from .served import Served

log = logging.getLogger("telnyx_emulator")

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

LOOK_AGAIN_SECS = 0.02
"""How long it may take to notice that it is to stop."""


class ServedWsgi(Served):
    """Each webhook has a thread of its own, as with the usual servers; the loop is only told of the end."""

    def __init__(self, app: WsgiApp, path: str) -> None:
        super().__init__(path)

        def watched(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            try:
                return app(environ, start_response)
            except Exception as error:
                self.fault(error, f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
                start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
                return [f"{type(error).__name__}: {error}".encode()]

        self._server = _Server(self.socket)
        self._server.set_app(watched)
        self._thread = Thread(
            target=self._server.serve_forever,
            args=(LOOK_AGAIN_SECS,),
            name="telnyx_emulator application",
            daemon=True,
        )

    async def _start(self) -> None:
        self._thread.start()

    async def _stop(self) -> None:
        await asyncio.to_thread(self._server.shutdown)
        self._thread.join()


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
