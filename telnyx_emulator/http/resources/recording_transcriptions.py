"""What was said in recordings."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.core.model import World
from telnyx_emulator.core.recording.recording import RecordingTranscription

from .. import auto_create
from ..filters import equals, wanted
from ..paging import cursor_page
from ..reply import Reply
from ..request_context import RequestContext
from ..routes import Route
from .recordings import instant_of, time_filters


async def list_transcriptions(request: RequestContext) -> Reply:
    """`GET /recording_transcriptions`, the latest first."""
    world = request.tenant.world
    if request.adopts and not world.recording_transcriptions:
        auto_create.transcription(world, world.ids.uuid4())
    filters = {"filter[recording_id]": equals("recording_id")} | time_filters(world, "created_at", lambda one: one.at)
    found = wanted(request, reversed(world.recording_transcriptions.values()), filters)
    return Reply(cursor_page(found, request.query, lambda one: describe(world, one), lambda one: one.id, request.path))


async def retrieve(request: RequestContext) -> Reply:
    """`GET /recording_transcriptions/{recording_transcription_id}`"""
    return Reply({"data": describe(request.tenant.world, _named(request))})


async def delete(request: RequestContext) -> Reply:
    """`DELETE /recording_transcriptions/{recording_transcription_id}`, which shows it a last time."""
    world, transcription = request.tenant.world, _named(request)
    del world.recording_transcriptions[transcription.id]
    return Reply({"data": describe(world, transcription)})


def describe(world: World, transcription: RecordingTranscription) -> dict[str, Any]:
    """The wire form; there is no text before it is complete."""
    at = wire_time(instant_of(world, transcription.at))
    return {
        "record_type": "recording_transcription",
        "id": transcription.id,
        "recording_id": transcription.recording_id,
        "created_at": at,
        "duration_millis": round(transcription.seconds * 1000),
        "status": "completed" if transcription.completed else "in-progress",
        "transcription_text": transcription.text if transcription.completed else "",
        "updated_at": at,
    }


def _named(request: RequestContext) -> RecordingTranscription:
    world, id = request.tenant.world, request.params["recording_transcription_id"]
    found = world.recording_transcriptions.get(id)
    if found is None and request.adopts:
        found = auto_create.transcription(world, id)
    if found is None:
        raise ResourceNotFound(pointer="/recording_transcription_id")
    return found


ROUTES = [
    Route("GET", "/recording_transcriptions", list_transcriptions),
    Route("GET", "/recording_transcriptions/{recording_transcription_id}", retrieve),
    Route("DELETE", "/recording_transcriptions/{recording_transcription_id}", delete),
]
