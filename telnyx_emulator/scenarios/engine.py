"""A scenario that is being performed in a world."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import Random

from telnyx_emulator import callers
from telnyx_emulator.core.errors import ApiError, Unprocessable
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.time.clock import Timer
from telnyx_emulator.core.time.durations import draw
from telnyx_emulator.faults import Faults, Rule
from telnyx_emulator.journal import Entry, StepSkipped, ids_of
from telnyx_emulator.journal.ring import Journal
from telnyx_emulator.leg_names import LegNames
from telnyx_emulator.observed import ObservedEvent, observed

from .judgement import Verdict, judge
from .loader import load, only
from .model import AppRequest, CallIn, Expectation, InOrder, Scenario, Step
from .party import Party, install, remove
from .problems import InvalidScenario, Place, Problem
from .record import Record
from .timeline import Cue, do, verb_of

RUNAWAY = "RunawayScenario"
"""The fault of a scenario that sets itself off without end."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scenario needs of a world. `request` asks the application for something, in its own time."""

    world: World
    journal: Journal
    faults: Faults
    names: LegNames
    random: Random
    request: Callable[[AppRequest], None]


class Skipped(Exception):
    """Why something that a scenario wants done is not."""


class NoSuchLeg(Skipped):
    """It is the scenario's own mistake: it does not say which leg is meant."""


class Performance:
    """One scenario at run time, from its beginning in this instant until `end`. It needs no event loop.

    Raises an ApiError, and changes nothing, when the scenario wants what cannot be done yet.
    """

    def __init__(self, scenario: Scenario, stage: Stage) -> None:
        check(scenario)
        self.scenario, self._stage = scenario, stage
        self._clock = stage.world.clock
        self.began = self._clock.elapsed()
        """Virtual seconds."""
        self.first_seq = stage.journal.last + 1
        self.last_seq: int | None = None
        """The last line of the journal that belongs to it, once it has ended."""
        self._ended_at: float | None = None
        self._record = Record()
        self._parties = _with_numbers(scenario, stage.world)
        numbers = {key: one.number for key, one in self._parties.items()}
        self._naming = stage.names.begin(scenario.scenario, numbers, _declared(scenario))
        self._installed = install(self._parties, stage.world)
        rules = [fault.rule(self.legs) for fault in scenario.faults]
        self.faults: dict[str, Rule] = {stage.faults.add(rule): rule for rule in rules}
        self._steps = [Cue(step, f"timeline[{number}]") for number, step in enumerate(scenario.timeline)]
        self._reactions = [
            Cue(reaction, f"{key}.reacts[{number}]", key)
            for key, party in self._parties.items()
            for number, reaction in enumerate(party.reacts)
        ]
        self._timers: dict[Timer, None] = {}
        stage.journal.watchers[self._saw] = None
        for cue in self._steps:
            if isinstance(cue.of, Step) and cue.of.at is not None:
                cue.taken = 1
                self._schedule(cue, draw(cue.of.at, stage.random), None)

    # -- reading ---------------------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        return self.last_seq is not None

    def legs(self, name: str) -> tuple[str, ...]:
        """The call_control_ids that a name stands for."""
        return self._naming.legs(name)

    def names(self) -> dict[str, str]:
        """What each leg that it has seen is called, by its call_control_id."""
        names = self._stage.names.names()
        return {id: names[id] for id in self._naming.seen if id in names}

    def pending_steps(self) -> list[Step]:
        """Steps whose time has not come, or that are still to be carried out."""
        return [cue.of for cue in self._steps if cue.pending and isinstance(cue.of, Step)]

    def unused(self) -> list[Rule]:
        """Faults that should have fired and did not."""
        return [rule for rule in self.faults.values() if rule.unused]

    def entries(self) -> list[Entry]:
        """What the journal still has of it."""
        found = self._stage.journal.after(self.first_seq - 1)
        return [entry for entry in found if self.last_seq is None or entry.seq <= self.last_seq]

    def verdicts(self, over: bool) -> list[Verdict]:
        """How the expectations stand. `over`: nothing more will come."""
        return [self.verdict(item, over) for item in self.scenario.expect]

    def verdict(self, item: Expectation | InOrder, over: bool) -> Verdict:
        """How one expectation stands."""
        now = self._clock.elapsed() if self._ended_at is None else self._ended_at
        return judge(item, self._record, self.legs, self.began, now, over)

    # -- doing -----------------------------------------------------------------------------------------------

    def end(self) -> None:
        """No further steps, reactions or faults; its parties are gone. Ending twice is harmless."""
        if self.ended:
            return
        self.last_seq, self._ended_at = self._stage.journal.last, self._clock.elapsed()
        self._stage.journal.watchers.pop(self._saw, None)
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for id in self.faults:
            self._stage.faults.remove(id)
        remove(self._installed, self._stage.world)
        self._naming.closed = True

    def _saw(self, entry: Entry | None) -> None:
        """Match now, act later: what watches the journal takes note only."""
        if entry is None:
            self.end()
            return
        self._record.add(entry)
        self._stage.names.see(entry.call_control_id)
        seen = observed(entry)
        if seen is None:
            return
        for cue in self._steps:
            if cue.takes(seen, self.legs):
                self._take(cue, seen)
        party = self._naming.party.get(seen.leg or "")
        for cue in self._reactions:
            if cue.party == party and cue.takes(seen, self.legs):
                self._take(cue, seen)

    def _take(self, cue: Cue, seen: ObservedEvent) -> None:
        if cue.ran_away:
            self._stage.world.sink.fault(RUNAWAY, None, f"{cue.label} sets itself off again and again")
            return
        name = cue.of.as_ if isinstance(cue.of, Step) else None
        if name is not None and not self._stage.names.give(self._naming, seen.leg, name):
            self._skip(cue, "as", f"{seen.kind} {seen.name} belongs to no leg")
        if isinstance(cue.of, Step) and cue.of.act is None:
            return
        self._schedule(cue, 0.0, seen.leg)

    def _schedule(self, cue: Cue, delay: float, leg: str | None) -> None:
        def come() -> None:
            del self._timers[timer]
            cue.scheduled -= 1
            self._carry_out(cue, leg)

        cue.scheduled += 1
        timer = self._clock.call_later(delay + draw(cue.of.after, self._stage.random), come)
        self._timers[timer] = None

    def _carry_out(self, cue: Cue, leg: str | None) -> None:
        """Whatever goes wrong with it is told in the journal, and stops nothing else."""
        act = (cue.of.act if isinstance(cue.of, Step) else None) or "act"
        try:
            if isinstance(cue.of, Step) and cue.of.call is not None:
                self._call(cue.of.call)
            elif isinstance(cue.of, Step) and cue.of.request is not None:
                self._stage.request(cue.of.request)
            elif (found := verb_of(cue.of)) is not None:
                act, how = found
                do(act, how, self._leg(getattr(how, "leg", None), leg), self._stage.random)
        except Skipped as reason:
            wrong = isinstance(reason, NoSuchLeg) and isinstance(cue.of, Step) and not cue.of.optional
            self._skip(cue, act, str(reason), wrong)
        except ApiError as error:
            self._skip(cue, act, str(error))
        except Exception as fault:
            self._stage.world.fault(fault)

    def _skip(self, cue: Cue, act: str, why: str, wrong: bool = False) -> None:
        """`wrong`: the scenario itself is, and the run fails."""
        begin = (self._stage.journal.next, self._clock.elapsed(), "skipped", *ids_of(None))
        self._stage.journal.add(StepSkipped(*begin, self.scenario.scenario, cue.label, act, why, wrong))

    def _call(self, wanted: CallIn) -> None:
        key = wanted.from_ if wanted.from_ in self._parties else None
        party = self._parties[key] if key else None
        with self._stage.names.awaiting(wanted.as_, key, self._naming):
            callers.call_in(
                self._stage.world,
                from_=party.number if party else wanted.from_,
                to=wanted.to,
                connection_id=wanted.connection_id,
                caller_name=wanted.caller_name or (party.name if party else None),
                headers=(wanted.headers or {}).items(),
                far_end=PERSONAS[wanted.persona] if wanted.persona else None,
            )

    def _leg(self, name: str | None, seen: str | None) -> Call:
        """The leg that an act is for: by its name, else the one of the awaited thing, else the only one there is."""
        name = name or seen
        ids = self._naming.seen if name is None else self.legs(name)
        calls = self._stage.world.calls
        alive = [calls[id] for id in ids if id in calls and calls[id].state is not State.ENDED]
        if len(alive) == 1:
            return alive[0]
        if not ids:
            known = ", ".join(self.names().values()) or "none at all"
            raise NoSuchLeg(f"there is no leg {name!r}; there are {known}" if name else "there is no leg")
        if not alive:
            raise Skipped("the leg has ended" if len(ids) == 1 else "all these legs have ended")
        names = self.names()
        raise NoSuchLeg(f"which leg? {', '.join(names[call.id] for call in alive)} are there; name one")


def check(scenario: Scenario) -> None:
    """Raise an ApiError if the scenario wants what cannot be done yet."""
    media = next((fault for fault in scenario.faults if fault.do.plane == "media"), None)
    if media is not None:
        raise Unprocessable(f"{media.label}: media faults cannot be performed yet, for no media flow; leave it out.")


def performable(source: str) -> Scenario:
    """A file that can be performed as it is. Raises InvalidScenario if it cannot."""
    scenario = only(load(source)).scenario
    try:
        check(scenario)
    except ApiError as error:
        raise InvalidScenario([Problem(Place(source), str(error))]) from None
    return scenario


def _declared(scenario: Scenario) -> Collection[str]:
    """The names that the scenario itself gives to legs."""
    given = {step.as_ or (step.call.as_ if step.call else None) for step in scenario.timeline}
    return {name for name in given if name is not None}


def _with_numbers(scenario: Scenario, world: World) -> dict[str, Party]:
    """The parties; one that calls and has no number gets a believable one."""
    callers_ = {step.call.from_ for step in scenario.timeline if step.call is not None}
    return {
        key: party.model_copy(update={"number": callers.invented_caller(world)[0]})
        if key in callers_ and party.number is None
        else party
        for key, party in scenario.parties.items()
    }
