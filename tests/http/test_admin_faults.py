"""Faults over HTTP: armed, listed, taken away, and refused if they are impossible."""

from __future__ import annotations

from typing import Any

import pytest
from wire import Api

FAULTS = "/_emulator/faults"
BUSY: dict[str, Any] = {
    "name": "busy minute",
    "when": {"command": "answer"},
    "do": {"api": {"status": 429, "retry_after": "150ms"}},
    "times": 1,
}


async def test_an_armed_fault_is_shown_as_it_was_written(api: Api) -> None:
    answer = await api.post(FAULTS, **BUSY)
    assert answer.status == 201
    assert answer.data == BUSY | {
        "id": "fault-1",
        "plane": "api",
        "skip": 0,
        "chance": 1.0,
        "optional": False,
        "matched": 0,
        "fired": 0,
        "used_up": False,
        "unused": True,
    }


async def test_the_list_tells_how_often_each_struck(api: Api) -> None:
    await api.post(FAULTS, **BUSY)
    await api.post(FAULTS, when={"delivered": "call.hangup"}, do={"delivery": {"drop": True}})
    await api.act(await api.incoming(), "answer")
    answer = await api.get(FAULTS)
    told = [(one["id"], one["name"], one["fired"], one["used_up"], one["unused"]) for one in answer.data]
    assert told == [
        ("fault-1", "busy minute", 1, True, False),
        ("fault-2", "delivery fault of delivered call.hangup", 0, False, True),
    ]
    assert answer.json["meta"] == {"total": 2, "unused": 1}
    assert (await api.get(f"{FAULTS}/fault-1")).data == answer.data[0]


async def test_a_removed_fault_strikes_no_more(api: Api) -> None:
    await api.post(FAULTS, **BUSY)
    assert (await api.delete(f"{FAULTS}/fault-1")).data["unused"] is True
    assert (await api.act(await api.incoming(), "answer")).status == 200
    assert (await api.get(FAULTS)).data == []


async def test_all_can_be_removed_at_once(api: Api) -> None:
    await api.post(FAULTS, **BUSY)
    await api.post(FAULTS, **BUSY)
    assert [one["id"] for one in (await api.delete(FAULTS)).data] == ["fault-1", "fault-2"]
    assert (await api.act(await api.incoming(), "answer")).status == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_unknown_fault_is_not_found(api: Api, method: str) -> None:
    assert (await api.send(method, f"{FAULTS}/fault-9")).refusal == (404, "10005")


async def test_a_fault_strikes_in_its_own_world_only(api: Api) -> None:
    other = api.with_key("KEY_of_somebody_else")
    await api.post(FAULTS, **BUSY)
    assert (await other.act(await other.incoming(), "answer")).status == 200
    assert (await other.get(FAULTS)).data == []
    assert (await api.get(FAULTS)).data[0]["matched"] == 0


async def test_a_reset_takes_all_faults_away(api: Api) -> None:
    await api.post(FAULTS, **BUSY)
    await api.post("/_emulator/reset")
    assert (await api.get(FAULTS)).data == []
    assert (await api.act(await api.incoming(), "answer")).status == 200


async def test_a_leg_may_be_named(api: Api) -> None:
    first, second = await api.incoming(), await api.incoming()
    await api.post(FAULTS, when={"command": "answer", "leg": first}, do={"api": {"status": 500}})
    await api.post(FAULTS, when={"command": "answer", "leg": "latest"}, do={"api": {"status": 503}})
    assert [(await api.act(id, "answer")).status for id in (first, second)] == [500, 503]


async def test_only_what_looks_as_said_goes_wrong(api: Api) -> None:
    where = {"payload": {"contains": "sorry"}, "client_state": {"base64": {"step": 2}}}
    await api.post(FAULTS, when={"command": "speak", "where": where}, do={"api": {"status": 500}})
    id, state = await api.answered(), "eyJzdGVwIjogMn0="
    told: list[tuple[str, dict[str, Any]]] = [("so sorry", {"client_state": state}), ("so sorry", {}), ("hello", {})]
    statuses = [(await api.act(id, "speak", payload=text, voice="female", **more)).status for text, more in told]
    assert statuses == [500, 200, 200]


@pytest.mark.parametrize(
    ("fault", "pointer", "detail"),
    [
        ({"tmies": 1}, "/tmies", 'unknown key "tmies", did you mean "times"?'),
        ({"when": {"command": "refr"}}, "/when/command", 'did you mean "refer"?'),
        ({"when": {"delivered": "call.siprec.failed"}}, "/when/delivered", 'did you mean "siprec.failed"?'),
        ({"when": {"delivered": "call.hangup"}}, "/do", "api faults are triggered by command or request"),
        ({"when": {"request": "GET /v2/calls"}}, "/when/request", "behind the version"),
        ({"when": {"request": "calls"}}, "/when/request", "is no request"),
        ({"when": {"command": "answer", "status": 200}}, "/do", "before anything is known of status"),
        ({"do": {"api": {"stauts": 500}}}, "/do/api/stauts", 'did you mean "status"?'),
        ({"do": {"api": {"status": 200}}}, "/do/api/status", "greater than or equal to 400"),
        ({"do": {"api": {"status": 500}, "delivery": {"drop": True}}}, "/do", "found api and delivery"),
        (
            {"when": {"command": "reject"}, "do": {"outcome": {"sip": 603}}},
            "/do",
            "reject cannot fail after it was accepted",
        ),
        ({"do": {"api": {"latency": 2}}}, "/do/api/latency", "2s"),
        ({"times": 0}, "/times", "greater than or equal to 1"),
        ({"chance": 2}, "/chance", "less than or equal to 1"),
    ],
)
async def test_an_impossible_fault_is_refused_with_advice(
    api: Api, fault: dict[str, Any], pointer: str, detail: str
) -> None:
    answer = await api.post(FAULTS, **(BUSY | fault))
    assert answer.refusal == (422, "10015")
    assert answer.error["source"] == {"pointer": pointer}
    assert detail in answer.error["detail"]
    assert (await api.get(FAULTS)).data == []


async def test_all_that_is_wrong_is_told_at_once(api: Api) -> None:
    answer = await api.post(FAULTS, when={"command": "answer"}, do={"api": {"status": 1, "code": "?"}}, skip=-1)
    pointers = [error["source"]["pointer"] for error in answer.json["errors"]]
    assert sorted(pointers) == ["/do/api/code", "/do/api/status", "/skip"]


async def test_media_cannot_be_disturbed_yet(api: Api) -> None:
    answer = await api.post(FAULTS, when={"command": "answer"}, do={"media": {"loss": 0.1}})
    assert answer.refusal == (422, "10015")
    assert answer.error["source"] == {"pointer": "/do/media"}
    assert answer.error["detail"].startswith("not yet")
