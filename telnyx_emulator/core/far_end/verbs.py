"""The verbs of the far end: what a person, machine or SIP peer can do to a leg from outside."""

from __future__ import annotations

from telnyx_emulator.core.activities import dtmf
from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.speech import speech_seconds
from telnyx_emulator.core.call import ending
from telnyx_emulator.core.call.initiating import initiate
from telnyx_emulator.core.conference import rooms
from telnyx_emulator.core.errors import CallEnded, InvalidCommand, NotAnswered
from telnyx_emulator.core.events.calls import CallHold, CallUnhold, HangupCause
from telnyx_emulator.core.far_end.behaviour import CAUSE_CODES, FarEnd, cause_of
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.time.lanes import FAR_END, RING
from telnyx_emulator.core.time.tasks import Activity


def ring_in(
    world: World,
    *,
    from_: str,
    to: str,
    connection_id: str,
    far_end: FarEnd,
    caller_name: str | None = None,
    headers: list[dict[str, str]] | None = None,
) -> Call:
    """A call comes in to one of the numbers."""
    call = Call(world, "incoming", from_=from_, to=to, connection_id=connection_id, far_end=far_end)
    call.caller_id_name = caller_name
    call.custom_headers = headers
    call.far_end_act("call", to=to)
    initiate(call)
    call.limit(far_end.patience, lambda: _give_up(call))
    application = world.applications.get(connection_id)
    if application is not None and application.patience is not None:
        world.clock.call_later(application.patience, lambda: _drop_unattended(call), background=True)
    return call


def answer(call: Call) -> None:
    """The dialled party picks up."""
    _tell_ringing(call, "answer", 200)


def reject(call: Call, cause: str | None = None, sip: int | None = None) -> None:
    """The dialled party refuses: busy, declined or any other SIP failure."""
    status = sip or CAUSE_CODES.get((cause or "declined").lower(), 603)
    _tell_ringing(call, "reject", status)


def press(call: Call, digits: str, every: float = dtmf.KEY_SECS) -> None:
    """Press keys, one each `every` seconds, the first one now; `w` waits half a second, `W` a whole one."""
    _need_answered(call, "press")
    call.far_end_act("press", digits=digits)
    call.follow(dtmf.press(call, digits, every), FAR_END, "press")


def say(call: Call, text: str, confidence: float = 0.95) -> None:
    """Speak; it lasts as long as the words take."""
    _need_answered(call, "say")
    call.follow(_say(call, text, confidence), FAR_END, "say")


def hold(call: Call) -> None:
    """The far end puts us on hold (a SIP re-INVITE); twice is once."""
    _need_answered(call, "hold")
    if not call.held:
        call.held = True
        call.far_end_act("hold")
        call.emit(CallHold())


def unhold(call: Call) -> None:
    """The far end comes back; harmless when it had not gone."""
    _need_answered(call, "unhold")
    if call.held:
        call.held = False
        call.far_end_act("unhold")
        call.emit(CallUnhold())


def hang_up(call: Call, cause: HangupCause | None = None, sip: int | None = None) -> None:
    """The far end hangs up, cancels its own call that still rings, or refuses ours."""
    _need_alive(call)
    if call.state is State.RINGING and not call.incoming:
        reject(call, cause, sip)
        return
    call.far_end_act("hangup")
    if call.state is State.RINGING:
        ending.end(call, cause or "originator_cancel", "caller", str(sip or 487))
    else:
        ending.end(call, cause or "normal_clearing", call.remote_side, str(sip or 200))


def _say(call: Call, text: str, confidence: float) -> Activity:
    call.far_end_act("say", text=text, confidence=confidence)
    seconds = speech_seconds(text)
    rooms.take_floor(call)
    with hearing.audible(hearing.from_far_end(call), "speech", text, seconds, confidence):
        yield seconds


def _give_up(call: Call) -> None:
    call.far_end_act("gives_up")
    ending.end(call, "originator_cancel", "caller", "487")


def _drop_unattended(call: Call) -> None:
    """The platform ends a leg that rings and that the application never gave a command."""
    if call.state is State.RINGING and not call.parameters:
        call.state_change("first_command_timeout")
        ending.end(call, "timeout", "callee", "unspecified")


def _tell_ringing(call: Call, verb: str, sip: int) -> None:
    _need_alive(call)
    if call.incoming:
        raise InvalidCommand(f"The caller cannot {verb} the call that it makes; the application answers it.")
    if call.state is State.ANSWERED:
        raise InvalidCommand(f"The far end cannot {verb} a call that it has answered already.")
    call.far_end_act(verb, **({} if sip < 300 else {"sip": sip, "cause": cause_of(sip)}))
    call.tasks.tell(RING, sip)


def _need_alive(call: Call) -> None:
    if call.state is State.ENDED:
        raise CallEnded


def _need_answered(call: Call, verb: str) -> None:
    _need_alive(call)
    if call.state is not State.ANSWERED:
        raise NotAnswered(verb)
