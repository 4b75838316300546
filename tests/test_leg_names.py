"""What legs are called: one name each, which is shown and accepted everywhere."""

from __future__ import annotations

import pytest
from simulation import Simulation
from wire import CALLEE, Api

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.leg_names import LegNames


def named(world: Simulation, most: int = 10) -> LegNames:
    return LegNames(world.account.calls, most)


def test_legs_are_named_by_their_side_in_order_of_appearance() -> None:
    world = Simulation()
    names = named(world)
    calls = [world.incoming(), world.dial(), world.incoming(), world.dial()]
    for call in (*calls, *calls):
        names.see(call.id)
    assert list(names.names().values()) == ["caller", "callee", "caller-2", "callee-2"]
    assert list(names.names()) == [call.id for call in calls]


def test_a_leg_is_found_by_each_of_its_names() -> None:
    world = Simulation()
    names = named(world)
    first, last = world.incoming(), world.incoming()
    for call in (first, last):
        names.see(call.id)
    assert {names.legs(name) for name in ("caller", first.id, first.leg_id)} == {(first.id,)}
    assert names.legs("latest") == (last.id,)
    assert names.legs("callee") == ()
    assert named(world).legs("latest") == ()


def test_of_many_legs_the_oldest_are_forgotten() -> None:
    world = Simulation()
    names = named(world, 2)
    for _ in range(3):
        names.see(world.incoming().id)
    assert list(names.names().values()) == ["caller-2", "caller-3"]
    assert names.legs("caller") == ()


def test_a_scenario_numbers_the_legs_that_it_sees_and_they_are_shown_so() -> None:
    world = Simulation()
    names = named(world)
    ended = world.incoming()
    names.see(ended.id)
    verbs.hang_up(ended)
    naming = names.begin("a", {}, ())
    first = world.incoming()
    names.see(first.id)
    assert naming.legs("caller") == names.legs("caller") == (first.id,)
    assert names.names()[first.id] == "caller"
    assert names.legs(names.names()[ended.id]) == (ended.id,)


def test_whatever_is_shown_is_accepted_and_means_that_leg() -> None:
    world = Simulation()
    names = named(world)
    names.see(world.incoming().id)
    naming = names.begin("a", {"customer": None, "agent": None}, ["caller", "desk"])
    for name, party in ((None, "customer"), ("desk", None), (None, "customer"), ("caller", None), (None, None)):
        with names.awaiting(name, party, naming):
            names.see(world.incoming().id)
    names.begin("b", {}, ())
    names.see(world.incoming().id)
    shown = names.names()
    assert len(set(shown.values())) == len(shown) == 7
    assert {"customer", "customer-2", "desk", "caller"} <= set(shown.values())
    for id, name in shown.items():
        assert id in names.legs(name), name


async def called(api: Api, **given: str) -> str:
    answer = await api.post("/_emulator/calls", **given)
    assert answer.status == 201, answer.json
    return str(answer.data["name"])


async def test_a_test_may_name_the_leg_of_its_call(api: Api) -> None:
    assert await called(api, name="alice") == "alice"
    assert await called(api) == "caller-2"
    assert (await api.post("/_emulator/calls/alice/hangup")).data["state"] == "ended"
    await api.rest()
    assert (await api.get("/_emulator/ladder", format="json", leg="alice")).data["columns"][0] == "alice"
    assert [one["name"] for one in (await api.get("/_emulator/state")).data["calls"]] == ["alice", "caller-2"]
    lines = (await api.get("/_emulator/journal", kind="event")).data
    assert [line["leg_name"] for line in lines] == ["alice", "caller-2", "alice"]
    assert (await api.post("/_emulator/wait", webhook="call.hangup", leg="alice")).status == 200


@pytest.mark.parametrize("name", ["alice", "caller-2", "latest"])
async def test_a_name_must_mean_no_other_leg_that_is_up(api: Api, name: str) -> None:
    await called(api, name="alice")
    await called(api)
    answer = await api.post("/_emulator/calls", name=name)
    assert answer.refusal == (422, "10032")
    assert answer.error["source"]["pointer"] == "/name"
    assert "choose another name" in answer.error["detail"]


async def test_a_name_may_be_given_again_when_its_leg_has_ended(api: Api) -> None:
    await called(api, name="alice")
    await api.post("/_emulator/calls/alice/hangup")
    await called(api, name="alice")
    assert [(one["name"], one["state"]) for one in (await api.get("/_emulator/calls")).data] == [
        ("caller", "ended"),
        ("alice", "ringing"),
    ]


async def test_verbs_take_the_names_that_are_shown(api: Api) -> None:
    await api.answered()
    second = await api.answered()
    await api.dialled(to=CALLEE)
    assert (await api.post("/_emulator/calls/caller-2/press", digits="1")).data["call_control_id"] == second
    assert (await api.post("/_emulator/calls/callee/hangup")).data["name"] == "callee"
    answer = await api.post("/_emulator/calls/calee/hangup")
    assert answer.refusal == (404, "10005")
    assert 'did you mean "callee"?' in answer.error["detail"]


async def test_a_name_that_means_several_legs_is_no_name_for_a_verb(api: Api) -> None:
    scenario = {
        "version": 1,
        "scenario": "twins",
        "parties": {"customer": {"number": "+15551230001"}},
        "timeline": [{"at": "0s", "call": {"from": "customer"}}, {"at": "0s", "call": {"from": "customer"}}],
    }
    await api.put("/_emulator/scenarios", **scenario)
    await api.advance(1)
    answer = await api.post("/_emulator/calls/customer/hangup")
    assert answer.status == 422
    assert "customer, customer-2; name one" in answer.error["detail"]
    assert (await api.post("/_emulator/calls/customer-2/hangup")).data["name"] == "customer-2"
