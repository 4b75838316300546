"""Queues by the vendor's paths: made, read, listed, changed, deleted; and the calls in them."""

from __future__ import annotations

from typing import Any

import pytest
from wire import CALLER, CONNECTION, OUR_NUMBER, Answer, Api, Receiver

QUEUE = "/v2/queues/support"
ADOPTED = pytest.mark.settings(adopt=True)


async def waiting(api: Api, **more: Any) -> str:
    """A call in the queue `support`."""
    id = await api.answered()
    await api.do(id, "enqueue", queue_name="support", **more)
    await api.rest()
    return id


async def reasons(api: Api) -> list[str]:
    await api.rest()
    return [event["payload"]["reason"] for event in api.world.events("call.dequeued")]


async def test_a_queue_is_made_read_resized_and_deleted(api: Api) -> None:
    made = (await api.post("/v2/queues", queue_name="support", max_size=5)).data
    assert (made["name"], made["max_size"], made["current_size"]) == ("support", 5, 0)
    assert (await api.get(QUEUE)).data == made
    resized = (await api.post(QUEUE, max_size=9)).data
    assert (resized["id"], resized["max_size"]) == (made["id"], 9)
    answer = await api.delete(QUEUE)
    assert (answer.status, answer.raw) == (204, b"")
    assert (await api.get(QUEUE)).refusal == (404, "10005")


async def test_a_name_in_a_path_may_be_anything(api: Api) -> None:
    await api.post("/v2/queues", queue_name="tier 1/ß")
    assert (await api.get("/v2/queues/tier%201%2F%C3%9F")).data["name"] == "tier 1/ß"
    assert (await api.post("/v2/queues/tier%201%2F%C3%9F", queue_name="other", max_size=2)).data["name"] == "tier 1/ß"


async def test_a_queue_in_which_somebody_waits_is_not_deleted(api: Api) -> None:
    await waiting(api)
    answer = await api.delete(QUEUE)
    assert answer.refusal == (400, "90050")
    assert (answer.error["title"], answer.error["detail"]) == (
        "Unable to delete queue",
        "Only empty queues can be deleted.",
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", QUEUE),
        ("DELETE", QUEUE),
        ("GET", f"{QUEUE}/calls"),
        ("GET", f"{QUEUE}/calls/v3:nobody"),
        ("PATCH", f"{QUEUE}/calls/v3:nobody"),
        ("DELETE", f"{QUEUE}/calls/v3:nobody"),
        ("GET", "/v2/queues/sales/calls/v3:nobody"),
    ],
)
async def test_what_is_not_there_is_10005(api: Api, method: str, path: str) -> None:
    await api.post("/v2/queues", queue_name="sales")
    assert (await api.send(method, path)).refusal == (404, "10005")


async def test_an_unknown_queue_is_not_resized(api: Api) -> None:
    assert (await api.post(QUEUE, max_size=9)).refusal == (404, "10005")


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("/v2/queues", {}, ("10004", "/queue_name")),
        ("/v2/queues", {"queue_name": "a", "max_size": 0}, ("10033", "/max_size")),
        (QUEUE, {}, ("10004", "/max_size")),
        (QUEUE, {"max_size": "many"}, ("10026", "/max_size")),
    ],
)
async def test_what_does_not_fit_is_refused_where_it_stands(
    api: Api, path: str, body: dict[str, Any], refusal: tuple[str, str]
) -> None:
    answer = await api.post(path, **body)
    assert (answer.status, answer.error["code"], answer.error["source"]["pointer"]) == (422, *refusal)


async def test_queues_are_listed_in_pages(api: Api) -> None:
    assert (await api.get("/v2/queues")).data == []
    for name in "abc":
        await api.post("/v2/queues", queue_name=name)
    answer = await api.get("/v2/queues", **{"page[size]": 2, "page[number]": 2})
    assert [queue["name"] for queue in answer.data] == ["c"]
    assert answer.json["meta"] == {"page_number": 2, "page_size": 2, "total_pages": 2, "total_results": 3}


async def test_a_waiting_call_is_shown_with_its_place_and_its_wait(api: Api) -> None:
    await waiting(api)
    await api.advance(5)
    id = await waiting(api)
    await api.advance(12)
    queue = (await api.get(QUEUE)).data
    call = (await api.get(f"{QUEUE}/calls/{id}")).data
    status = (await api.get(f"/v2/calls/{id}")).data
    assert call == {
        "record_type": "queue_call",
        "call_control_id": id,
        "call_leg_id": status["call_leg_id"],
        "call_session_id": status["call_session_id"],
        "connection_id": CONNECTION,
        "from": CALLER,
        "to": OUR_NUMBER,
        "is_alive": True,
        "enqueued_at": call["enqueued_at"],
        "queue_id": queue["id"],
        "queue_position": 2,
        "wait_time_secs": 12,
    }
    assert queue["created_at"] < call["enqueued_at"]
    assert (queue["current_size"], queue["average_wait_time_secs"]) == (2, 14)


async def test_waiting_calls_are_listed_in_order_by_page_and_by_cursor(api: Api) -> None:
    calls = [await waiting(api) for _ in range(3)]

    def ids(answer: Answer) -> list[str]:
        return [call["call_control_id"] for call in answer.data]

    assert ids(await api.get(f"{QUEUE}/calls")) == calls
    assert ids(await api.get(f"{QUEUE}/calls", page_number=2, page_size=2)) == calls[2:]
    first = await api.get(f"{QUEUE}/calls", **{"page[limit]": 1})
    after = first.json["meta"]["cursors"]["after"]
    assert ids(await api.get(f"{QUEUE}/calls", **{"page[after]": after})) == calls[1:]


async def test_a_call_that_is_kept_after_its_hangup_is_shown_as_not_alive(api: Api) -> None:
    id = await waiting(api)
    assert (await api.patch(f"{QUEUE}/calls/{id}", keep_after_hangup=True)).status == 204
    await api.do(id, "hangup")
    assert (await api.get(f"{QUEUE}/calls/{id}")).data["is_alive"] is False
    assert (await api.patch(f"{QUEUE}/calls/{id}")).status == 204
    assert (await api.get(QUEUE)).data["current_size"] == 1
    assert (await api.delete(f"{QUEUE}/calls/{id}")).status == 204
    assert (await api.get(QUEUE)).data["current_size"] == 0
    assert await reasons(api) == ["leave"]


async def test_whoever_has_hung_up_goes_when_it_is_not_to_be_kept_any_more(api: Api) -> None:
    id = await waiting(api, keep_after_hangup=True)
    await api.do(id, "hangup")
    assert (await api.patch(f"{QUEUE}/calls/{id}", keep_after_hangup=False)).status == 204
    assert (await api.get(f"{QUEUE}/calls/{id}")).refusal == (404, "10005")
    assert await reasons(api) == ["hangup"]


async def test_a_flag_that_is_no_flag_is_refused(api: Api) -> None:
    answer = await api.patch(f"{QUEUE}/calls/{await waiting(api)}", keep_after_hangup="perhaps")
    assert answer.refusal == (422, "10026")
    assert answer.error["source"] == {"pointer": "/keep_after_hangup"}


async def test_a_live_call_that_is_removed_is_parked(api: Api, receiver: Receiver) -> None:
    id = await waiting(api)
    await api.delete(f"{QUEUE}/calls/{id}")
    assert (await api.get(f"/v2/calls/{id}")).data["is_alive"]
    assert await reasons(api) == ["leave"]
    assert receiver.one("call.dequeued").payload["call_control_id"] == id


async def test_the_state_shows_queues_and_places(api: Api) -> None:
    id = await waiting(api, keep_after_hangup=True)
    await api.advance(3)
    state = (await api.get("/_emulator/state")).data
    (queue,) = state["queues"]
    assert (queue["name"], queue["max_size"]) == ("support", 100)
    assert queue["calls"] == [{"call_control_id": id, "waited": 3.0, "keep_after_hangup": True}]
    assert state["calls"][0]["queue"] == {"name": "support", "position": 1}


# -- adopted -----------------------------------------------------------------------------------------------------


@ADOPTED
async def test_whatever_is_named_exists(api: Api) -> None:
    assert (await api.get("/v2/queues")).data[0]["name"] == "adopted"
    assert (await api.get(QUEUE)).data["max_size"] == 300
    assert (await api.get("/v2/queues/sales/calls")).data[0]["is_alive"]
    assert (await api.get(f"{QUEUE}/calls/somebody")).data["queue_position"] == 1
    assert (await api.post("/v2/queues/new", max_size=4)).data["max_size"] == 4
    assert (await api.patch(f"{QUEUE}/calls/another", keep_after_hangup=True)).status == 204
    assert (await api.delete(f"{QUEUE}/calls/yet_another")).status == 204
    assert (await api.delete(QUEUE)).status == 204


@ADOPTED
async def test_a_queue_that_exists_is_made_anew(api: Api) -> None:
    first = (await api.post("/v2/queues", queue_name="support")).data
    await waiting(api)
    second = (await api.post("/v2/queues", queue_name="support", max_size=7)).data
    assert (second["current_size"], second["max_size"]) == (0, 7)
    assert second["id"] != first["id"]


@ADOPTED
async def test_a_queue_fits_whoever_comes(api: Api) -> None:
    await waiting(api, max_size=2)
    await waiting(api, max_size=1)
    queue = (await api.get(QUEUE)).data
    assert (queue["current_size"], queue["max_size"]) == (1, 1)
    last = await waiting(api)
    assert [call["call_control_id"] for call in (await api.get(f"{QUEUE}/calls")).data] == [last]


@ADOPTED
async def test_whoever_waits_can_be_put_in_again_and_whoever_does_not_can_leave(api: Api) -> None:
    id = await waiting(api)
    await api.do(id, "enqueue", queue_name="sales")
    assert (await api.get(f"/v2/queues/sales/calls/{id}")).data["queue_position"] == 1
    await api.do(id, "leave_queue")
    await api.do(id, "leave_queue")
    await api.do(id, "hangup")
    assert (await api.get(f"{QUEUE}/calls/{id}")).data["is_alive"]


@ADOPTED
async def test_an_empty_queue_has_somebody_to_be_bridged_with(api: Api) -> None:
    agent = await api.answered()
    await api.do(agent, "bridge", queue="support")
    assert (await api.get("/_emulator/state")).data["calls"][0]["bridged_with"]


@ADOPTED
async def test_whoever_has_hung_up_is_passed_over(api: Api) -> None:
    agent, gone, alive = await api.answered(), await waiting(api, keep_after_hangup=True), await waiting(api)
    await api.do(gone, "hangup")
    await api.do(agent, "bridge", queue="support")
    assert (await api.get("/_emulator/state")).data["calls"][0]["bridged_with"] == alive
