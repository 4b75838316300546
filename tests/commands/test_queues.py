"""Putting calls in queues, taking them out, and bridging with who is next."""

import pytest

from telnyx_emulator.commands import CallCommand
from telnyx_emulator.commands.validation import InvalidParameters
from telnyx_emulator.core.errors import QueuedCallEnded
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import State


def waiting(world, **more):
    """A call in the queue `support`; how it came there is forgotten."""
    call = world.answered()
    world.do(call, "enqueue", queue_name="support", **more)
    world.forget()
    return call


def line(world, name="support"):
    return [place.call for place in world.account.queues[name].line]


# -- enqueue -----------------------------------------------------------------------------------------------------


def test_a_queue_is_made_by_the_first_call_that_is_put_in_it(world):
    call = world.answered()
    assert world.do(call, "enqueue", queue_name="support", client_state="YQ==") == {"result": "ok"}
    assert line(world) == [call]
    queue = world.account.queues["support"]
    assert (queue.max_size, queue.explicit) == (100, False)
    assert world.payload("call.enqueued")["client_state"] == "YQ=="


def test_a_queue_that_exists_keeps_its_size_and_only_another_explicit_one_is_refused(world):
    waiting(world, max_size=2)
    assert world.code(world.answered(), "enqueue", queue_name="support", max_size=3) == "90037"
    waiting(world, max_size=2)
    assert world.account.queues["support"].max_size == 2


def test_a_full_queue_takes_nobody_and_says_which_it_is(world):
    waiting(world, max_size=1)
    (error,) = world.refusal(world.answered(), "enqueue", queue_name="support")
    assert (error["code"], error["detail"]) == ("90036", "The 'support' queue is full and can't accept more calls.")


@pytest.mark.parametrize("name", ["support", "sales"])
def test_a_call_waits_in_one_queue_at_a_time(world, name):
    assert world.code(waiting(world), "enqueue", queue_name=name) == "90038"


def test_a_call_has_to_be_answered_before_it_can_wait(world):
    for call in (world.incoming(), world.dial()):
        assert world.code(call, "enqueue", queue_name="support") == "90034"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/queue_name", "10004"),
        ({"queue_name": ""}, "/queue_name", "10025"),
        ({"queue_name": "x" * 256}, "/queue_name", "10025"),
        ({"queue_name": 7}, "/queue_name", "10026"),
        ({"queue_name": "a", "max_size": 0}, "/max_size", "10033"),
        ({"queue_name": "a", "max_wait_time_secs": -1}, "/max_wait_time_secs", "10033"),
        ({"queue_name": "a", "keep_after_hangup": "maybe"}, "/keep_after_hangup", "10026"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_stands(body, pointer, code):
    with pytest.raises(InvalidParameters) as caught:
        CallCommand.registry["enqueue"].parse(body)
    assert [(one.pointer, one.code) for one in caught.value.refusals] == [(pointer, code)]


@pytest.mark.parametrize(("rule", "state"), [("hangup", State.ENDED), ("park", State.ANSWERED)])
def test_a_bridged_leg_is_unbridged_and_its_peer_follows_its_own_rule(world, rule, state):
    call, other = world.bridged(park_after_unbridge="self", mute_dtmf="both")
    other.after_unbridge = rule
    world.do(call, "enqueue", queue_name="support")
    assert (call.peer, other.peer, other.state) == (None, None, state)
    assert (call.after_unbridge, call.mute_dtmf) == ("hangup", "none")
    assert world.events() == ["call.enqueued"] + (["call.hangup"] if rule == "hangup" else [])


def test_a_rule_for_a_bridge_to_come_outlasts_the_wait(world):
    call = world.answered()
    call.after_unbridge = "park"
    world.do(call, "enqueue", queue_name="support")
    assert call.after_unbridge == "park"


def test_too_long_a_wait_ends_in_the_park(world):
    call = waiting(world, max_wait_time_secs=20)
    world.advance(20)
    assert world.payload("call.dequeued")["reason"] == "timeout"
    assert call.state is State.ANSWERED
    world.do(call, "enqueue", queue_name="support")


def test_no_seconds_mean_no_limit(world):
    call = waiting(world, max_wait_time_secs=0)
    world.advance(3000)
    assert line(world) == [call]


# -- leave_queue -------------------------------------------------------------------------------------------------


def test_leaving_parks_the_call(world):
    call = waiting(world)
    world.do(call, "leave_queue", client_state="Yg==")
    assert (call.place, call.state) == (None, State.ANSWERED)
    payload = world.payload("call.dequeued")
    assert (payload["reason"], payload["client_state"]) == ("leave", "Yg==")


def test_whoever_is_in_no_queue_cannot_leave_one(world):
    assert world.code(world.answered(), "leave_queue") == "90035"


# -- bridging ----------------------------------------------------------------------------------------------------


def test_an_agent_is_bridged_with_the_first_in_line(world):
    first, second = waiting(world), waiting(world)
    agent = world.dialled()
    world.do(agent, "bridge", queue="support")
    assert (agent.peer, first.peer) == (first, agent)
    assert line(world) == [second]
    assert world.events() == ["call.dequeued", "call.bridged", "call.bridged"]
    payload = world.payload("call.dequeued")
    assert (payload["call_control_id"], payload["queue_position"], payload["reason"]) == (first.id, 1, "bridged")


def test_an_agent_who_rings_in_is_answered_by_the_bridge(world):
    waiting(world)
    agent = world.incoming()
    world.do(agent, "bridge", queue="support")
    assert agent.state is State.ANSWERED


def test_an_agent_who_has_not_answered_gets_nobody(world):
    call, agent = waiting(world), world.dial()
    assert world.code(agent, "bridge", queue="support") == "90034"
    assert line(world) == [call]


def test_there_is_nobody_in_an_empty_or_unknown_queue(world):
    agent = world.dialled()
    (error,) = world.refusal(agent, "bridge", queue="support")
    assert (error["code"], error["source"]) == ("90035", {"pointer": "/queue"})
    world.create("/queues", queue_name="support")
    assert world.code(agent, "bridge", queue="support") == "90035"


def test_nobody_is_bridged_with_himself(world):
    call = waiting(world)
    assert world.code(call, "bridge", queue="support") == "90035"
    other = waiting(world)
    world.do(call, "bridge", queue="support")
    assert (call.peer, line(world)) == (other, [])


def test_whoever_hung_up_and_was_kept_leaves_the_queue_and_the_error_says_whom_to_call_back(world):
    gone, alive = waiting(world, keep_after_hangup=True), waiting(world)
    verbs.hang_up(gone)
    agent = world.dialled()
    with pytest.raises(QueuedCallEnded, match=r"\+15550001111") as caught:
        world.do(agent, "bridge", queue="support")
    assert caught.value.code == "90018"
    assert line(world) == [alive]
    assert world.payload("call.dequeued")["reason"] == "hangup"
    world.do(agent, "bridge", queue="support")
    assert agent.peer is alive


def test_a_bridge_by_the_id_of_a_waiting_call_takes_it_out(world):
    waiting(world)
    call, agent = waiting(world), world.dialled()
    world.do(agent, "bridge", call_control_id=call.id)
    payload = world.payload("call.dequeued")
    assert (payload["queue_position"], payload["reason"]) == (2, "bridged")


def test_whoever_is_to_be_bridged_when_somebody_answers_waits_no_more(world):
    call, callee = waiting(world), world.dial()
    world.forget()
    world.do(call, "bridge", call_control_id=callee.id, play_ringtone=True)
    assert world.payload("call.dequeued")["reason"] == "bridging-in-process"
    world.advance(1)
    assert call.peer is callee
    assert len(world.payloads("call.dequeued")) == 1


def test_a_transfer_takes_the_call_out_when_it_succeeds(world):
    call = waiting(world)
    world.do(call, "transfer", to="+15550100003")
    assert line(world) == [call]
    world.advance(3)
    assert world.events(call) == ["call.dequeued", "call.bridged"]
    assert world.payload("call.dequeued")["reason"] == "bridged"


def test_a_transfer_that_fails_leaves_the_call_in_its_place(world):
    call = waiting(world)
    world.do(call, "transfer", to="+15550100486")
    world.advance(60)
    assert line(world) == [call]


def test_a_linked_leg_takes_the_waiting_call_out_when_it_is_answered(world):
    call = waiting(world)
    world.dial(link_to=call.id, bridge_on_answer=True)
    world.advance(1)
    assert (line(world), call.peer is not None) == ([], True)


def test_a_refer_takes_the_call_out_by_its_end(world):
    call = waiting(world)
    world.do(call, "refer", sip_address="sip:bob@example.com")
    world.advance(10)
    assert world.events() == ["call.refer.started", "call.refer.completed", "call.dequeued", "call.hangup"]


# -- the queues themselves ---------------------------------------------------------------------------------------


def test_a_created_queue_is_there_and_empty(world):
    queue = world.create("/queues", queue_name="support")
    assert queue == {
        "record_type": "queue",
        "id": world.account.queues["support"].id,
        "name": "support",
        "current_size": 0,
        "max_size": 300,
        "average_wait_time_secs": 0,
        "created_at": "2026-01-01T00:00:00.000000Z",
        "updated_at": "2026-01-01T00:00:00.000000Z",
    }


def test_a_queue_can_be_created_once(world):
    waiting(world)
    (error,) = world.refusal(None, "/queues", queue_name="support")
    assert (error["code"], error["source"]) == ("10012", {"pointer": "/queue_name"})


def test_a_queue_can_be_resized(world):
    waiting(world)
    world.advance(9)
    shown = world.create("/queues/{queue_name}", queue_name="support", max_size=7)
    assert (shown["max_size"], shown["current_size"], shown["average_wait_time_secs"]) == (7, 1, 9)
    assert shown["updated_at"] > shown["created_at"]
    assert world.account.queues["support"].explicit


def test_an_unknown_queue_cannot_be_resized(world):
    (error,) = world.refusal(None, "/queues/{queue_name}", queue_name="nobody", max_size=7)
    assert error["code"] == "10005"


def test_a_repeated_command_id_counts_for_each_queue_by_itself(world):
    for name in ("a", "b"):
        world.create("/queues", queue_name=name)
    shown = [
        world.create("/queues/{queue_name}", queue_name=name, max_size=size, command_id="1")["max_size"]
        for name, size in (("a", 5), ("b", 6), ("a", 7))
    ]
    assert shown == [5, 6, 5]
