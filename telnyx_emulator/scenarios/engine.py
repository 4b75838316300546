"""A scenario under way in a world: what is waited for and how often, and what is then carried out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import Random
from typing import Final

from telnyx_emulator import callers
from telnyx_emulator.core.errors import ApiError, Unprocessable
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.time.clock import Timer
from telnyx_emulator.core.time.durations import Spread, draw
from telnyx_emulator.faults import Faults, Rule
from telnyx_emulator.journal import Entry, StepSkipped, ids_of
from telnyx_emulator.journal.ring import Journal
from telnyx_emulator.leg_names import LegNames
from telnyx_emulator.observed import ObservedEvent, observed

from .entry_index import EntryIndex
from .judgement import Judgement, judge
from .loader import load, only
from .model import AppRequest, CallIn, Expectation, InOrder, ScenarioModel, TimelineStep
from .observation import LegLookup, Observation
from .party import Act, Party, Reaction, install, remove
from .problems import InvalidScenario, Place

RUNAWAY = "RunawayScenario"
"""The fault of a scenario that sets itself off without end."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a scenario needs of a world. `request` asks the application for something, in its own time."""

    world: World
    journal: Journal
    faults: Faults
    names: LegNames
    random: Random
    request: Callable[[AppRequest], None]


MOST_TIMES: Final = 1000
"""How often one step or reaction is taken at most: behind that it only sets itself off again and again."""

VERBS: Final[dict[str, Callable[..., None]]] = {
    "answer": verbs.answer,
    "reject": verbs.reject,
    "press": verbs.press,
    "say": verbs.say,
    "hold": verbs.hold,
    "unhold": verbs.unhold,
    "hangup": verbs.hang_up,
}


@dataclass(slots=True, eq=False)
class Cue:
    """A step of the timeline, or a reaction of a party, and what became of it so far.

    `taken`: how often its time came; `scheduled`: how often it is still to be carried out.
    """

    of: TimelineStep | Reaction
    label: str
    """What the journal calls it."""
    party: str | None = None
    """The key of the party whose legs it is bound to."""
    taken: int = 0
    scheduled: int = 0

    @property
    def ran_away(self) -> bool:
        return self.taken > MOST_TIMES

    @property
    def pending(self) -> bool:
        """It is still to be carried out, or its time never came."""
        return bool(self.scheduled) or (isinstance(self.of, TimelineStep) and not self.taken)

    def takes(self, seen: ObservedEvent, legs: LegLookup) -> bool:
        """Whether this is what it waits for, once more."""
        if self.of.when is None or self.ran_away or (self.of.times is not None and self.taken >= self.of.times):
            return False
        if self.party is not None and not _felt(seen, self.of.when):
            return False
        if not self.of.when.matches(seen, legs):
            return False
        self.taken += 1
        return True


def _felt(seen: ObservedEvent, when: Observation) -> bool:
    """A far end notices nothing of a command that was refused, unless its pattern looks at that."""
    refused = seen.kind == "command" and seen.meta.get("status") != 200
    return not refused or when.status is not None or "status" in when.meta


class Skipped(Exception):
    """Why something that a scenario wants done is not."""


class NoSuchLeg(Skipped):
    """It is the scenario's own mistake: it does not say which leg is meant."""


class ScenarioRun:
    """One scenario at run time, from its beginning in this instant until `end`. It needs no event loop.

    Raises an ApiError, and changes nothing, when the scenario wants what cannot be done yet.
    """

    def __init__(self, scenario: ScenarioModel, context: RunContext) -> None:
        if reason := impossible(scenario):
            raise Unprocessable(reason)
        self.scenario, self._context = scenario, context
        self._clock = context.world.clock
        self.began = self._clock.elapsed()
        """Virtual seconds."""
        self.first_seq = context.journal.last + 1
        self.last_seq: int | None = None
        """The last line of the journal that belongs to it, once it has ended."""
        self._ended_at: float | None = None
        self._record = EntryIndex()
        self._parties = _with_numbers(scenario, context.world)
        numbers = {key: one.number for key, one in self._parties.items()}
        self._naming = context.names.begin(scenario.scenario, numbers, _declared(scenario))
        self._installed = install(self._parties, context.world)
        rules = [fault.rule(self.legs) for fault in scenario.faults]
        self.faults: dict[str, Rule] = {context.faults.add(rule): rule for rule in rules}
        self._cues = [Cue(step, f"timeline[{number}]") for number, step in enumerate(scenario.timeline)]
        self._cues += [
            Cue(reaction, f"{key}.reacts[{number}]", key)
            for key, party in self._parties.items()
            for number, reaction in enumerate(party.reacts)
        ]
        self._timers: dict[Timer, None] = {}
        context.journal.watchers[self._saw] = None
        for cue in self._cues:
            if isinstance(cue.of, TimelineStep) and cue.of.at is not None:
                cue.taken = 1
                self._schedule(cue, draw(cue.of.at, context.random), None)

    # -- reading ---------------------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        return self.last_seq is not None

    def legs(self, name: str) -> tuple[str, ...]:
        """The call_control_ids that a name stands for."""
        return self._naming.legs(name)

    def names(self) -> dict[str, str]:
        """What each leg that it has seen is called, by its call_control_id."""
        names = self._context.names.names()
        return {id: names[id] for id in self._naming.seen if id in names}

    def pending_steps(self) -> list[TimelineStep]:
        """Steps whose time has not come, or that are still to be carried out."""
        return [cue.of for cue in self._cues if cue.pending and isinstance(cue.of, TimelineStep)]

    def unused(self) -> list[Rule]:
        """Faults that should have fired and did not."""
        return [rule for rule in self.faults.values() if rule.unused]

    def entries(self) -> list[Entry]:
        """What the journal still has of it."""
        found = self._context.journal.after(self.first_seq - 1)
        return [entry for entry in found if self.last_seq is None or entry.seq <= self.last_seq]

    def verdicts(self, over: bool) -> list[Judgement]:
        """How the expectations stand. `over`: nothing more will come."""
        return [self.verdict(item, over) for item in self.scenario.expect]

    def verdict(self, item: Expectation | InOrder, over: bool) -> Judgement:
        """How one expectation stands."""
        now = self._clock.elapsed() if self._ended_at is None else self._ended_at
        return judge(item, self._record, self.legs, self.began, now, over)

    # -- doing -----------------------------------------------------------------------------------------------

    def end(self) -> None:
        """No further steps, reactions or faults; its parties are gone. Ending twice is harmless."""
        if self.ended:
            return
        self.last_seq, self._ended_at = self._context.journal.last, self._clock.elapsed()
        self._context.journal.watchers.pop(self._saw, None)
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        for id in self.faults:
            self._context.faults.remove(id)
        remove(self._installed, self._context.world)
        self._naming.closed = True

    def _saw(self, entry: Entry | None) -> None:
        """Match now, act later: what watches the journal takes note only."""
        if entry is None:
            return self.end()
        self._record.add(entry)
        self._context.names.see(entry.call_control_id)
        seen = observed(entry)
        if seen is None:
            return
        party = self._naming.party.get(seen.leg or "")
        for cue in self._cues:
            if cue.party in (None, party) and cue.takes(seen, self.legs):
                self._take(cue, seen)

    def _take(self, cue: Cue, seen: ObservedEvent) -> None:
        if cue.ran_away:
            self._context.world.sink.fault(RUNAWAY, None, f"{cue.label} sets itself off again and again")
            return
        name = cue.of.as_ if isinstance(cue.of, TimelineStep) else None
        if name is not None and not self._context.names.give(self._naming, seen.leg, name):
            self._skip(cue, "as", f"{seen.kind} {seen.name} belongs to no leg")
        if cue.of.act is not None:
            self._schedule(cue, 0.0, seen.leg)

    def _schedule(self, cue: Cue, delay: float, leg: str | None) -> None:
        def come() -> None:
            del self._timers[timer]
            cue.scheduled -= 1
            self._carry_out(cue, leg)

        cue.scheduled += 1
        timer = self._clock.call_later(delay + draw(cue.of.after, self._context.random), come)
        self._timers[timer] = None

    def _carry_out(self, cue: Cue, leg: str | None) -> None:
        """Whatever goes wrong with it stands in the journal, and stops nothing else."""
        act = cue.of.act or "act"
        try:
            match getattr(cue.of, act):
                case CallIn() as call:
                    self._call(call)
                case AppRequest() as request:
                    self._context.request(request)
                case how:
                    self._on_leg(act, how, leg)
        except Skipped as reason:
            optional = not isinstance(cue.of, TimelineStep) or cue.of.optional
            self._skip(cue, act, str(reason), isinstance(reason, NoSuchLeg) and not optional)
        except ApiError as error:
            self._skip(cue, act, str(error))
        except Exception as fault:
            self._context.world.fault(fault)

    def _skip(self, cue: Cue, act: str, why: str, wrong: bool = False) -> None:
        """`wrong`: the scenario itself is, and the run fails."""
        begin = (self._context.journal.next, self._clock.elapsed(), "skipped", *ids_of(None))
        self._context.journal.add(StepSkipped(*begin, self.scenario.scenario, cue.label, act, why, wrong))

    def _call(self, wanted: CallIn) -> None:
        key = wanted.from_ if wanted.from_ in self._parties else None
        party = self._parties[key] if key else None
        with self._context.names.awaiting(wanted.as_, key, self._naming):
            callers.call_in(
                self._context.world,
                from_=party.number if party else wanted.from_,
                to=wanted.to,
                connection_id=wanted.connection_id,
                caller_name=wanted.caller_name or (party.name if party else None),
                headers=(wanted.headers or {}).items(),
                far_end=PERSONAS[wanted.persona] if wanted.persona else None,
            )

    def _on_leg(self, act: str, how: Act, seen: str | None) -> None:
        """Raises an ApiError if the leg is not in a state for it."""
        call, random = self._leg(how.leg, seen), self._context.random
        given = {name: getattr(how, name) for name in type(how).model_fields if name != "leg"}
        drawn = {name: draw(value, random) if isinstance(value, Spread) else value for name, value in given.items()}
        VERBS[act](call, **drawn)

    def _leg(self, name: str | None, seen: str | None) -> Call:
        """The leg that an act is for: by its name, else the one of the awaited thing, else the only one there is."""
        name = name or seen
        ids = self._naming.seen if name is None else self.legs(name)
        calls = self._context.world.calls
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


def impossible(scenario: ScenarioModel) -> str | None:
    """Why a scenario cannot be performed yet, if it cannot."""
    media = (fault.label for fault in scenario.faults if fault.do.plane == "media")
    return next(
        (f"{one}: media faults cannot be performed yet, for no media flow; leave it out." for one in media), None
    )


def performable(source: str) -> ScenarioModel:
    """A file that can be performed as it is. Raises InvalidScenario if it cannot."""
    scenario = only(load(source)).scenario
    if reason := impossible(scenario):
        raise InvalidScenario.at(Place(source), reason)
    return scenario


def _declared(scenario: ScenarioModel) -> Collection[str]:
    """The names that the scenario itself gives to legs."""
    given = {step.as_ or (step.call.as_ if step.call else None) for step in scenario.timeline}
    return {name for name in given if name is not None}


def _with_numbers(scenario: ScenarioModel, world: World) -> dict[str, Party]:
    """The parties; one that calls and has no number gets a believable one."""
    callers_ = {step.call.from_ for step in scenario.timeline if step.call is not None}
    return {
        key: party.model_copy(update={"number": callers.invented_caller(world)[0]})
        if key in callers_ and party.number is None
        else party
        for key, party in scenario.parties.items()
    }
