"""The commands, as HTTP: one route per kind of target, and the registries behind them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from telnyx_emulator.commands import CallCommand, Command, ConferenceCommand, WorldCommand
from telnyx_emulator.commands.base import Answer, as_usual, execute, execute_on_conference, execute_on_world
from telnyx_emulator.core.conference.refusals import UnknownConference
from telnyx_emulator.core.errors import ApiError, InvalidCallControlId, MethodNotAllowed, ResourceNotFound
from telnyx_emulator.core.model import Call
from telnyx_emulator.journal.ring import CommandUnderWay
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.tenants import Tenant

from . import Reply, RequestContext, Route, auto_create, state_fixups
from .fault_answer import journalled
from .fetch import audio_parameters, fetch_audio

Execution = Callable[..., Answer]


async def call_action(request: RequestContext) -> Reply:
    """`POST /calls/{call_control_id}/actions/{action}`"""
    kind = CallCommand.registry.get(request.params["action"])
    if kind is None:
        raise ResourceNotFound
    if request.method != kind.method:
        raise MethodNotAllowed([kind.method])
    world, id = request.tenant.world, request.params["call_control_id"]
    call = world.calls.get(id) or (auto_create.call(world, id) if request.adopts else None)
    if call is None:
        raise InvalidCallControlId
    execution: Execution = partial(execute, call=call)
    if request.adopts:
        execution = state_fixups.tried(execute, lambda: world.calls.get(id) or auto_create.call(world, id), world, id)
    return await _carry_out(request, kind, execution, call)


async def conference_action(request: RequestContext) -> Reply:
    """`POST /conferences/{id}/actions/{action}`, where the id may also be the name."""
    kind = ConferenceCommand.registry.get(request.params["action"])
    if kind is None:
        raise ResourceNotFound
    world, id = request.tenant.world, request.params["id"]
    found = world.conference(id)
    conference = request.existing(found, lambda: auto_create.conference(world, id), UnknownConference)
    execution: Execution = partial(execute_on_conference, conference=conference)
    if request.adopts:
        execution = state_fixups.tried(
            execute_on_conference, lambda: world.conference(id) or auto_create.conference(world, id), world, id
        )
    return await _carry_out(request, kind, execution, conference.creator)


def account_command(kind: type[WorldCommand]) -> Route:
    """`POST {path}`, whose parameters are the command's own."""

    async def endpoint(request: RequestContext) -> Reply:
        world = request.tenant.world
        adopting = state_fixups.tried(execute_on_world, lambda: world, world, "")
        return await _carry_out(request, kind, adopting if request.adopts else partial(execute_on_world, world=world))

    return Route("POST", kind.path, endpoint)


async def _carry_out(
    request: RequestContext,
    kind: type[Command],
    execution: Execution,
    call: Call | None = None,
) -> Reply:
    """Validate, execute, and keep back the webhooks until the answer is out. The journal has it either way."""
    tenant, faults, of_leg = request.tenant, request.faults, issubclass(kind, CallCommand)
    line = CommandUnderWay(tenant.journal, tenant.clock.elapsed(), kind.known_as, call)
    try:
        fault, choose = None, as_usual
        body = request.body()
        line.received(body, None if of_leg else _concerned(tenant, body))
        if faults is not None:
            seen = ObservedEvent("command", kind.known_as, line.call_control_id, body)
            fault, choose = await faults.before(seen), partial(tenant.faults.outcome, seen)
            if fault is not None and not fault.carried_out:
                line.refused(tenant.clock.elapsed(), **journalled(fault))
                return Reply()
        command = request.parse(kind, body if call else body | request.params, call)
        if audio_parameters(kind):
            await fetch_audio(command, request.settings, tenant.world)
        with tenant.outbox.gate() as gate:
            answer = execution(command, choose=choose)
        if not of_leg:
            line.about(_concerned(tenant, body | answer))
        line.answered(tenant.clock.elapsed(), **({} if fault is None else {**journalled(fault), "carried_out": True}))
        return Reply({"data": answer}, gate=gate)
    except ApiError as error:
        told = {"status": error.status, **error.body(), **(journalled(fault) if fault else {})}
        line.refused(tenant.clock.elapsed(), **told)
        raise
    except BaseException:
        line.refused(tenant.clock.elapsed())
        raise


def _concerned(tenant: Tenant, told: dict[str, Any]) -> Call | None:
    """The leg that joins a conference, begins one, is meant in one or was made: of several the first."""
    ids = told.get("call_control_id") or told.get("call_control_ids")
    first = ids[0] if isinstance(ids, list) and ids else ids
    return tenant.world.calls.get(first) if isinstance(first, str) else None


ROUTES = [
    Route("POST", "/calls/{call_control_id}/actions/{action}", call_action),
    Route("PUT", "/calls/{call_control_id}/actions/{action}", call_action),
    Route("POST", "/conferences/{id}/actions/{action}", conference_action),
    *(account_command(kind) for kind in WorldCommand.registry.values()),
]
