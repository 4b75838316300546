"""The webhooks of a leg's recording."""

from __future__ import annotations

from telnyx_emulator.core.activities.record import SoundRecorder
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.events.recording import Reason, RecordingError, RecordingSaved, RecordingTranscriptionSaved
from telnyx_emulator.core.recording.links import location_of
from telnyx_emulator.core.recording.recording import RecordingTranscription


class LegRecorder(SoundRecorder):
    """Records one leg, and tells the application what became of the recording."""

    __slots__ = ()

    def saved(self) -> None:
        call, recording = self._call, self.recording
        began, ended = call.world.wire_instant(recording.began), call.world.wire_instant(recording.ended or 0.0)
        self._tell(
            RecordingSaved(
                recording_id=recording.id,
                channels=recording.channels,
                format=recording.options.format,
                recording_started_at=began,
                recording_ended_at=ended,
                start_time=began,
                end_time=ended,
                recording_urls=location_of(call.world, recording),
                public_recording_urls={},
            )
        )

    def failed(self, reason: Reason) -> None:
        self._tell(RecordingError(reason=reason))

    def transcribed(self, transcription: RecordingTranscription) -> None:
        self._tell(
            RecordingTranscriptionSaved(
                calling_party_type=self._call.party_type,
                recording_id=transcription.recording_id,
                recording_transcription_id=transcription.id,
                status="completed",
                transcription_text=transcription.text,
            )
        )

    def _tell(self, event: Event) -> None:
        self._call.emit(event, client_state=self._call.client_state)
