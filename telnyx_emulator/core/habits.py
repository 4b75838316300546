"""What a far end does by itself once a leg is answered: at some time, or when it hears something."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from . import deeds, sounds
from .far_end import Habit
from .process import Process, Stopped
from .sounds import Sound, Track

if TYPE_CHECKING:
    from .call import Call


def begin(call: Call) -> None:
    """The leg is answered; who has no habits need not be asked."""
    _occasion(call, "answer")
    if any(habit.on in ("prompt", "key") for habit in call.far_end.habits):
        call.follow(_listen(call), name="habits")


def heard(call: Call) -> None:
    """A prompt was heard to its end."""
    _occasion(call, "heard")


def later(call: Call, habit: Habit) -> None:
    """Do it when its time has come, but never within the step that gave the occasion."""
    call.follow(_do(call, habit), name=habit.act)


def _occasion(call: Call, on: str) -> None:
    for habit in call.far_end.habits:
        if habit.on == on:
            later(call, habit)


def _do(call: Call, habit: Habit) -> Process:
    yield habit.after
    if habit.act == "press":
        deeds.press(call, habit.text)
    elif habit.act == "say":
        deeds.say(call, habit.text)
    elif habit.act == "hold":
        deeds.hold(call)
    elif habit.act == "unhold":
        deeds.unhold(call)
    else:
        deeds.hang_up(call)


def _listen(call: Call) -> Process:
    """Hear what we play and the keys that we send, as long as the leg lasts."""

    def hear(track: Track, sound: Sound) -> None:
        if track != "outbound" or sound.ended is not None:
            return
        if sound.kind == "digits":
            _occasion(call, "key")
        elif sound.kind in ("speech", "audio") and call.peer is None and call.participant is None:
            # Whoever is connected with somebody hears people, not prompts.
            _occasion(call, "prompt")

    sounds.listen(call, hear)
    with suppress(Stopped):
        yield None
    sounds.ignore(call, hear)
