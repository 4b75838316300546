"""SIP beyond the call itself: tones, INFO, REFER, SIPREC."""

import pytest

from telnyx_emulator.core.leg import State

INFO = {"body": '{"x": 1}', "content_type": "application/json"}


def timeline(world) -> list[tuple[float, str]]:
    return [(round(seen.at, 2), seen.name) for seen in world.seen]


# -- tones and INFO ------------------------------------------------------------------------------------------


def test_tones_take_turns(world):
    call, other = world.bridged()
    world.do(call, "send_dtmf", digits="1w2", duration_millis=100)
    world.do(call, "send_dtmf", digits="3")
    world.advance(5)
    begin = world.seen[0].at
    assert [(round(seen.at - begin, 2), seen.payload["digit"]) for seen in world.seen] == [
        (0, "1"),
        (0.6, "2"),
        (0.7, "3"),
    ]
    assert {seen.payload["call_control_id"] for seen in world.seen} == {other.id}


def test_tones_stop_with_the_call(world):
    call = world.answered()
    world.do(call, "send_dtmf", digits="12345")
    world.do(call, "hangup")
    world.advance(5)
    assert len([note for note in world.notes("far_end") if note.name == "hears_dtmf"]) == 1


def test_sip_info_to_a_lone_leg_is_noted_and_no_webhook(world):
    call = world.answered()
    world.do(call, "send_sip_info", **INFO)
    (note,) = world.notes("far_end")
    assert (note.name, note.call, note.detail) == ("receives_sip_info", call, INFO)
    assert world.events() == []


def test_sip_info_reaches_the_bridged_leg_with_its_own_state(world):
    call, other = world.bridged()
    world.do(other, "client_state_update", client_state="Yg==")
    world.do(call, "send_sip_info", **INFO, client_state="YQ==")
    payload = world.payload("call.sip_info.received")
    assert (payload["call_control_id"], payload["client_state"]) == (other.id, "Yg==")
    assert (payload["body"], payload["content_type"]) == (INFO["body"], INFO["content_type"])


def test_a_sip_info_may_have_1400_bytes(world):
    call = world.answered()
    world.do(call, "send_sip_info", body="é" * 700, content_type="text/plain; charset=utf-8")
    (entry,) = world.refusal(call, "send_sip_info", body="é" * 701, content_type="text/plain")
    assert (entry["code"], entry["source"]["pointer"]) == ("10025", "/body")


# -- REFER ---------------------------------------------------------------------------------------------------


def test_a_refer_that_succeeds_ends_the_leg(world):
    call = world.answered()
    world.do(call, "refer", sip_address="sip:bob@example.com", client_state="cg==")
    world.advance(5)
    assert timeline(world) == [(0, "call.refer.started"), (1, "call.refer.completed"), (1, "call.hangup")]
    assert world.payload("call.refer.started")["sip_notify_response"] == 100
    assert world.payload("call.refer.completed")["sip_notify_response"] == 200
    assert {"from", "to"} <= world.payload("call.refer.completed").keys()
    hangup = world.payload("call.hangup")
    assert (hangup["hangup_cause"], hangup["hangup_source"]) == ("normal_clearing", "callee")
    assert {seen.payload["client_state"] for seen in world.seen} == {"cg=="}
    (note,) = world.notes("far_end")
    assert (note.name, note.detail) == ("receives_refer", {"to": "sip:bob@example.com"})


@pytest.mark.parametrize(
    ("persona", "target", "sip"),
    [
        ("human", "sip:fails-603@example.com", 603),
        ("human", "sip:+15550100486@example.com", 486),
        ("refer_declined", "sip:bob@example.com", 603),
    ],
)
def test_a_refer_that_fails_leaves_the_leg_as_it_is(world, persona, target, sip):
    call = world.answered(persona)
    world.do(call, "refer", sip_address=target)
    world.advance(5)
    assert world.events() == ["call.refer.started", "call.refer.failed"]
    assert world.payload("call.refer.failed")["sip_notify_response"] == sip
    assert call.state is State.ANSWERED


def test_a_refer_that_the_call_does_not_live_to_see_says_nothing_more(world):
    call = world.answered()
    world.do(call, "refer", sip_address="sip:bob@example.com")
    world.do(call, "hangup")
    world.advance(5)
    assert world.events() == ["call.refer.started", "call.hangup"]


# -- SIPREC --------------------------------------------------------------------------------------------------


def test_a_siprec_session_begins_and_ends_with_the_command(world):
    call = world.answered()
    world.do(call, "siprec_start", connector_name="recorder", client_state="cg==")
    assert world.events() == []
    world.advance(10)
    world.do(call, "siprec_stop", client_state="bmV3")
    assert timeline(world) == [(0.5, "siprec.started"), (10, "siprec.stopped")]
    started, stopped = (seen.payload for seen in world.seen)
    common = {"call_control_id", "call_leg_id", "call_session_id", "client_state", "connection_id"}
    assert started.keys() == common
    assert stopped.keys() == common | {"hangup_cause"}
    assert stopped["hangup_cause"] == "normal_clearing"
    assert {seen.payload["client_state"] for seen in world.seen} == {"cg=="}


def test_a_siprec_session_ends_before_the_hangup(world):
    call = world.answered()
    world.do(call, "siprec_start")
    world.advance(1)
    world.do(call, "hangup")
    assert world.events() == ["siprec.started", "siprec.stopped", "call.hangup"]


@pytest.mark.parametrize("end", ["siprec_stop", "hangup"])
@pytest.mark.parametrize("connector", ["recorder", "fails-503"])
def test_a_siprec_session_that_never_began_is_not_reported(world, end, connector):
    call = world.answered()
    world.do(call, "siprec_start", connector_name=connector)
    world.do(call, end)
    world.advance(10)
    assert not [name for name in world.events() if name.startswith("siprec")]


def test_a_siprec_session_fails_as_the_connector_is_named(world):
    call = world.answered()
    world.do(call, "siprec_start", connector_name="fails-network-out-of-order")
    world.advance(10)
    assert timeline(world) == [(4, "siprec.failed")]
    assert world.payload("siprec.failed")["failure_cause"] == "network_out_of_order"
    assert call.state is State.ANSWERED


def test_stopping_without_a_session_says_nothing(world):
    call = world.answered()
    world.do(call, "siprec_stop")
    assert world.events() == []


def test_a_strict_account_knows_its_connectors(world):
    call = world.answered()
    world.account.strict = True
    (entry,) = world.refusal(call, "siprec_start", connector_name="recorder")
    assert (entry["code"], entry["source"]["pointer"]) == ("10017", "/connector_name")
    world.account.siprec_connector("recorder")
    world.do(call, "siprec_start", connector_name="recorder")


@pytest.mark.parametrize(("seconds", "accepted"), [(0, True), (90, True), (89, False), (-1, False)])
def test_a_siprec_session_timeout_is_90_seconds_at_least_or_none(world, seconds, accepted):
    call = world.answered()
    if accepted:
        world.do(call, "siprec_start", session_timeout_secs=seconds)
    else:
        (entry,) = world.refusal(call, "siprec_start", session_timeout_secs=seconds)
        assert (entry["code"], entry["source"]["pointer"]) == ("10033", "/session_timeout_secs")


def test_tones_for_a_bridged_leg_are_heard_by_its_gather(world):
    call, other = world.bridged()
    world.do(other, "gather", maximum_digits=2)
    world.do(call, "send_dtmf", digits="42")
    world.advance(1)
    assert world.payload("call.gather.ended", other)["digits"] == "42"
