"""Blocking calls, awaited: each runs in a thread, so that the event loop goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial, wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from .errors import EmulatorError, ExpectationError, told_by_itself
from .transport import Interest

__tracebackhide__ = told_by_itself

MOST_THREADS = 64
SOON_SECS = 0.1
"""How long a loop is kept for something that nobody awaits."""

S_co = TypeVar("S_co", covariant=True)
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Threads:
    """The threads of one client. They are its own: an application may have filled those of the event loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST_THREADS, "telnyx_emulator client")
        self._unfinished: list[Future[Any]] = []

    async def run(self, work: Callable[[], R]) -> R:
        """Do it in a thread, after all that was begun by `begin`. Raises RuntimeError in a loop of another library.

        Whoever is cancelled meanwhile asks the emulator for nothing more: what it waits for ends there too.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError("the asynchronous client needs an event loop of asyncio (not trio)") from None
        while self._unfinished:
            first = self._unfinished[0]
            try:
                await asyncio.shield(asyncio.wrap_future(first))
            finally:
                if first.done() and first in self._unfinished:
                    self._unfinished.remove(first)
        interest = Interest()
        try:
            return await asyncio.wrap_future(self._pool.submit(interest.run, work))
        except asyncio.CancelledError:
            interest.lose()
            raise
        except (EmulatorError, ExpectationError) as error:
            raise error.with_traceback(None) from None  # nobody wants to see the way through the thread

    def begin(self, work: Callable[[], object]) -> None:
        """Do it in a thread, for code that cannot await.

        It is done when this returns, unless it needs the event loop that is kept meanwhile (an emulator may run in
        it). Then it is done before the next thing that is awaited, which also raises what it raises.
        """
        future = self._pool.submit(work)
        if wait([future], SOON_SECS).done:
            future.result()
        else:
            self._unfinished.append(future)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class Awaited(Generic[S_co]):
    """Something whose methods block, and this one's are awaited. `sync`: the former."""

    def __init__(self, sync: S_co, threads: Threads) -> None:
        self._sync, self._threads = sync, threads

    def __repr__(self) -> str:
        return f"<async {self._sync!r}>"

    @property
    def sync(self) -> S_co:
        """The same for code that blocks."""
        return self._sync


@overload
def in_thread(
    method: Callable[Concatenate[S_co, P], R],
) -> Callable[Concatenate[Awaited[S_co], P], Coroutine[Any, Any, R]]: ...


@overload
def in_thread(
    method: Callable[Concatenate[S_co, P], R], result: Callable[[R, Threads], T]
) -> Callable[Concatenate[Awaited[S_co], P], Coroutine[Any, Any, T]]: ...


def in_thread(method: Any, result: Any = None) -> Any:
    """The method, awaited, with the same parameters; `result` makes something awaited of what it returns."""

    @wraps(method)
    async def awaited(self: Awaited[Any], /, *args: Any, **kwargs: Any) -> Any:
        found = await self._threads.run(partial(method, self.sync, *args, **kwargs))
        return found if result is None else result(found, self._threads)

    return awaited


def at_once(
    method: Callable[Concatenate[S_co, P], R], result: Callable[[R, Threads], T]
) -> Callable[Concatenate[Awaited[S_co], P], T]:
    """The method, which asks nobody and so need not be awaited."""

    @wraps(method)
    def same(self: Awaited[S_co], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return result(method(self.sync, *args, **kwargs), self._threads)

    return same
