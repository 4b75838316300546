"""The clock of a world, over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from wire import Api, Reaction, Receiver

CLOCK = "/_emulator/clock"


async def test_reading_the_clock(api: Api) -> None:
    clock = (await api.get(CLOCK)).data
    assert (clock["mode"], clock["rate"], clock["elapsed"]) == ("manual", 0, 0)
    assert (clock["holders"], clock["next_timer"]) == ([], None)
    await api.incoming()
    assert (await api.get(CLOCK)).data["next_timer"] == 120


@pytest.mark.parametrize(
    ("body", "mode", "rate"),
    [
        ({"mode": "real"}, "real", 1),
        ({"mode": "scaled", "rate": 60}, "scaled", 60),
        ({"mode": "auto"}, "auto", 0),
        ({"mode": "manual"}, "manual", 0),
    ],
)
async def test_setting_the_mode(api: Api, body: dict[str, Any], mode: str, rate: float) -> None:
    clock = (await api.patch(CLOCK, **body)).data
    assert (clock["mode"], clock["rate"]) == (mode, rate)


@pytest.mark.parametrize(
    ("path", "body", "code", "pointer"),
    [
        (CLOCK, {"mode": "warp"}, "10032", "/mode"),
        (CLOCK, {"mode": "scaled", "rate": 0}, "10033", "/rate"),
        (CLOCK, {}, "10004", "/mode"),
        (f"{CLOCK}/advance", {"seconds": -1}, "10033", "/seconds"),
        (f"{CLOCK}/advance", {"seconds": "nan"}, "10033", "/seconds"),
        (f"{CLOCK}/advance", {"seconds": "soon"}, "10026", "/seconds"),
        (f"{CLOCK}/advance", {"second": 1}, "10004", "/seconds"),
    ],
)
async def test_what_no_clock_can_do_is_refused(
    api: Api, path: str, body: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await api.send("PATCH" if path == CLOCK else "POST", path, json=body)
    assert answer.status == 422
    found = {error["source"]["pointer"]: error["code"] for error in answer.json["errors"]}
    assert found[pointer] == code
    assert (await api.get(CLOCK)).data["mode"] == "manual"


async def test_advancing_fires_each_timer_at_its_own_instant(api: Api, receiver: Receiver) -> None:
    id = await api.answered()
    for text in ("one two three", "four five six"):
        await api.do(id, "speak", payload=text, voice="female")
    clock = (await api.post(f"{CLOCK}/advance", seconds=30)).data
    await api.rest()
    assert clock["elapsed"] == 30
    entries = (await api.get("/_emulator/journal", kind="event")).data[2:]
    assert [entry["name"].rpartition(".")[2] for entry in entries] == ["started", "ended", "started", "ended"]
    times = [entry["at"] for entry in entries]
    assert times[0] == 0 < times[1] == times[2] < times[3] < 30


async def test_advancing_waits_for_the_application_on_the_way(api: Api, receiver: Receiver) -> None:
    """The application ends the call when it hears of the answer: what was due afterwards never happens."""
    taken = asyncio.Event()
    receiver.on("call.answered", Reaction(until=taken))
    id = await api.dialled(to="+15550100910")  # answers after 1 s and hangs up 10 s later
    moving = asyncio.create_task(api.post(f"{CLOCK}/advance", seconds=60))
    await receiver.arrival(2)
    assert (await api.get(CLOCK)).data["elapsed"] == 1
    assert "your answer to call.answered" in (await api.get(CLOCK)).data["holders"][0]
    await api.do(id, "hangup")
    taken.set()
    assert (await moving).data["elapsed"] == 60
    await api.rest()
    assert receiver.one("call.hangup").payload["hangup_source"] == "caller"
    answered, hangup = (receiver.one(f"call.{name}").json["data"] for name in ("answered", "hangup"))
    assert hangup["occurred_at"] == answered["occurred_at"]


@pytest.mark.settings(guard=0.05)
async def test_a_clock_that_is_held_is_409_and_names_the_holder(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    await api.incoming()
    answer = await api.post(f"{CLOCK}/advance", seconds=5)
    taken.set()
    assert answer.refusal == (409, "10008")
    assert "your answer to call.initiated" in answer.error["detail"]
    assert answer.headers["x-should-retry"] == "false"
    await api.rest()
    assert (await api.get(CLOCK)).data["elapsed"] == 0
    assert (await api.post(f"{CLOCK}/advance", seconds=5)).data["elapsed"] == 5


async def test_an_advance_ends_when_the_application_took_what_happened_at_its_very_end(
    api: Api, receiver: Receiver
) -> None:
    receiver.on("call.answered", Reaction(delay=0.1))
    await api.dialled(to="+15550100020")
    await api.post(f"{CLOCK}/advance", seconds=20)
    assert receiver.names[-1] == "call.answered"
    assert not api.world.clock.busy


async def test_named_holds_are_shown_until_they_are_released(api: Api) -> None:
    assert (await api.post(f"{CLOCK}/hold/my%20test")).data["holders"] == ["hold 'my test'"]
    assert (await api.delete(f"{CLOCK}/hold/my%20test")).data["holders"] == []
    assert (await api.delete(f"{CLOCK}/hold/nobody")).status == 200


async def test_a_named_hold_does_not_stop_an_advance(api: Api) -> None:
    await api.post(f"{CLOCK}/hold/test")
    assert (await api.post(f"{CLOCK}/advance", seconds=3)).data["elapsed"] == 3


@pytest.mark.settings(clock="auto")
async def test_the_auto_clock_jumps_only_after_the_receiver_answered(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    await api.dialled()
    await receiver.arrival()
    clock = (await api.get(CLOCK)).data
    assert (clock["elapsed"], len(clock["holders"])) == (0, 1)
    taken.set()
    await receiver.arrival(2)
    assert receiver.names == ["call.initiated", "call.answered"]
    assert (await api.get(CLOCK)).data["elapsed"] >= 1


@pytest.mark.settings(clock="auto")
async def test_the_auto_clock_stands_while_it_is_held_by_name(api: Api, receiver: Receiver) -> None:
    await api.post(f"{CLOCK}/hold/test")
    await api.dialled()
    await api.rest()
    assert receiver.names == ["call.initiated"]
    await api.delete(f"{CLOCK}/hold/test")
    await receiver.arrival(2)


@pytest.mark.settings(clock="auto")
async def test_the_auto_clock_does_not_run_into_limits_while_nobody_waits(api: Api) -> None:
    await api.answered()
    assert api.world.clock.poll() is None
    assert (await api.get(CLOCK)).data["elapsed"] == 0


@pytest.mark.settings(clock="auto")
async def test_whoever_waits_lets_the_auto_clock_reach_a_limit(api: Api) -> None:
    await api.incoming()
    await api.rest()
    after = (await api.get("/_emulator/journal")).json["meta"]["newest"]
    waited = await api.get("/_emulator/journal", after=after, wait=3, kind="event")
    assert [(entry["name"], entry["at"]) for entry in waited.data] == [("call.hangup", 120)]


@pytest.mark.settings(clock="x600")
async def test_a_scaled_clock_runs_by_itself(api: Api, receiver: Receiver) -> None:
    await api.dialled()
    await receiver.arrival(2)
    assert receiver.names == ["call.initiated", "call.answered"]
