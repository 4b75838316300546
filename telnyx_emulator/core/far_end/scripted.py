"""What a far end does by itself once a leg is answered: at some time, or when it hears something."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.sound import Sound, Track
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import ScriptedAct
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity, Cancelled

ACTS: dict[str, Callable[[Call, str], None]] = {
    "press": verbs.press,
    "say": verbs.say,
    "hold": lambda call, _: verbs.hold(call),
    "unhold": lambda call, _: verbs.unhold(call),
    "hangup": lambda call, _: verbs.hang_up(call),
}


def begin(call: Call) -> None:
    """The leg is answered. Only a far end with habits that listen needs a task."""
    _occasion(call, "answer")
    if any(habit.on in ("prompt", "key") for habit in call.far_end.habits):
        call.follow(_listen(call), name="habits")


def heard(call: Call) -> None:
    """A prompt was heard to its end."""
    _occasion(call, "heard")


def later(call: Call, habit: ScriptedAct) -> None:
    """Do it when its time has come, but never within the step that gave the occasion."""
    call.follow(_do(call, habit), name=habit.act)


def take_up(call: Call, habit: ScriptedAct) -> None:
    """The far end has this habit from now on; on a leg that is answered already, its time counts from now."""
    call.far_end = call.far_end.with_habit(habit)
    if call.state is State.ANSWERED:
        later(call, habit)


def _occasion(call: Call, on: str) -> None:
    for habit in call.far_end.habits:
        if habit.on == on:
            later(call, habit)


def _do(call: Call, habit: ScriptedAct) -> Activity:
    yield habit.after
    ACTS[habit.act](call, habit.text)


def _listen(call: Call) -> Activity:
    """Hear what we play and the keys that we send, as long as the leg lasts."""

    def hear(track: Track, sound: Sound) -> None:
        if track != "outbound" or sound.ended is not None:
            return
        if sound.kind == "digits":
            _occasion(call, "key")
        elif sound.kind in ("speech", "audio") and call.peer is None and call.participant is None:
            # On a bridged leg or in a conference the far end hears people, not prompts.
            _occasion(call, "prompt")

    hearing.listen(call, hear)
    with suppress(Cancelled):
        yield None
    hearing.ignore(call, hear)
