"""Recording what can be heard on a leg or in a conference."""

from __future__ import annotations

import re
from typing import Any, Final, get_args

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.sound import Sound, Track
from telnyx_emulator.core.events.recording import Reason
from telnyx_emulator.core.model import Call, Conference, World
from telnyx_emulator.core.recording.files import keep, store, transcribe
from telnyx_emulator.core.recording.recording import Recording, RecordingOptions, RecordingTranscription, Take
from telnyx_emulator.core.time.clock import Timer
from telnyx_emulator.core.time.lanes import RECORDING
from telnyx_emulator.core.time.tasks import LIVE, Activity, Cancelled, Task

SAVE_SECS = 0.7
"""From the end of a recording to its webhook."""

TRANSCRIBE_SECS = 2.0
"""From there to the webhook of its transcription."""

FAILS: Final = re.compile(r"^fails-([a-z0-9_-]+)", re.IGNORECASE)
VENDORS: Final[tuple[Reason, ...]] = get_args(Reason)
REASONS: Final[dict[str, Reason]] = {
    **{reason: reason for reason in VENDORS},
    "authorization": "Failed to authorize with storage using custom credentials",
    "unauthorized": "Failed to authorize with storage using custom credentials",
    "credentials": "Invalid credentials json",
    "backend": "Unsupported backend",
    "internal": "Internal server error",
}
"""The words that may stand in `fails-<word>`, all others are an internal server error; and the vendor's own."""


class SoundRecorder:
    """Records: begins, pauses, goes on, and ends by command, by hangup, or by its own limits.

    What the recording came to is reported through `saved`, `failed` and `transcribed`.
    """

    _activity: Task
    __slots__ = ("_activity", "_call", "_limit", "_place", "_silence", "_speaking", "paused", "recording")

    def __init__(self, call: Call, options: RecordingOptions, id: str, conference: Conference | None = None) -> None:
        self.recording = Recording(
            id,
            options,
            call.id,
            call.leg_id,
            call.session.id,
            call.connection_id,
            call.from_,
            call.to,
            call.world.clock.elapsed(),
        )
        self.paused = False
        self._call = call
        self._place = conference or call
        """What is recorded: the leg, or the conference that it made."""
        self._limit: Timer | None = None
        self._silence: Timer | None = None
        self._speaking: int | None = None
        """How many sounds can be heard just now; None until the first one."""

    def begin(self) -> None:
        """Record from now on. What sounds already is heard from here on."""
        place, recording, options = self._place, self.recording, self.recording.options
        recording.began = self._now
        keep(place.world, recording)
        place.recorders = [*(place.recorders or ()), self]
        self._activity = place.tasks.start(self._run(), RECORDING, LIVE, "recording")
        for track, sound in place.sounding or ():
            self._hear(track, sound)
        hearing.listen(place, self._hear)
        if options.beep:
            hearing.beep(self._audience())

    def pause(self) -> None:
        """Leave out what comes; pausing twice is pausing once."""
        if not self.paused:
            self.paused = True
            began, _ = self.recording.spans[-1]
            self.recording.spans[-1] = began, self._now
            self._watch()

    def resume(self) -> None:
        """Go on; harmless when it was not paused."""
        if self.paused:
            self.paused = False
            self.recording.spans.append((self._now, float("inf")))
            self._watch()

    def stop(self) -> None:
        """End it; the file is there a moment later."""
        self._place.tasks.end(self._activity, "cancelled")

    def shown(self) -> dict[str, Any]:
        """For the state of the world; `seconds` so far, without pauses."""
        recording = self.recording
        return {
            "recording_id": recording.id,
            "format": recording.options.format,
            "channels": recording.channels,
            "paused": self.paused,
            "seconds": round(sum(min(ended, self._now) - began for began, ended in recording.spans), 6),
        }

    # -- inside ----------------------------------------------------------------------------------------------

    @property
    def _now(self) -> float:
        return self._call.world.clock.elapsed()

    def _audience(self) -> list[hearing.SoundTarget]:
        """Who hears the beep that it begins with."""
        return [(self._call, "outbound")]

    def _run(self) -> Activity:
        self.recording.spans.append((self._now, float("inf")))
        self._watch()
        try:
            yield self.recording.options.breaks_after
            self._end(0.0)
        except Cancelled:
            self._end(SAVE_SECS)

    def _hear(self, track: Track, sound: Sound) -> None:
        if not self.recording.options.hears(track):
            return
        begins = sound.ended is None
        if begins:
            self.recording.takes.append(Take(track, sound))
        if sound.kind in ("speech", "audio"):
            self._speaking = (self._speaking or 0) + (1 if begins else -1)
            self._watch()

    def _watch(self) -> None:
        """Set the limits that hold from now on: the length that is left, and the silence that is allowed."""
        for timer in (self._limit, self._silence):
            if timer is not None:
                timer.cancel()
        self._limit = self._silence = None
        clock, options = self._call.world.clock, self.recording.options
        if self.paused:
            return
        if options.max_length is not None:
            before = sum(ended - began for began, ended in self.recording.spans[:-1])
            left = options.max_length - before - (self._now - self.recording.spans[-1][0])
            self._limit = clock.call_later(max(0.0, left), self.stop, background=True)
        if options.silence is not None and self._speaking == 0:
            self._silence = clock.call_later(options.silence, self.stop)

    def _end(self, saved_after: float) -> None:
        place = self._place
        self.pause()
        hearing.ignore(place, self._hear)
        place.recorders = [one for one in place.recorders or () if one is not self] or None
        self.recording.ended = self._now
        place.world.clock.call_later(saved_after, self._save)

    def _save(self) -> None:
        """The call may be over by now; the recording outlives it."""
        recording, world = self.recording, self._call.world
        reason = _failure(world, recording)
        if reason is not None:
            world.recordings.pop(recording.id, None)
            self.failed(reason)
            return
        store(world, recording)
        self.saved()
        if recording.options.transcribe:
            transcription = transcribe(world, recording)
            world.clock.call_later(TRANSCRIBE_SECS, lambda: self._transcribed(transcription))

    def _transcribed(self, transcription: RecordingTranscription) -> None:
        transcription.completed = True
        self.transcribed(transcription)

    # -- what is reported ------------------------------------------------------------------------------------

    def saved(self) -> None:
        """The file is there."""

    def failed(self, reason: Reason) -> None:
        """There is no file."""

    def transcribed(self, transcription: RecordingTranscription) -> None:
        """The file was transcribed, if that was asked for."""


def _failure(world: World, recording: Recording) -> Reason | None:
    """Why it cannot be stored: that was settled, or its own file name or the storage's bucket says `fails-…`."""
    if recording.options.failure is not None:
        return recording.options.failure
    storage = world.storage.get(recording.connection_id)
    for name in (recording.options.file_name, storage and storage.bucket):
        if match := FAILS.match(name or ""):
            return REASONS.get(match[1].lower(), "Internal server error")
    return None
