"""In which order webhooks arrive, and what may hold them up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from wire import Api, Reaction, Receiver

from telnyx_emulator.core.call import ending
from telnyx_emulator.webhooks import IN_ORDER_SECS, Attempt, Delivery, Sender

pytestmark = pytest.mark.usefixtures("in_order")


async def test_events_of_a_call_arrive_in_their_order(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", Reaction(delay=0.03))
    receiver.on("call.answered", Reaction(delay=0.02))
    id = await api.incoming()
    await api.do(id, "answer")
    await api.do(id, "speak", payload="hello", voice="female")
    await api.do(id, "hangup")
    await api.rest()
    assert receiver.names == [
        "call.initiated", "call.answered", "call.speak.started", "call.speak.ended", "call.hangup",
    ]  # fmt: skip


async def test_the_next_webhook_starts_when_the_one_before_was_answered(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    id = await api.incoming()
    await api.do(id, "answer")
    await receiver.arrival()
    await api.barrier(receiver)
    assert receiver.names == ["call.initiated"]
    taken.set()
    await receiver.arrival(2)
    assert receiver.names == ["call.initiated", "call.answered"]


async def test_a_receiver_that_blocks_until_the_next_event_gets_it_after_200_ms(
    api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("telnyx_emulator.webhooks.session_queue.IN_ORDER_SECS", IN_ORDER_SECS)
    taken, began = asyncio.Event(), asyncio.get_running_loop().time()
    receiver.on("call.initiated", Reaction(until=taken))
    id = await api.incoming()
    await api.do(id, "answer")
    await receiver.arrival(2)
    taken.set()
    assert receiver.names == ["call.initiated", "call.answered"]
    assert receiver.received[1].at - began > 0.19
    await api.rest()
    assert {delivery["status"] for delivery in await api.deliveries()} == {"delivered"}


async def test_a_retry_holds_up_none_of_its_successors(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500, 200)
    await api.answered()
    assert receiver.names == ["call.initiated", "call.answered"]
    await api.advance(1)
    assert receiver.names == ["call.initiated", "call.answered", "call.initiated"]


async def test_unrelated_calls_do_not_wait_for_one_another(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("/slow", Reaction(until=taken))
    await api.dialled(webhook_url=f"{receiver.origin}/slow")
    await receiver.arrival()
    await api.dialled(webhook_url=f"{receiver.origin}/fast")
    await receiver.arrival(2)
    taken.set()
    assert [one.path for one in receiver.received] == ["/slow", "/fast"]


async def test_legs_of_one_session_share_its_order(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    id = await api.answered()
    receiver.on("call.speak.started", Reaction(until=taken))
    await api.do(id, "speak", payload="hello", voice="female")
    await api.dialled(link_to=id, webhook_url=f"{receiver.origin}/other")
    await receiver.arrival(3)
    await api.barrier(receiver)
    assert receiver.names[2:] == ["call.speak.started"]
    taken.set()
    await api.rest()
    assert receiver.names[2:] == ["call.speak.started", "call.initiated"]


async def test_bridged_sessions_share_one_order(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    first = await api.answered()
    second = await api.dialled()
    await api.advance(1)
    receiver.received.clear()
    receiver.on("call.bridged", Reaction(until=taken), 200)
    await api.do(first, "bridge", call_control_id=second)
    await api.do(second, "hangup")
    await receiver.arrival()
    await api.barrier(receiver)
    assert len(receiver.received) == 1
    taken.set()
    await api.rest()
    arrived = [(webhook.name, webhook.payload["call_control_id"]) for webhook in receiver.received]
    assert arrived[:2] == [("call.bridged", first), ("call.bridged", second)]
    assert sorted(arrived[2:]) == sorted([("call.hangup", first), ("call.hangup", second)])


async def test_what_waited_before_the_bridge_still_comes_first(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    first = await api.incoming()
    await api.do(first, "answer")
    await api.rest()
    second = await api.dialled()
    await api.advance(1)
    receiver.received.clear()
    receiver.on("call.speak.started", Reaction(until=taken), 200)
    await api.do(second, "speak", payload="hello", voice="female")
    await api.do(first, "bridge", call_control_id=second)
    await receiver.arrival()
    await api.barrier(receiver)
    assert receiver.names == ["call.speak.started"]
    taken.set()
    await api.rest()
    assert receiver.names[:3] == ["call.speak.started", "call.bridged", "call.bridged"]


async def test_the_answer_to_a_command_is_out_before_its_webhooks(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []
    write_eof, attempt = web.Response.write_eof, Sender.attempt

    async def slow_write_eof(response: web.Response, data: bytes = b"") -> None:
        await asyncio.sleep(0.02)
        await write_eof(response, data)
        log.append("answer")

    async def noted_attempt(sender: Sender, *arguments: object) -> object:
        log.append("webhook")
        return await attempt(sender, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(web.Response, "write_eof", slow_write_eof)
    monkeypatch.setattr(Sender, "attempt", noted_attempt)
    await api.dialled()
    await api.rest()
    assert log[0] == "answer"
    assert "webhook" in log


async def test_what_overtakes_a_slow_answer_waits_behind_it(api: Api, receiver: Receiver) -> None:
    """An event of the far end, while a request of the same session is not answered yet."""
    id = await api.answered()
    receiver.received.clear()
    with api.world.outbox.gate() as gate:
        ending.end(api.world.world.calls[id], "normal_clearing", "caller", "200")
    await api.barrier(receiver)
    assert receiver.names == []
    gate.open()
    await api.rest()
    assert receiver.names == ["call.hangup"]


async def test_an_error_of_our_own_while_sending_holds_up_neither_the_next_one_nor_the_clock(
    api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, told = Sender.attempt, []

    async def broken(sender: Sender, delivery: Delivery, *arguments: Any) -> Attempt:
        if delivery.event.name == "call.initiated":
            raise RuntimeError("a bug")
        return await attempt(sender, delivery, *arguments)

    monkeypatch.setattr(Sender, "attempt", broken)
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(str(context["exception"])))
    await api.answered()
    assert (receiver.names, told) == (["call.answered"], ["a bug"])
    assert api.world.clock.holders() == []


async def test_a_past_webhook_can_be_sent_again_by_either_of_its_ids(api: Api, receiver: Receiver) -> None:
    await api.answered()
    hangup = receiver.one("call.initiated").json["data"]
    (answered, initiated) = await api.deliveries()
    again = await api.post(f"/_emulator/webhooks/{hangup['id']}/redeliver")
    assert (again.status, again.data) == (202, {"event_id": hangup["id"]})
    await api.post(f"/_emulator/webhooks/{answered['id']}/redeliver")
    await api.rest()
    assert receiver.names == ["call.initiated", "call.answered", "call.initiated", "call.answered"]
    assert receiver.received[2].json == receiver.received[0].json
    assert len(await api.deliveries()) == 4
    assert initiated["webhook"]["id"] == hangup["id"]


async def test_what_was_never_sent_cannot_be_sent_again(api: Api) -> None:
    assert (await api.post("/_emulator/webhooks/none/redeliver")).refusal == (404, "10005")


async def test_an_application_may_call_the_api_before_it_answers_the_webhook(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    id = await api.incoming()
    await receiver.arrival()
    await api.do(id, "answer", client_state="YQ==")
    taken.set()
    await api.rest()
    assert receiver.names == ["call.initiated", "call.answered"]
    assert receiver.one("call.answered").payload["client_state"] == "YQ=="
