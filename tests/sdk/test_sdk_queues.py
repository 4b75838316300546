"""Queues by way of the SDK: an application with an agent, and the documentation's own calls, validated strictly."""

from __future__ import annotations

import pytest
import telnyx
from stage import Application
from telnyx import Telnyx
from wire import Api

CALL = "call_control_id"


async def test_a_caller_waits_for_an_agent(application: Application, far_end: Api):
    calls, queues = application.calls.actions, application.client.queues

    @application.on("call.initiated")
    async def take(call):
        if call.direction == "incoming":
            await calls.answer(call.call_control_id)

    @application.on("call.answered")
    async def connect(call):
        if call.from_ == "+15550001111":
            await calls.enqueue(call.call_control_id, queue_name="support")
        else:
            await calls.bridge(call.call_control_id, call_control_id_to_bridge_with="", extra_body={"queue": "support"})

    caller = await far_end.incoming()
    await far_end.until("call.enqueued")
    waiting = (await queues.calls.retrieve(caller, queue_name="support")).data
    assert (waiting.queue_position, waiting.is_alive, waiting.record_type) == (1, True, "queue_call")
    agent = await application.dial("+15550003333")
    await far_end.until("call.dequeued", "call.bridged", "call.bridged")
    assert application.payload("call.dequeued")["reason"] == "bridged"
    assert {one["call_control_id"] for one in application.payloads("call.bridged")} == {caller, agent}
    assert (await queues.retrieve("support")).data.current_size == 0


def test_the_documented_calls(strict: Telnyx):
    assert strict.calls.actions.enqueue(CALL, queue_name="support").data.result == "ok"
    assert strict.calls.actions.leave_queue(CALL).data.result == "ok"
    assert strict.calls.actions.leave_queue(CALL).data.result == "ok"


def test_queues_of_a_fresh_world(strict: Telnyx):
    assert [queue.name for queue in strict.queues.list()] == ["adopted"]
    assert strict.queues.create(queue_name="tier_1_support", max_size=100).data.max_size == 100
    assert strict.queues.create(queue_name="tier_1_support").data.max_size == 300
    assert strict.queues.retrieve("queue_name").data.name == "queue_name"
    assert strict.queues.update("queue_name", max_size=200).data.max_size == 200
    assert strict.queues.update("another", max_size=200).data.max_size == 200
    assert strict.queues.delete("queue_name") is None


def test_calls_in_a_queue_of_a_fresh_world(strict: Telnyx):
    calls = strict.queues.calls
    assert len(calls.list("queue_name").data) == 1
    assert calls.retrieve(CALL, queue_name="queue_name").data.call_control_id == CALL
    assert calls.update(CALL, queue_name="queue_name", keep_after_hangup=True) is None
    assert calls.remove(CALL, queue_name="queue_name") is None
    assert strict.queues.delete("queue_name") is None


def test_an_unknown_queue_is_not_found(connect, blocking):
    client = connect(blocking)
    with pytest.raises(telnyx.NotFoundError) as caught:
        client.queues.retrieve("nobody")
    assert caught.value.body["errors"][0]["code"] == "10005"
