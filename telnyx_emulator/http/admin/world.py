"""A world as a whole: is the server there, what is its key, what is going on, and begin anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from telnyx_emulator.commands import CallCommand, Command, ConferenceCommand, WorldCommand
from telnyx_emulator.commands.base import marks, parameters
from telnyx_emulator.commands.explained import explained
from telnyx_emulator.commands.types import Later, Url
from telnyx_emulator.core.far_end.behaviour import MAGIC_NUMBERS, MAGIC_PREFIX, PERSONAS
from telnyx_emulator.core.model import Call, Conference, Participant, Queue
from telnyx_emulator.tenants import Tenant
from telnyx_emulator.version import __version__

from .. import Reply, RequestContext, Route
from . import calls
from .request import Request


async def ready(request: RequestContext) -> Reply:
    """`GET ready`, without a key."""
    return Reply({"data": {"ready": True, "version": __version__}})


async def public_key(request: RequestContext) -> Reply:
    """`GET public-key`, without a key: what goes into `TELNYX_PUBLIC_KEY`."""
    return Reply({"data": {"public_key": request.signer.public_key}})


async def reset(request: RequestContext) -> Reply:
    """`POST reset`: the world begins anew; its settings and clock mode stay."""
    request.tenant.reset()
    return Reply({"data": {"result": "ok"}})


async def drop(request: RequestContext) -> Reply:
    """`DELETE world`: all of it is gone, its settings too; the key names a fresh world from then on."""
    request.tenants.drop(request.tenant)
    return Reply({"data": {"result": "ok"}})


def _settings(tenant: Tenant) -> dict[str, Any]:
    return {name: getattr(tenant, name) for name in SettingsChange.model_fields}


async def read_settings(request: RequestContext) -> Reply:
    """`GET settings`"""
    return Reply({"data": _settings(request.tenant)})


class SettingsChange(Request):
    """What may change while the server runs; only what is named changes, null clears a URL.

    `settle`: real seconds of silence before the clock jumps; `grace`: before a wait goes on to limits, or gives up.
    `seed` holds from the next `reset` on.
    """

    webhook_url: Url | None = None
    """Where webhooks go that nothing else gives a URL."""
    failover_url: Url | None = None
    """Where webhooks go that the first URL did not accept."""
    adopt: bool = False
    """Create what a request names and what does not exist."""
    strict: bool = False
    """Refuse unknown parameters, connections and connectors."""
    settle: float = Field(0.025, ge=0, le=60)
    """Real seconds of silence before the auto clock jumps."""
    grace: float = Field(1.0, ge=0, le=60)
    """Real seconds of silence before a wait goes on to limits, or gives up."""
    seed: int | None = None
    """Makes ids and outcomes repeatable, from the next reset on."""


async def change_settings(request: RequestContext) -> Reply:
    """`PATCH settings`"""
    wanted, tenant = SettingsChange.parse(request.body()), request.tenant
    for name in wanted.model_fields_set - {"strict", "settle"}:
        setattr(tenant, name, getattr(wanted, name))
    if "strict" in wanted.model_fields_set:
        tenant.set_strict(wanted.strict)
    if "settle" in wanted.model_fields_set:
        tenant.set_settle(wanted.settle)
    return await read_settings(request)


async def state(request: RequestContext) -> Reply:
    """`GET state`: every call with its lanes, relations and parameters; the applications; the settings."""
    tenant = request.tenant
    world, names = tenant.world, tenant.names()
    shown = {
        "calls": [describe(call, names) for call in world.calls.values()],
        "queues": [describe_queue(queue) for queue in world.queues.values()],
        "conferences": [describe_conference(one) for one in world.conferences.values()],
        "applications": [one.shown() for one in world.applications.values()],
        "numbers": {one.phone_number: one.connection_id for one in world.numbers.values()},
        "siprec_connectors": list(world.siprec_connectors),
        "media": list(world.media),
        "settings": _settings(tenant),
    }
    return Reply({"data": shown})


def describe(call: Call, names: Mapping[str, str]) -> dict[str, Any]:
    """All that a leg is and does."""
    supervision = call.supervision
    return {
        **calls.describe(call, names),
        "client_state": call.client_state,
        "duration": call.duration(),
        "far_end": call.far_end.name,
        "held": call.held,
        "on_hold": call.on_hold,
        "bridged_with": call.peer.id if call.peer else None,
        "after_unbridge": call.after_unbridge,
        "queue": call.place and {"name": call.place.queue.name, "position": call.place.position},
        "conference": call.participant and call.participant.conference.id,
        "supervises": supervision and {"call_control_id": supervision.call.id, "role": supervision.role},
        "noise_suppression": call.suppression,
        "recordings": [recorder.shown() for recorder in call.recorders or ()],
        "going_on": [
            {"name": one.name, "lane": one.lane.name if one.lane else None, "waiting": not one.started}
            for one in call.tasks.all()
        ],
        "parameters": call.parameters,
    }


def describe_queue(queue: Queue) -> dict[str, Any]:
    """A queue, and who waits in it."""
    return {
        "name": queue.name,
        "id": queue.id,
        "max_size": queue.max_size,
        "calls": [
            {"call_control_id": place.call.id, "waited": place.waited(), "keep_after_hangup": place.keep_after_hangup}
            for place in queue.line
        ],
    }


def describe_conference(conference: Conference) -> dict[str, Any]:
    """A conference, who is in it, and who hears whom."""
    present = tuple(conference.participants.values())
    return {
        "id": conference.id,
        "name": conference.name,
        "status": conference.status,
        "max_participants": conference.max_participants,
        "beep_enabled": conference.beep,
        "comfort_noise": conference.comfort_noise,
        "floor": conference.floor and conference.floor.call.id,
        "recordings": [recorder.shown() for recorder in conference.recorders or ()],
        "participants": [describe_participant(one, present) for one in present],
        "parameters": conference.parameters,
    }


def describe_participant(one: Participant, present: tuple[Participant, ...]) -> dict[str, Any]:
    """A participant; `hears`: the call ids of those whose far ends this one hears."""
    return {
        "id": one.id,
        "call_control_id": one.call.id,
        "muted": one.muted,
        "on_hold": one.on_hold,
        "supervisor_role": one.role,
        "whisper_call_control_ids": list(one.whispers),
        "hears": [other.call.id for other in present if one.hears(other)],
    }


async def coverage(request: RequestContext) -> Reply:
    """`GET coverage`, without a key: every command, its parameters, its webhooks, and what does not act yet."""
    numbers = {
        f"{MAGIC_PREFIX}{digits}": {"persona": name, "about": PERSONAS[name].about}
        for digits, name in sorted(MAGIC_NUMBERS.items())
    }
    return Reply({"data": {"commands": command_rows(), "numbers": numbers}})


def command_rows() -> list[dict[str, Any]]:
    """The registries as rows, for people."""
    calls, conferences = "/calls/{call_control_id}/actions", "/conferences/{id}/actions"
    return [
        *(command_row(kind.path, kind) for kind in WorldCommand.registry.values()),
        *(command_row(f"{calls}/{name}", kind) for name, kind in sorted(CallCommand.registry.items())),
        *(command_row(f"{conferences}/{name}", kind) for name, kind in sorted(ConferenceCommand.registry.items())),
    ]


def command_row(path: str, kind: type[Command]) -> dict[str, Any]:
    """One command of the coverage table."""
    notes, texts = marks(kind), explained(kind)
    later = {name for name, found in notes.items() if any(isinstance(note, Later) for note in found)}
    return {
        "name": kind.known_as,
        "method": kind.method,
        "path": path,
        "about": (kind.__doc__ or "").split("\n")[0],
        "parameters": sorted(parameters(kind)),
        "descriptions": {field.alias or name: texts[name] for name, field in kind.model_fields.items()},
        "not_yet_acting": sorted(later),
        "webhooks": [event.name for event in kind.emits],
    }


ROUTES = [
    Route("GET", "/_emulator/ready", ready, open=True),
    Route("GET", "/_emulator/public-key", public_key, open=True),
    Route("GET", "/_emulator/coverage", coverage, open=True),
    Route("POST", "/_emulator/reset", reset),
    Route("DELETE", "/_emulator/world", drop),
    Route("GET", "/_emulator/settings", read_settings),
    Route("PATCH", "/_emulator/settings", change_settings),
    Route("GET", "/_emulator/state", state),
]
