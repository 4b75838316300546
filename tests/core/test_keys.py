"""Keys that are pressed, tones that are sent."""

import pytest

from telnyx_emulator.core.far_end import verbs


def heard(world, call) -> str:
    return "".join(note.detail["digits"] for note in world.notes("far_end", call) if note.name == "hears_dtmf")


def received(world, call) -> str:
    return "".join(payload["digit"] for payload in world.payloads("call.dtmf.received", call))


def test_every_key_is_an_event_with_the_parties_a_quarter_of_a_second_apart(world):
    call = world.answered()
    verbs.press(call, "12#")
    world.advance(5)
    assert [(seen.at, seen.payload["digit"]) for seen in world.seen] == [(0, "1"), (0.25, "2"), (0.5, "#")]
    assert {"from", "to", "digit"} <= world.seen[0].payload.keys()


def test_keys_can_be_pressed_more_slowly_and_with_pauses(world):
    call = world.answered()
    verbs.press(call, "w1W2", every=2)
    world.advance(10)
    assert [(seen.at, seen.payload["digit"]) for seen in world.seen] == [(0.5, "1"), (3.5, "2")]


def test_keys_are_pressed_one_after_the_other_even_if_told_at_once(world):
    call = world.answered()
    verbs.press(call, "12")
    verbs.press(call, "3")
    world.advance(5)
    assert received(world, call) == "123"


def test_a_key_is_heard_by_a_gather_and_by_the_bridged_peer(world):
    call, other = world.bridged()
    world.do(call, "gather", maximum_digits=1)
    verbs.press(call, "5")
    assert world.events() == ["call.dtmf.received", "call.gather.ended"]
    assert heard(world, other) == "5"
    assert received(world, other) == ""


def test_sent_tones_are_heard_by_the_far_end_when_nobody_is_bridged(world):
    call = world.answered()
    world.do(call, "send_dtmf", digits="1w2", duration_millis=500)
    assert heard(world, call) == "1"
    world.advance(0.9)
    assert heard(world, call) == "1"
    world.advance(0.1)
    assert heard(world, call) == "12"
    assert world.events() == []


def test_sent_tones_reach_a_bridged_leg_as_its_own_event_with_its_own_state(world):
    call, other = world.bridged()
    world.do(other, "client_state_update", client_state="Yg==")
    world.do(call, "send_dtmf", digits="9", client_state="YQ==")
    payload = world.payload("call.dtmf.received")
    assert (payload["call_control_id"], payload["client_state"]) == (other.id, "Yg==")
    assert heard(world, other) == "9"


@pytest.mark.parametrize(
    ("mute", "hears_call", "hears_other"),
    [("none", "2", "1"), ("both", "", ""), ("self", "", "1"), ("opposite", "2", "")],
)
def test_mute_dtmf_silences_tones_towards_one_leg_or_both_but_no_webhooks(world, mute, hears_call, hears_other):
    call, other = world.bridged(mute_dtmf=mute)
    verbs.press(call, "1")
    verbs.press(other, "2")
    assert (heard(world, call), heard(world, other)) == (hears_call, hears_other)
    assert (received(world, call), received(world, other)) == ("1", "2")


@pytest.mark.parametrize(("mute", "hears_other"), [("none", "9"), ("opposite", "")])
def test_muted_tones_of_ours_are_webhooks_still(world, mute, hears_other):
    call, other = world.bridged(mute_dtmf=mute)
    world.do(call, "send_dtmf", digits="9")
    assert heard(world, other) == hears_other
    assert received(world, other) == "9"
