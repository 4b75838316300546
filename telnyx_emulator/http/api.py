"""The commands, as HTTP: one route per kind of target, and the registries behind them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from telnyx_emulator.commands import CallCommand, Command, ConferenceCommand, WorldCommand
from telnyx_emulator.commands.base import Choose, as_usual, execute, execute_on_conference, execute_on_world
from telnyx_emulator.core.conference.refusals import UnknownConference
from telnyx_emulator.core.errors import ApiError, InvalidCallControlId, MethodNotAllowed, ResourceNotFound
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.journal.command import CommandUnderWay
from telnyx_emulator.observed import ObservedEvent

from . import adopt, repairs
from .body import parse
from .exchange import Exchange, Injected, Reply
from .fetch import audio_urls, fetch_audio
from .injection import although, strike
from .refusal import told
from .routes import Route

AnyCommand = TypeVar("AnyCommand", bound=Command)


async def call_action(exchange: Exchange) -> Reply:
    """`POST /calls/{call_control_id}/actions/{action}`"""
    kind = CallCommand.registry.get(exchange.params["action"])
    if kind is None:
        raise ResourceNotFound
    if exchange.method != kind.method:
        raise MethodNotAllowed([kind.method])
    world, id = exchange.tenant.world, exchange.params["call_control_id"]
    call = world.calls.get(id) or (adopt.call(world, id) if exchange.adopts else None)
    if call is None:
        raise InvalidCallControlId

    def carry_out(command: CallCommand, choose: Choose) -> dict[str, Any]:
        return (
            repairs.execute_on_call(command, world, id, choose) if exchange.adopts else execute(command, call, choose)
        )

    return await _carry_out(exchange, kind, carry_out, call)


async def conference_action(exchange: Exchange) -> Reply:
    """`POST /conferences/{id}/actions/{action}`, where the id may also be the name."""
    kind = ConferenceCommand.registry.get(exchange.params["action"])
    if kind is None:
        raise ResourceNotFound
    world, id = exchange.tenant.world, exchange.params["id"]
    exchange.tenant.clock.fire_due()
    conference = world.conference(id) or (adopt.conference(world, id) if exchange.adopts else None)
    if conference is None:
        raise UnknownConference

    def carry_out(command: ConferenceCommand, choose: Choose) -> dict[str, Any]:
        if exchange.adopts:
            return repairs.execute_on_conference(command, world, id, choose)
        return execute_on_conference(command, conference, choose)

    return await _carry_out(exchange, kind, carry_out, conference.creator)


def account_command(kind: type[WorldCommand]) -> Route:
    """`POST {path}`, whose parameters are the command's own."""

    async def endpoint(exchange: Exchange) -> Reply:
        world = exchange.tenant.world

        def carry_out(command: WorldCommand, choose: Choose) -> dict[str, Any]:
            if exchange.adopts:
                return repairs.execute_on_world(command, world, choose)
            return execute_on_world(command, world, choose)

        return await _carry_out(exchange, kind, carry_out, None)

    return Route("POST", kind.path, endpoint)


async def _carry_out(
    exchange: Exchange,
    kind: type[AnyCommand],
    carry_out: Callable[[AnyCommand, Choose], dict[str, Any]],
    call: Call | None,
) -> Reply:
    """Validate, execute, and keep back the webhooks until the answer is out. The journal has it either way."""
    tenant, spoilt = exchange.tenant, None
    tenant.clock.fire_due()
    tenant.leg_names.see(call.id if call else None)
    line = CommandUnderWay(tenant.journal, tenant.clock, kind.known_as, call)
    try:
        body = exchange.body()
        line.received(body, _named(kind, body, tenant.world))
        seen = ObservedEvent("command", kind.known_as, line.call_control_id, body) if tenant.faults else None
        spoilt = await strike(tenant, seen) if seen else None
        command = parse(exchange, kind, body if call else body | exchange.params, call)
        if urls := audio_urls(command, exchange.settings):
            await fetch_audio(urls, tenant.world)
            tenant.clock.fire_due()
        choose: Choose = as_usual if seen is None else partial(tenant.faults.outcome, seen)
        with tenant.outbox.gate() as gate:
            answer = carry_out(command, choose)
        made = tenant.world.calls.get(answer.get("call_control_id", ""))
        line.about(made or _named(kind, body, tenant.world))
        line.answered(**({} if spoilt is None else {**told(spoilt), "carried_out": True}))
    except ApiError as error:
        line.refused(**{"status": error.status, **error.body(), **(told(spoilt) if spoilt else {})})
        if spoilt is None:
            raise
        raise although(error, spoilt) from error
    except Injected as injected:
        line.refused(**told(injected.fault))
        raise
    finally:
        line.close()
    return Reply({"data": answer}, gate=gate, injected=spoilt)


def _named(kind: type[Command], body: dict[str, Any], world: World) -> Call | None:
    """The leg that joins a conference, begins one or is meant in one: of several the first."""
    if issubclass(kind, CallCommand):
        return None
    ids = body.get("call_control_id") or body.get("call_control_ids")
    first = ids[0] if isinstance(ids, list) and ids else ids
    return world.calls.get(first) if isinstance(first, str) else None


ROUTES = [
    Route("POST", "/calls/{call_control_id}/actions/{action}", call_action),
    Route("PUT", "/calls/{call_control_id}/actions/{action}", call_action),
    Route("POST", "/conferences/{id}/actions/{action}", conference_action),
    *(account_command(kind) for kind in WorldCommand.registry.values()),
]
