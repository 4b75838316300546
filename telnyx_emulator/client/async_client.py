"""The clients for tests that share an event loop with the application: the same methods, awaited.

Properties that ask the emulator are awaited too: `await leg.state`, `await emulator.clock.elapsed`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from .clock import WorldClock, holding
from .emulator_client import DEFAULT_URL, PATIENCE_SECS, EmulatorClient, WorldAddress
from .errors import EmulatorError, told_by_itself
from .faults import Fault, When
from .legs import Leg, LegFacts
from .scenarios import Scenario
from .transport import Ask, AsyncTransport, Awaited, awaited
from .types import LegData
from .watching import Watcher

__tracebackhide__ = told_by_itself

SOON_SECS = 0.1
"""How long a loop is kept for an answer that nothing awaits."""

W_co = TypeVar("W_co", bound=Watcher, covariant=True)
P = ParamSpec("P")


class AsyncWatcher(Awaited[W_co]):
    """Waiting and verifying, awaited: see `Watcher`.

    >>> payload = await emulator.wait_for("call.answered", within=20)
    """

    wait_for = awaited(Watcher.wait_for)
    next = awaited(Watcher.next)
    expect_command = awaited(Watcher.expect_command)
    never = awaited(Watcher.never)
    in_order = awaited(Watcher.in_order)
    events = awaited(Watcher.events)
    commands = awaited(Watcher.commands)


class AsyncLeg(LegFacts, AsyncWatcher[Leg]):
    """One leg of a call, awaited: see `Leg`.

    >>> caller = await emulator.incoming_call(from_="+15551230001")
    >>> await caller.hang_up()
    >>> await caller.state
    'ended'
    """

    answer = awaited(Leg.answer)
    reject = awaited(Leg.reject)
    press = awaited(Leg.press)
    say = awaited(Leg.say)
    hold = awaited(Leg.hold)
    unhold = awaited(Leg.unhold)
    hang_up = awaited(Leg.hang_up)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsyncLeg) and other.sync == self.sync

    def __hash__(self) -> int:
        return hash(self.sync)

    def _shown(self) -> LegData:
        return self.sync.data

    @property
    async def state(self) -> str:
        """`ringing`, `answered` or `ended`, at this moment.

        >>> await caller.state
        'answered'
        """
        return await self._transport.run(self.sync._state())


class AsyncClock(Awaited[WorldClock]):
    """The clock of a world, awaited: see `WorldClock`.

    >>> await emulator.clock.advance(1800)
    >>> await emulator.clock.elapsed > 1800
    True
    """

    shown = awaited(WorldClock.shown)
    advance = awaited(WorldClock.advance)
    freeze = awaited(WorldClock.freeze)
    auto = awaited(WorldClock.auto)
    rate = awaited(WorldClock.rate)
    real = awaited(WorldClock.real)

    @property
    async def now(self) -> datetime:
        """The present instant, with its time zone.

        >>> (await emulator.clock.now).tzname()
        'UTC'
        """
        return datetime.fromisoformat((await self.shown())["now"])

    @property
    async def elapsed(self) -> float:
        """Virtual seconds since the world began.

        >>> await emulator.clock.elapsed < 60
        True
        """
        return (await self.shown())["elapsed"]

    @property
    async def mode(self) -> str:
        """`real`, `scaled`, `manual` or `auto`.

        >>> await emulator.clock.mode
        'auto'
        """
        return (await self.shown())["mode"]

    @property
    async def holders(self) -> list[str]:
        """What keeps it from jumping, with real seconds.

        >>> async with emulator.clock.hold("look at it"):
        ...     (await emulator.clock.holders)[0]
        "hold 'look at it'"
        """
        return (await self.shown())["holders"]

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """No jumps inside the `async with` block; `advance` moves it nevertheless.

        >>> async with emulator.clock.hold("look at it"):
        ...     await emulator.clock.advance(5)
        """
        begin, end = holding(name)
        await self._transport.send(begin)
        try:
            yield
        finally:
            await self._transport.send(end)


class AsyncFault(Awaited[Fault]):
    """A fault that is armed, awaited: see `Fault`.

    >>> async with await emulator.when(command="speak", optional=True).api(status=503) as fault:
    ...     await fault.fired
    0
    """

    remove = awaited(Fault.remove)

    @property
    def id(self) -> str:
        """What it is removed by."""
        return self.sync.id

    @property
    async def fired(self) -> int:
        """How often it has fired so far, or had when it was removed.

        >>> fault = await emulator.when(command="refer", optional=True).outcome(sip=603)
        >>> await fault.fired
        0
        """
        return await self._transport.run(self.sync._fired())

    def yaml(self) -> str:
        """The same fault for the `faults` of a scenario."""
        return self.sync.yaml()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.remove()


class AsyncWhen(Awaited[When]):
    """What a fault waits for; what goes wrong is awaited: see `When`.

    >>> fault = await emulator.when(command="refer", optional=True).outcome(sip=603)
    """

    outcome = awaited(When.outcome, AsyncFault)
    api = awaited(When.api, AsyncFault)
    delivery = awaited(When.delivery, AsyncFault)
    media = awaited(When.media, AsyncFault)


class AsyncScenario(Awaited[Scenario]):
    """A scenario that was begun, awaited: see `Scenario`.

    >>> async with await emulator.party("agent", number="+15557770007") as party:
    ...     party.name
    'party-agent'
    """

    shown = awaited(Scenario.shown)
    leg = awaited(Scenario.leg, AsyncLeg)
    end = awaited(Scenario.end)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.sync.name

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.end()


def _at_once(
    method: Callable[Concatenate[EmulatorClient, P], When],
) -> Callable[Concatenate[AsyncEmulatorClient, P], AsyncWhen]:
    """A method that sends nothing, and so need not be awaited."""

    @wraps(method)
    def same(self: AsyncEmulatorClient, /, *args: P.args, **kwargs: P.kwargs) -> AsyncWhen:
        return AsyncWhen(method(self.sync, *args, **kwargs), self._transport)

    return same


class AsyncEmulatorClient(AsyncWatcher[EmulatorClient], WorldAddress):
    """One world of an emulator, awaited: see `EmulatorClient`.

    The emulator may run anywhere, in the same event loop too. It works with asyncio, and so with everything that
    stands on it: pytest-asyncio, pytest-aiohttp, anyio with its asyncio backend. It may be used in one event loop
    after the other. Cancelling what waits, such as by `asyncio.timeout`, ends the wait in the emulator too.

    >>> async with AsyncEmulatorClient("http://127.0.0.1:12111", key="test") as emulator:  # doctest: +SKIP
    ...     caller = await emulator.incoming_call(from_="+15551230001")
    ...     await caller.hang_up()
    ...     (await caller.wait_for("call.hangup"))["hangup_cause"]
    'originator_cancel'
    """

    def __init__(self, url: str = DEFAULT_URL, key: str | None = None, *, patience: float = PATIENCE_SECS) -> None:
        super().__init__(EmulatorClient(url, key, patience=patience), AsyncTransport(url, key, patience))
        self.clock = AsyncClock(self.sync.clock, self._transport)
        self._targets: dict[str, str | None] = {}

    async def __aenter__(self) -> Self:
        await self._transport.run(self.sync._its_public_key())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections; a method that still waits for an answer raises EmulatorError."""
        self.sync.close()
        self._transport.close()

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
        """Where webhooks go, if that was said here; a URL, None, or with the pytest fixtures an application.

        >>> emulator.webhook_url = "http://127.0.0.1:8000/webhooks"
        """
        return self._targets.get("webhook_url")

    @webhook_url.setter
    def webhook_url(self, target: Any) -> None:
        self._set("webhook_url", target)

    @property
    def failover_url(self) -> str | None:
        """Where webhooks go when all attempts at the first URL have failed, if that was said here."""
        return self._targets.get("failover_url")

    @failover_url.setter
    def failover_url(self, target: Any) -> None:
        self._set("failover_url", target)

    def _set(self, name: str, target: Any) -> None:
        """It is done when this returns, unless it needs the event loop that is kept meanwhile: the emulator may run in
        it. Then it is done before the next thing that is awaited, which also raises what it raises."""
        if self.serve_with is None and not isinstance(target, str | None):
            raise TypeError(
                "here an application is served in the running loop: `async with telnyx_emulator.apps.serve(app) as"
                f" url`, or by the pytest fixture; assign that URL, not {target!r}"
            )
        url = self._targets[name] = self.sync._url_of(target)
        before = self._transport.unsent
        unsent = Ask("PATCH", "settings", (before.body if before else {}) | {name: url})
        self._transport.unsent = None
        try:
            self.sync._transport.send(unsent, SOON_SECS)
        except EmulatorError as error:
            if error.status:
                raise
            self._transport.unsent = unsent

    @property
    async def outgoing_calls(self) -> list[AsyncLeg]:
        """All legs that the application dialled, the newest last.

        >>> [leg.to for leg in await emulator.outgoing_calls]
        ['+13125550123']
        """
        return _legs(await self._transport.run(self.sync._calls("outgoing")), self._transport)

    @property
    async def calls(self) -> list[AsyncLeg]:
        """All legs that there are, the newest last.

        >>> [leg.from_ for leg in await emulator.calls][0]
        '+15551230001'
        """
        return _legs(await self._transport.run(self.sync._calls("incoming", "outgoing")), self._transport)

    settings = awaited(EmulatorClient.settings)
    reset = awaited(EmulatorClient.reset)
    drop_world = awaited(EmulatorClient.drop_world)
    incoming_call = awaited(EmulatorClient.incoming_call, AsyncLeg)
    outgoing_call = awaited(EmulatorClient.outgoing_call, AsyncLeg)
    call = awaited(EmulatorClient.call, AsyncLeg)
    scenario = awaited(EmulatorClient.scenario, AsyncScenario)
    party = awaited(EmulatorClient.party, AsyncScenario)
    verify = awaited(EmulatorClient.verify)
    journal = awaited(EmulatorClient.journal)
    ladder = awaited(EmulatorClient.ladder)
    act = awaited(EmulatorClient.act)
    get = awaited(EmulatorClient.get)
    post = awaited(EmulatorClient.post)
    when = _at_once(EmulatorClient.when)


def _legs(legs: list[Leg], transport: AsyncTransport) -> list[AsyncLeg]:
    return [AsyncLeg(leg, transport) for leg in legs]
