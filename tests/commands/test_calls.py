"""Answering, refusing, ending, bridging, supervising."""

import pytest
from simulation import CALLEE, CALLER, CONNECTION, OUR_NUMBER, Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

HEADERS = [{"name": "X-Account", "value": "7"}]


def ended(world: Simulation, call: Call) -> tuple[str, str, str]:
    payload = world.payload("call.hangup", call)
    return payload["hangup_cause"], payload["hangup_source"], payload["sip_hangup_cause"]


# -- answer --------------------------------------------------------------------------------------------------


def test_a_call_is_answered_when_the_command_is(world):
    call = world.incoming()
    world.do(call, "answer")
    assert call.state is State.ANSWERED
    assert world.events() == ["call.initiated", "call.answered"]


def test_a_second_answer_updates_client_state_and_emits_nothing(world):
    call = world.answered()
    assert world.do(call, "answer", client_state="bmV3", custom_headers=HEADERS) == {"result": "ok"}
    assert (call.client_state, call.custom_headers) == ("bmV3", None)
    assert world.events() == []


def test_headers_of_the_answer_are_echoed_from_then_on(world):
    call = world.incoming(headers=[{"name": "X-Old", "value": "1"}])
    sip = [{"name": "User-to-User", "value": "abc"}]
    world.do(call, "answer", custom_headers=HEADERS, sip_headers=sip)
    payload = world.payload("call.answered")
    assert (payload["custom_headers"], payload["sip_headers"]) == (HEADERS, sip)


def test_an_answer_can_send_webhooks_elsewhere_and_a_later_one_adds_to_it(world):
    call = world.incoming()
    world.do(
        call,
        "answer",
        webhook_url="http://a.example/?x=1",
        webhook_urls={"call.hangup": ["http://h.example", "http://i.example"]},
        webhook_retries_policies={"call.hangup": {"retries_ms": [1000, 2000]}},
    )
    assert (call.override.url, call.override.method) == ("http://a.example/?x=1", "POST")
    assert call.override.urls == {"call.hangup": ("http://h.example", "http://i.example")}
    assert call.override.retries == {"call.hangup": (1000, 2000)}
    world.do(call, "answer", webhook_urls={"call.gather.ended": "http://g.example"}, webhook_urls_method="GET")
    assert call.override.url == "http://a.example/?x=1"
    assert set(call.override.urls) == {"call.hangup", "call.gather.ended"}
    assert call.override.urls_method == "GET"


def test_without_webhook_parameters_nothing_is_sent_elsewhere(world):
    assert world.answered().override is None


# -- reject and hangup ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("CALL_REJECTED", ("call_rejected", "callee", "603")),
        ("USER_BUSY", ("user_busy", "callee", "486")),
        ("NOT_FOUND", ("not_found", "callee", "404")),
        ("TEMPORARILY_UNAVAILABLE", ("no_answer", "callee", "480")),
    ],
)
def test_a_rejected_call_is_over_with_its_cause(world, cause, expected):
    call = world.incoming()
    world.do(call, "reject", cause=cause)
    assert ended(world, call) == expected
    assert world.events() == ["call.initiated", "call.hangup"]


def test_an_answered_call_cannot_be_rejected(world):
    (entry,) = world.refusal(world.answered(), "reject", cause="USER_BUSY")
    assert (entry["code"], entry["detail"]) == (
        "90102",
        "Call reject command cannot be issued for answered calls.",
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("answered", ("normal_clearing", "callee", "200")),
        ("dialled", ("normal_clearing", "caller", "200")),
        ("incoming", ("normal_clearing", "callee", "unspecified")),
        ("dial", ("originator_cancel", "caller", "487")),
    ],
)
def test_a_hangup_says_who_ended_the_leg_and_why(world, kind, expected):
    call = getattr(world, kind)()
    assert world.do(call, "hangup") == {"result": "ok"}
    assert ended(world, call) == expected
    assert call.tasks.all() == ()


@pytest.mark.parametrize("reason", ['"', "\\", "\n", "\x85", "😀"])
def test_a_hangup_reason_is_plain_text(world, reason):
    (entry,) = world.refusal(world.answered(), "hangup", reason=f"no {reason} please")
    assert (entry["code"], entry["source"]["pointer"]) == ("10015", "/reason")


def test_a_hangup_may_have_a_reason(world):
    world.do(world.answered(), "hangup", reason="Gute Nacht, schöne Grüße!")


# -- bridge --------------------------------------------------------------------------------------------------


def test_two_answered_legs_are_bridged(world):
    call, other = world.answered(), world.dialled()
    world.do(call, "bridge", call_control_id=other.id, client_state="YQ==")
    assert world.events() == ["call.bridged", "call.bridged"]
    assert [seen.payload["call_control_id"] for seen in world.seen] == [call.id, other.id]
    assert [seen.payload["client_state"] for seen in world.seen] == ["YQ==", None]


def test_bridging_a_ringing_incoming_leg_answers_it(world):
    call, other = world.incoming(), world.dialled()
    world.do(call, "bridge", call_control_id=other.id)
    assert world.events() == ["call.answered", "call.bridged", "call.bridged"]
    assert call.peer is other


def test_bridging_with_a_ringing_incoming_leg_answers_it(world):
    call, other = world.dialled(), world.incoming()
    world.forget()
    world.do(call, "bridge", call_control_id=other.id)
    assert world.events() == ["call.answered", "call.bridged", "call.bridged"]


@pytest.mark.parametrize("kinds", [("answered", "dial"), ("dial", "answered"), ("incoming", "dial")])
def test_a_leg_that_we_dial_cannot_be_bridged_before_its_answer(world, kinds):
    call, other = (getattr(world, kind)() for kind in kinds)
    (entry,) = world.refusal(call, "bridge", call_control_id=other.id, client_state="YQ==")
    assert entry["code"] == "90034"
    assert "receive bridge command" in entry["detail"]


def test_two_callers_who_both_still_ring_cannot_be_bridged(world):
    assert world.code(world.incoming(), "bridge", call_control_id=world.incoming().id) == "90034"


def test_with_a_ringtone_the_bridge_waits_for_the_answer(world):
    call, other = world.answered(), world.dial()
    world.do(call, "bridge", call_control_id=other.id, play_ringtone=True, park_after_unbridge="self")
    assert world.events() == ["call.initiated"]
    world.advance(1)
    assert world.events() == ["call.initiated", "call.answered", "call.bridged", "call.bridged"]
    world.do(other, "hangup")
    assert call.state is State.ANSWERED


def test_a_bridge_that_waited_steals_nobody_if_it_must_not(world):
    first, second, other = world.answered(), world.answered(), world.dial()
    world.do(first, "bridge", call_control_id=other.id, play_ringtone=True)
    world.do(second, "bridge", call_control_id=other.id, play_ringtone=True, prevent_double_bridge=True)
    world.advance(1)
    assert (other.peer, first.peer, second.peer) == (first, other, None)


def test_with_a_ringtone_the_leg_that_rings_must_be_the_other_one(world):
    assert world.code(world.dial(), "bridge", call_control_id=world.answered().id, play_ringtone=True) == "90034"


def test_a_bridge_that_waits_for_somebody_who_does_not_answer_comes_to_nothing(world):
    call, other = world.answered(), world.dial("+15550100486")
    world.do(call, "bridge", call_control_id=other.id, play_ringtone=True)
    world.advance(5)
    assert (call.peer, call.state, other.state) == (None, State.ANSWERED, State.ENDED)
    assert [activity.name for activity in call.tasks.all()] == []


def test_a_bridge_no_longer_waits_when_its_own_leg_has_ended(world):
    call, other = world.answered(), world.dial()
    world.do(call, "bridge", call_control_id=other.id, play_ringtone=True)
    world.do(call, "hangup")
    world.advance(5)
    assert "call.bridged" not in world.events()
    assert other.state is State.ANSWERED


def test_a_ringtone_for_a_leg_that_nobody_rings_ends_at_once(world):
    call = world.answered()
    facts = {"from_": OUR_NUMBER, "to": CALLEE, "connection_id": CONNECTION, "far_end": PERSONAS["manual"]}
    other = Call(world.account, "outgoing", **facts)
    world.do(call, "bridge", call_control_id=other.id, play_ringtone=True)
    world.advance(0)
    assert (call.peer, call.tasks.all()) == (None, ())


@pytest.mark.parametrize(
    ("fields", "state", "held"),
    [
        ({}, State.ENDED, False),
        ({"park_after_unbridge": "self"}, State.ANSWERED, False),
        ({"hold_after_unbridge": True}, State.ANSWERED, True),
        ({"park_after_unbridge": "self", "hold_after_unbridge": True}, State.ANSWERED, False),
    ],
)
def test_the_leg_that_bridged_is_kept_after_unbridging_if_the_command_said_so(world, fields, state, held):
    call, other = world.bridged(**fields)
    verbs.hang_up(other)
    assert (call.state, call.on_hold) == (state, held)


def test_the_park_rule_is_for_the_leg_of_the_command_only(world):
    call, other = world.bridged(park_after_unbridge="self")
    verbs.hang_up(call)
    assert other.state is State.ENDED


def test_a_bridged_leg_can_be_stolen_unless_that_was_forbidden(world):
    first, other = world.bridged()
    thief = world.answered()
    (entry,) = world.refusal(thief, "bridge", call_control_id=other.id, prevent_double_bridge=True)
    assert (entry["code"], entry["detail"][:7]) == ("10027", "The cal")
    world.do(thief, "bridge", call_control_id=other.id)
    assert (other.peer, first.state) == (thief, State.ENDED)


def test_bridging_again_with_ones_peer_is_no_double_bridge(world):
    call, other = world.bridged()
    world.do(call, "bridge", call_control_id=other.id, prevent_double_bridge=True)
    assert (world.events(), call.peer) == ([], other)


def test_the_other_leg_must_be_alive_and_another_one(world):
    call, gone = world.answered(), world.answered()
    world.do(gone, "hangup")
    for id in ("v3:nobody", gone.id, call.id):
        (entry,) = world.refusal(call, "bridge", call_control_id=id)
        assert (entry["code"], entry["source"]) == ("90015", {"pointer": "/call_control_id"})


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "10004", "/call_control_id"),
        ({"call_control_id": "x", "queue": "support"}, "10015", "/queue"),
        ({"call_control_id": "x", "video_room_id": "12345678-1234-1234-1234-123456789abc"}, "10015", "/video_room_id"),
        ({"queue": "x", "video_room_id": "12345678-1234-1234-1234-123456789abc"}, "10015", "/video_room_id"),
        ({"queue": "support"}, "90035", "/queue"),
        ({"video_room_id": "12345678-1234-1234-1234-123456789abc"}, "10027", "/video_room_id"),
        ({"video_room_id": "room"}, "10006", "/video_room_id"),
    ],
)
def test_bridges_to_nowhere_are_refused(world, body, code, pointer):
    (entry,) = world.refusal(world.answered(), "bridge", **body, client_state="YQ==")
    assert (entry["code"], entry["source"]["pointer"]) == (code, pointer)


# -- supervision ---------------------------------------------------------------------------------------------


def test_a_supervisor_can_change_its_role(world):
    watched = world.answered()
    supervisor = world.dialled(supervise_call_control_id=watched.id)
    world.do(supervisor, "switch_supervisor_role", role="whisper")
    assert supervisor.supervision == (watched, "whisper")
    assert world.events() == []


def test_who_supervises_nobody_has_no_role(world):
    (entry,) = world.refusal(world.answered(), "switch_supervisor_role", role="whisper", client_state="YQ==")
    assert entry["code"] == "10027"
    assert "supervise_call_control_id" in entry["detail"]


def test_the_caller_stays_the_caller_whatever_happens(world):
    call, other = world.bridged()
    assert [call.from_, call.to, other.from_, other.to] == [CALLER, OUR_NUMBER, OUR_NUMBER, CALLEE]
