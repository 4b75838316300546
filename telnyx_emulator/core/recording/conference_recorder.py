"""Recording a conference: the creator on the first channel, all others on the second."""

from __future__ import annotations

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.events.conferences import ConferenceRecordingSaved
from telnyx_emulator.core.model import Conference
from telnyx_emulator.core.recording.links import location_of
from telnyx_emulator.core.recording.recorder import LegRecorder
from telnyx_emulator.core.recording.recording import RecordingOptions


class ConferenceRecorder(LegRecorder):
    """Records what the room hears, until it is told to stop or the conference ends."""

    __slots__ = ("_conference",)

    def __init__(self, conference: Conference, options: RecordingOptions, id: str) -> None:
        super().__init__(conference.creator, options, id, conference)
        self._conference = conference
        self.recording.source = "conference"
        self.recording.conference_id = conference.id

    def _audience(self) -> list[hearing.SoundTarget]:
        return hearing.heard_by_all(self._conference)

    def saved(self) -> None:
        recording, call = self.recording, self._conference.creator
        self._conference.emit(
            ConferenceRecordingSaved,
            recording_id=recording.id,
            channels=recording.channels,
            format=recording.options.format,
            recording_started_at=call.world.wire_instant(recording.began),
            recording_ended_at=call.world.wire_instant(recording.ended or 0.0),
            recording_urls=location_of(call.world, recording),
            public_recording_urls={},
        )
