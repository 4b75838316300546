"""Requests to the administration of an emulator: what is asked, what the answer means, and who sends it.

Methods of clients are written once, as plans: generators that yield what they ask for, get the answers, and return a
result. `asks` makes a method of one that blocks, `awaited` one that is awaited.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Generic, Literal, ParamSpec, TypeVar, cast, overload
from urllib.parse import quote, urlencode, urlsplit

from .errors import Closed, EmulatorError, problem, told_by_itself

if TYPE_CHECKING:
    import httpx

    from .connections import Connections

__tracebackhide__ = told_by_itself

BLOCKED = (
    "no application took the webhooks: if it lives in the event loop of this test, use async_telnyx_emulator"
    " (AsyncEmulatorClient), which does not block it"
)

S = TypeVar("S", bound="Asking")
S_co = TypeVar("S_co", bound="Asking", covariant=True)
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request below `/_emulator/`. Its answer may take `longer` real seconds than others.

    `takes`: what is wanted of the answer, its `data`, the whole of its JSON, or its text.
    """

    method: str
    path: str
    body: Any = None
    longer: float = 0.0
    takes: Literal["data", "whole", "text"] = "data"


Plan = Generator[Ask, Any, R]
"""What a method does: it asks for things and returns a result; how its requests are sent is no matter of it."""


class Endpoint:
    """Where an emulator is, which world in it, and what is said of an exchange that went wrong."""

    def __init__(self, url: str, key: str | None, patience: float) -> None:
        """`patience`: real seconds that an answer may take. Raises ValueError for what is no address."""
        self.url = url if "://" in url else f"http://{url}"
        self.url = self.url.rstrip("/").removesuffix("/v2").rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of an emulator; write http://127.0.0.1:12111")
        self.key, self.patience = key, patience
        self._headers = {"accept": "application/json"} | ({"authorization": f"Bearer {key}"} if key else {})

    def _request(self, ask: Ask, patience: float) -> httpx.Request:
        import httpx  # imported when first needed: it takes longer than all the rest

        headers, content = self._headers, None
        if ask.body is not None:
            headers, content = headers | {"content-type": "application/json"}, json.dumps(ask.body)
        extensions = {"timeout": dict.fromkeys(("connect", "read"), patience)}
        address = f"{self.url}/_emulator/{ask.path}"
        return httpx.Request(ask.method, address, headers=headers, content=content, extensions=extensions)

    def _failure(self, ask: Ask, patience: float, error: OSError) -> EmulatorError:
        """What is told of an answer that did not come."""
        if isinstance(error, Closed):
            return EmulatorError("the client was closed while it waited for an answer")
        if isinstance(error, TimeoutError):
            advice = "; if it runs in this event loop, use AsyncEmulatorClient, which does not block it"
            said = f"{self.url} did not answer {ask.method} {ask.path} in {patience:g} s"
            return EmulatorError(said + (advice if self._blocks_a_loop() else ""))
        reason = error.strerror or str(error) or type(error).__name__
        return EmulatorError(f"no emulator answers at {self.url} ({reason}); start `telnyx-emulator serve`")

    def _read(self, ask: Ask, response: httpx.Response) -> Any:
        """What was asked for. Raises EmulatorError, or ExpectationError if the answer is the report of one."""
        if ask.takes == "text" and response.is_success:
            return response.text
        try:
            answer = json.loads(response.content)
        except ValueError:
            answer = None
        if not (response.is_success and isinstance(answer, dict)):
            raise problem(response.status_code, answer, BLOCKED if self._blocks_a_loop() else "")
        return answer["data"] if ask.takes == "data" else answer

    def _blocks_a_loop(self) -> bool:
        return False


class Transport(Endpoint):
    """Sends requests for code that blocks, over connections that stay open; any number of threads may use it."""

    def __init__(self, url: str, key: str | None, patience: float, shared: Connections | None = None) -> None:
        from .connections import Connections

        super().__init__(url, key, patience)
        self._connections = Connections(shared)

    def send(self, ask: Ask, patience: float | None = None) -> Any:
        """What it asks for. `patience`: real seconds, if not as long as usual."""
        patience = self.patience + ask.longer if patience is None else patience
        try:
            response = self._connections.handle_request(self._request(ask, patience))
        except OSError as error:
            raise self._failure(ask, patience, error) from None
        return self._read(ask, response)

    def run(self, plan: Plan[R]) -> R:
        """Do what a plan says."""
        answer: Any = None
        try:
            while True:
                answer = self.send(plan.send(answer))
        except StopIteration as end:
            return cast(R, end.value)

    def close(self) -> None:
        """End all connections, those that still wait for an answer too. The next request opens a new one."""
        self._connections.close()

    def _blocks_a_loop(self) -> bool:
        """It blocks the very event loop that the emulator or the application may run in."""
        if "asyncio" not in sys.modules:
            return False
        from asyncio import get_running_loop

        try:
            return get_running_loop() is not None
        except RuntimeError:
            return False


class AsyncTransport(Endpoint):
    """The same for code that awaits. Cancelling a request ends its connection, and so the wait in the emulator."""

    def __init__(self, url: str, key: str | None, patience: float) -> None:
        from .connections import AsyncConnections

        super().__init__(url, key, patience)
        self._connections = AsyncConnections()
        self.unsent: Ask | None = None
        """What comes before anything else that is asked."""

    async def send(self, ask: Ask) -> Any:
        """What it asks for. Raises RuntimeError in a loop of another library."""
        from asyncio import get_running_loop

        try:
            get_running_loop()
        except RuntimeError:
            raise RuntimeError("the asynchronous client needs an event loop of asyncio (not trio)") from None
        if self.unsent is not None:
            await self._catch_up(self.unsent)
        return await self._exchange(ask)

    async def run(self, plan: Plan[R]) -> R:
        """Do what a plan says."""
        answer: Any = None
        try:
            while True:
                answer = await self.send(plan.send(answer))
        except StopIteration as end:
            return cast(R, end.value)

    async def _exchange(self, ask: Ask) -> Any:
        patience = self.patience + ask.longer
        try:
            response = await self._connections.handle_async_request(self._request(ask, patience))
        except OSError as error:
            raise self._failure(ask, patience, error) from None
        return self._read(ask, response)

    async def _catch_up(self, unsent: Ask) -> None:
        """Whether it is refused or not, it is sent once, and again only if this is cancelled."""
        try:
            await self._exchange(unsent)
        except Exception:
            self._forget(unsent)
            raise
        self._forget(unsent)

    def _forget(self, unsent: Ask) -> None:
        if self.unsent is unsent:
            self.unsent = None

    def close(self) -> None:
        """End all connections, those that still wait for an answer too."""
        self._connections.close()


class Asking:
    """Something whose methods are made by `asks`."""

    _transport: Transport


class Awaited(Generic[S_co]):
    """Something whose methods block, and this one's are awaited. `sync`: the former."""

    def __init__(self, sync: S_co, transport: AsyncTransport) -> None:
        self._sync, self._transport = sync, transport

    def __repr__(self) -> str:
        return f"<async {self._sync!r}>"

    @property
    def sync(self) -> S_co:
        """The same for code that blocks."""
        return self._sync


def asks(plan: Callable[Concatenate[S, P], Plan[R]]) -> Callable[Concatenate[S, P], R]:
    """The method that does what the plan says."""

    @wraps(plan)
    def method(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._transport.run(plan(self, *args, **kwargs))

    return method


@overload
def awaited(
    method: Callable[Concatenate[S_co, P], R],
) -> Callable[Concatenate[Awaited[S_co], P], Coroutine[Any, Any, R]]: ...


@overload
def awaited(
    method: Callable[Concatenate[S_co, P], R], result: Callable[[R, AsyncTransport], T]
) -> Callable[Concatenate[Awaited[S_co], P], Coroutine[Any, Any, T]]: ...


def awaited(method: Any, result: Any = None) -> Any:
    """A method made by `asks`, awaited, with the same parameters; `result` makes something awaited of its result."""
    plan = method.__wrapped__

    @wraps(plan)
    async def asked(self: Awaited[Any], /, *args: Any, **kwargs: Any) -> Any:
        found = await self._transport.run(plan(self._sync, *args, **kwargs))
        return found if result is None else result(found, self._transport)

    return asked


def segment(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe="")


def query(path: str, **parameters: Any) -> str:
    """A path with those parameters that are given."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path
