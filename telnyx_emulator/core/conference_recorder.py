"""Recording a conference: the creator on the first channel, everybody else on the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import sounds
from .downloads import location_of
from .events import ConferenceRecordingSaved
from .recorder import Recorder
from .recording import Options

if TYPE_CHECKING:
    from .conference import Conference


class ConferenceRecorder(Recorder):
    """Records what the room hears, until it is told to stop or the conference ends."""

    __slots__ = ("_conference",)

    def __init__(self, conference: Conference, options: Options, id: str) -> None:
        super().__init__(conference.creator, options, id, conference)
        self._conference = conference
        self.recording.source = "conference"
        self.recording.conference_id = conference.id

    def _audience(self) -> list[sounds.Place]:
        return self._conference.heard_by_all()

    def _saved(self) -> None:
        recording, call = self.recording, self._conference.creator
        self._conference.tell(
            ConferenceRecordingSaved,
            recording_id=recording.id,
            channels=recording.channels,
            format=recording.options.format,
            recording_started_at=call.wire_instant(recording.began),
            recording_ended_at=call.wire_instant(recording.ended or 0.0),
            recording_urls=location_of(call.account, recording),
            public_recording_urls={},
        )
