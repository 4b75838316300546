"""The clients for tests that share an event loop with the application: the same methods, awaited.

Properties that ask the emulator are awaited too: `await leg.state`, `await emulator.clock.elapsed`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Self, TypeVar

from .clock import WorldClock
from .emulator_client import DEFAULT_URL, PATIENCE_SECS, EmulatorClient
from .faults import Fault, When
from .legs import Leg
from .scenarios import Scenario
from .threads import Awaited, Threads, at_once, in_thread
from .watching import Watcher

W_co = TypeVar("W_co", bound=Watcher, covariant=True)


class AsyncWatcher(Awaited[W_co]):
    """Waiting and verifying, awaited: see `Watcher`."""

    wait_for = in_thread(Watcher.wait_for)
    next = in_thread(Watcher.next)
    expect_command = in_thread(Watcher.expect_command)
    never = in_thread(Watcher.never)
    in_order = in_thread(Watcher.in_order)
    events = in_thread(Watcher.events)
    commands = in_thread(Watcher.commands)


class AsyncLeg(AsyncWatcher[Leg]):
    """One leg of a call, awaited: see `Leg`."""

    answer = in_thread(Leg.answer)
    reject = in_thread(Leg.reject)
    press = in_thread(Leg.press)
    say = in_thread(Leg.say)
    hold = in_thread(Leg.hold)
    unhold = in_thread(Leg.unhold)
    hang_up = in_thread(Leg.hang_up)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsyncLeg) and other.sync == self.sync

    def __hash__(self) -> int:
        return hash(self.sync)

    @property
    def id(self) -> str:
        """The `call_control_id`."""
        return self.sync.id

    @property
    def leg_id(self) -> str:
        """The `call_leg_id`."""
        return self.sync.leg_id

    @property
    def session_id(self) -> str:
        """The `call_session_id`."""
        return self.sync.session_id

    @property
    def from_(self) -> str:
        """Who calls."""
        return self.sync.from_

    @property
    def to(self) -> str:
        """Who is called."""
        return self.sync.to

    @property
    def data(self) -> dict[str, Any]:
        """The leg in short, as of the last verb."""
        return self.sync.data

    @property
    def state(self) -> Coroutine[Any, Any, str]:
        """`ringing`, `answered` or `ended`, at this moment."""
        return self._threads.run(lambda: self.sync.state)


class AsyncClock(Awaited[WorldClock]):
    """The clock of a world, awaited: see `WorldClock`."""

    shown = in_thread(WorldClock.shown)
    advance = in_thread(WorldClock.advance)
    freeze = in_thread(WorldClock.freeze)
    auto = in_thread(WorldClock.auto)
    rate = in_thread(WorldClock.rate)
    real = in_thread(WorldClock.real)

    @property
    def now(self) -> Coroutine[Any, Any, datetime]:
        """The present instant, with its time zone."""
        return self._threads.run(lambda: self.sync.now)

    @property
    def elapsed(self) -> Coroutine[Any, Any, float]:
        """Virtual seconds since the world began."""
        return self._threads.run(lambda: self.sync.elapsed)

    @property
    def mode(self) -> Coroutine[Any, Any, str]:
        """`real`, `scaled`, `manual` or `auto`."""
        return self._threads.run(lambda: self.sync.mode)

    @property
    def holders(self) -> Coroutine[Any, Any, list[str]]:
        """Who keeps it from jumping, with real seconds."""
        return self._threads.run(lambda: self.sync.holders)

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """No jumps inside the `async with` block; `advance` moves it nevertheless."""
        held = self.sync.hold(name)
        await self._threads.run(held.__enter__)
        try:
            yield
        finally:
            await self._threads.run(lambda: held.__exit__(None, None, None))


class AsyncFault(Awaited[Fault]):
    """A fault that is armed, awaited: see `Fault`."""

    remove = in_thread(Fault.remove)

    @property
    def id(self) -> str:
        """What it is removed by."""
        return self.sync.id

    @property
    def fired(self) -> Coroutine[Any, Any, int]:
        """How often it has fired so far."""
        return self._threads.run(lambda: self.sync.fired)

    def yaml(self) -> str:
        """The same fault for the `faults` of a scenario."""
        return self.sync.yaml()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.remove()


class AsyncWhen(Awaited[When]):
    """What a fault waits for; what goes wrong is awaited: see `When`."""

    outcome = in_thread(When.outcome, AsyncFault)
    api = in_thread(When.api, AsyncFault)
    delivery = in_thread(When.delivery, AsyncFault)
    media = in_thread(When.media, AsyncFault)


class AsyncScenario(Awaited[Scenario]):
    """A scenario that was begun, awaited: see `Scenario`."""

    shown = in_thread(Scenario.shown)
    leg = in_thread(Scenario.leg, AsyncLeg)
    end = in_thread(Scenario.end)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.sync.name

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.end()


def _legs(legs: list[Leg], threads: Threads) -> list[AsyncLeg]:
    return [AsyncLeg(leg, threads) for leg in legs]


class AsyncEmulatorClient(AsyncWatcher[EmulatorClient]):
    """One world of an emulator, awaited: see `EmulatorClient`.

    The emulator may run anywhere, in the same event loop too. It works with asyncio, and so with everything that
    stands on it: pytest-asyncio, pytest-aiohttp, anyio with its asyncio backend.
    """

    def __init__(self, url: str = DEFAULT_URL, key: str | None = None, *, patience: float = PATIENCE_SECS) -> None:
        super().__init__(EmulatorClient(url, key, patience=patience), Threads())
        self.clock = AsyncClock(self.sync.clock, self._threads)
        self._targets: dict[str, str | None] = {}

    async def __aenter__(self) -> Self:
        await self._threads.run(lambda: self.sync.public_key)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections, and whatever still waits for an answer."""
        self.sync.close()
        self._threads.close()

    @property
    def url(self) -> str:
        """Where the emulator is."""
        return self.sync.url

    @property
    def base_url(self) -> str:
        """What an SDK takes as `base_url`, or `TELNYX_BASE_URL`."""
        return self.sync.base_url

    @property
    def api_key(self) -> str | None:
        """The key that names the world."""
        return self.sync.api_key

    @property
    def public_key(self) -> str:
        """What verifies webhooks: `TELNYX_PUBLIC_KEY`. Known inside `async with`; else asking for it blocks."""
        return self.sync.public_key

    @property
    def serve_with(self) -> Callable[[Any], str] | None:
        """Called in the running loop: serves an application, and returns its URL."""
        return self.sync.serve_with

    @serve_with.setter
    def serve_with(self, serve: Callable[[Any], str] | None) -> None:
        self.sync.serve_with = serve

    @property
    def webhook_url(self) -> str | None:
        """Where webhooks go, if that was said here; a URL, None, or with the pytest fixtures an application."""
        return self._targets.get("webhook_url")

    @webhook_url.setter
    def webhook_url(self, target: Any) -> None:
        self._send("webhook_url", target)

    @property
    def failover_url(self) -> str | None:
        """Where webhooks go when all attempts at the first URL have failed, if that was said here."""
        return self._targets.get("failover_url")

    @failover_url.setter
    def failover_url(self, target: Any) -> None:
        self._send("failover_url", target)

    def _send(self, name: str, target: Any) -> None:
        if self.serve_with is None and not isinstance(target, str | None):
            raise TypeError(
                "here an application is served in the running loop: `async with telnyx_emulator.apps.serve(app) as"
                f" url`, or by the pytest fixture; assign that URL, not {target!r}"
            )
        url = self._targets[name] = self.sync._url_of(target)
        self._threads.begin(lambda: self.sync.settings(**{name: url}))

    @property
    def outgoing_calls(self) -> Coroutine[Any, Any, list[AsyncLeg]]:
        """All legs that the application dialled, the newest last."""
        return self._threads.run(lambda: _legs(self.sync.outgoing_calls, self._threads))

    @property
    def calls(self) -> Coroutine[Any, Any, list[AsyncLeg]]:
        """All legs that there are, the newest last."""
        return self._threads.run(lambda: _legs(self.sync.calls, self._threads))

    settings = in_thread(EmulatorClient.settings)
    reset = in_thread(EmulatorClient.reset)
    drop_world = in_thread(EmulatorClient.drop_world)
    incoming_call = in_thread(EmulatorClient.incoming_call, AsyncLeg)
    outgoing_call = in_thread(EmulatorClient.outgoing_call, AsyncLeg)
    call = in_thread(EmulatorClient.call, AsyncLeg)
    scenario = in_thread(EmulatorClient.scenario, AsyncScenario)
    party = in_thread(EmulatorClient.party, AsyncScenario)
    when = at_once(EmulatorClient.when, AsyncWhen)
    verify = in_thread(EmulatorClient.verify)
    journal = in_thread(EmulatorClient.journal)
    ladder = in_thread(EmulatorClient.ladder)
    act = in_thread(EmulatorClient.act)
    get = in_thread(EmulatorClient.get)
    post = in_thread(EmulatorClient.post)
