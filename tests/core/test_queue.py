"""Queues: the order of a line, what a wait is on average, and who stays in it."""

import pytest

from telnyx_emulator.core.call import bridging, ending
from telnyx_emulator.core.call.ending import leave_queue
from telnyx_emulator.core.call.queueing import enqueue
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import UNUSED_QUEUE_SECS, Queue


@pytest.fixture
def queue(world):
    return Queue(world.account, "support", 10)


def waiting(world, queue, count, every=0.0, **more):
    """So many calls in line, one after the other."""
    calls = []
    for _ in range(count):
        calls.append(world.answered())
        enqueue(queue, calls[-1], **more)
        world.advance(every)
    return calls


def test_positions_count_from_one_and_move_up(world, queue):
    first, second, third = waiting(world, queue, 3)
    assert [call.place.position for call in (first, second, third)] == [1, 2, 3]
    leave_queue(second, "leave")
    assert [first.place.position, second.place, third.place.position] == [1, None, 2]
    enqueue(queue, second)
    assert second.place.position == 3


def test_whoever_comes_is_told_where_it_stands_and_what_a_wait_is_like(world, queue):
    enqueue(queue, world.answered())
    assert world.events() == ["call.enqueued"]
    payload = world.payload("call.enqueued")
    assert (payload["queue"], payload["current_position"], payload["queue_avg_wait_time_secs"]) == ("support", 1, 0)
    assert "from" not in payload
    assert "to" not in payload


def test_whoever_leaves_is_told_its_last_position_and_its_own_wait(world, queue):
    _, second = waiting(world, queue, 2)
    world.advance(12.9)
    world.forget()
    leave_queue(second, "leave")
    payload = world.payload("call.dequeued")
    assert (payload["queue"], payload["queue_position"], payload["reason"]) == ("support", 2, "leave")
    assert payload["wait_time_secs"] == 12


def test_the_average_of_the_line_is_that_of_those_who_are_in_it(world, queue):
    assert queue.waiting_secs() == 0
    first, _, _ = waiting(world, queue, 3, every=10.1)
    assert queue.waiting_secs() == 20
    leave_queue(first, "leave")
    assert queue.waiting_secs() == 15


def test_the_average_stay_is_that_of_those_who_left_and_at_first_of_those_who_wait(world, queue):
    first, second, _ = waiting(world, queue, 3, every=10)
    assert queue.average_wait_secs() == 20
    leave_queue(first, "leave")
    assert queue.average_wait_secs() == 30
    world.advance(60)
    leave_queue(second, "leave")
    assert queue.average_wait_secs() == 55


@pytest.mark.parametrize("every", [0.1, 0.3, 1.1, 2.7])
def test_whole_seconds_are_not_lost_in_sums(world, queue, every):
    world.advance(0.7)
    calls = waiting(world, queue, 10, every)
    for call in calls[:5]:
        leave_queue(call, "leave")
    seconds = every * 3
    world.advance(30 - seconds)
    assert queue.waiting_secs() == 30
    world.forget()
    leave_queue(calls[5], "leave")
    assert world.payload("call.dequeued")["wait_time_secs"] == int(30 + 2 * every + 1e-6)


def test_leaving_no_queue_says_nothing(world):
    leave_queue(world.answered(), "leave")
    assert world.events() == []


def test_patience_is_a_limit_that_the_clock_does_not_jump_to(world, queue):
    (call,) = waiting(world, queue, 1, patience=30)
    world.clock.set_mode("auto")
    assert world.clock.poll() is None
    world.clock.set_mode("manual")
    world.advance(29)
    assert call.place is not None
    world.forget()
    world.advance(1)
    assert (call.place, call.state) == (None, State.ANSWERED)
    payload = world.payload("call.dequeued")
    assert (payload["reason"], payload["wait_time_secs"]) == ("timeout", 30)


def test_patience_ends_with_the_wait(world, queue):
    (call,) = waiting(world, queue, 1, patience=30)
    leave_queue(call, "leave")
    enqueue(queue, call)
    world.advance(60)
    assert call.place.position == 1


def test_a_call_that_ends_leaves_before_its_hangup(world, queue):
    (call,) = waiting(world, queue, 1)
    world.do(call, "speak", payload="please wait", voice="female")
    world.do(call, "siprec_start", connector_name="recorder")
    world.advance(0.5)
    world.forget()
    ending.hang_up(call)
    assert world.events() == ["call.speak.ended", "call.dequeued", "siprec.stopped", "call.hangup"]
    assert world.payload("call.dequeued")["reason"] == "hangup"
    assert queue.line == []


def test_a_call_that_is_kept_stays_after_its_end_until_somebody_takes_it_out(world, queue):
    (call,) = waiting(world, queue, 1, keep_after_hangup=True)
    world.forget()
    ending.hang_up(call)
    assert world.events() == ["call.hangup"]
    world.advance(700)
    assert world.account.calls == {}
    assert queue.find(call.id) is call.place
    leave_queue(call, "leave")
    assert (world.events(), queue.find(call.id)) == (["call.hangup", "call.dequeued"], None)
    assert world.payload("call.dequeued")["wait_time_secs"] == 700


def test_a_call_that_was_kept_makes_room_for_one_of_the_same_id(world, queue):
    (gone,) = waiting(world, queue, 1, keep_after_hangup=True)
    ending.hang_up(gone)
    again = world.answered()
    again.id = gone.id
    enqueue(queue, again)
    assert ([place.call for place in queue.line], gone.place) == ([again], None)
    leave_queue(again, "leave")
    assert queue.find(again.id) is None


def test_patience_holds_for_a_call_that_is_kept_too(world, queue):
    (call,) = waiting(world, queue, 1, keep_after_hangup=True, patience=60)
    ending.hang_up(call)
    world.advance(60)
    assert (queue.line, world.payload("call.dequeued")["reason"]) == ([], "timeout")


def test_the_one_who_is_next_is_never_oneself(world, queue):
    nobody = world.answered()
    assert queue.first(besides=nobody) is None
    first, second = waiting(world, queue, 2)
    assert queue.first(besides=nobody).call is first
    assert queue.first(besides=first).call is second
    leave_queue(second, "leave")
    assert queue.first(besides=first) is None


def test_bridging_takes_both_legs_out_before_it_is_told(world, queue):
    call, other = waiting(world, queue, 2)
    world.forget()
    bridging.bridge(other, call)
    assert world.events(call) == world.events(other) == ["call.dequeued", "call.bridged"]
    assert {payload["reason"] for payload in world.payloads("call.dequeued")} == {"bridged"}
    assert queue.line == []


def test_an_empty_queue_is_forgotten_after_a_while_without_calls(world, queue):
    (call,) = waiting(world, queue, 1)
    world.advance(2 * UNUSED_QUEUE_SECS)
    leave_queue(call, "leave")
    world.advance(UNUSED_QUEUE_SECS - 1)
    enqueue(queue, call)
    leave_queue(call, "leave")
    world.advance(UNUSED_QUEUE_SECS - 1)
    assert world.account.queues == {"support": queue}
    world.advance(1)
    assert world.account.queues == {}
    assert world.notes("state")[-1].detail == {"change": "deleted", "key": "support"}


def test_a_queue_that_was_made_or_changed_on_purpose_stays(world, queue):
    Queue(world.account, "made", 5, explicit=True)
    (call,) = waiting(world, queue, 1)
    leave_queue(call, "leave")
    queue.resize(3)
    world.advance(UNUSED_QUEUE_SECS + 1)
    assert list(world.account.queues) == ["support", "made"]


def test_a_smaller_queue_is_full_until_enough_have_left(world, queue):
    calls = waiting(world, queue, 3)
    created = queue.updated_at
    world.advance(5)
    queue.resize(2)
    assert (queue.full, len(queue.line), queue.updated_at > created) == (True, 3, True)
    leave_queue(calls[0], "leave")
    assert queue.full
    leave_queue(calls[1], "leave")
    assert not queue.full


def test_a_deleted_queue_is_not_deleted_again_when_its_time_is_up(world, queue):
    (call,) = waiting(world, queue, 1)
    leave_queue(call, "leave")
    queue.delete()
    Queue(world.account, "made", 5, explicit=True).delete()
    world.advance(UNUSED_QUEUE_SECS + 1)
    assert world.account.queues == {}


def test_events_of_a_wait_carry_the_latest_client_state(world, queue):
    call = world.answered()
    call.client_state = "YQ=="
    enqueue(queue, call, patience=5)
    call.client_state = "Yg=="
    world.advance(5)
    assert world.payload("call.enqueued")["client_state"] == "YQ=="
    assert world.payload("call.dequeued")["client_state"] == "Yg=="
