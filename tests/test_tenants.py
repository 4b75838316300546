"""One API key, one world."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from wire import CONNECTION, Api, Reaction, Receiver

from telnyx_emulator import Emulator

pytestmark = pytest.mark.usefixtures("in_order")


def keys(emulator: Emulator) -> list[str]:
    return [tenant.key for tenant in emulator.tenants]


async def test_two_keys_share_no_call_no_clock_and_no_journal(api: Api, receiver: Receiver) -> None:
    other = api.with_key("KEY_other")
    id = await api.answered()
    await api.advance(5)
    assert (await other.get(f"/v2/calls/{id}")).refusal == (404, "10005")
    assert (await other.act(id, "hangup")).refusal == (422, "90015")
    assert (await other.get(f"/v2/connections/{CONNECTION}/active_calls")).data == []
    assert (await other.get("/_emulator/journal")).data == []
    assert (await other.deliveries()) == []
    assert (await other.get("/_emulator/clock")).data["elapsed"] == 0
    await other.patch("/_emulator/settings", webhook_url=None)
    assert (await api.get("/_emulator/settings")).data["webhook_url"] == receiver.url


async def test_a_blocked_receiver_of_one_key_does_not_hold_the_other_s_clock(api: Api, receiver: Receiver) -> None:
    taken, other = asyncio.Event(), api.with_key("KEY_other")
    receiver.on("/slow", Reaction(until=taken))
    await api.dialled(webhook_url=f"{receiver.origin}/slow")
    assert (await other.post("/_emulator/clock/advance", seconds=5)).data["elapsed"] == 5
    taken.set()
    await api.rest()


async def test_a_reset_forgets_calls_journal_and_deliveries_and_begins_time_anew(api: Api) -> None:
    id = await api.answered()
    await api.advance(5)
    assert (await api.post("/_emulator/reset")).data == {"result": "ok"}
    assert (await api.get(f"/v2/calls/{id}")).status == 404
    assert (await api.act(id, "hangup")).refusal == (422, "90015")
    assert (await api.get("/_emulator/journal")).data == []
    assert await api.deliveries() == []
    clock = (await api.get("/_emulator/clock")).data
    assert (clock["elapsed"], clock["next_timer"]) == (0, None)


async def test_a_reset_keeps_settings_clock_mode_and_named_holds(api: Api) -> None:
    await api.patch("/_emulator/settings", webhook_url="http://127.0.0.1:1/w", adopt=True, strict=True)
    await api.patch("/_emulator/clock", mode="scaled", rate=60)
    await api.post("/_emulator/clock/hold/test")
    settings = (await api.get("/_emulator/settings")).data
    await api.post("/_emulator/reset")
    assert (await api.get("/_emulator/settings")).data == settings
    clock = (await api.get("/_emulator/clock")).data
    assert (clock["mode"], clock["rate"], clock["holders"]) == ("scaled", 60, ["hold 'test'"])


async def test_a_reset_cancels_what_is_on_its_way(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken), 500)
    id = await api.incoming()
    await api.do(id, "answer")
    await receiver.arrival()
    await api.post("/_emulator/reset")
    taken.set()
    await api.advance(60)
    await api.barrier(receiver)
    assert receiver.names == ["call.initiated"]
    assert await api.deliveries() == []


async def test_a_reset_during_an_advance_ends_it(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.answered", Reaction(until=taken))
    await api.dialled()
    moving = asyncio.create_task(api.post("/_emulator/clock/advance", seconds=60))
    await receiver.arrival(2)
    await api.post("/_emulator/reset")
    taken.set()
    assert (await moving).status < 500
    assert (await api.get("/_emulator/clock")).data["elapsed"] == 0


async def one_test(api: Api) -> tuple[list[str], list[Any]]:
    """The ids and the events of a short story."""
    ids = [await api.answered(), await api.dialled()]
    await api.advance(1)
    await api.do(ids[0], "bridge", call_control_id=ids[1])
    await api.do(ids[0], "hangup")
    await api.rest()
    return ids, api.world.events()


async def test_without_a_seed_a_reset_gives_new_ids(api: Api) -> None:
    first, _ = await one_test(api)
    await api.post("/_emulator/reset")
    second, _ = await one_test(api)
    assert not set(first) & set(second)


@pytest.mark.settings(seed=7)
async def test_the_same_seed_and_inputs_give_the_same_ids_and_events(api: Api) -> None:
    first = await one_test(api)
    await api.post("/_emulator/reset")
    assert await one_test(api) == first
    assert {event["occurred_at"][:10] for event in first[1]} == {"2026-01-01"}


@pytest.mark.settings(seed=7)
async def test_the_same_seed_gives_other_ids_to_another_key(api: Api) -> None:
    assert await api.incoming() != await api.with_key("KEY_other").incoming()


async def test_the_administration_without_a_key_means_the_only_world(api: Api) -> None:
    id = await api.incoming()
    nameless = api.with_key(None)
    state = (await nameless.get("/_emulator/state")).data
    assert [call["call_control_id"] for call in state["calls"]] == [id]
    assert (await nameless.get("/v2/webhook_deliveries")).status == 401


async def test_with_several_worlds_it_is_401_that_lists_them_masked(api: Api) -> None:
    await api.with_key("KEY0001_very_secret").incoming()
    await api.with_key("SHORT").incoming()
    answer = await api.with_key(None).get("/_emulator/state")
    assert answer.refusal == (401, "10009")
    assert "KEY0001_…" in answer.error["detail"]
    assert "SHORT" in answer.error["detail"]
    assert "secret" not in answer.error["detail"]


async def test_with_no_world_it_is_401_that_says_what_to_do(api: Api) -> None:
    answer = await api.with_key(None).post("/_emulator/calls")
    assert answer.refusal == (401, "10009")
    assert "API key that your application uses" in answer.error["detail"]


@pytest.mark.settings(api_keys=("KEY_ours",))
async def test_with_one_key_allowed_the_administration_means_its_world(api: Api, emulator: Emulator) -> None:
    assert (await api.with_key(None).post("/_emulator/calls", to="+15551")).status == 201
    assert keys(emulator) == ["KEY_ours"]


@pytest.mark.parametrize(
    "path", ["/v2/calls/x", "/v2/webhook_deliveries", f"/v2/connections/{CONNECTION}/active_calls"]
)
async def test_reading_with_an_unknown_key_keeps_no_world(api: Api, emulator: Emulator, path: str) -> None:
    await api.get(path)
    assert keys(emulator) == []


@pytest.mark.parametrize("path", ["/nowhere", "/v2/calls/x/actions"])
async def test_a_path_that_does_not_exist_makes_no_world(api: Api, emulator: Emulator, path: str) -> None:
    await api.post(path)
    assert keys(emulator) == []


@pytest.mark.settings(max_worlds=2)
async def test_the_longest_unused_world_makes_room(api: Api, emulator: Emulator) -> None:
    for key in ("KEY_a", "KEY_b"):
        await api.with_key(key).incoming()
    await api.with_key("KEY_a").get("/_emulator/state")
    await api.with_key("KEY_c").incoming()
    assert keys(emulator) == ["KEY_a", "KEY_c"]


@pytest.mark.settings(world_idle=60)
async def test_an_idle_world_without_calls_is_dropped_when_a_new_one_comes(api: Api, emulator: Emulator) -> None:
    with_call, without = api.with_key("KEY_call"), api.with_key("KEY_none")
    await without.do(await without.answered(), "hangup")
    await with_call.incoming()
    await without.rest()
    for tenant in emulator.tenants:
        tenant.used_at -= 61
    await api.incoming()
    assert keys(emulator) == ["KEY_call", api.key]


async def test_a_world_that_was_dropped_begins_anew(api: Api, emulator: Emulator) -> None:
    first = emulator.world("KEY_again")
    first.used_at -= 3601
    await api.incoming()
    assert emulator.world("KEY_again") is not first


async def test_leaving_the_emulator_stops_everything_it_was_about_to_do(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500)
    world = api.world
    await api.incoming()
    await api.rest()
    await api._emulator.tenants.close()
    world.clock.advance(60)
    await api.barrier(receiver)
    assert len(receiver.received) == 1
