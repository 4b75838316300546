"""Recordings that were saved: found, read, and deleted. Reading one gives a fresh link to its file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.errors import ResourceNotFound, UnknownRecording
from telnyx_emulator.core.model import World
from telnyx_emulator.core.recording.files import forget
from telnyx_emulator.core.recording.links import location_of
from telnyx_emulator.core.recording.recording import Recording

from .. import Reply, RequestContext, Route, auto_create
from ..filters import Filter, equal, equals, moments, nothing
from .collection import Collection


class Deletion(Parameters):
    """Which recordings are to be deleted together."""

    ids: list[str]
    """The ids of the recordings."""


async def delete_several(request: RequestContext) -> Reply:
    """`POST /recordings/actions/delete`: all, or if one of them is unknown none."""
    ids, world = request.parse(Deletion, request.body()).ids, request.tenant.world
    found = {id: recording for id, recording in saved(world).items() if id in ids}
    if found.keys() != set(ids) and not request.adopts:
        raise ResourceNotFound(pointer="/ids")
    for recording in found.values():
        forget(world, recording)
    return Reply({"status": "ok"})


def saved(world: World) -> dict[str, Recording]:
    """Those that are there to be fetched, the latest first; the others are still under way."""
    return {id: recording for id, recording in reversed(world.recordings.items()) if recording.saved_at is not None}


def describe(world: World, recording: Recording) -> dict[str, Any]:
    """The wire form."""

    def wire(elapsed: float | None) -> str:
        return wire_time(instant_of(world, elapsed))

    return {
        "record_type": "recording",
        "id": recording.id,
        "call_control_id": recording.call_control_id,
        "call_leg_id": recording.call_leg_id,
        "call_session_id": recording.call_session_id,
        "channels": recording.channels,
        "conference_id": recording.conference_id,
        "connection_id": recording.connection_id,
        "created_at": wire(recording.saved_at),
        "download_urls": location_of(world, recording),
        "duration_millis": round(recording.seconds() * 1000),
        "from": recording.from_,
        "initiated_by": recording.options.initiated_by,
        "recording_ended_at": wire(recording.ended),
        "recording_started_at": wire(recording.began),
        "source": recording.source,
        "status": "completed",
        "to": recording.to,
        "updated_at": wire(recording.saved_at),
    }


def instant_of(world: World, elapsed: float | None) -> datetime:
    """A point on the account's clock as a date and time."""
    return world.clock.epoch + timedelta(seconds=elapsed or 0.0)


NAMES = ("call_control_id", "call_leg_id", "call_session_id", "conference_id", "connection_id", "to")
TIMES = {"created_at": "saved_at", "end_time": "ended", "start_time": "began"}


def time_filters(world: World, name: str, elapsed: Callable[[Any], float | None]) -> dict[str, Filter]:
    """`filter[name][gte]` and `[lte]` for a point on the account's clock."""
    return moments(name, lambda item: instant_of(world, elapsed(item)), "[gte]", "[lte]")


def filters(world: World) -> dict[str, Filter]:
    """No recording has a SIP call id or the region of a conference here, so those two find nothing."""
    found = equal(*NAMES) | {"filter[from]": equals("from_")}
    for name, attribute in TIMES.items():
        found |= time_filters(world, name, attrgetter(attribute))
    return found | {f"filter[{name}]": nothing for name in ("conference_region", "sip_call_id")}


RECORDINGS: Collection[World, Recording] = Collection(
    path="/recordings",
    key="recording_id",
    kept=saved,
    create=auto_create.recording,
    show=describe,
    unknown=UnknownRecording,
    filters=filters,
    remove=lambda request, recording: forget(request.tenant.world, recording),
)

ROUTES = [*RECORDINGS.routes(), Route("POST", "/recordings/actions/delete", delete_several)]
