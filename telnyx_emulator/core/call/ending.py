"""What ends, in one fixed order: a leg with its relations, and a conference with the legs in it.

Both are in one module because each can end the other: a leg that hangs up may end its conference, and the end of a
conference may hang up its legs.
"""

from __future__ import annotations

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.call import costs
from telnyx_emulator.core.events.calls import CallHangup, HangupCause, HangupSource, QualityStats
from telnyx_emulator.core.events.conferences import ConferenceEnded, ParticipantLeft
from telnyx_emulator.core.events.queues import CallDequeued, LeaveReason
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, Conference, EndReason, Participant, whole
from telnyx_emulator.core.time.lanes import HOLD_AUDIO, ROOM_AUDIO

REMEMBERED_SECS = 600.0
"""How long `GET /calls/{id}` knows a call after its end."""


def hang_up(call: Call) -> None:
    """Our side ends the leg, whether it talks or still rings."""
    if call.state is not State.RINGING:
        end(call, "normal_clearing", call.our_side)
    elif call.incoming:
        end(call, "normal_clearing", "callee", "unspecified")
    else:
        end(call, "originator_cancel", "caller", "487")


def end(call: Call, cause: HangupCause, source: HangupSource, sip: str = "200") -> None:
    """The leg is over. One fixed order: prompts, the queue, what listens, the hangup, the conference, the bridged leg,
    the legs that were dialled for its sake, and the cost. Ending it twice is ending it once."""
    if call.state is State.ENDED:
        return
    talked = call.state is State.ANSWERED
    call.state = State.ENDED
    call.ended_at = call.world.clock.elapsed()
    call.limit(None)
    call.tasks.stop_prompts("call_hangup")
    if call.place is not None and not call.place.keep_after_hangup:
        leave_queue(call, "hangup")
    call.tasks.stop_all("call_hangup")
    call.stream = None
    peer = detach(call)
    call.emit(
        CallHangup(
            start_time=call.start_time,
            end_time=call.world.wire_instant(call.ended_at),
            calling_party_type=call.party_type,
            hangup_cause=cause,
            hangup_source=source,
            sip_hangup_cause=sip,
            call_quality_stats=_quality(call) if talked else None,
            telnyx_error=None,
            **call.headers(),
        ),
        client_state=call.client_state,
    )
    if call.participant is not None:
        leave_conference(call.participant, hung_up=True)
    if peer is not None:
        after_unbridge(peer)
    call.serve(None)
    for leg in tuple(call.servants or ()):
        hang_up(leg)
    costs.announce(call)
    call.world.clock.call_later(REMEMBERED_SECS, lambda: _forget(call), background=True)


def leave_queue(call: Call, reason: LeaveReason) -> None:
    """Take a call out of the queue that it is in, if it is in one, and tell why."""
    place = call.place
    if place is None:
        return
    position, waited = place.position, whole(place.waited())
    place.queue.remove(place)
    left = CallDequeued(queue=place.queue.name, queue_position=position, reason=reason, wait_time_secs=waited)
    call.emit(left, client_state=call.client_state)


def detach(call: Call) -> Call | None:
    """Undo a bridge; returns the leg that is left alone."""
    left = call.peer
    if left is not None:
        call.peer = left.peer = None
    return left


def after_unbridge(call: Call) -> None:
    """A leg that lost its peer is hung up, unless it was told to be parked or held. Neither has a webhook."""
    rule, call.after_unbridge = call.after_unbridge, "hangup"
    call.mute_dtmf = "none"
    if rule == "hangup":
        end(call, "normal_clearing", call.our_side)
    else:
        call.on_hold = rule == "hold"
        call.state_change("parked" if rule == "park" else "held")


def leave_conference(one: Participant, hung_up: bool = False) -> None:
    """A participant leaves, by command, for another place, or because its leg has ended (`hung_up`).

    The last one, or one who was to end the conference, ends it. A leg that did not hang up stays parked.
    """
    conference = one.conference
    del conference.participants[one.call.id]
    one.call.participant = None
    if conference.floor is one:
        conference.floor = None
    if not hung_up:
        for lane in (ROOM_AUDIO, HOLD_AUDIO):
            one.call.tasks.stop(lane, "cancelled")
    hearing.beep_in(one, "on_exit")
    conference.emit(ParticipantLeft, one.call)
    if conference.ending:
        return
    if one.ends or one.soft_ends:
        end_conference(conference, "host_left", one.call, hang_up_legs=one.ends)
    elif not conference.participants:
        end_conference(conference, "all_left", one.call)


def end_conference(
    conference: Conference, reason: EndReason, by: Call | None = None, hang_up_legs: bool = True
) -> None:
    """It is over, and the legs in it are hung up or else parked. Ending it twice is ending it once."""
    if conference.over or conference.ending:
        return
    conference.ending = True
    conference.expiry.cancel()
    for one in tuple(conference.participants.values()):
        if hang_up_legs:
            hang_up(one.call)
        else:
            leave_conference(one)
    conference.tasks.stop_all("cancelled")
    conference.end_reason, conference.ended_by = reason, by
    conference.touch()
    conference.emit(ConferenceEnded, reason="host_left" if reason == "ended_via_api" else reason)
    conference.world.conference_over(conference)


def _forget(call: Call) -> None:
    if call.world.calls.get(call.id) is call:
        del call.world.calls[call.id]


def _quality(call: Call) -> QualityStats:
    """Fifty packets a second each way, as strings, as live."""
    packets = str(int(((call.ended_at or 0.0) - (call.answered_at or 0.0)) * 50))
    return {
        "inbound": {
            "jitter_max_variance": "0.00",
            "jitter_packet_count": "0",
            "mos": "4.50",
            "packet_count": packets,
            "skip_packet_count": "0",
        },
        "outbound": {"packet_count": packets, "skip_packet_count": "0"},
    }
