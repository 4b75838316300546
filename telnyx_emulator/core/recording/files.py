"""Where recordings are kept when they are over."""

from __future__ import annotations

from datetime import timedelta

from telnyx_emulator.core.resources.stores import Stores

from .recording import Recording, RecordingTranscription

MOST_RECORDINGS = 10_000
"""How many a world keeps; the oldest is forgotten for the next one."""


def keep(world: Stores, recording: Recording) -> None:
    """Let the world know of a recording from its beginning."""
    while len(world.recordings) >= MOST_RECORDINGS:
        forget(world, next(iter(world.recordings.values())))
    world.recordings[recording.id] = recording


def store(world: Stores, recording: Recording) -> None:
    """Give a recording that is over its place in storage: the vendor's, or the application's own."""
    instant = world.clock.epoch + timedelta(seconds=recording.began)
    name = recording.options.file_name or recording.call_leg_id
    stamp = int(instant.timestamp())
    while True:
        # Two of one leg may begin in the same second.
        bare = f"{world.user_id}/{instant:%Y-%m-%d}/{name}-{stamp}"
        recording.path = f"{bare}.{recording.options.format}"
        if recording.path not in world.files:
            break
        stamp += 1
    world.files[recording.path] = recording
    storage = world.storage.get(recording.connection_id)
    recording.stored_at = storage.address(bare) if storage is not None else None
    recording.saved_at = world.clock.elapsed()


def forget(world: Stores, recording: Recording) -> None:
    """The file is gone, and so is what was written down of it."""
    world.recordings.pop(recording.id, None)
    world.files.pop(recording.path, None)


def transcribe(world: Stores, recording: Recording, id: str | None = None) -> RecordingTranscription:
    """Put a recording into words; the result is not complete yet."""
    id = id or world.ids.uuid4()
    transcription = RecordingTranscription(
        id, recording.id, world.clock.elapsed(), recording.text(), recording.seconds()
    )
    while len(world.recording_transcriptions) >= MOST_RECORDINGS:
        del world.recording_transcriptions[next(iter(world.recording_transcriptions))]
    world.recording_transcriptions[transcription.id] = transcription
    return transcription
