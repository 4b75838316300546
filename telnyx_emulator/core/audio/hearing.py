"""Who hears what: sounds are told to the listeners of a leg or a conference, such as recorders and transcribers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from telnyx_emulator.core.model import Beep, Call, Conference, Participant

from .sound import BEEP_SECS, KEY_TONE_SECS, Kind, Listener, Sound, Track

SoundTarget = tuple[Call | Conference, Track]
"""A leg, or the room of a conference, whose inbound track is its creator's voice."""


def listen(call: Call | Conference, listener: Listener) -> None:
    """Hear what begins from now on; what sounds already is in `call.sounding`."""
    call.listeners = [*(call.listeners or ()), listener]


def ignore(call: Call | Conference, listener: Listener) -> None:
    """Hear no more; harmless for one that does not listen."""
    call.listeners = [one for one in call.listeners or () if one != listener] or None


@contextmanager
def audible(
    places: list[SoundTarget],
    kind: Kind,
    content: str,
    seconds: float | None,
    confidence: float = 1.0,
    data: bytes | None = None,
) -> Iterator[Sound]:
    """While this lasts, it sounds there; leaving early (cancelled, hung up) cuts it short."""
    clock = places[0][0].world.clock
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


def from_far_end(call: Call) -> list[SoundTarget]:
    """Where one hears what the far end of a leg says: there, on a bridged leg, and in a conference as it allows."""
    places: list[SoundTarget] = [(call, "inbound")]
    if call.peer is not None:
        places.append((call.peer, "outbound"))
    if call.participant is not None:
        places += heard_from(call.participant)
    return places


def to_far_end(call: Call, target_legs: str = "self") -> list[SoundTarget]:
    """Where one hears what we play on a leg: to its own far end (`self`), the peer's (`opposite`), or both."""
    legs = [call] if target_legs in ("self", "both") else []
    if call.peer is not None and target_legs in ("opposite", "both"):
        legs.append(call.peer)
    return [(leg, "outbound") for leg in legs or [call]]


def tone(places: list[SoundTarget], key: str, seconds: float = KEY_TONE_SECS) -> None:
    """A key's tone, told at once from its beginning to its end, which is still to come."""
    _brief(places, "digits", key, seconds)


def beep(places: list[SoundTarget]) -> None:
    """What is heard when a recording begins, or when a leg joins or leaves a conference."""
    _brief(places, "beep", "", BEEP_SECS)


def _brief(places: list[SoundTarget], kind: Kind, content: str, seconds: float) -> None:
    began = places[0][0].world.clock.elapsed()
    sound = Sound(kind, content, began, seconds)
    _tell(places, sound)
    sound.ended = began + seconds
    _tell(places, sound)


def _tell(places: list[SoundTarget], sound: Sound) -> None:
    for call, track in places:
        for listener in call.listeners or ():
            listener(track, sound)


def heard_from(speaker: Participant) -> list[SoundTarget]:
    """Where the far end of a participant is heard besides on its own leg."""
    conference = speaker.conference
    targets: list[SoundTarget] = [
        (one.call, "outbound") for one in conference.participants.values() if one.hears(speaker)
    ]
    if speaker.can_talk:
        targets.append((conference, "inbound" if speaker.call is conference.creator else "outbound"))
    return targets


def heard_by_all(conference: Conference) -> list[SoundTarget]:
    """Where what is played to the room is heard."""
    return [(conference, "outbound"), *((one.call, "outbound") for one in conference.audience())]


def beep_in(one: Participant, occasion: Beep) -> None:
    """Beep in the conference when a participant joins (`on_enter`) or leaves (`on_exit`), if that is wanted."""
    if (one.beep or one.conference.beep) in ("always", occasion):
        beep(heard_by_all(one.conference))
