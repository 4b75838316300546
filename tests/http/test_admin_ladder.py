"""The ladder over HTTP, looking on without being noticed, and help with signatures."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from wire import CALLEE, Api, Receiver

from telnyx_emulator.journal.ring import CommandUnderWay
from telnyx_emulator.signing import Signer

LADDER, JOURNAL, VERIFY = "/_emulator/ladder", "/_emulator/journal", "/_emulator/verify-signature"


async def read(api: Api, path: str = LADDER, **query: str) -> tuple[str, str]:
    """Content type and text."""
    url = f"{api._emulator.url}{path}"
    async with api._session.get(url, params=query, headers=api.headers) as response:
        assert response.status == 200, await response.text()
        return response.headers["content-type"], await response.text()


async def test_the_ladder_is_text_unless_asked_otherwise(api: Api) -> None:
    id = await api.answered()
    await api.post(f"/_emulator/calls/{id}/hangup")
    await api.rest()
    kind, text = await read(api)
    assert kind == "text/plain; charset=utf-8"
    labels = [line.split("|")[1:3] for line in text.splitlines()[1:]]
    assert [[label.strip("- <>") for label in row] for row in labels] == [
        ["INVITE", ""],
        ["", "call.initiated"],
        ["", "answer"],
        ["200 OK", "call.answered"],
        ["BYE", "call.hangup"],
    ]


async def test_mermaid_and_json_on_request(api: Api) -> None:
    await api.answered()
    kind, diagram = await read(api, format="mermaid")
    assert kind.startswith("text/plain")
    assert diagram.startswith("sequenceDiagram\n    participant leg1 as caller\n")
    data = (await api.get(LADDER, format="json")).data
    assert data["columns"] == ["caller", "emulator", "app"]
    assert data["rows"][0]["arrows"][0]["label"] == "INVITE"


async def test_one_leg_or_one_session_by_name_or_id(api: Api) -> None:
    caller = await api.answered()
    callee = await api.dialled(to=CALLEE)
    await api.advance(2)
    world = api.world.world.calls
    for name in ("callee", callee, world[callee].leg_id, "latest"):
        assert (await api.get(LADDER, format="json", leg=name)).data["columns"] == ["callee", "emulator", "app"]
    for name in (world[callee].session.id, "latest"):
        assert (await api.get(LADDER, format="json", session=name)).data["columns"] == ["callee", "emulator", "app"]
    alone = (await api.get(LADDER, format="json", session=world[caller].session.id)).data
    assert alone["columns"] == ["caller", "emulator", "app"]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [({"format": "png"}, (422, "10031")), ({"leg": "nobody"}, (404, "10005")), ({"session": "x"}, (404, "10005"))],
)
async def test_what_does_not_exist_is_refused(api: Api, query: dict[str, str], refusal: tuple[int, str]) -> None:
    await api.incoming()
    answer = await api.get(LADDER, **query)
    assert answer.refusal == refusal
    assert answer.error["detail"]


async def test_legs_have_the_names_that_a_scenario_gives_them(api: Api) -> None:
    scenario = {
        "version": 1,
        "scenario": "named",
        "timeline": [{"at": "0s", "call": {"from": "+15551230001", "as": "customer"}}],
    }
    await api.put("/_emulator/scenarios", **scenario)
    await api.advance(1)
    assert (await api.get(LADDER, format="json")).data["columns"][0] == "customer"


# -- looking on --------------------------------------------------------------------------------------------------


@pytest.mark.settings(clock="auto")
async def test_who_only_looks_on_moves_no_clock(api: Api, receiver: Receiver) -> None:
    """A caller's patience is a limit, to which the auto clock jumps when somebody waits."""
    await api.incoming()
    await api.rest()
    looking = asyncio.create_task(api.get(JOURNAL, after=99, wait=5, passive=1))
    await api.waits()
    await api.barrier(receiver)
    assert (await api.get("/_emulator/clock")).data["elapsed"] == 0
    await api.get(JOURNAL, after=len(api.world.journal.after(0)), kind="event", wait=60)
    assert (await api.get("/_emulator/clock")).data["elapsed"] > 0
    await api.post("/_emulator/reset")
    await looking


async def test_looking_on_tells_one_journal_from_the_next(api: Api) -> None:
    await api.incoming()
    first = (await api.get(JOURNAL, passive=1)).json["meta"]
    assert (await api.get(JOURNAL, passive=1)).json["meta"] == first
    await api.post("/_emulator/reset")
    assert (await api.get(JOURNAL, passive=1)).json["meta"]["journal"] != first["journal"]


async def test_who_looks_on_gets_entries_when_they_are_complete(api: Api) -> None:
    journal = api.world.journal
    line = CommandUnderWay(journal, api.world.clock.elapsed(), "answer", None)
    line.received({}, None)
    api.world.state_change("parked", None, {})
    assert (await api.get(JOURNAL, passive=1)).data == []
    looking = asyncio.create_task(api.get(JOURNAL, passive=1, wait=5))
    await api.waits()
    assert not looking.done()
    line.answered(api.world.clock.elapsed())
    assert [line["name"] for line in (await looking).data] == ["answer", "parked"]


# -- signatures --------------------------------------------------------------------------------------------------


async def verified(api: Api, **given: Any) -> dict[str, Any]:
    return (await api.post(VERIFY, **given)).data


async def test_a_webhook_as_it_came_is_valid(api: Api, receiver: Receiver) -> None:
    await api.incoming()
    await api.rest()
    came = receiver.one("call.initiated")
    for body in ({"body": came.body.decode()}, {"body_base64": base64.b64encode(came.body).decode()}):
        told = await verified(api, headers=dict(came.headers), **body)
        assert told["valid"], told


async def test_the_emulator_knows_which_event_a_signature_belongs_to(api: Api, receiver: Receiver) -> None:
    await api.answered()
    first, second = receiver.one("call.initiated"), receiver.one("call.answered")
    told = await verified(api, headers={k.lower(): v for k, v in first.headers.items()}, body=second.body.decode())
    assert not told["valid"]
    assert told["problems"][0]["problem"] == (
        f"The signature belongs to call.initiated ({first.json['data']['id']}), "
        f"the body to call.answered ({second.json['data']['id']})."
    )


async def test_another_public_key_is_told(api: Api, receiver: Receiver) -> None:
    await api.incoming()
    await api.rest()
    came = receiver.one("call.initiated")
    other = Signer(Signer.new_key()).public_key
    headers = {name: [value] for name, value in came.headers.items()}
    told = await verified(api, headers=headers, body=came.body.decode(), public_key=other)
    assert told["problems"][0]["advice"] == f"Set TELNYX_PUBLIC_KEY={Signer().public_key}"


async def test_a_signature_that_a_fault_spoilt_is_named(api: Api, receiver: Receiver) -> None:
    fault = {
        "name": "impostor",
        "when": {"delivered": "call.initiated"},
        "do": {"delivery": {"signature": "wrong_key"}},
    }
    await api.post("/_emulator/faults", **fault)
    await api.incoming()
    await api.rest()
    came = receiver.one("call.initiated")
    told = await verified(api, headers=dict(came.headers), body=came.body.decode())
    assert "'impostor'" in told["problems"][0]["problem"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"headers": {}},
        {"headers": {}, "body": "x", "body_base64": "eA=="},
        {"headers": {}, "body_base64": "?"},
        {"headers": {}, "body": {"data": {}}},
        {"headers": [], "body": ""},
        {"headers": {}, "body": "", "tolerance": -1},
        {"headers": {}, "body": "", "publickey": "x"},
    ],
)
async def test_what_cannot_be_judged_is_refused(api: Api, body: dict[str, Any]) -> None:
    answer = await api.send("POST", VERIFY, json=body)
    assert answer.status == 422
    assert answer.json["errors"][0]["detail"]
