"""Waiting in virtual time until something was seen, and the reaction to it is over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from pydantic import ValidationError

from telnyx_emulator.commands.validation import InvalidParameters, refusals_of
from telnyx_emulator.core.errors import ApiError, ClockHeld, ResourceNotFound
from telnyx_emulator.core.time.waits import Outcome
from telnyx_emulator.scenarios.lint import ALWAYS_CALLED, leg_names
from telnyx_emulator.scenarios.names import advice
from telnyx_emulator.scenarios.report import failure, summary
from telnyx_emulator.tenants import Tenant

from .. import Reply, RequestContext
from .watch import HINTS, AwaitedAlone, AwaitedInOrder, AwaitedItem, Watch

Item = AwaitedAlone | AwaitedInOrder


class Unmet(ApiError):
    """Ours: what was expected did not happen, or what should not have happened did. `meta`: with the report."""

    status = 409
    code, title, detail = "10027", "Unprocessable Entity", "An expectation was not met."

    def __init__(self, detail: str, meta: dict[str, Any]) -> None:
        super().__init__(detail)
        self.meta = meta

    def entry(self) -> dict[str, Any]:
        return super().entry() | {"meta": self.meta}

    def headers(self) -> dict[str, str]:
        # SDKs would repeat a 409 three times over; this one is final.
        return {"x-should-retry": "false"}


async def wait(request: RequestContext) -> Reply:
    """`POST wait`: an expectation or {in_order: […]}, after?, guard? → {entry, payload, entries, seq, hint?}

    It looks at what has happened, then waits until that is enough, until `within` is over, or until nothing can
    happen any more; and until the world is at rest. What was not met is 409, with a report.
    """
    tenant = request.tenant
    watch = Watch(tenant, _named(_item(request.body()), tenant))
    outcome = await tenant.wait(watch, watch.saw)
    if not watch.succeeded(outcome):
        _refuse(watch, tenant, outcome)
    return Reply({"data": watch.seen()})


def _refuse(watch: Watch, tenant: Tenant, outcome: Outcome) -> NoReturn:
    if outcome == "gone":
        raise ClockHeld("The world was begun anew, or dropped, during the wait.")
    verdict, names = watch.final(outcome), tenant.names()
    why, unheard = watch.why(outcome), watch.unheard()
    hints = [f"{', '.join(missed)}: {HINTS[status]}" for status, missed in unheard.items()]
    if verdict.status == "met":
        raise ClockHeld(f"It happened, but {why}.")
    report = failure(verdict, tenant.journal.after(watch.item.after), names, watch.holders())
    text = "\n".join([report.rstrip(), why, *hints, ""])
    meta = {"report": text, "verdict": verdict.shown(), "unheard": unheard}
    raise Unmet("; ".join([summary(verdict, names), *hints, why]), meta)


def _item(body: dict[str, Any]) -> Item:
    kind: type[Item] = AwaitedInOrder if "in_order" in body else AwaitedAlone
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        told = refusals_of(error, kind)
        # What is said of a list only because of what is wrong inside it is left out.
        told = [one for one in told if not any(other.pointer.startswith(f"{one.pointer}/") for other in told)]
        plain = [replace(one, detail=(one.detail or "").removeprefix("Value error, ") or None) for one in told]
        raise InvalidParameters(plain) from None


def _named(item: Item, tenant: Tenant) -> Item:
    """`latest` is the leg that it is now, whatever calls come meanwhile."""
    if isinstance(item, AwaitedAlone):
        return item.model_copy(update={"leg": _fixed(item, tenant)})
    several = (one.model_copy(update={"leg": _fixed(one, tenant)}) for one in item.in_order)
    return item.model_copy(update={"in_order": tuple(several)})


def _fixed(item: AwaitedItem, tenant: Tenant) -> str | None:
    ids = tenant.legs("latest") if item.leg == "latest" else ()
    if item.leg == "latest" and not ids:
        raise ResourceNotFound("There is no call in this world yet, so there is no latest one.")
    if item.leg is not None and not ids:
        _known_leg(item.leg, tenant)
    return ids[-1] if ids else item.leg


def _known_leg(name: str, tenant: Tenant) -> None:
    """Raises ResourceNotFound for a name that no leg has, and that no scenario gives."""
    if ALWAYS_CALLED.fullmatch(name) or tenant.legs(name):
        return
    told = [one for performance in tenant.performances.values() for one in leg_names(performance.scenario)]
    names = list(dict.fromkeys([*tenant.names().values(), *told]))
    known = (leg for entry in tenant.journal.after(0) for leg in (entry.call_control_id, entry.leg))
    if name not in names and name not in known:
        there_are = "" if names else "; there is none yet"
        raise ResourceNotFound(f'No leg is called "{name}"{advice(name, names) or there_are}.')
