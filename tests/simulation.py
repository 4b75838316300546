"""A small world for tests: on a manual clock, without I/O, with a record of all that happens in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple

from telnyx_emulator import journal
from telnyx_emulator.commands import CallCommand, Command, ConferenceCommand, WorldCommand
from telnyx_emulator.commands.base import Choose, Outcome, execute, execute_on_conference, execute_on_world, required
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.model import Call, Conference, World
from telnyx_emulator.core.ports import EventSink, LegReference, Published
from telnyx_emulator.core.routing import Session
from telnyx_emulator.core.time.clock import Clock, Timer
from telnyx_emulator.faults import Faults
from telnyx_emulator.journal import Entry
from telnyx_emulator.journal.ring import KNOWN, CommandUnderWay, Journal
from telnyx_emulator.leg_names import LegNames
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.scenarios.engine import RunContext, ScenarioRun
from telnyx_emulator.scenarios.model import AppRequest, ScenarioModel

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
CALLER, OUR_NUMBER, CALLEE = "+15550001111", "+15550002222", "+15550003333"
CONNECTION = "2963572552552678752"
FIRST = {
    "ai_assistant_add_messages": "ai_assistant_start",
    "fork_stop": "fork_start",
    "leave_queue": "enqueue",
    "streaming_stop": "streaming_start",
}
"""What some actions need to have been done before."""


class Seen(NamedTuple):
    """An event, with its payload read back from the JSON that the application gets."""

    at: float
    name: str
    payload: dict[str, Any]


class Note(NamedTuple):
    kind: str
    name: str
    call: LegReference | None
    detail: dict[str, Any]


class Simulation(EventSink):
    def __init__(self, seed: int = 1) -> None:
        self.seen: list[Seen] = []
        self.noted: list[Note] = []
        self.merges: list[tuple[str, str]] = []
        self.outcomes: dict[str, Outcome] = {}
        self.clock = Clock(epoch=EPOCH, on_fault=lambda fault: self.account.fault(fault))
        self.account = World(self.clock, seed, self)

    # -- calls ------------------------------------------------------------------------------------------------

    def incoming(self, persona: str = "human", *, from_: str = CALLER, to: str = OUR_NUMBER, **more: Any) -> Call:
        """Somebody calls us and it rings."""
        far_end = PERSONAS[persona]
        return verbs.ring_in(self.account, from_=from_, to=to, connection_id=CONNECTION, far_end=far_end, **more)

    def answered(self, persona: str = "human", **more: Any) -> Call:
        """An incoming call that was answered; the events that led there are forgotten."""
        call = self.incoming(persona, **more)
        self.do(call, "answer")
        self.forget()
        return call

    def dial(self, to: str | list[str] = CALLEE, **fields: Any) -> Call:
        """We call somebody and it rings; of several legs the first."""
        body = {"to": to, "from": OUR_NUMBER, "connection_id": CONNECTION} | fields
        return self.account.calls[self.create("/calls", **body)["call_control_id"]]

    def dialled(self, to: str = CALLEE, **fields: Any) -> Call:
        """An outgoing call that was answered; the events that led there are forgotten."""
        call = self.dial(to, **fields)
        self.advance(1)
        self.forget()
        return call

    def bridged(self, **fields: Any) -> tuple[Call, Call]:
        """Two answered legs that were bridged by the first one."""
        call, other = self.answered(), self.dialled()
        self.advance(2)  # the greeting is over
        self.do(call, "bridge", call_control_id=other.id, **fields)
        self.forget()
        return call, other

    def ready_for(self, action: str) -> Call:
        """A leg that accepts the action."""
        if action == "reject":
            return self.incoming()
        call = self.answered()
        if action == "switch_supervisor_role":
            call = self.dialled(supervise_call_control_id=call.id)
        if first := FIRST.get(action):
            self.do(call, first, **a_body(first, call))
        if action == "ai_assistant_join":
            talking = self.answered()
            self.do(talking, "ai_assistant_start")
            self.account.conversations[a_body(action, call)["conversation_id"]] = talking.conversation
        return call

    # -- commands ---------------------------------------------------------------------------------------------

    def do(self, call: Call, action: str, **body: Any) -> dict[str, Any]:
        """Carry out a command on a leg; returns the `data` of the answer."""
        command = CallCommand.registry[action].parse(body)
        return execute(command, call, self._outcome(command))

    def create(self, path: str, **body: Any) -> dict[str, Any]:
        """Carry out a command that makes something new."""
        command = WorldCommand.registry[path].parse(body)
        return execute_on_world(command, self.account, self._outcome(command))

    def confer(self, conference: Conference, action: str, **body: Any) -> dict[str, Any]:
        """Carry out a command on a conference; returns the `data` of the answer."""
        command = ConferenceCommand.registry[action].parse(body)
        return execute_on_conference(command, conference, self._outcome(command))

    def settle(self, known_as: str, **outcome: Any) -> None:
        """What the next command of that name comes to."""
        kind = Command.names[known_as].outcomes
        assert kind is not None
        self.outcomes[known_as] = kind.model_validate(outcome)

    def _outcome(self, command: Command) -> Choose:
        return lambda: self.outcomes.pop(command.known_as, None)

    def conference(self, *others: Call, name: str = "support", **body: Any) -> Conference:
        """A conference of a new answered call, and of others; the events that led there are forgotten."""
        made = self.create("/conferences", call_control_id=self.answered().id, name=name, **body)
        conference = self.account.conferences[made["id"]]
        for call in others:
            self.confer(conference, "join", call_control_id=call.id)
        self.forget()
        return conference

    def refusal(self, call: Call | Conference | None, name: str, /, **body: Any) -> list[dict[str, Any]]:
        """The `errors` of a command that is refused; nothing changes and nothing is emitted."""
        self.clock.fire_due()
        before = self.snapshot()
        try:
            if isinstance(call, Conference):
                self.confer(call, name, **body)
            else:
                self.create(name, **body) if call is None else self.do(call, name, **body)
        except ApiError as error:
            assert self.snapshot() == before
            return error.entries()
        raise AssertionError(f"{name} was not refused")

    def code(self, call: Call | Conference | None, name: str, /, **body: Any) -> str:
        """The code of the only error of a command that is refused."""
        (entry,) = self.refusal(call, name, **body)
        return str(entry["code"])

    def snapshot(self) -> object:
        """All that a refused command must leave as it was."""
        calls = [
            {name: getattr(call, name) for name in Call.__slots__ if name not in ("processes", "parameters", "done")}
            | {"going_on": call.tasks.all(), "parameters": dict(call.parameters)}
            for call in self.account.calls.values()
        ]
        queues = {name: (queue.max_size, list(queue.line)) for name, queue in self.account.queues.items()}
        conferences = {
            one.name: (one.status, list(one.participants), dict(one.parameters), one.recorders)
            for one in self.account.conferences.values()
        }
        return (
            calls,
            queues,
            conferences,
            list(self.seen),
            list(self.noted),
            dict(self.account.applications),
            dict(self.outcomes),
        )

    # -- time -------------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    # -- what happened ----------------------------------------------------------------------------------------

    def events(self, call: Call | None = None) -> list[str]:
        """Names of the events so far, of one leg or of all."""
        return [seen.name for seen in self.seen if call is None or seen.payload.get("call_control_id") == call.id]

    def payloads(self, name: str, call: Call | None = None) -> list[dict[str, Any]]:
        found = [seen.payload for seen in self.seen if seen.name == name]
        return [payload for payload in found if call is None or payload.get("call_control_id") == call.id]

    def payload(self, name: str, call: Call | None = None) -> dict[str, Any]:
        """The payload of the only event of that name."""
        (payload,) = self.payloads(name, call)
        return payload

    def notes(self, kind: str, call: Call | None = None) -> list[Note]:
        return [note for note in self.noted if note.kind == kind and (call is None or note.call is call)]

    def forget(self) -> None:
        """Begin the record anew."""
        self.seen.clear()
        self.noted.clear()

    # -- as an event sink -----------------------------------------------------------------------------------------

    def event(self, published: Published) -> None:
        data = json.loads(published.data)
        self.seen.append(Seen(published.elapsed, published.name, data["payload"]))

    def note(self, kind: str, name: str, leg: LegReference | None, detail: dict[str, Any]) -> None:
        self.noted.append(Note(kind, name, leg, detail))

    def far_end_act(self, act: str, leg: LegReference, detail: dict[str, Any]) -> None:
        self.note("far_end", act, leg, detail)

    def state_change(self, name: str, leg: LegReference | None, detail: dict[str, Any]) -> None:
        self.note("state", name, leg, detail)

    def warning(self, about: str, leg: LegReference | None, detail: dict[str, Any]) -> None:
        self.note("warning", about, leg, detail)

    def fault(self, name: str, leg: LegReference | None, text: str) -> None:
        self.note("fault", name, leg, {"detail": text})

    def merged(self, session: Session, other: Session) -> None:
        self.merges.append((session.id, other.id))


def example_of(kind: type[Command], other: Call) -> dict[str, Any]:
    """The example of a command, with `other` as the other leg in it."""
    how = "add `example: ClassVar[dict[str, Any]] = {…}` to the class, above `emits`"
    assert kind.example or not required(kind), f"{kind.__name__} has no example: {how}"
    return json.loads(json.dumps(kind.example).replace("v3:other-leg", other.id))


def a_body(action: str, other: Call) -> dict[str, Any]:
    """A valid body for each action; `other` is the leg to bridge with."""
    return example_of(CallCommand.registry[action], other)


def recorder(clock: Clock) -> tuple[Callable[..., Timer], list[float]]:
    """A way to set timers, and the instants at which they fire."""
    fired: list[float] = []

    def at(delay: float, background: bool = False) -> Timer:
        return clock.call_later(delay, lambda: fired.append(clock.elapsed()), background)

    return at, fired


# -- scenarios ----------------------------------------------------------------------------------------------------


class Theatre(Simulation):
    """A world that writes a journal, as a tenant does. `asked`: what the application was asked for."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.journal = Journal(10_000)
        self.fired: list[str] = []
        self.faults = Faults(Random(seed), lambda rule, seen: self.fired.append(rule.name))
        self.asked: list[AppRequest] = []
        names = LegNames(self.account.calls, 10_000)
        self.context = RunContext(self.account, self.journal, self.faults, names, Random(seed), self.asked.append)

    def perform(self, **sections: Any) -> ScenarioRun:
        """Begin a scenario, written as in its file."""
        return self.begin(ScenarioModel.model_validate({"version": 1, "scenario": "test"} | sections))

    def begin(self, scenario: ScenarioModel) -> ScenarioRun:
        with self.clock.instant():
            return ScenarioRun(scenario, self.context)

    def event(self, published: Published) -> None:
        super().event(published)
        about = (self.journal.next, published.elapsed, published.name, published.session.id, published.leg_id)
        self.journal.add(journal.EventPublished(*about, published.call_control_id, published.data))

    def note(self, kind: str, name: str, call: LegReference | None, detail: dict[str, Any]) -> None:
        super().note(kind, name, call, detail)
        about = (self.journal.next, self.clock.elapsed(), name, None, None, call.id if call else None)
        types = {"warning": journal.WarningGiven, "fault": journal.EmulatorFault, "far_end": journal.FarEndAct}
        told = detail["detail"] if kind in ("warning", "fault") else detail
        self.journal.add(types.get(kind, journal.StateChange)(*about, told))

    def do(self, call: Call, action: str, **body: Any) -> dict[str, Any]:
        """As a request of the application, with a line in the journal however it ends."""
        self.clock.fire_due()
        line = CommandUnderWay(self.journal, self.clock.elapsed(), action, call)
        line.received(body, call)
        self.faults.api(ObservedEvent("command", action, call.id, body))
        try:
            answer = super().do(call, action, **body)
            line.answered(self.clock.elapsed())
        except ApiError as error:
            line.refused(self.clock.elapsed(), error.status)
            raise
        finally:
            self.clock.fire_due()
        return answer

    def advance(self, seconds: float) -> None:
        self.clock.fire_due()
        super().advance(seconds)

    @property
    def calls(self) -> list[Call]:
        return list(self.account.calls.values())

    @property
    def acts(self) -> list[str]:
        """What far ends did, in order."""
        return [entry.name for entry in self.journal.after(0, ["far_end"])]

    @property
    def skipped(self) -> list[str]:
        """Why something was not done."""
        return [entry.why for entry in self.journal.after(0) if isinstance(entry, journal.StepSkipped)]

    @property
    def own_faults(self) -> list[str]:
        faults = (one for one in self.journal.after(0) if isinstance(one, journal.EmulatorFault))
        return [f"{fault.name}: {fault.text}" for fault in faults]


# -- a journal, written down by hand ------------------------------------------------------------------------------

TYPES = {
    "command": "command_answered", "event": "event_published", "delivery": "delivery_attempted",
    "far_end": "far_end_act", "state": "state_change", "warning": "warning_given", "fault": "emulator_fault",
    "injection": "injection", "app_request": "application_asked", "skipped": "step_skipped",
}  # fmt: skip
"""The usual type of entries of a kind, or with such a name."""


def entry(seq: int, at: float, kind: str, name: str, ids: tuple[str | None, ...], **own: Any) -> Entry:
    """An entry as if it had been read from the wire; what it needs and is not given has a usual value."""
    kind_of = TYPES.get(name, TYPES[kind])
    usual: dict[str, Any] = {"command": {"answered_at": at}, "injection": {"effect": {}}}.get(kind, {})
    if "result" in own:
        kind_of, usual = "delivery_finished", {"attempts": 0}
    elif kind == "delivery":
        usual = {"attempt": 1, "url": "", "status": 200, "error": None, "latency_ms": 0.0}
    elif own.get("status") not in (None, 200) and kind == "command":
        kind_of = "command_refused"
    if kind == "event":
        own = {"event": {"event_type": name, "id": f"event {seq}", "payload": own} | own.pop("event", {})}
    session, leg, call_control_id = ids
    line = {"seq": seq, "at": at, "kind": kind, "type": kind_of, "name": name, "session": session, "leg": leg}
    assert not KNOWN & own.keys()
    return Entry.read(line | {"call_control_id": call_control_id} | usual | own)


class Story:
    """A journal that is told, entry by entry; `at` stays where it was put."""

    def __init__(self) -> None:
        self.journal = Journal(10_000)
        self.at = 0.0
        self._events = 0

    @property
    def entries(self) -> list[Entry]:
        return self.journal.after(0)

    def add(self, kind: str, name: str, leg: str | None = "v3:caller", **detail: Any) -> Entry:
        ids = ("session", f"leg of {leg}", leg) if leg else (None, None, None)
        return self.journal.add(entry(self.journal.next, self.at, kind, name, ids, **detail))

    def far_end(self, name: str, leg: str = "v3:caller", **detail: Any) -> Entry:
        return self.add("far_end", name, leg, **detail)

    def command(
        self, name: str, leg: str | None = "v3:caller", status: int | None = 200, code: str | None = None, **body: Any
    ) -> Entry:
        errors = {"errors": [{"code": code}]} if code else {}
        return self.add("command", name, leg, status=status, body=body, **errors)

    def event(self, name: str, leg: str = "v3:caller", **payload: Any) -> str:
        """Returns the id of the event; nothing is known of its delivery."""
        self._events += 1
        id = f"event-{self._events}"
        self.add("event", name, leg, event={"id": id, "payload": {"call_control_id": leg} | payload})
        return id

    def attempt(self, id: str, name: str, leg: str = "v3:caller", **detail: Any) -> Entry:
        return self.add("delivery", name, leg, event_id=id, **detail)

    def delivered(self, name: str, leg: str = "v3:caller", latency_ms: float = 0.0, **payload: Any) -> str:
        id = self.event(name, leg, **payload)
        self.attempt(id, name, leg, latency_ms=latency_ms)
        return id

    def inbound(self, leg: str = "v3:caller") -> None:
        """Somebody calls, and is answered."""
        self.delivered("call.initiated", leg, direction="incoming")
        self.far_end("call", leg)
        self.command("answer", leg)
        self.delivered("call.answered", leg)
