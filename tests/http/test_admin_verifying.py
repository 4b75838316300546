"""Whether all went as it should, at the end of a test."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from wire import Answer, Api, Reaction, Receiver

VERIFY = "/_emulator/verify"


async def problems(api: Api, **options: Any) -> dict[str, Any]:
    """What is wrong, of the kinds of which anything is."""
    answer: Answer = await api.post(VERIFY, **options)
    if answer.status == 200:
        return {}
    assert answer.refusal == (409, "10027")
    assert answer.headers["x-should-retry"] == "false"
    assert answer.error["meta"]["report"].startswith("FAILED")
    return {kind: found for kind, found in answer.error["meta"]["problems"].items() if found}


async def arm(api: Api, **fault: Any) -> None:
    assert (await api.post("/_emulator/faults", **fault)).status == 201


async def test_nothing_is_wrong_with_a_world_in_which_all_went_well(api: Api) -> None:
    await api.answered()
    assert (await api.post(VERIFY)).data == {"result": "ok"}
    assert await problems(api, strict=False) == {}


async def test_it_comes_to_rest_first(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", Reaction(delay=0.05))
    await api.incoming()
    await api.post(VERIFY)
    assert not api.world.clock.busy


@pytest.mark.settings(guard=0.05)
async def test_a_world_that_does_not_come_to_rest_names_who_is_busy(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    await api.incoming()
    answer = await api.post(VERIFY)
    taken.set()
    assert answer.refusal == (409, "10008")
    assert "your answer to call.initiated" in answer.error["detail"]


async def test_a_fault_that_never_fired_is_wrong_unless_it_is_optional(api: Api) -> None:
    for name, optional in (("nobody dials", False), ("perhaps", True)):
        refused = {"api": {"status": 500}}
        await arm(api, name=name, optional=optional, when={"command": "dial"}, do=refused)
    assert await problems(api) == {"unused": ["nobody dials"]}
    await api.dial()
    assert await problems(api) == {}


@pytest.mark.settings(webhook_attempts=1)
async def test_a_webhook_that_was_given_up_is_wrong_unless_a_fault_had_it_so(api: Api, receiver: Receiver) -> None:
    receiver.on("call.answered", 500)
    await arm(api, when={"delivered": "call.initiated"}, do={"delivery": {"as_if": "http_500"}})
    await api.answered()
    found = await problems(api)
    lines = (await api.get("/_emulator/journal")).data
    assert [lines[seq - 1]["name"] for seq in found.pop("undelivered")] == ["call.answered"]
    assert found == {}
    assert await problems(api, ignore=["call.answered"]) == {}


@pytest.mark.settings(webhook_attempts=1)
async def test_what_was_sent_again_and_taken_is_not_wrong(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500, 200)
    await api.incoming()
    await api.rest()
    event = receiver.one("call.initiated").json["data"]["id"]
    await api.post(f"/_emulator/webhooks/{event}/redeliver")
    assert await problems(api) == {}


async def test_a_fault_of_the_emulator_itself_is_wrong(api: Api) -> None:
    api.world.clock.call_later(0, lambda: 1 // 0)
    (told,) = (await problems(api))["others"]
    assert "the emulator itself failed, please report it: ZeroDivisionError" in told


async def test_in_strict_mode_every_command_must_have_been_expected(api: Api) -> None:
    id = await api.answered()
    await api.do(id, "speak", payload="hello", voice="female")
    await api.do(id, "hangup")
    assert await problems(api) == {}
    await api.post("/_emulator/wait", in_order=[{"command": "answer"}, {"command": "speak"}])
    found = await problems(api, strict=True)
    lines = (await api.get("/_emulator/journal")).data
    assert [lines[seq - 1]["name"] for seq in found["commands"]] == ["hangup"]
    assert await problems(api, strict=True, ignore=["hangup"]) == {}
    assert await problems(api, strict=True, ignore=["commands"]) == {}


@pytest.mark.settings(grace=0)
async def test_what_a_wait_did_not_get_is_not_expected(api: Api) -> None:
    await api.answered()
    await api.post("/_emulator/wait", command="answer", count=2)
    assert list(await problems(api, strict=True)) == ["commands"]


SCENARIO = {
    "version": 1,
    "scenario": "speaks-to-the-caller",
    "faults": [{"name": "nobody dials", "when": {"command": "dial"}, "do": {"api": {"status": 500}}}],
    "timeline": [
        {"at": "0s", "call": {"as": "caller"}},
        {"when": {"webhook": "call.bridged"}, "hangup": {"leg": "caller"}},
        {"when": {"webhook": "call.hangup"}, "optional": True, "as": "gone"},
    ],
    "expect": [{"command": "answer", "leg": "caller"}, {"command": "speak", "leg": "caller"}],
}


async def test_what_a_scenario_expects_belongs_to_it(api: Api) -> None:
    assert (await api.put("/_emulator/scenarios", **SCENARIO)).status == 201
    await api.advance(0)
    await api.do((await api.get("/_emulator/calls")).data[0]["call_control_id"], "answer")
    found = await problems(api, strict=True)
    assert [verdict["missing"] for verdict in found.pop("expectations")] == ["command speak on caller"]
    (step,) = found.pop("others")
    assert "speaks-to-the-caller: a step of its timeline never came" in step
    assert "call.bridged" in step
    assert found == {"unused": ["nobody dials"]}
    assert await problems(api, ignore=["steps", "expectations", "nobody dials"]) == {}


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"at": "0s", "hangup": {"leg": "nobody"}}, "astray: a step could not be taken: hangup: there is no leg"),
        ({"at": "0s", "request": {"path": "/dial"}}, "your application did not do POST /dial: HTTP 500"),
    ],
)
async def test_what_fails_a_run_fails_here_too(api: Api, receiver: Receiver, step: dict[str, Any], told: str) -> None:
    receiver.on("/dial", 500)
    await api.put("/_emulator/scenarios", version=1, scenario="astray", timeline=[step])
    await api.advance(1)
    (sentence,) = (await problems(api))["others"]
    assert told in sentence
    assert await problems(api, ignore=["steps"]) == {}


async def test_a_webhook_that_is_refused_and_not_tried_again_so_far_is_wrong(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500)
    await api.incoming()
    await api.rest()
    answer = await api.post(VERIFY)
    assert "call.initiated, not taken at 00:00.0 (HTTP 500), and not tried again so far" in answer.error["detail"]


async def test_what_is_ignored_must_exist(api: Api) -> None:
    answer = await api.post(VERIFY, ignore=["commands", "speek"])
    assert answer.refusal == (422, "10015")
    assert answer.error["source"]["pointer"] == "/ignore/1"
    assert 'did you mean "speak"' in answer.error["detail"]
    answer = await api.post(VERIFY, ignore=["xyzzy"])
    assert "the kinds are unused, undelivered" in answer.error["detail"]


async def test_what_verify_does_not_know_is_refused(api: Api) -> None:
    assert (await api.post(VERIFY, stric=True)).refusal == (422, "10015")
