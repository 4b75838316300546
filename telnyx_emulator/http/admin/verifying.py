"""Whether all went as it should, at the end of a test: nothing unused, undelivered, broken, unmet or unexpected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.validation import InvalidParameters, Refusal
from telnyx_emulator.core.events import Event
from telnyx_emulator.faults import Rule
from telnyx_emulator.journal import Entry
from telnyx_emulator.scenarios.judgement import Verdict
from telnyx_emulator.scenarios.names import advice
from telnyx_emulator.scenarios.report import Report
from telnyx_emulator.tenants import Tenant

from ..exchange import Exchange, Reply
from .request import Request
from .waiting import Unmet

KINDS: Final = ("unused", "undelivered", "faults", "expectations", "steps", "commands")
"""Of what can be wrong, as `ignore` calls it."""


class Verify(Request):
    """`strict`: commands that nobody expected are wrong too. `ignore`: kinds of what can be wrong, or names of
    faults, webhooks and commands that are not looked at."""

    strict: bool = False
    """Commands that nothing expected are wrong too."""
    ignore: tuple[str, ...] = ()
    """Kinds of mistakes, or names of faults, webhooks and commands, that are not looked at."""


async def verify(exchange: Exchange) -> Reply:
    """`POST verify` {strict?, ignore?}: comes to rest first; 409 with a report of all that is wrong."""
    wanted, tenant = Verify.parse(exchange.body()), exchange.tenant
    _check(wanted.ignore, tenant)
    await tenant.rest()
    found = Findings(tenant, wanted)
    if report := found.report():
        raise Unmet(report.summary, {"report": report.text(), "problems": found.shown()})
    return Reply({"data": {"result": "ok"}})


def _check(ignore: tuple[str, ...], tenant: Tenant) -> None:
    known = {*KINDS, *Event.registry, *Command.names, *(rule.name for _, rule in tenant.faults)}
    for place, name in enumerate(ignore):
        if name not in known:
            told = advice(name, known) or f"; the kinds are {', '.join(KINDS)}"
            detail = f'"{name}" is no kind of what can be wrong, and no fault, webhook or command{told}'
            raise InvalidParameters([Refusal("10015", f"/ignore/{place}", detail)])


class Findings:
    """All that is wrong in a world, by kind."""

    def __init__(self, tenant: Tenant, wanted: Verify) -> None:
        self._tenant, self._ignored = tenant, frozenset(wanted.ignore)
        self._entries = tenant.journal.after(0)
        self._verdicts = [one for each in tenant.performances.values() for one in each.verdicts(over=True)]
        self.unused: list[Rule] = self._of("unused", lambda: iter(tenant.faults.unused()))
        self.undelivered: list[Entry] = self._of("undelivered", self._undelivered)
        self.failed: list[Verdict] = self._of("expectations", self._failed)
        self.commands: list[Entry] = self._of("commands", self._unexpected) if wanted.strict else []
        self.others: list[str] = [*self._of("faults", self._faults), *self._of("steps", self._steps)]

    def report(self) -> Report:
        """For people; false if nothing is wrong."""
        return Report(
            self._entries,
            self._tenant.names(),
            self.failed,
            unused=self.unused,
            undelivered=self.undelivered,
            unexpected=self.commands,
            others=self.others,
        )

    def shown(self) -> dict[str, Any]:
        """As JSON; lines of the journal by their numbers."""
        return {
            "unused": [rule.name for rule in self.unused],
            "undelivered": [entry.seq for entry in self.undelivered],
            "expectations": [verdict.shown() for verdict in self.failed],
            "commands": [entry.seq for entry in self.commands],
            "others": self.others,
        }

    # -- inside ----------------------------------------------------------------------------------------------

    def _of(self, kind: str, find: Callable[[], Iterator[Any]]) -> list[Any]:
        """What was found of a kind, without what is ignored by its name."""
        if kind in self._ignored:
            return []
        return [one for one in find() if getattr(one, "name", None) not in self._ignored]

    def _undelivered(self) -> Iterator[Entry]:
        """Webhooks that were given up, or refused and not yet tried again, unless a fault had it so, or they were
        sent again and taken."""
        taken, spoiled, refused = set[str](), set[str](), set[str]()
        for delivery in self._tenant.outbox.log:
            if delivery.status == "delivered":
                taken.add(delivery.event.id)
            elif delivery.attempts and delivery.attempts[-1].fault is not None:
                spoiled.add(delivery.event.id)
            elif delivery.status == "pending" and delivery.attempts:
                refused.add(delivery.event.id)
        told = {entry.detail["event_id"]: entry for entry in self._entries if entry.kind == "delivery"}
        gone = (id for id, entry in told.items() if id in refused or entry.detail.get("result") == "failed")
        return (told[id] for id in gone if id not in taken | spoiled)

    def _failed(self) -> Iterator[Verdict]:
        return (verdict for verdict in self._verdicts if verdict.status == "failed")

    def _unexpected(self) -> Iterator[Entry]:
        expected = self._tenant.expected.union(*(verdict.seen for verdict in self._verdicts))
        return (entry for entry in self._entries if entry.kind == "command" and entry.seq not in expected)

    def _faults(self) -> Iterator[str]:
        for entry in self._entries:
            if entry.kind == "fault" and entry.name not in self._ignored:
                told = entry.detail.get("detail") or entry.detail
                yield f"the emulator itself failed, please report it: {entry.name}: {told}"

    def _steps(self) -> Iterator[str]:
        for name, performance in self._tenant.performances.items():
            for step in performance.pending_steps():
                if not step.optional:
                    yield f"{name}: a step of its timeline never came: {step.model_dump_json(exclude_defaults=True)}"
