"""Recordings: what they are made of, and where they are kept when they are over.

Nothing is rendered here: a recording is a list of the sounds that were heard and of the spans of time that
count. `telnyx_emulator.media` makes a file of it when it is downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from telnyx_emulator.core.audio.sound import Sound, Track
from telnyx_emulator.core.events.recording import Reason

Format = Literal["wav", "mp3"]
Channels = Literal["single", "dual"]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class RecordingOptions:
    """How to record. Times in seconds; None: no limit. `silence`: how long silence may last after the first speech.

    `failure`: why it will be lost, `breaks_after` that time or when it is over.
    """

    format: Format = "mp3"
    channels: Channels = "dual"
    track: Literal["both", "inbound", "outbound"] = "both"
    trim: bool = False
    beep: bool = False
    max_length: float | None = None
    silence: float | None = None
    file_name: str | None = None
    transcribe: bool = False
    initiated_by: str = "StartCallRecordingAPI"
    failure: Reason | None = None
    breaks_after: float | None = None

    def hears(self, track: Track) -> bool:
        return self.track in ("both", track)


class Take(NamedTuple):
    """A sound in a recording, and from which side it came."""

    track: Track
    sound: Sound


@dataclass(slots=True, eq=False)
class Recording:
    """One recording, under way (`ended` is None), or a file. Instants are virtual seconds of the account's clock."""

    id: str
    options: RecordingOptions
    call_control_id: str
    call_leg_id: str
    call_session_id: str
    connection_id: str
    from_: str
    to: str
    began: float
    source: Literal["call", "conference"] = "call"
    conference_id: str | None = None
    ended: float | None = None
    path: str = ""
    """Of the file at its place of storage, with its extension: user, day, name."""
    stored_at: str | None = None
    """Its address in storage of the application's own."""
    saved_at: float | None = None
    spans: list[Span] = field(default_factory=list)
    takes: list[Take] = field(default_factory=list)

    @property
    def channels(self) -> Channels:
        """A single track has a single channel, whatever was asked for."""
        return self.options.channels if self.options.track == "both" else "single"

    def kept(self) -> list[Span]:
        """The time that is in the file: without pauses and, if that was wanted, without silence at both ends."""
        if not self.options.trim:
            return self.spans
        heard = [part for span in self.spans for take in self.takes if (part := self._part(take.sound, span))]
        if not heard:
            return []
        first, last = min(began for began, _ in heard), max(ended for _, ended in heard)
        return [(max(a, first), min(b, last)) for a, b in self.spans if a < last and b > first]

    def seconds(self) -> float:
        """How long the file plays."""
        return sum(ended - began for began, ended in self.kept())

    def text(self) -> str:
        """What was said, as far as it was recorded."""
        said = sorted((take.sound for take in self.takes if take.sound.kind == "speech"), key=lambda one: one.began)
        return " ".join(filter(None, map(self._words, said)))

    def _part(self, sound: Sound, span: Span) -> Span | None:
        ended = span[1] if sound.ended is None else sound.ended
        began, ended = max(sound.began, span[0]), min(ended, span[1])
        return (began, ended) if began < ended else None

    def _words(self, sound: Sound) -> str:
        """The words of a sentence up to where it was cut short."""
        parts = [part for span in self.kept() if (part := self._part(sound, span))]
        words = sound.content.split()
        return " ".join(words[: round(len(words) * sound.share(parts[-1][1]))]) if parts else ""


@dataclass(slots=True, eq=False)
class RecordingTranscription:
    """A recording in words; under way until `completed`. `at`: virtual seconds of the account's clock."""

    id: str
    recording_id: str
    at: float
    text: str
    seconds: float
    completed: bool = False
