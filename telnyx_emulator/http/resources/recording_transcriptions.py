"""What was said in recordings."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.core.model import World
from telnyx_emulator.core.recording.recording import RecordingTranscription

from .. import RequestContext, auto_create
from ..filters import equal
from .collection import Collection
from .recordings import instant_of, time_filters


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


def _remove(request: RequestContext, transcription: RecordingTranscription) -> None:
    del request.tenant.world.recording_transcriptions[transcription.id]


TRANSCRIPTIONS: Collection[World, RecordingTranscription] = Collection(
    path="/recording_transcriptions",
    key="recording_transcription_id",
    kept=lambda world: dict(reversed(world.recording_transcriptions.items())),
    create=auto_create.transcription,
    show=describe,
    unknown=lambda: ResourceNotFound(pointer="/recording_transcription_id"),
    filters=lambda world: equal("recording_id") | time_filters(world, "created_at", lambda one: one.at),
    cursors="id",
    remove=_remove,
)

ROUTES = [*TRANSCRIPTIONS.routes()]
