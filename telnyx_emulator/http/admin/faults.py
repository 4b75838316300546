"""Faults by hand: arm them, see how often they struck, take them away."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from telnyx_emulator.commands.validation import InvalidParameters, Refusal
from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.faults import Rule
from telnyx_emulator.scenarios.complaints import complaints
from telnyx_emulator.scenarios.fault import ScenarioFault
from telnyx_emulator.scenarios.reading import from_data

from .. import Reply, RequestContext


async def arm(request: RequestContext) -> Reply:
    """`POST faults` {when, do, name?, times?, skip?, chance?, optional?} → 201"""
    fault, tenant = _fault(request.body()), request.tenant
    rule = fault.rule(tenant.legs)
    id = tenant.faults.add(rule)
    return Reply({"data": describe(id, rule)}, 201)


def _fault(body: dict[str, Any]) -> ScenarioFault:
    """What was sent, if it is possible. Raises `InvalidParameters` with all that is wrong."""
    document, problems = from_data(body, "fault")
    try:
        fault = ScenarioFault.model_validate_json(json.dumps(document.plain()), strict=True)
    except ValidationError as error:
        problems += complaints(error, document, ScenarioFault)
    if problems:
        raise InvalidParameters([Refusal("10015", one.place.path, one.message) for one in problems])
    if fault.do.plane == "media":
        detail = "not yet: no media flow on simulated calls; faults of the other planes can be armed"
        raise InvalidParameters([Refusal("10015", "/do/media", detail)])
    return fault


async def list_all(request: RequestContext) -> Reply:
    """`GET faults`: in the order in which they are asked, those of scenarios too."""
    faults = request.tenant.faults
    shown = [describe(id, rule) for id, rule in faults]
    return Reply({"data": shown, "meta": {"total": len(shown), "unused": len(faults.unused())}})


async def read(request: RequestContext) -> Reply:
    """`GET faults/{id}`"""
    return _one(request, request.tenant.faults.get(request.params["id"]))


async def disarm(request: RequestContext) -> Reply:
    """`DELETE faults/{id}`: the answer says how often it struck."""
    return _one(request, request.tenant.faults.remove(request.params["id"]))


async def disarm_all(request: RequestContext) -> Reply:
    """`DELETE faults`: the answer says how often they struck."""
    faults = request.tenant.faults
    shown = [describe(id, rule) for id, rule in faults]
    faults.clear()
    return Reply({"data": shown})


def _one(request: RequestContext, rule: Rule | None) -> Reply:
    id = request.params["id"]
    if rule is None:
        raise ResourceNotFound(f"There is no fault {id} in this world; GET /_emulator/faults lists those there are.")
    return Reply({"data": describe(id, rule)})


def describe(id: str, rule: Rule) -> dict[str, Any]:
    """A rule as it was written, and what became of it so far."""
    written = rule.source.model_dump(mode="json", by_alias=True, exclude_unset=True) if rule.source else {}
    return {
        "id": id,
        "name": rule.name,
        "plane": rule.plane,
        "when": written.get("when"),
        "do": written.get("do"),
        "times": rule.times,
        "skip": rule.skip,
        "chance": rule.chance,
        "optional": rule.optional,
        "matched": rule.matched,
        "fired": rule.fired,
        "used_up": rule.used_up,
        "unused": rule.unused,
    }
