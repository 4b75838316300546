"""A leg: its events, its states, its end."""

import pytest
from simulation import CALLEE, CALLER, CONNECTION, OUR_NUMBER

from telnyx_emulator.core.call import ending
from telnyx_emulator.core.call.ending import REMEMBERED_SECS
from telnyx_emulator.core.events.calls import CallHold
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import MAX_DURATION_SECS, State

COMMON = {"call_control_id", "call_leg_id", "call_session_id", "client_state", "connection_id", "from", "to"}
STATE = "aGVsbG8="


def test_an_incoming_call_is_announced_as_parked_with_its_start_and_codecs(world):
    world.advance(2)
    call = world.incoming()
    payload = world.payload("call.initiated")
    assert payload == {
        "call_control_id": call.id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session.id,
        "client_state": None,
        "connection_id": CONNECTION,
        "from": CALLER,
        "to": OUR_NUMBER,
        "direction": "incoming",
        "state": "parked",
        "start_time": "2026-01-01T00:00:02.000000Z",
        "caller_id_name": CALLER,
        "calling_party_type": "pstn",
        "connection_codecs": "PCMU,PCMA,G722,OPUS",
        "offered_codecs": "PCMU,PCMA,G722,OPUS",
        "from_sip_uri": f"{CALLER}@sip.telnyx.com",
        "to_sip_uri": f"{OUR_NUMBER}@sip.telnyx.com",
    }
    assert payload["call_leg_id"] != payload["call_session_id"]


def test_an_outgoing_call_is_announced_without_start_caller_name_or_codecs(world):
    world.dial()
    payload = world.payload("call.initiated")
    own = {"direction", "state", "calling_party_type", "from_sip_uri", "to_sip_uri"}
    assert payload.keys() == COMMON | own
    assert (payload["direction"], payload["state"]) == ("outgoing", "bridging")


def test_an_answer_has_neither_state_nor_direction(world):
    world.advance(3)
    call = world.incoming()
    world.advance(2)
    world.do(call, "answer")
    payload = world.payload("call.answered")
    assert payload.keys() == COMMON | {"start_time", "calling_party_type", "codec", "sampling_rate"}
    assert payload["start_time"] == "2026-01-01T00:00:03.000000Z"
    assert (payload["codec"], payload["sampling_rate"]) == ("PCMU", 8000)


def test_a_hangup_has_both_times_figures_as_strings_and_no_state(world):
    call = world.answered()
    world.advance(10)
    world.do(call, "hangup")
    payload = world.payload("call.hangup")
    own = {"start_time", "end_time", "calling_party_type", "hangup_cause", "hangup_source", "sip_hangup_cause"}
    assert payload.keys() == COMMON | own | {"call_quality_stats", "telnyx_error"}
    assert payload["telnyx_error"] is None
    assert payload["start_time"] == "2026-01-01T00:00:00.000000Z"
    assert payload["end_time"] == "2026-01-01T00:00:10.000000Z"
    stats = payload["call_quality_stats"]
    assert stats["inbound"].keys() == {
        "jitter_max_variance", "jitter_packet_count", "mos", "packet_count", "skip_packet_count",
    }  # fmt: skip
    assert stats["outbound"] == {"packet_count": "500", "skip_packet_count": "0"}
    assert all(isinstance(figure, str) for side in stats.values() for figure in side.values())


def test_a_call_without_media_has_no_quality_figures(world):
    world.do(world.incoming(), "hangup")
    assert world.payload("call.hangup")["call_quality_stats"] is None


def test_start_time_is_the_same_in_all_events_of_a_leg(world):
    world.advance(1)
    call = world.incoming()
    world.advance(1)
    world.do(call, "answer")
    world.advance(1)
    world.do(call, "hangup")
    assert {seen.payload["start_time"] for seen in world.seen} == {"2026-01-01T00:00:01.000000Z"}


def test_headers_of_the_caller_are_echoed_and_absent_when_there_are_none(world):
    headers = [{"name": "X-Account", "value": "7"}]
    call = world.incoming(headers=headers, caller_name="Ada")
    world.do(call, "answer")
    world.do(call, "hangup")
    assert world.payload("call.initiated")["caller_id_name"] == "Ada"
    assert [seen.payload["custom_headers"] for seen in world.seen] == [headers] * 3
    assert not any("sip_headers" in seen.payload for seen in world.seen)


@pytest.mark.parametrize(
    ("address", "kind", "uri"),
    [
        ("+15550001111", "pstn", "+15550001111@sip.telnyx.com"),
        ("sip:ada@example.com;transport=tls", "sip", "ada@example.com"),
        ("sips:ada@example.com:5061", "sip", "ada@example.com:5061"),
        ("ada@example.com", "sip", "ada@example.com"),
        ("sip:ada", "sip", "ada@sip.telnyx.com"),
        ("conf", "pstn", "conf@sip.telnyx.com"),
    ],
)
def test_the_far_end_is_a_telephone_or_a_sip_peer(world, address, kind, uri):
    world.incoming(from_=address)
    payload = world.payload("call.initiated")
    assert (payload["from"], payload["calling_party_type"], payload["from_sip_uri"]) == (address, kind, uri)


def test_the_digits_after_a_number_are_no_part_of_its_sip_uri(world):
    world.dial(to="+18005550100,200")
    assert world.payload("call.initiated")["to_sip_uri"] == "+18005550100@sip.telnyx.com"


def test_sides_are_relative_to_the_leg(world):
    incoming, outgoing = world.incoming(), world.dial()
    assert (incoming.remote, incoming.remote_side, incoming.our_side) == (CALLER, "caller", "callee")
    assert (outgoing.remote, outgoing.remote_side, outgoing.our_side) == (CALLEE, "callee", "caller")


# -- limits --------------------------------------------------------------------------------------------------


def test_a_caller_gives_up_when_nobody_answers(world):
    call = world.incoming()
    world.advance(call.far_end.patience)
    payload = world.payload("call.hangup")
    assert [payload[f"{name}"] for name in ("hangup_cause", "hangup_source", "sip_hangup_cause")] == [
        "originator_cancel",
        "caller",
        "487",
    ]
    assert [note.name for note in world.notes("far_end")] == ["call", "gives_up"]


def test_an_answered_call_is_not_given_up(world):
    call = world.answered()
    world.advance(call.far_end.patience * 2)
    assert call.state is State.ANSWERED


def test_a_call_ends_at_its_time_limit(world):
    call = world.answered()
    world.advance(MAX_DURATION_SECS)
    payload = world.payload("call.hangup")
    assert (payload["hangup_cause"], payload["hangup_source"]) == ("time_limit", "caller")
    assert call.duration() == MAX_DURATION_SECS


def test_a_far_end_may_hang_up_by_itself(world):
    world.answered("hangs_up")
    world.advance(9.9)
    assert world.events() == []
    world.advance(0.1)
    payload = world.payload("call.hangup")
    assert (payload["hangup_cause"], payload["hangup_source"]) == ("normal_clearing", "caller")
    assert [note.name for note in world.notes("far_end")] == ["hangup"]


def test_duration_counts_whole_seconds_from_the_answer_to_the_end(world):
    call = world.incoming()
    world.advance(5)
    assert call.duration() == 0
    world.do(call, "answer")
    world.advance(2.9)
    assert call.duration() == 2
    world.do(call, "hangup")
    world.advance(10)
    assert call.duration() == 2


# -- the end -------------------------------------------------------------------------------------------------


def test_what_plays_or_listens_ends_before_the_hangup_and_a_recording_server_after_the_prompts(world):
    call = world.answered()
    world.do(call, "siprec_start", connector_name="recorder")
    world.advance(1)
    world.do(call, "gather")
    world.do(call, "playback_start", media_name="music")
    world.do(call, "speak", payload="never begins", voice="female")
    world.forget()
    world.do(call, "hangup")
    assert world.events() == ["call.gather.ended", "call.playback.ended", "siprec.stopped", "call.hangup"]
    assert world.payload("call.gather.ended")["status"] == "call_hangup"
    assert world.payload("call.playback.ended")["status"] == "call_hangup"
    assert call.tasks.all() == ()


def test_the_peer_ends_after_the_leg_that_left(world):
    call, other = world.bridged()
    world.do(call, "hangup")
    hangups = [seen.payload["call_control_id"] for seen in world.seen if seen.name == "call.hangup"]
    assert hangups == [call.id, other.id]


def test_a_call_ends_only_once(world):
    call = world.answered()
    ending.end(call, "normal_clearing", "caller")
    ending.end(call, "timeout", "callee")
    assert world.events() == ["call.hangup"]


def test_nothing_of_an_ended_call_goes_on(world):
    call = world.answered("hangs_up")
    world.do(call, "speak", payload="hello", voice="female")
    world.do(call, "hangup")
    world.forget()
    world.advance(MAX_DURATION_SECS * 2)
    assert world.events() == []


def test_an_ended_call_is_remembered_for_ten_minutes(world):
    call = world.answered()
    world.do(call, "hangup")
    world.advance(REMEMBERED_SECS - 1)
    assert world.account.calls == {call.id: call}
    world.advance(1)
    assert world.account.calls == {}


def test_a_call_that_was_replaced_under_its_id_is_not_forgotten_with_the_old_one(world):
    old = world.answered()
    world.do(old, "hangup")
    new = world.incoming()
    world.account.calls[old.id] = new
    world.advance(REMEMBERED_SECS)
    assert world.account.calls[old.id] is new


# -- client_state --------------------------------------------------------------------------------------------


def test_a_process_keeps_the_client_state_that_was_in_force_when_it_began(world):
    call = world.answered()
    world.do(call, "speak", payload="hello", voice="female", client_state=STATE)
    world.do(call, "client_state_update", client_state="bmV3")
    world.advance(5)
    assert world.payload("call.speak.ended")["client_state"] == STATE
    call.emit(CallHold())
    assert world.payload("call.hold")["client_state"] == "bmV3"


def test_what_nobody_commanded_has_the_latest_client_state(world):
    call = world.answered()
    verbs.press(call, "12", every=1)
    world.do(call, "client_state_update", client_state="bmV3")
    world.advance(2)
    assert [payload["client_state"] for payload in world.payloads("call.dtmf.received")] == [None, "bmV3"]


def test_a_fault_in_a_process_is_told_and_the_call_goes_on(world):
    call = world.answered()

    def broken():
        yield 1.0
        raise ValueError("broken")

    call.start(broken())
    world.advance(2)
    assert [(note.name, note.call) for note in world.notes("fault")] == [("ValueError", call)]
    assert call.state is State.ANSWERED
    world.forget()
