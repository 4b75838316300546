"""One API key, one world: its world, its clock, its journal and its webhooks."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from telnyx_emulator import journal
from telnyx_emulator.app_requests import AppRequests
from telnyx_emulator.clock_driver import ClockDriver, RetryHold
from telnyx_emulator.core.ids import digest
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.ports import EventSink, LegReference, Published
from telnyx_emulator.core.routing import Session
from telnyx_emulator.core.time.clock import Clock
from telnyx_emulator.core.time.waits import Outcome, Wait
from telnyx_emulator.faults import Faults, Rule
from telnyx_emulator.journal import Entry, Ids
from telnyx_emulator.journal.ring import Journal
from telnyx_emulator.leg_names import LegNames
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.settings import Settings
from telnyx_emulator.webhooks import Outbox, Sender

if TYPE_CHECKING:
    from telnyx_emulator.scenarios.engine import ScenarioRun
    from telnyx_emulator.scenarios.model import ScenarioModel

log = logging.getLogger("telnyx_emulator")

ADVERTISED_LIMIT = 1000
"""What `x-ratelimit-limit` says while no limit is enforced."""

ONE_WORLD = "every key"
"""The key of the world that all keys name, where there is only one."""

RETRY_SECS = 2.0
"""Real seconds that a client that was refused on purpose has to come back."""


class RateWindow:
    """How many requests came in this second."""

    def __init__(self, limit: int | None) -> None:
        self.enforced = limit is not None
        self.limit = limit or ADVERTISED_LIMIT
        self._second, self._count = 0, 0
        self.headers = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.limit),
            "x-ratelimit-reset": "1",
        }
        """What every answer says about it."""

    def count(self) -> bool:
        """Count a request; False when it is one too many."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        self.headers["x-ratelimit-remaining"] = str(max(0, self.limit - self._count))
        return not self.enforced or self._count <= self.limit


class Tenant(EventSink):
    """The world behind one API key. It takes note of all that happens in it, and sends the webhooks."""

    def __init__(self, key: str, settings: Settings, sender: Sender, usual: Iterable[ScenarioModel] = ()) -> None:
        """`usual`: the scenarios that it performs from its `start` on, and anew after each reset."""
        self.key = key
        self._usual = tuple(usual)
        self.settings = settings
        self.sender = sender
        self.webhook_url, self.failover_url = settings.webhook_url, settings.failover_url
        self.adopt, self.strict = settings.adopt, settings.strict
        self.seed = settings.seed
        """Holds from the next `reset` on, when it is changed."""
        self.settle, self.grace = settings.settle, settings.grace
        self.rate = RateWindow(settings.rate_limit)
        self.access_key = f"ASIA{digest('access key', key):016X}"
        """What names this world in links that carry no API key."""
        self.generation = 0
        self.kept = False
        """Whether it outlives the request that made it."""
        self.used_at = time.monotonic()
        clock = Clock(settings.clock_mode, settings.clock_rate, settings.starts_at(), self.settle)
        clock.jumps = settings.jumps
        self._begin(clock)

    def _begin(self, clock: Clock) -> None:
        settings = self.settings
        clock.on_fault = self._clock_fault
        # Without a seed a reset gives new ids, so that a late command of the last test finds no call of the next.
        seed = digest(self.key, self.seed if self.seed is not None else (self.generation, time.time_ns()))
        self._lot = seed
        self.clock = clock
        self.driver = ClockDriver(clock)
        self.driver.on_stall = self._stalled
        self.retry = RetryHold(clock, "your client's retry", RETRY_SECS)
        self.journal = Journal(settings.journal_size)
        self.world = World(clock, seed, self)
        self.world.strict = self.strict
        self.world.access_key = self.access_key
        for connector in settings.siprec_connectors:
            self.world.siprec_connector(connector)
        for connection in settings.connections:
            self.world.application(connection)
        self.faults = Faults(Random(digest("faults", seed)), self._injected)
        self.leg_names = LegNames(self.world.calls, settings.journal_size)
        self.expected: set[int] = set()
        """Numbers of the journal's lines that were waited for and seen."""
        self.performances: dict[str, ScenarioRun] = {}
        """Scenarios that are under way, by their names."""
        self._requests = AppRequests(clock, self.sender, self._app_url, self._asked)
        self.outbox = Outbox(
            clock,
            self.sender,
            settings,
            urls=lambda: (self.webhook_url, self.failover_url),
            faults=self.faults,
            journal=self.journal,
        )

    def reset(self) -> None:
        """Begin anew, at once: calls, ids, journal and deliveries are gone, settings and clock mode stay."""
        old = self.clock
        self.close()
        self.generation += 1
        fresh = Clock(old.mode, old.rate or 1.0, self.settings.starts_at(self.seed), self.settle)
        fresh.named_holds.update(old.named_holds)
        fresh.jumps = old.jumps
        self._begin(fresh)
        self.start()

    def close(self) -> None:
        for performance in self.performances.values():
            performance.end()
        self._requests.close()
        self.outbox.close()
        self.retry.over()
        self.driver.close()
        self.clock.clear()
        self.journal.close()

    def set_strict(self, strict: bool) -> None:
        self.strict = self.world.strict = strict

    def set_settle(self, settle: float) -> None:
        """Real seconds of silence before the clock jumps; 0 when the application is known to be done."""
        self.settle = self.clock.settle = settle
        self.driver.wake()

    @property
    def calls(self) -> dict[str, Call]:
        """The legs by their `call_control_id`, those that ended a short while ago too."""
        return self.world.calls

    @property
    def live_calls(self) -> int:
        return sum(call.state is not State.ENDED for call in self.calls.values())

    async def advance(self, seconds: float) -> None:
        """Move virtual time on, step by step, letting the application react to all that happens on the way."""
        await self.driver.advance(seconds, self.settings.guard)

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """The webhooks so far (`event_type`, `payload`, …), of one type or all, whether delivered or not."""
        entries = self.journal.after(0, ["event"])
        return [entry.shown()["event"] for entry in entries if name in (None, entry.name)]

    async def rest(self) -> None:
        """Until the application has reacted to all that it was told."""
        await self.driver.rest(self.settings.guard)

    # -- scenarios -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Perform what every world here performs."""
        for scenario in self._usual:
            self.perform(scenario)

    def perform(self, scenario: ScenarioModel) -> ScenarioRun:
        """Begin a scenario in this instant. One of the same name that is under way ends."""
        from telnyx_emulator.scenarios.engine import RunContext, ScenarioRun  # few worlds perform anything

        random = Random(digest("scenario", scenario.scenario, self._lot if scenario.seed is None else scenario.seed))
        stage = RunContext(self.world, self.journal, self.faults, self.leg_names, random, self._requests.send)
        with self.clock.instant():
            performance = ScenarioRun(scenario, stage)
            if (before := self.performances.get(scenario.scenario)) is not None:
                before.end()
            self.performances[scenario.scenario] = performance
        return performance

    def legs(self, name: str) -> tuple[str, ...]:
        """The call_control_ids that a name stands for; see `LegNames`."""
        return self.leg_names.legs(name)

    def names(self) -> dict[str, str]:
        """What every leg is shown as, by its call_control_id."""
        return self.leg_names.names()

    def _app_url(self) -> str | None:
        """Where the application is: the world's webhook URL, else that of the first connection that has one."""
        urls = (one.webhook_event_url for one in self.world.applications.values())
        return self.webhook_url or next((url for url in urls if url), None)

    def _asked(self, detail: dict[str, Any]) -> None:
        self.journal.add(journal.ApplicationAsked(*self._next("app_request", None), **detail))

    async def wait(self, wait: Wait, saw: Callable[[Entry], None] = lambda entry: None) -> Outcome:
        """Wait in virtual time; see `Wait`. `saw` is told of every line of the journal meanwhile.

        It is looked at after each line, and each line is progress, but for warnings that there is none.
        """
        watchers, driver = self.journal.watchers, self.driver

        def look(entry: Entry | None) -> None:
            if entry is not None:
                saw(entry)
                if entry.kind != "warning":
                    wait.progressed()
            driver.wake()

        watchers[look] = None
        try:
            return await driver.wait(wait)
        finally:
            del watchers[look]

    # -- what happens ----------------------------------------------------------------------------------------

    def event(self, published: Published) -> None:
        """A webhook is due."""
        id = published.call_control_id
        if id not in self.leg_names.seen:
            self.leg_names.see(id)
        about = self.journal.next, published.elapsed, published.name, published.session.id, published.leg_id, id
        self.journal.add(journal.EventPublished(*about, published.data))
        self.outbox.put(published)

    def far_end_act(self, act: str, leg: LegReference, detail: dict[str, Any]) -> None:
        """The far end of a leg did something, or had it done to it."""
        self.journal.add(journal.FarEndAct(*self._next(act, leg), detail))

    def state_change(self, name: str, leg: LegReference | None, detail: dict[str, Any]) -> None:
        """Something is another way than before."""
        self.journal.add(journal.StateChange(*self._next(name, leg), detail))

    def warning(self, about: str, leg: LegReference | None, detail: dict[str, Any]) -> None:
        """Something was accepted that is probably a mistake."""
        more = {name: value for name, value in detail.items() if name not in ("detail", "meta")}
        self.journal.add(journal.WarningGiven(*self._next(about, leg), detail["detail"], **more))

    def fault(self, name: str, leg: LegReference | None, text: str) -> None:
        """The emulator itself failed."""
        self.journal.add(journal.EmulatorFault(*self._next(name, leg), text))
        log.error("fault in world %s: %s %s", masked(self.key), name, text)

    def merged(self, session: Session, other: Session) -> None:
        self.outbox.merge(session, other)

    def _next(self, name: str, leg: LegReference | None) -> tuple[int, float, str, *Ids]:
        """What the next entry begins with."""
        ids: Ids = (None, None, None)
        if leg is not None:
            ids = leg.session.id, leg.leg_id, leg.id
            if leg.id not in self.leg_names.seen:
                self.leg_names.see(leg.id)
        return self.journal.next, self.clock.elapsed(), name, *ids

    def _injected(self, rule: Rule, seen: ObservedEvent) -> None:
        effect = rule.effect.model_dump(mode="json", exclude_unset=True)
        about = self._next(rule.name, self.world.calls.get(seen.leg or ""))
        self.journal.add(journal.Injection(*about[:5], seen.leg, rule.plane, seen.name, effect))

    def _stalled(self, holders: list[str]) -> None:
        blamed = "; ".join(holders) or "nothing any more"
        log.warning("the clock of world %s stands while a wait is pending: %s", masked(self.key), blamed)
        self.warning("clock_held", None, {"detail": f"A wait is pending, and the clock cannot move: {blamed}."})

    def _clock_fault(self, fault: BaseException) -> None:
        self.world.fault(fault)


class Tenants:
    """All worlds of an emulator, the longest unused first."""

    def __init__(self, settings: Settings, sender: Sender) -> None:
        self._settings, self._sender = settings, sender
        self._usual = _performable(settings.scenarios)
        self.one_world = settings.one_world
        """Whether every key names the same world; to be changed before there is any."""
        self._worlds: OrderedDict[str, Tenant] = OrderedDict()
        self._signers: dict[str, Tenant] = {}
        """By what they sign links with."""

    def __iter__(self) -> Iterator[Tenant]:
        return iter(tuple(self._worlds.values()))

    def allows(self, key: str) -> bool:
        return key.isprintable() and bool(key) and (not self._settings.api_keys or key in self._settings.api_keys)

    def only(self) -> list[Tenant | str]:
        """The worlds that a client without a key may mean: those there are, else the only key there can be."""
        return list(self._worlds.values()) or list(self._settings.api_keys[:1])

    def world(self, key: str, keep: bool) -> Tenant:
        """The world of a key. A fresh one is kept only if the request may change something in it."""
        key = ONE_WORLD if self.one_world else key
        known = self._worlds.get(key)
        if known is None:
            known = Tenant(key, self._settings, self._sender, self._usual)
            if keep:
                known.kept = True
                self._make_room()
                self._worlds[key] = self._signers[known.access_key] = known
                known.start()
        known.used_at = time.monotonic()
        if key in self._worlds:
            self._worlds.move_to_end(key)
        return known

    def signer_of(self, access_key: str) -> Tenant | None:
        """The world that a signed link names."""
        return self._signers.get(access_key)

    def drop(self, tenant: Tenant) -> None:
        """Forget a world with all that is in it: from now on its key names a fresh one."""
        if self._worlds.get(tenant.key) is tenant:
            del self._worlds[tenant.key], self._signers[tenant.access_key]
        tenant.kept = False
        tenant.close()

    async def close(self) -> None:
        for tenant in self:
            self.drop(tenant)
        await asyncio.sleep(0)

    def _make_room(self) -> None:
        now = time.monotonic()
        while self._worlds:
            key, oldest = next(iter(self._worlds.items()))
            idle = now - oldest.used_at > self._settings.world_idle
            if idle and oldest.live_calls:
                oldest.used_at = now
                self._worlds.move_to_end(key)
                continue
            if not idle and len(self._worlds) < self._settings.max_worlds:
                return
            log.info("world %s is dropped: %s", masked(key), "idle" if idle else "too many worlds")
            self.drop(oldest)


def masked(key: str) -> str:
    """Enough of a key to know it again."""
    return key if len(key) <= 8 else f"{key[:8]}…"


def _performable(sources: Sequence[str]) -> list[ScenarioModel]:
    """What every world performs. Raises InvalidScenario when one cannot be."""
    if not sources:
        return []
    from telnyx_emulator.scenarios.engine import performable

    return [performable(source) for source in sources]
