"""Requests to the administration of an emulator, over connections that stay open."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR
from threading import Lock, local
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from .errors import EmulatorError, problem, told_by_itself

__tracebackhide__ = told_by_itself

if TYPE_CHECKING:
    from http.client import HTTPConnection

R = TypeVar("R")

BLOCKED = (
    "nobody took the webhooks: if the application lives in the event loop of this test, use async_telnyx_emulator"
    " (AsyncEmulatorClient), which does not block it"
)
DROPPED = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
"""How a connection shows that it was closed while it lay idle."""


class Interest:
    """That of somebody who waits, elsewhere, for what one thread asks; once it is lost, nothing is asked any more."""

    _mine = local()

    def __init__(self) -> None:
        self._lock = Lock()
        self._connection: HTTPConnection | None = None
        self.lost = False

    def run(self, work: Callable[[], R]) -> R:
        """Do it in this thread, for as long as there is interest."""
        self._mine.current = self
        try:
            return work()
        finally:
            self._mine.current = None

    @classmethod
    def current(cls) -> Interest:
        """That in what this thread does; one that is never lost if it does it for itself."""
        return getattr(cls._mine, "current", None) or cls()

    def lose(self) -> None:
        """Close the connection that an answer is awaited on; so the emulator knows that nobody waits any more."""
        with self._lock:
            self.lost = True
            if self._connection is not None:
                _wake(self._connection)

    def watch(self, connection: HTTPConnection | None) -> None:
        """What to close. Raises EmulatorError if the interest is lost already."""
        with self._lock:
            self._connection = connection
            if self.lost and connection is not None:
                raise EmulatorError("nobody waits for the answer any more")


class Transport:
    """Sends requests for any number of threads: each takes an idle connection, or opens one.

    `patience`: real seconds that an answer may take. Proxies that the environment names are not asked.
    """

    def __init__(self, url: str, key: str | None, patience: float) -> None:
        self.url = url if "://" in url else f"http://{url}"
        self.url = self.url.rstrip("/").removesuffix("/v2").rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of an emulator; write http://127.0.0.1:12111")
        self._secure, self._prefix = parts.scheme == "https", parts.path
        self._host, self._port = parts.hostname, parts.port
        self._patience = patience
        self._headers = {"accept": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})
        self._lock = Lock()
        self._idle: list[HTTPConnection] = []
        self._busy: set[HTTPConnection] = set()

    def data(self, method: str, path: str, body: Any = None, *, longer: float = 0.0) -> Any:
        """The `data` of an answer, which may take so many real seconds `longer`."""
        return self.answer(method, path, body, longer)["data"]

    def answer(self, method: str, path: str, body: Any = None, longer: float = 0.0) -> dict[str, Any]:
        """The JSON of an answer. Raises EmulatorError, or ExpectationError if the answer is the report of one."""
        status, raw = self._exchange(method, path, body, longer)
        answer = _decoded(raw)
        if status >= 300 or not isinstance(answer, dict):
            raise problem(status, answer, BLOCKED if _blocks_a_loop() else "")
        return answer

    def text(self, method: str, path: str) -> str:
        """An answer that is text, not JSON."""
        status, raw = self._exchange(method, path, None)
        if status >= 300:
            raise problem(status, _decoded(raw))
        return raw.decode()

    def close(self) -> None:
        """End all connections, those that still wait for an answer too. The next request opens a new one."""
        with self._lock:
            idle, self._idle = self._idle, []
            busy, self._busy = self._busy, set()
        for connection in idle:
            connection.close()
        for connection in busy:
            _wake(connection)

    def __del__(self) -> None:
        for connection in self.__dict__.get("_idle", ()):
            connection.close()

    def _exchange(self, method: str, path: str, body: Any, longer: float = 0.0) -> tuple[int, bytes]:
        from http.client import HTTPException  # imported when first needed: it takes longer than all the rest

        patience = self._patience + longer
        payload = None if body is None else json.dumps(body).encode()
        try:
            connection = self._take()
            if connection is not None:
                try:
                    return self._send(connection, method, path, payload, patience)
                except DROPPED:
                    pass  # it was closed while it lay idle; a fresh one tells whether anybody is there
            return self._send(self._fresh(), method, path, payload, patience)
        except TimeoutError:
            raise EmulatorError(f"{self.url} did not answer {method} {path} in {patience:g} s{_advice()}") from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise EmulatorError(
                f"no emulator answers at {self.url} ({reason}); start `telnyx-emulator serve`"
            ) from None

    def _fresh(self) -> HTTPConnection:
        from http.client import HTTPConnection, HTTPSConnection

        return (HTTPSConnection if self._secure else HTTPConnection)(self._host, self._port, timeout=self._patience)

    def _take(self) -> HTTPConnection | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _send(
        self, connection: HTTPConnection, method: str, path: str, payload: bytes | None, patience: float
    ) -> tuple[int, bytes]:
        interest = Interest.current()
        with self._lock:
            self._busy.add(connection)
        try:
            connection.timeout = patience
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(patience)
            interest.watch(connection)
            headers = self._headers if payload is None else self._headers | {"content-type": "application/json"}
            connection.request(method, f"{self._prefix}/_emulator/{path}", payload, headers)
            with connection.getresponse() as response:
                status, raw = response.status, response.read()
            interest.watch(None)
        except BaseException:
            connection.close()
            with self._lock:
                was_closed = connection not in self._busy
                self._busy.discard(connection)
            if interest.lost:
                raise EmulatorError("nobody waits for the answer any more") from None
            if was_closed:
                raise EmulatorError("the client was closed while it waited for an answer") from None
            raise
        with self._lock:
            keep = connection in self._busy and connection.sock is not None
            self._busy.discard(connection)
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()
        return status, raw


def segment(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="")


def query(path: str, **parameters: Any) -> str:
    """A path with those parameters that are given."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _wake(connection: HTTPConnection) -> None:
    """Nothing more comes over it; the thread that waits for it goes on, and closes it."""
    if connection.sock is not None:
        with suppress(OSError):  # the other side was faster
            connection.sock.shutdown(SHUT_RDWR)


def _advice() -> str:
    """Who blocks the very event loop that the emulator runs in waits for ever."""
    return (
        "; if it runs in this event loop, use AsyncEmulatorClient, which does not block it" if _blocks_a_loop() else ""
    )


def _blocks_a_loop() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None
