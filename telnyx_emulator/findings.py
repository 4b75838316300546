"""All that went wrong in a world: one set of rules for a run of a scenario, for `POST verify`, and so for the plugin.

Wrong are faults that never fired (`unused`); webhooks that were given up, or refused and not tried again, though no
fault had it so (`undelivered`); errors of the emulator itself (`faults`); `expectations` that were not met; `steps` of
a timeline that never came, could not be taken, or asked the application for what it did not do; and in strict mode
`commands` that no expectation is about and no test waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from telnyx_emulator import journal
from telnyx_emulator.faults import Rule
from telnyx_emulator.journal import Entry
from telnyx_emulator.observed import observed
from telnyx_emulator.scenarios.engine import RUNAWAY, ScenarioRun
from telnyx_emulator.scenarios.judgement import Judgement
from telnyx_emulator.scenarios.model import Expectation, InOrder
from telnyx_emulator.scenarios.report import Report

KINDS: Final = ("unused", "undelivered", "faults", "expectations", "steps", "commands")
"""Of what can be wrong, as `ignore` calls it."""

Undelivered = journal.DeliveryAttempted | journal.DeliveryFinished


class Findings:
    """All that is wrong with these entries of a journal, and with these scenarios, by kind.

    `rules`: faults that were armed by hand; `waited_for`: numbers of commands that a test waited for and saw;
    `ignored`: kinds, or names of faults, webhooks and commands, that are passed over; `verdicts`: how the expectations
    stand, if that is known already; `holders`: what held the clock when it should have gone on; `alone`: there is but
    one scenario, which needs not be named.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        scenarios: Sequence[ScenarioRun],
        *,
        strict: bool,
        verdicts: Iterable[Judgement] | None = None,
        rules: Iterable[Rule] = (),
        waited_for: Collection[int] = (),
        ignored: Collection[str] = (),
        holders: Sequence[str] = (),
        alone: bool = False,
    ) -> None:
        self._entries, self._scenarios, self._ignored, self._holders = entries, scenarios, ignored, holders
        self._alone = alone
        stand = (one for each in scenarios for one in each.verdicts(over=True)) if verdicts is None else verdicts
        unused = dict.fromkeys([*rules, *(rule for each in scenarios for rule in each.unused())])
        self.unused: list[Rule] = self._of("unused", lambda: unused)
        self.undelivered: list[Undelivered] = self._of("undelivered", self._undelivered)
        self.failed: list[Judgement] = self._of("expectations", lambda: (one for one in stand if one.status != "met"))
        unexpected = (entry for entry in self._unexpected() if entry.seq not in waited_for)
        self.commands: list[Entry] = self._of("commands", lambda: unexpected) if strict else []
        self.others: list[str] = [*self._held(), *self._of("faults", self._faults), *self._of("steps", self._steps)]

    def report(self, names: dict[str, str]) -> Report:
        """For people; false if nothing is wrong. `names`: of legs, by call_control_id."""
        return Report(
            self._entries,
            names,
            self.failed,
            unused=self.unused,
            undelivered=self.undelivered,
            unexpected=self.commands,
            others=self.others,
            holders=self._holders,
        )

    def shown(self) -> dict[str, Any]:
        """As JSON; entries of the journal by their numbers."""
        return {
            "unused": [rule.name for rule in self.unused],
            "undelivered": [entry.seq for entry in self.undelivered],
            "expectations": [verdict.shown() for verdict in self.failed],
            "commands": [entry.seq for entry in self.commands],
            "others": self.others,
        }

    # -- the rules -------------------------------------------------------------------------------------------

    def _of(self, kind: str, find: Callable[[], Iterable[Any]]) -> list[Any]:
        """What was found of a kind, without what is ignored by its name."""
        if kind in self._ignored:
            return []
        return [one for one in find() if getattr(one, "name", None) not in self._ignored]

    def _undelivered(self) -> Iterator[Undelivered]:
        """The last entry about each webhook that was never taken, unless its last attempt went wrong by a fault."""
        last, spoilt, taken = dict[str, Undelivered](), dict[str, bool](), set[str]()
        for entry in self._entries:
            if isinstance(entry, Undelivered):
                last[entry.event_id] = entry
            if isinstance(entry, journal.DeliveryAttempted):
                spoilt[entry.event_id] = entry.fault is not None
                taken.update([entry.event_id] if entry.taken else ())
        for id, end in last.items():
            given_up = isinstance(end, journal.DeliveryAttempted) or end.result == "failed"
            if given_up and id not in taken and not spoilt.get(id):
                yield end

    def _unexpected(self) -> Iterator[Entry]:
        """Commands that no expectation is about, however often and whenever it wants them."""
        about = [(item, each) for each in self._scenarios for item in _expectations(each)]
        for entry in self._entries:
            seen = observed(entry) if isinstance(entry, journal.CommandEntry) else None
            if seen is not None and not any(item.matches(seen, each.legs) for item, each in about):
                yield entry

    def _held(self) -> Iterator[str]:
        if self._holders:
            yield f"the clock stood still, waiting for {'; '.join(self._holders)}"

    def _faults(self) -> Iterator[str]:
        for entry in self._entries:
            if isinstance(entry, journal.EmulatorFault) and entry.name not in self._ignored:
                ours = f"the emulator itself failed, please report it: {entry.name}: {entry.text}"
                yield f"the scenario went astray: {entry.text}" if entry.name == RUNAWAY else ours

    def _steps(self) -> Iterator[str]:
        for each in self._scenarios:
            name = each.scenario.scenario
            never = "a step was never taken" if self._alone else f"{name}: a step of its timeline never came"
            for step in each.pending_steps():
                if not step.optional:
                    yield f"{never}: {step.when or 'its instant did not come'}; mark it optional if that is fine"
        names = {each.scenario.scenario for each in self._scenarios}
        for entry in self._entries:
            if isinstance(entry, journal.StepSkipped) and entry.wrong and entry.scenario in names:
                of = "" if self._alone else f"{entry.scenario}: "
                yield f"{of}a step could not be taken: {entry.act}: {entry.why}; or mark it optional"
            elif isinstance(entry, journal.ApplicationAsked) and (entry.error or (entry.status or 0) >= 500):
                why = entry.error or f"HTTP {entry.status}"
                yield f"your application did not do {entry.method} {entry.path}: {why}"


def _expectations(scenario_run: ScenarioRun) -> Iterator[Expectation]:
    for item in scenario_run.scenario.expect:
        yield from item.in_order if isinstance(item, InOrder) else (item,)
