"""One scenario in one world: perform it until everything is decided, hang up, and judge."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from telnyx_emulator.apps import Served
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.ids import digest
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.time.waits import HOUR, Outcome, Wait
from telnyx_emulator.emulator import Emulator
from telnyx_emulator.eventlog import lines, origin
from telnyx_emulator.findings import Findings
from telnyx_emulator.journal import DeliveryAttempted
from telnyx_emulator.ladder import Ladder
from telnyx_emulator.scenarios.engine import ScenarioRun
from telnyx_emulator.scenarios.judgement import Judgement, limits
from telnyx_emulator.scenarios.loader import Run
from telnyx_emulator.scenarios.model import InOrder
from telnyx_emulator.scenarios.report import Report
from telnyx_emulator.tenants import Tenant

PATIENCE_SECS: Final = 10.0
"""Real seconds that an application has for its first request."""

LONGEST_SECS: Final = HOUR
"""Virtual seconds after which a scenario is over, whatever still happens."""

ROUNDS: Final = 3
"""How often calls are hung up at the end: an application may make new ones when it hears of it."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run. `wrong`: whatever is wrong with it, to be shown as text; `log`: lines of JSON, the first one
    names the run. `virtual` and `real`: how long it took, in seconds.
    """

    name: str
    wrong: Report
    ladder: str
    log: tuple[bytes, ...]
    virtual: float
    real: float
    seed: int

    @property
    def passed(self) -> bool:
        return not self.wrong

    @property
    def report(self) -> str:
        """All that is wrong, with the ladder."""
        return self.wrong.text()


@dataclass(frozen=True, slots=True)
class Program:
    """How scenarios are run. Times in real seconds.

    `app`: an application object, or a function that makes one, given `base_url` and `api_key`; it must not wait for
    the emulator. Else `app_url` says where webhooks go. `seed` None: the scenario's own, else 0.
    """

    app: Any = None
    app_url: str | None = None
    seed: int | None = None
    strict: bool = False
    patience: float = PATIENCE_SECS
    grace: float | None = None

    @property
    def makes_apps(self) -> bool:
        """Whether each run has an application, a key and so a world of its own."""
        if self.app is None or not callable(self.app):
            return False
        try:
            parameters = inspect.signature(self.app).parameters
        except (TypeError, ValueError):
            return False
        return bool({"base_url", "api_key"} & parameters.keys())


async def run(
    emulator: Emulator,
    loaded: Run,
    program: Program,
    key: str = "KEY_run",
    app: Served | None = None,
    ready: Callable[[], Awaitable[None]] | None = None,
) -> RunResult:
    """Run a scenario in the world of `key`, which begins anew for it. The application is `app`, or where the program
    says; when the scenario has begun, it is waited for until it is `ready`.

    It is over when everything is decided, or when nothing more happens: for `grace` real seconds (default: the
    emulator's setting), or for `patience` while the application has not been heard of at all. Raises an ApiError
    when the scenario wants what cannot be performed.
    """
    scenario = loaded.scenario
    seed = (scenario.seed or 0) if program.seed is None else program.seed
    settle = None if app is None else app.settle
    began = time.monotonic()
    tenant = emulator.world(key)
    # One application may see several runs: to it their ids must not be the same, whatever the seed.
    _clear(tenant, program.app_url if app is None else app.url, digest(key, seed), settle)
    scenario_run = tenant.perform(scenario.model_copy(update={"seed": seed}))
    if ready is not None:
        await ready()
    course = Course(tenant, scenario_run, program, settle)
    holders = await course.take()
    standing = scenario_run.verdicts(over=True)
    await course.hang_up()
    # What held while the calls were up holds; what else had to come may have come by their end.
    verdicts = [_better(one, scenario_run.verdict(one.item, over=True)) for one in standing]
    scenario_run.end()
    entries, names = scenario_run.entries(), tenant.names()
    found = Findings(entries, [scenario_run], strict=course.strict, verdicts=verdicts, holders=holders, alone=True)
    return RunResult(
        loaded.id,
        found.report(names),
        Ladder(entries, names).text(),
        (_title(loaded.id, seed), *lines(entries, names, _origins(emulator, tenant))),
        tenant.clock.elapsed() - scenario_run.began,
        time.monotonic() - began,
        seed,
    )


def _clear(tenant: Tenant, webhook_url: str | None, seed: int, settle: float | None) -> None:
    """Make a world ready for a run, whatever was in it."""
    tenant.webhook_url = webhook_url or tenant.webhook_url
    tenant.seed = seed
    tenant.clock.set_mode("auto")
    tenant.reset()
    if settle is not None:
        tenant.set_settle(settle)


def _title(name: str, seed: int) -> bytes:
    return orjson.dumps({"at": 0.0, "kind": "run", "name": name, "seed": seed}, option=orjson.OPT_APPEND_NEWLINE)


def _origins(emulator: Emulator, tenant: Tenant) -> dict[str, str]:
    """Addresses whose ports may be others each time, and what stands for them in the log."""
    ours = {emulator.url: "http://emulator", tenant.world.origin: "http://emulator"}
    return ours if tenant.webhook_url is None else ours | {origin(tenant.webhook_url): "http://app"}


def _better(standing: Judgement, final: Judgement) -> Judgement:
    return final if standing.status == "failed" and final.status == "met" else standing


class Course:
    """How a run goes on, in virtual time."""

    def __init__(self, tenant: Tenant, scenario_run: ScenarioRun, program: Program, settle: float | None) -> None:
        self._tenant, self._run = tenant, scenario_run
        self.strict, self._patience = program.strict or scenario_run.scenario.strict, program.patience
        self._grace = next((one for one in (program.grace, settle) if one is not None), tenant.grace)
        self._used_at = tenant.used_at
        self._limit = scenario_run.began + LONGEST_SECS
        self._look_at = 0
        self._decided = False

    async def take(self) -> list[str]:
        """Until everything is decided or nothing is left. Returns what holds the clock, if it should have gone on."""
        clock = self._tenant.clock
        while clock.elapsed() < self._limit:
            heard = self._heard()
            grace = self._grace if heard else self._patience
            met = self._over if heard else lambda: self._heard() or self._over()
            outcome = await self._wait(met, grace)
            if outcome == "held":
                return clock.busy_with() or ["nothing any more"]
            if outcome == "gone" or self._over() or (outcome == "nothing" and not await self._to_limit()):
                return []
        return []

    async def hang_up(self) -> None:
        """Far ends hang up what is still up, and the world comes to rest."""
        clock = self._tenant.clock
        end = clock.elapsed() + LONGEST_SECS
        for _ in range(ROUNDS):
            alive = [call for call in self._tenant.world.calls.values() if call.state is not State.ENDED]
            with clock.instant():
                for call in alive:
                    if call.state is not State.ENDED:
                        verbs.hang_up(call)
            await self._wait(lambda: clock.elapsed() >= end)
            if not alive:
                return

    async def _to_limit(self) -> bool:
        """Let the next limit or patience come, if something is still to be seen. False: there is none."""
        clock = self._tenant.clock
        now, upcoming = clock.elapsed(), clock.outlook().upcoming(self._limit)
        if upcoming is None or not self._hopes(upcoming):
            return False
        await self._wait(lambda: clock.elapsed() > now, reach=self._limit - now)
        return clock.elapsed() > now

    async def _wait(self, condition: Callable[[], bool], grace: float = 0.0, reach: float = 0.0) -> Outcome:
        guard = self._tenant.settings.guard
        return await self._tenant.wait(Wait(condition, reach=reach, grace=grace, guard=guard))

    def _heard(self) -> bool:
        """Whether there is an application: it sent a request, or took a webhook."""
        if self._tenant.used_at != self._used_at:
            return True
        attempts = self._tenant.journal.after(self._run.first_seq - 1, [DeliveryAttempted.type])
        return any(isinstance(one, DeliveryAttempted) and one.status is not None for one in attempts)

    def _over(self) -> bool:
        """Whether it can end before everything has come to rest."""
        if self._decided or self._tenant.clock.elapsed() >= self._limit:
            return True
        if self.strict or not self._run.scenario.expect or self._tenant.journal.last < self._look_at:
            return False
        # To judge takes longer the more has happened, so it is done less often then.
        lines = self._tenant.journal.last - self._run.first_seq
        self._look_at = self._tenant.journal.last + lines // 10
        if self._steps_left() or self._run.unused():
            return False
        # The clock and the wait ask in turn: to both of them it stays decided.
        self._decided = all(verdict.status != "pending" for verdict in self._run.verdicts(over=False))
        return self._decided

    def _steps_left(self) -> bool:
        return any(not step.optional for step in self._run.pending_steps())

    def _hopes(self, limit: float) -> bool:
        """Whether something is still to be seen that may come at this instant."""
        verdicts = self._run.verdicts(over=False)
        return self._steps_left() or any(_lacks(verdict, limit) for verdict in verdicts)


def _lacks(verdict: Judgement, limit: float) -> bool:
    until = verdict.window[1]
    if verdict.status != "pending" or (until is not None and until < limit):
        return False
    return isinstance(verdict.item, InOrder) or len(verdict.seen) < limits(verdict.item)[0]
