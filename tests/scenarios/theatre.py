"""A small world in which scenarios are performed, without an event loop and without HTTP."""

from __future__ import annotations

from random import Random
from typing import Any

from simulation import Simulation

from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.ports import LegReference, Published
from telnyx_emulator.faults import Faults
from telnyx_emulator.happening import Happening
from telnyx_emulator.journal import Journal
from telnyx_emulator.scenarios.engine import Performance, Stage
from telnyx_emulator.scenarios.model import AppRequest, Scenario


class Theatre(Simulation):
    """A world that writes a journal, as a tenant does. `asked`: what the application was asked for."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.journal = Journal(10_000)
        self.fired: list[str] = []
        self.faults = Faults(Random(seed), lambda rule, happening: self.fired.append(rule.name))
        self.asked: list[AppRequest] = []
        self.stage = Stage(self.account, self.journal, self.faults, Random(seed), self.asked.append)

    def perform(self, **sections: Any) -> Performance:
        """Begin a scenario, written as in its file."""
        return self.begin(Scenario.model_validate({"version": 1, "scenario": "test"} | sections))

    def begin(self, scenario: Scenario) -> Performance:
        with self.clock.instant():
            return Performance(scenario, self.stage)

    def event(self, published: Published) -> None:
        super().event(published)
        where = (published.session.id, published.leg_id, published.call_control_id)
        self.journal.add("event", published.name, published.elapsed, {}, *where, published.data)

    def note(self, kind: str, name: str, call: LegReference | None, detail: dict[str, Any]) -> None:
        super().note(kind, name, call, detail)
        self.journal.add(kind, name, self.clock.elapsed(), detail, None, None, call.id if call else None)

    def do(self, call: Call, action: str, **body: Any) -> dict[str, Any]:
        """As a request of the application, with a line in the journal however it ends."""
        self.clock.fire_due()
        line: dict[str, Any] = {"status": None, "body": body}
        elapsed = self.clock.elapsed()
        entry = self.journal.add("command", action, elapsed, line, None, None, call.id, complete=False)
        self.faults.api(Happening("command", action, call.id, body))
        try:
            answer = super().do(call, action, **body)
            line["status"] = 200
        except ApiError as error:
            line["status"] = error.status
            raise
        finally:
            self.journal.completed(entry)
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
        return [entry.detail["why"] for entry in self.journal.after(0, ["state"]) if entry.name == "skipped"]

    @property
    def own_faults(self) -> list[str]:
        return [f"{entry.name}: {entry.detail['detail']}" for entry in self.journal.after(0, ["fault"])]
