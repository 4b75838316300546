"""Bridging: who hears whom, and what becomes of the one who is left."""

import pytest

from telnyx_emulator.core.call import bridging
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import State


def test_both_legs_are_told_each_with_its_own_client_state(world):
    call, other = world.answered(), world.dialled(client_state="Yg==")
    bridging.bridge(call, other)
    assert (call.peer, other.peer) == (other, call)
    assert world.events() == ["call.bridged", "call.bridged"]
    first, second = world.payloads("call.bridged")
    assert [first["call_control_id"], second["call_control_id"]] == [call.id, other.id]
    assert [first["client_state"], second["client_state"]] == [None, "Yg=="]
    assert "direction" not in first
    assert not {other.id, other.leg_id} & set(map(str, first.values()))


def test_bridged_sessions_share_one_order_and_keep_their_ids(world):
    call, other = world.answered(), world.dialled()
    ids = call.session.id, other.session.id
    bridging.bridge(call, other)
    assert world.merges == [ids]
    assert (call.session.id, other.session.id) == ids
    assert call.session.root() is other.session.root()


def test_bridging_twice_says_nothing_new(world):
    call, other = world.bridged()
    bridging.bridge(other, call)
    assert world.events() == []


@pytest.mark.parametrize(
    ("rule", "state", "held", "note"),
    [("hangup", State.ENDED, False, []), ("park", State.ANSWERED, False, ["parked"]),
     ("hold", State.ANSWERED, True, ["held"])],
)  # fmt: skip
def test_a_leg_that_lost_its_peer_follows_its_own_rule(world, rule, state, held, note):
    call, other = world.bridged()
    other.after_unbridge = rule
    world.do(call, "hangup")
    assert (other.state, other.on_hold, other.peer) == (state, held, None)
    assert [note.name for note in world.notes("state")] == note
    expected = ["call.hangup"] if rule == "hangup" else []
    assert world.events(other) == expected


def test_a_rule_holds_for_one_unbridging(world):
    call, other = world.bridged()
    other.after_unbridge, other.mute_dtmf = "park", "both"
    world.do(call, "hangup")
    assert (other.after_unbridge, other.mute_dtmf) == ("hangup", "none")


def test_a_left_leg_is_hung_up_from_our_side(world):
    call, other = world.bridged()
    world.do(other, "hangup")
    payload = world.payload("call.hangup", call)
    assert (payload["hangup_cause"], payload["hangup_source"]) == ("normal_clearing", "callee")


def test_a_bridged_leg_can_be_stolen_and_those_left_behind_follow_their_rules(world):
    call, stolen = world.bridged()
    thief, deserted = world.bridged()
    deserted.after_unbridge = "park"
    bridging.bridge(thief, stolen)
    assert (thief.peer, stolen.peer) == (stolen, thief)
    assert (call.state, deserted.state) == (State.ENDED, State.ANSWERED)
    assert world.events() == ["call.bridged", "call.bridged", "call.hangup"]


def test_detaching_a_leg_without_a_peer_leaves_nobody(world):
    assert bridging.detach(world.answered()) is None


def test_a_leg_on_hold_after_a_bridge_can_still_be_held_by_its_far_end(world):
    call, other = world.bridged(hold_after_unbridge=True)
    verbs.hang_up(other)
    verbs.hold(call)
    verbs.unhold(call)
    assert world.events(call) == ["call.hold", "call.unhold"]
    assert call.on_hold
