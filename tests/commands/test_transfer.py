"""Transfer: somebody is called for a leg, and the two are bridged."""

import pytest
from simulation import CALLEE, CALLER, OUR_NUMBER, Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

AUDIO = "http://example.com/a.mp3"


def transfer(world: Simulation, call: Call, to: str = CALLEE, **fields) -> Call:
    """Returns the new leg."""
    world.do(call, "transfer", to=to, **fields)
    return list(world.account.calls.values())[-1]


def test_a_transfer_calls_on_behalf_of_our_number_and_bridges_on_answer(world):
    call = world.answered()
    leg = transfer(world, call, client_state="YQ==")
    assert (leg.from_, leg.to, leg.connection_id) == (OUR_NUMBER, CALLEE, call.connection_id)
    assert leg.session is call.session
    world.advance(1)
    assert [(seen.name, seen.payload["call_control_id"], seen.payload["client_state"]) for seen in world.seen] == [
        ("call.initiated", leg.id, None),
        ("call.answered", leg.id, None),
        ("call.bridged", call.id, "YQ=="),
        ("call.bridged", leg.id, None),
    ]
    assert (call.peer, leg.peer) == (leg, call)


def test_the_new_leg_may_have_its_own_caller_and_client_state(world):
    call = world.answered()
    leg = transfer(world, call, **{"from": "conf", "target_leg_client_state": "Yg=="})
    assert (leg.from_, leg.client_state, call.client_state) == ("conf", "Yg==", None)


def test_the_new_leg_has_the_webhook_url_of_the_command_else_of_the_parent(world):
    call = world.incoming()
    world.do(call, "answer", webhook_url="http://parent.example")
    assert transfer(world, call).override.url == "http://parent.example"
    leg = transfer(world, call, "+15550100020", webhook_url="http://leg.example")
    assert (leg.override.url, call.override.url) == ("http://leg.example", "http://parent.example")


def test_transferring_a_call_that_still_rings_answers_it_when_the_other_answers(world):
    call = world.incoming()
    transfer(world, call)
    assert call.state is State.RINGING
    world.advance(1)
    assert world.events(call) == ["call.initiated", "call.answered", "call.bridged"]


def test_a_leg_that_we_dial_cannot_be_transferred_before_its_answer(world):
    (entry,) = world.refusal(world.dial(), "transfer", to=CALLEE, client_state="YQ==")
    assert entry["code"] == "90034"
    assert "receive transfer command" in entry["detail"]


def test_a_target_that_may_not_be_dialled_is_refused(world):
    call = world.answered()
    assert world.code(call, "transfer", to="+15550100403", client_state="YQ==") == "10010"
    assert list(world.account.calls) == [call.id]


@pytest.mark.parametrize(
    ("to", "fields", "cause"),
    [
        ("+15550100486", {}, "user_busy"),
        ("sip:fails-404@example.com", {}, "not_found"),
        ("+15550100020", {"timeout_secs": 10}, "timeout"),
    ],
)
def test_a_transfer_that_fails_leaves_the_leg_alive_to_be_transferred_again(world, to, fields, cause):
    call = world.answered()
    leg = transfer(world, call, to, **fields)
    world.advance(30)
    assert world.events() == ["call.initiated", "call.hangup"]
    assert world.payload("call.hangup", leg)["hangup_cause"] == cause
    assert (call.state, call.peer) == (State.ANSWERED, None)
    again = transfer(world, call)
    world.advance(1)
    assert call.peer is again


def test_the_end_of_the_leg_cancels_the_one_that_rings_for_it(world):
    call = world.answered()
    leg = transfer(world, call)
    verbs.hang_up(call)
    world.advance(5)
    hangups = [(p["call_control_id"], p["hangup_cause"]) for p in world.payloads("call.hangup")]
    assert hangups == [(call.id, "normal_clearing"), (leg.id, "originator_cancel")]
    assert "call.answered" not in world.events()


def test_once_bridged_the_end_of_one_is_the_end_of_the_other(world):
    call = world.answered()
    leg = transfer(world, call)
    world.advance(1)
    world.do(call, "hangup")
    assert world.payload("call.hangup", leg)["hangup_cause"] == "normal_clearing"


@pytest.mark.parametrize(("park", "state"), [({}, State.ENDED), ({"park_after_unbridge": "self"}, State.ANSWERED)])
def test_the_transferred_leg_may_be_parked_when_the_target_leaves(world, park, state):
    call = world.answered()
    leg = transfer(world, call, **park)
    world.advance(1)
    verbs.hang_up(leg)
    assert call.state is state


def test_the_target_hears_the_announcement_before_it_is_bridged(world):
    call = world.answered()
    leg = transfer(world, call, audio_url=AUDIO)
    world.advance(10)
    assert world.events(leg) == [
        "call.initiated", "call.answered", "call.playback.started", "call.playback.ended", "call.bridged",
    ]  # fmt: skip
    assert [seen.at for seen in world.seen if seen.name == "call.bridged"] == [4, 4]
    assert call.peer is leg


def test_a_target_that_hangs_up_during_the_announcement_leaves_the_leg_as_it_is(world):
    call = world.answered()
    leg = transfer(world, call, media_name="announcement")
    world.advance(2)
    verbs.hang_up(leg)
    world.advance(10)
    assert world.events(leg)[-2:] == ["call.playback.ended", "call.hangup"]
    assert (call.state, call.peer) == (State.ANSWERED, None)


def test_a_caller_who_goes_during_the_announcement_takes_the_target_along(world):
    call = world.answered()
    leg = transfer(world, call, audio_url=AUDIO)
    world.advance(2)
    verbs.hang_up(call)
    payload = world.payload("call.hangup", leg)
    assert (payload["hangup_cause"], payload["hangup_source"]) == ("normal_clearing", "caller")
    assert world.payload("call.playback.ended", leg)["status"] == "call_hangup"
    assert "call.bridged" not in world.events()


def test_a_transfer_that_fails_changes_nothing_about_the_leg(world):
    call = world.answered()
    transfer(world, call, "+15550100486", mute_dtmf="both", park_after_unbridge="self")
    world.advance(5)
    assert (call.mute_dtmf, call.after_unbridge, call.servants) == ("none", "hangup", [])


def test_the_first_of_two_transfers_to_answer_is_followed_by_the_second(world):
    call = world.answered()
    first, second = transfer(world, call), transfer(world, call, "+15550100003")
    world.advance(1)
    assert call.peer is first
    world.advance(2)
    assert (call.peer, first.state) == (second, State.ENDED)
    assert call.servants == []


def test_a_machine_that_answers_is_detected_on_the_new_leg(world):
    call = world.answered()
    leg = transfer(world, call, "+15550100901", answering_machine_detection="detect")
    world.advance(10)
    assert world.payload("call.machine.detection.ended")["call_control_id"] == leg.id


def test_tones_can_be_muted_for_a_transferred_call(world):
    call = world.answered()
    leg = transfer(world, call, mute_dtmf="opposite")
    world.advance(1)
    verbs.press(call, "1")
    assert [note for note in world.notes("far_end", leg) if note.name == "hears_dtmf"] == []
    assert world.events(call)[-1] == "call.dtmf.received"


def test_a_bridged_leg_leaves_its_peer_when_its_transfer_is_answered(world):
    call, other = world.bridged()
    transfer(world, call)
    assert call.peer is other
    world.advance(1)
    assert other.state is State.ENDED
    assert call.from_ == CALLER


def test_audio_for_the_target_is_a_url_or_a_name(world):
    (entry,) = world.refusal(world.answered(), "transfer", to=CALLEE, audio_url=AUDIO, media_name="a")
    assert (entry["code"], entry["source"]["pointer"]) == ("10015", "/media_name")
