"""What can be heard on a leg, told to whoever listens just then: recorders, transcribers, assistants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .call import Call
    from .conference import Conference

Track = Literal["inbound", "outbound"]
"""Towards us from the leg's far end, or what that far end hears: our prompts and a bridged leg's far end."""

Kind = Literal["speech", "digits", "audio", "beep"]

KEY_TONE_SECS = 0.1
"""How long the tone of one key sounds."""

BEEP_SECS = 0.4


@dataclass(slots=True, eq=False)
class Sound:
    """Something audible. Instants are virtual seconds of the account's clock.

    `content`: the words, the key, or the URL or name of audio (may be empty). `seconds`: how long it takes
    unless it is cut short, None: until somebody stops it. `ended` is set when it is over.
    `confidence`: how well words can be understood, 0 to 1. `data`: the audio itself, where it is at hand.
    """

    kind: Kind
    content: str
    began: float
    seconds: float | None
    confidence: float = 1.0
    ended: float | None = None
    data: bytes | None = None

    def share(self, now: float) -> float:
        """How much of it has been heard at `now`, 0 to 1."""
        if not self.seconds:
            return 0.0
        return min(1.0, (now - self.began) / self.seconds)


Listener = Callable[[Track, Sound], None]
"""Told twice of each sound: when it begins, and when it has `ended`."""

Place = tuple["Call | Conference", Track]
"""A leg, or the room of a conference, whose inbound track is its creator's voice."""


def listen(call: Call | Conference, listener: Listener) -> None:
    """Hear what begins from now on; what sounds already is in `call.sounding`."""
    call.listeners = [*(call.listeners or ()), listener]


def ignore(call: Call | Conference, listener: Listener) -> None:
    """Hear no more; harmless for one that does not listen."""
    call.listeners = [one for one in call.listeners or () if one != listener] or None


@contextmanager
def audible(
    places: list[Place],
    kind: Kind,
    content: str,
    seconds: float | None,
    confidence: float = 1.0,
    data: bytes | None = None,
) -> Iterator[Sound]:
    """While this lasts, it sounds there; whoever leaves early (stopped, hung up) cuts it short."""
    clock = places[0][0].account.clock
    sound = Sound(kind, content, clock.elapsed(), seconds, confidence, data=data)
    for call, track in places:
        call.sounding = [*(call.sounding or ()), (track, sound)]
    _tell(places, sound)
    try:
        yield sound
    finally:
        sound.ended = clock.elapsed()
        for call, _ in places:
            call.sounding = [one for one in call.sounding or () if one[1] is not sound] or None
        _tell(places, sound)


def from_far_end(call: Call) -> list[Place]:
    """Where one hears what the far end of a leg says: there, on a bridged leg, and in a conference as it allows."""
    places: list[Place] = [(call, "inbound")]
    if call.peer is not None:
        places.append((call.peer, "outbound"))
    if call.participant is not None:
        places += call.participant.conference.heard_from(call.participant)
    return places


def to_far_end(call: Call, target_legs: str = "self") -> list[Place]:
    """Where one hears what we play on a leg: to its own far end (`self`), the peer's (`opposite`), or both."""
    legs = [call] if target_legs in ("self", "both") else []
    if call.peer is not None and target_legs in ("opposite", "both"):
        legs.append(call.peer)
    return [(leg, "outbound") for leg in legs or [call]]


def tone(places: list[Place], key: str, seconds: float = KEY_TONE_SECS) -> None:
    """A key's tone, told at once from its beginning to its end, which is still to come."""
    _brief(places, "digits", key, seconds)


def beep(places: list[Place]) -> None:
    """What is heard when a recording begins, or when somebody enters or leaves a conference."""
    _brief(places, "beep", "", BEEP_SECS)


def _brief(places: list[Place], kind: Kind, content: str, seconds: float) -> None:
    began = places[0][0].account.clock.elapsed()
    sound = Sound(kind, content, began, seconds)
    _tell(places, sound)
    sound.ended = began + seconds
    _tell(places, sound)


def _tell(places: list[Place], sound: Sound) -> None:
    for call, track in places:
        for listener in call.listeners or ():
            listener(track, sound)
