"""Playing a clip: to the far ends of a leg, or in a conference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.clip import Clip
from telnyx_emulator.core.events.media import PlaybackStatus
from telnyx_emulator.core.far_end import scripted
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity, Cancelled


class PlayResult(NamedTuple):
    """How the playing of a clip ended, and what else is known about a failure."""

    status: PlaybackStatus
    detail: str | None = None


def play(clip: Clip, places: list[hearing.SoundTarget], audience: Iterable[Call] = ()) -> Activity[PlayResult]:
    """Play a clip at some places. The far ends of the `audience`, read at the end, react if they heard all of it."""
    seconds = clip.seconds if clip.stops_after is None else clip.stops_after
    try:
        if clip.found:
            with hearing.audible(places, clip.kind, clip.content, clip.seconds, data=clip.data):
                yield seconds
        elif seconds:
            yield seconds  # it is looked for
    except Cancelled as stop:
        return PlayResult(stop.status)
    for leg in audience if clip.status == "completed" else ():
        scripted.heard(leg)
    return PlayResult(clip.status, clip.detail)


def play_to(call: Call, clip: Clip, target_legs: str = "self", asks: bool = True) -> Activity[PlayResult]:
    """Play a clip on a leg, to its own far end (`self`), the bridged one (`opposite`) or `both`.

    `asks`: a far end that heard it to its end may react.

    >>> result = yield from play_to(call, spoken("Goodbye."))
    """
    audience = _audience(call, target_legs) if asks else ()
    return (yield from play(clip, hearing.to_far_end(call, target_legs), audience))


def _audience(call: Call, target_legs: str) -> Iterator[Call]:
    if target_legs in ("self", "both"):
        yield call
    if target_legs in ("opposite", "both") and call.peer is not None:
        yield call.peer
