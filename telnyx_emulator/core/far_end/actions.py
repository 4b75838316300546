"""What a far end does to a leg that talks, noted and done; the caller has checked that it may."""

from __future__ import annotations

from telnyx_emulator.core.activities import dtmf
from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.speech import speech_seconds
from telnyx_emulator.core.call import ending
from telnyx_emulator.core.conference import rooms
from telnyx_emulator.core.events.calls import CallHold, CallUnhold, HangupCause
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import FAR_END
from telnyx_emulator.core.time.tasks import Activity


def press(call: Call, digits: str, every: float = dtmf.KEY_SECS) -> None:
    """Press keys, one each `every` seconds, the first one now; `w` waits half a second, `W` a whole one."""
    call.far_end_act("press", digits=digits)
    call.follow(dtmf.press(call, digits, every), FAR_END, "press")


def say(call: Call, text: str, confidence: float = 0.95) -> None:
    """Speak; it lasts as long as the words take."""
    call.follow(_say(call, text, confidence), FAR_END, "say")


def hold(call: Call) -> None:
    """Put us on hold (a SIP re-INVITE); twice is once."""
    if not call.held:
        call.held = True
        call.far_end_act("hold")
        call.emit(CallHold())


def unhold(call: Call) -> None:
    """Come back; harmless when it had not gone."""
    if call.held:
        call.held = False
        call.far_end_act("unhold")
        call.emit(CallUnhold())


def hang_up(call: Call, cause: HangupCause | None = None, sip: int | None = None) -> None:
    """Hang up."""
    call.far_end_act("hangup")
    ending.end(call, cause or "normal_clearing", call.remote_side, str(sip or 200))


def _say(call: Call, text: str, confidence: float) -> Activity:
    call.far_end_act("say", text=text, confidence=confidence)
    seconds = speech_seconds(text)
    rooms.take_floor(call)
    with hearing.audible(hearing.from_far_end(call), "speech", text, seconds, confidence):
        yield seconds
