"""A small world in which scenarios are performed, without an event loop and without HTTP."""

from __future__ import annotations

from random import Random
from typing import Any

from simulation import Simulation

from telnyx_emulator import journal
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.ports import LegReference, Published
from telnyx_emulator.faults import Faults
from telnyx_emulator.journal.ring import CommandUnderWay, Journal
from telnyx_emulator.leg_names import LegNames
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.scenarios.engine import RunContext, ScenarioRun
from telnyx_emulator.scenarios.model import AppRequest, ScenarioModel


class Theatre(Simulation):
    """A world that writes a journal, as a tenant does. `asked`: what the application was asked for."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.journal = Journal(10_000)
        self.fired: list[str] = []
        self.faults = Faults(Random(seed), lambda rule, seen: self.fired.append(rule.name))
        self.asked: list[AppRequest] = []
        names = LegNames(self.account.calls, 10_000)
        self.stage = RunContext(self.account, self.journal, self.faults, names, Random(seed), self.asked.append)

    def perform(self, **sections: Any) -> ScenarioRun:
        """Begin a scenario, written as in its file."""
        return self.begin(ScenarioModel.model_validate({"version": 1, "scenario": "test"} | sections))

    def begin(self, scenario: ScenarioModel) -> ScenarioRun:
        with self.clock.instant():
            return ScenarioRun(scenario, self.stage)

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
            line.close()
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
