"""Whether all went as it should, at the end of a test: nothing unused, undelivered, broken, unmet or unexpected."""

from __future__ import annotations

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.validation import InvalidParameters, Refusal
from telnyx_emulator.core.events import Event
from telnyx_emulator.findings import KINDS, Findings
from telnyx_emulator.scenarios.names import advice
from telnyx_emulator.tenants import Tenant

from .. import Reply, RequestContext
from .request import Request
from .waiting import Unmet


class Verify(Request):
    """`strict`: commands that nothing expected are wrong too. `ignore`: kinds of what can be wrong, or names of
    faults, webhooks and commands that are not looked at."""

    strict: bool = False
    """Commands that nothing expected are wrong too."""
    ignore: tuple[str, ...] = ()
    """Kinds of mistakes, or names of faults, webhooks and commands, that are not looked at."""


async def verify(request: RequestContext) -> Reply:
    """`POST verify` {strict?, ignore?}: comes to rest first; 409 with a report of all that is wrong."""
    wanted, tenant = Verify.parse(request.body()), request.tenant
    _check(wanted.ignore, tenant)
    await tenant.rest()
    found = Findings(
        tenant.journal.after(0),
        list(tenant.performances.values()),
        strict=wanted.strict,
        rules=tenant.faults.unused(),
        waited_for=tenant.expected,
        ignored=frozenset(wanted.ignore),
    )
    if report := found.report(tenant.names()):
        raise Unmet(report.summary, {"report": report.text(), "problems": found.shown()})
    return Reply({"data": {"result": "ok"}})


def _check(ignore: tuple[str, ...], tenant: Tenant) -> None:
    known = {*KINDS, *Event.registry, *Command.names, *(rule.name for _, rule in tenant.faults)}
    for place, name in enumerate(ignore):
        if name not in known:
            told = advice(name, known) or f"; the kinds are {', '.join(KINDS)}"
            detail = f'"{name}" is no kind of what can be wrong, and no fault, webhook or command{told}'
            raise InvalidParameters([Refusal("10015", f"/ignore/{place}", detail)])
