"""What a far end does to a leg that talks, told and done; whether it may is for whoever asks it to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import conference, keys, sounds
from .events import CallHold, CallUnhold, HangupCause
from .lanes import FAR_END
from .process import Process
from .speech import speech_seconds

if TYPE_CHECKING:
    from .call import Call


def press(call: Call, digits: str, every: float = keys.KEY_SECS) -> None:
    """Press keys, one each `every` seconds, the first one now; `w` waits half a second, `W` a whole one."""
    call.note("far_end", "press", digits=digits)
    call.follow(keys.press(call, digits, every), FAR_END, "press")


def say(call: Call, text: str, confidence: float = 0.95) -> None:
    """Speak; it lasts as long as the words take."""
    call.follow(_say(call, text, confidence), FAR_END, "say")


def hold(call: Call) -> None:
    """Put us on hold (a SIP re-INVITE); twice is once."""
    if not call.held:
        call.held = True
        call.note("far_end", "hold")
        call.emit(CallHold())


def unhold(call: Call) -> None:
    """Come back; harmless when it had not gone."""
    if call.held:
        call.held = False
        call.note("far_end", "unhold")
        call.emit(CallUnhold())


def hang_up(call: Call, cause: HangupCause | None = None, sip: int | None = None) -> None:
    """Hang up."""
    call.note("far_end", "hangup")
    call.end(cause or "normal_clearing", call.remote_side, str(sip or 200))


def _say(call: Call, text: str, confidence: float) -> Process:
    call.note("far_end", "say", text=text, confidence=confidence)
    seconds = speech_seconds(text)
    conference.speaks(call)
    with sounds.audible(sounds.from_far_end(call), "speech", text, seconds, confidence):
        yield seconds
