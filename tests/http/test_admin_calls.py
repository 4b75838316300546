"""The far end by hand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from wire import CALLER, Api, Reaction, Receiver


async def verb(api: Api, id: str, name: str, **body: Any) -> Any:
    return await api.post(f"/_emulator/calls/{id}/{name}", **body)


async def test_somebody_calls_and_the_application_is_told(api: Api, receiver: Receiver) -> None:
    headers = [{"name": "X-Order", "value": "7"}]
    call = {"from": CALLER, "to": "+15557", "connection_id": "42", "caller_name": "Ann", "headers": headers}
    answer = await api.post("/_emulator/calls", **call)
    assert answer.status == 201
    assert set(answer.data) == {
        "call_control_id", "call_leg_id", "call_session_id", "connection_id", "direction", "state", "from", "to",
        "name",
    }  # fmt: skip
    assert (answer.data["state"], answer.data["from"], answer.data["to"]) == ("ringing", CALLER, "+15557")
    await api.rest()
    payload = receiver.one("call.initiated").payload
    assert payload["call_control_id"] == answer.data["call_control_id"]
    assert (payload["connection_id"], payload["custom_headers"]) == ("42", headers)
    assert payload["caller_id_name"] == "Ann"


async def test_without_a_body_somebody_believable_calls_the_only_application(api: Api) -> None:
    first = (await api.send("POST", "/_emulator/calls")).data
    second = (await api.send("POST", "/_emulator/calls")).data
    assert first["from"].startswith("+1555")
    assert first["from"] != second["from"]
    assert first["connection_id"] == second["connection_id"]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"persona": "wizard"}, "10032", "/persona"),
        ({"to": ""}, "10004", "/to"),
        ({"from": 5}, "10026", "/from"),
        ({"headers": [{"name": "X"}]}, "10004", "/headers/0/value"),
        ({"fron": CALLER}, "10015", "/fron"),
    ],
)
async def test_a_call_that_cannot_be_is_refused(api: Api, body: dict[str, Any], code: str, pointer: str) -> None:
    answer = await api.post("/_emulator/calls", **body)
    assert answer.refusal == (422, code)
    assert answer.error["source"] == {"pointer": pointer}
    assert not api.world.world.calls


@pytest.mark.settings(strict=True)
async def test_strict_knows_only_its_own_connections(api: Api) -> None:
    answer = await api.post("/_emulator/calls", connection_id="42")
    assert (answer.refusal, answer.error["source"]) == ((422, "10015"), {"pointer": "/connection_id"})


async def test_the_dialled_party_answers_or_rejects(api: Api, receiver: Receiver) -> None:
    picked_up, refused = await api.dialled(to="+15550100020"), await api.dialled(to="+15550100020")
    assert (await verb(api, picked_up, "answer")).data["state"] == "answered"
    assert (await verb(api, refused, "reject", cause="busy")).data["state"] == "ended"
    await api.rest()
    assert receiver.one("call.answered").payload["call_control_id"] == picked_up
    hangup = receiver.one("call.hangup").payload
    assert (hangup["hangup_cause"], hangup["sip_hangup_cause"]) == ("user_busy", "486")


async def test_the_far_end_presses_keys_one_after_the_other(api: Api, receiver: Receiver) -> None:
    id = await api.answered()
    await verb(api, id, "press", digits="12", every=2)
    await api.rest()
    assert [one.payload["digit"] for one in receiver.got("call.dtmf.received")] == ["1"]
    await api.advance(2)
    assert [one.payload["digit"] for one in receiver.got("call.dtmf.received")] == ["1", "2"]


async def test_the_far_end_holds_unholds_and_hangs_up(api: Api, receiver: Receiver) -> None:
    id = await api.answered()
    for name in ("hold", "unhold", "hangup"):
        assert (await verb(api, id, name)).status == 200
    await api.rest()
    assert receiver.names[2:] == ["call.hold", "call.unhold", "call.hangup"]
    assert receiver.one("call.hangup").payload["hangup_source"] == "caller"


async def test_what_the_far_end_says_stands_in_the_journal(api: Api) -> None:
    id = await api.answered()
    await verb(api, id, "say", text="I want to talk to a human")
    entries = (await api.get("/_emulator/journal", kind="far_end")).data
    assert [(one["name"], one.get("text")) for one in entries] == [("call", None), ("say", "I want to talk to a human")]


async def test_a_call_is_named_by_its_leg_or_as_the_latest_one_too(api: Api) -> None:
    await api.answered()
    id = await api.answered()
    leg = (await api.get(f"/v2/calls/{id}")).data["call_leg_id"]
    assert (await verb(api, leg, "hold")).data["call_control_id"] == id
    assert (await verb(api, "latest", "unhold")).data["call_control_id"] == id


@pytest.mark.parametrize(
    ("name", "body", "refusal"),
    [
        ("press", {"digits": "9z"}, (422, "90014")),
        ("press", {}, (422, "10004")),
        ("press", {"digits": "1", "every": -1}, (422, "10033")),
        ("say", {"text": " "}, (422, "10004")),
        ("hangup", {"cause": "boredom"}, (422, "10032")),
        ("hangup", {"sip": 99}, (422, "10033")),
        ("hold", {"musik": True}, (422, "10015")),
        ("answer", {}, (422, "90102")),
        ("dance", {}, (404, "10005")),
    ],
)
async def test_a_verb_that_does_not_fit_is_refused(
    api: Api, name: str, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    id = await api.answered()
    events = len(api.world.events())
    assert (await verb(api, id, name, **body)).refusal == refusal
    assert len(api.world.events()) == events


async def test_verbs_know_which_calls_there_are(api: Api) -> None:
    assert (await verb(api, "latest", "hold")).refusal == (404, "10005")
    ringing, over = await api.incoming(), await api.answered()
    await api.do(over, "hangup")
    assert (await verb(api, ringing, "press", digits="1")).refusal == (422, "90034")
    assert (await verb(api, over, "hold")).refusal == (422, "90018")


async def test_a_verb_waits_until_the_application_has_reacted(api: Api, receiver: Receiver) -> None:
    """The caller presses a key while the application still answers the call."""
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    id = await api.incoming()
    pressed = asyncio.create_task(verb(api, id, "press", digits="1"))
    await receiver.arrival()
    await api.barrier(receiver)
    assert not pressed.done()
    await api.do(id, "answer")
    taken.set()
    assert (await pressed).status == 200
    await api.rest()
    assert receiver.names == ["call.initiated", "call.answered", "call.dtmf.received"]


@pytest.mark.settings(guard=0.05)
async def test_a_world_that_does_not_come_to_rest_is_409_naming_who_is_busy(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    id = await api.incoming()
    answer = await verb(api, id, "hangup")
    taken.set()
    assert answer.refusal == (409, "10008")
    assert "your answer to call.initiated" in answer.error["detail"]


@pytest.mark.parametrize("name", [".", ".."])
async def test_a_name_that_no_path_can_have_is_refused(api: Api, name: str) -> None:
    answer = await api.post("/_emulator/calls", name=name)
    assert (answer.status, answer.json["errors"][0]["source"]) == (422, {"pointer": "/name"})


async def test_a_name_that_a_test_gave_means_that_leg_though_a_party_has_it_too(api: Api) -> None:
    given = (await api.post("/_emulator/calls", name="agent")).data
    scenario = {"version": 1, "scenario": "s", "parties": {"agent": {"number": "+15557770009"}}}
    assert (await api.put("/_emulator/scenarios", **scenario)).status == 201
    await api.post("/v2/calls", to="+15557770009", **{"from": "+15559990000", "connection_id": "1"})
    shown = (await api.get("/_emulator/calls/agent")).data
    assert (shown["call_control_id"], shown["name"]) == (given["call_control_id"], "agent")
