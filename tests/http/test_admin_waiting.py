"""Waiting over HTTP: until something was seen and the application has reacted, and never past that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from wire import CALLEE, Answer, Api, Reaction, Receiver

WAIT = "/_emulator/wait"

pytestmark = pytest.mark.settings(clock="auto", jumps="while_waited", grace=0.05)


async def wait(api: Api, **expectation: Any) -> Any:
    return (await api.post(WAIT, **expectation)).data


async def fails(api: Api, **expectation: Any) -> dict[str, Any]:
    answer = await api.post(WAIT, **expectation)
    assert answer.refusal == (409, "10027"), answer.raw
    assert answer.headers["x-should-retry"] == "false"
    return answer.error


async def elapsed(api: Api) -> float:
    return (await api.get("/_emulator/clock")).data["elapsed"]


# -- an application that acts ------------------------------------------------------------------------------------

React = Callable[[Api, str, str], Awaitable[None]]


class App:
    """It answers calls and asks for a digit; how and when it replies to webhooks differs."""

    def __init__(self, api: Api, before: float = 0.0, early: bool = True, silent: str = "") -> None:
        self.api, self.before, self.early, self.silent = api, before, early, silent
        self.url = ""
        self.tasks: set[asyncio.Task[Any]] = set()

    async def handle(self, request: web.Request) -> web.Response:
        data = (await request.json())["data"]
        name, id = data["event_type"], data["payload"]["call_control_id"]
        await asyncio.sleep(self.before)
        if name == self.silent:
            await asyncio.sleep(60)
        action = {"call.initiated": "answer", "call.answered": "gather"}.get(name)
        if action is not None:
            command = asyncio.create_task(self.api.act(id, action, **GATHER if action == "gather" else {}))
            self.tasks.add(command)
            if self.early:
                await command
        return web.Response()


GATHER = {"timeout_millis": 60_000, "maximum_digits": 1}


@pytest.fixture
async def serve(api: Api) -> AsyncIterator[Callable[..., Awaitable[App]]]:
    """Makes an application the one that gets the webhooks."""
    runners: list[web.AppRunner] = []

    async def serve(**ways: Any) -> App:
        app, server = App(api, **ways), web.Application()
        server.router.add_post("/", app.handle)
        runner = web.AppRunner(server, shutdown_timeout=0.01)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await api.patch("/_emulator/settings", webhook_url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
        return app

    yield serve
    for runner in runners:
        await runner.cleanup()


async def story(api: Api) -> list[tuple[str, float]]:
    """Events and commands so far, each with its instant."""
    lines = (await api.get("/_emulator/journal", kind="event,command")).data
    return [(line["name"], line["at"]) for line in lines]


@pytest.mark.settings(settle=0.25, grace=5)
@pytest.mark.parametrize(
    "ways",
    [
        pytest.param({}, id="at once"),
        pytest.param({"before": 0.3}, id="300 ms late"),
        pytest.param({"early": False}, id="after its reply"),
        pytest.param(
            {"silent": "call.gather.ended"},
            id="no reply to what it does not know",
            marks=pytest.mark.settings(webhook_timeout=1),
        ),
    ],
)
async def test_any_application_gives_the_same_order_and_no_jump_past_it(
    api: Api, serve: Callable[..., Awaitable[App]], ways: dict[str, Any]
) -> None:
    await serve(**ways)
    id = await api.incoming()
    await wait(api, webhook="call.answered", leg=id)
    await api.post(f"/_emulator/calls/{id}/press", digits="1")
    ended = await wait(api, webhook="call.gather.ended", leg=id, where={"digits": "1"})
    assert ended["payload"]["status"] == "valid"
    assert [name for name, _ in await story(api)] == [
        "call.initiated",
        "answer",
        "call.answered",
        "gather",
        "call.dtmf.received",
        "call.gather.ended",
    ]
    assert {at for name, at in await story(api) if name in ("answer", "gather", "call.answered")} == {0}
    assert [at for name, at in await story(api) if name == "call.gather.ended"] < [5]


@pytest.mark.settings(settle=0.25, grace=5)
async def test_a_digit_pressed_right_after_a_wait_meets_the_gather_that_the_application_began(
    api: Api, serve: Callable[..., Awaitable[App]]
) -> None:
    await serve(before=0.05)
    id = await api.incoming()
    await wait(api, webhook="call.answered")
    state = (await api.get("/_emulator/state")).data["calls"][0]
    assert [one["name"] for one in state["going_on"]] == ["gather"]
    await api.post(f"/_emulator/calls/{id}/press", digits="7")
    assert (await wait(api, webhook="call.gather.ended"))["payload"]["digits"] == "7"


# -- what is waited for ------------------------------------------------------------------------------------------


async def test_what_has_happened_already_counts(api: Api) -> None:
    id = await api.answered()
    seen = await wait(api, webhook="call.answered", leg=id)
    assert (seen["entry"]["name"], seen["payload"]["call_control_id"]) == ("call.answered", id)
    assert [entry["seq"] for entry in seen["entries"]] == [seen["seq"]]
    assert await elapsed(api) == 0


async def test_after_a_number_of_the_journal_only_what_is_new_counts(api: Api) -> None:
    id = await api.dialled()
    first = await wait(api, webhook="call.answered")
    await api.do(id, "speak", payload="hello", voice="female")
    await wait(api, webhook="call.speak.ended")
    await fails(api, webhook="call.answered", after=first["seq"], within=1)
    assert (await wait(api, webhook="call.speak.ended", after=first["seq"]))["seq"] > first["seq"]


async def test_it_waits_in_virtual_time_and_stops_right_there(api: Api, receiver: Receiver) -> None:
    await api.dialled(to="+15550100020")  # answers after 20 s
    began = time.monotonic()
    await wait(api, webhook="call.answered")
    assert time.monotonic() - began < 20
    assert await elapsed(api) == 20
    assert receiver.names == ["call.initiated", "call.answered"]


async def test_when_it_returns_the_application_has_answered_to_it(api: Api, receiver: Receiver) -> None:
    receiver.on("call.answered", Reaction(delay=0.1))
    await api.dialled()
    began = time.monotonic()
    await wait(api, webhook="call.answered")
    assert time.monotonic() - began >= 0.1
    assert (await api.get("/_emulator/clock")).data["holders"] == [
        "no wait is pending: this clock moves on a wait or an advance only"
    ]


@pytest.mark.settings(webhook_backoff="5")
async def test_a_webhook_counts_when_it_was_delivered(api: Api, receiver: Receiver) -> None:
    receiver.on("call.answered", 500, 200)
    await api.dialled()
    seen = await wait(api, webhook="call.answered", within=2)
    assert [one.attempt for one in receiver.got("call.answered")] == [1, 2]
    assert (seen["entry"]["at"], await elapsed(api)) == (1, 6)
    assert "hint" not in seen


@pytest.mark.settings(webhook_attempts=1)
async def test_a_webhook_that_will_never_be_delivered_counts_with_a_hint(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500)
    await api.incoming()
    assert (await wait(api, webhook="call.initiated"))["hint"] == "the application did not take it"
    await api.patch("/_emulator/settings", webhook_url=None)
    await api.dialled()
    seen = await wait(api, webhook="call.initiated", where={"direction": "outgoing"})
    assert seen["hint"] == "it was sent nowhere: no webhook URL is known for it"


@pytest.mark.settings(webhook_attempts=1)
async def test_a_failure_names_the_webhooks_that_the_application_never_got(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", Reaction(status=500))
    await api.incoming()
    await api.rest()
    await api.patch("/_emulator/settings", webhook_url=None)
    await api.post("/_emulator/calls/latest/hangup")
    error = await fails(api, command="answer")
    lines = error["meta"]["report"].splitlines()[-3:]
    assert lines == [
        "nothing can happen any more",
        "call.initiated: the application did not take it",
        "call.hangup: it was sent nowhere: no webhook URL is known for it",
    ]
    assert lines[1] in error["detail"]
    error = await fails(api, command="answer", after=(await wait(api, webhook="call.hangup"))["seq"])
    assert error["meta"]["report"].endswith("\nnothing can happen any more\n")


async def test_commands_far_ends_and_deliveries_are_waited_for_too(api: Api) -> None:
    id = await api.answered()
    await api.post(f"/_emulator/calls/{id}/press", digits="1")
    assert (await wait(api, command="answer", status=200))["payload"] == {}
    assert (await wait(api, far_end="press"))["payload"]["digits"] == "1"
    assert (await wait(api, delivered="call.answered", attempt=1))["entry"]["status"] == 200
    assert (await wait(api, webhook="call.answered", status=200))["entry"]["kind"] == "delivery"


@pytest.mark.settings(grace=60)
async def test_it_waits_for_an_application_that_acts_late_though_the_caller_would_give_up(api: Api) -> None:
    id = await api.incoming()
    waiting = asyncio.create_task(wait(api, command="answer"))
    await api.waits()
    await asyncio.sleep(0.1)
    await api.do(id, "answer")
    assert (await waiting)["entry"]["name"] == "answer"
    assert await elapsed(api) == 0


async def test_a_limit_comes_when_the_application_is_silent(api: Api) -> None:
    await api.incoming()
    hangup = await wait(api, webhook="call.hangup")
    assert (hangup["payload"]["hangup_source"], await elapsed(api)) == ("caller", 120)


@pytest.mark.settings(grace=60)
async def test_a_number_that_is_reached_spares_itself_the_grace(api: Api) -> None:
    began = time.monotonic()
    await api.answered()
    await wait(api, command="answer", count=1, within=3)
    assert time.monotonic() - began < 60
    assert await elapsed(api) == 3


async def test_a_limit_more_than_an_hour_away_is_told_and_comes_within_what_is_given(api: Api) -> None:
    await api.dialled(to="+15550100020", time_limit_secs=7200)
    error = await fails(api, webhook="call.hangup")
    assert error["detail"].endswith(
        "; nothing can happen any more within an hour: the next thing is a limit at 2:00:20.0;"
        " give within to wait for it"
    )
    assert (await wait(api, webhook="call.hangup", within="3h"))["entry"]["at"] == 7220


async def test_what_a_named_hold_keeps_from_happening_is_told(api: Api) -> None:
    await api.incoming()
    await api.post("/_emulator/clock/hold/mine")
    error = await fails(api, webhook="call.hangup")
    assert error["detail"].endswith("; the clock is held: hold 'mine'; release it")


async def test_several_things_in_order(api: Api) -> None:
    await api.dialled(to="+15550100910")  # hangs up 10 s after its answer
    items = [{"command": "dial"}, {"webhook": "call.answered"}, {"webhook": "call.hangup", "within": "10s"}]
    seen = await wait(api, in_order=items)
    assert [entry["name"] for entry in seen["entries"]] == ["dial", "call.answered", "call.hangup"]
    assert (seen["entry"]["name"], await elapsed(api)) == ("call.hangup", 11)


@pytest.mark.parametrize("leg", ["callee", "latest", "call_leg_id", "call_control_id"])
async def test_a_leg_has_several_names(api: Api, leg: str) -> None:
    await api.incoming()
    data = (await api.dial()).data
    await wait(api, webhook="call.answered", leg=data.get(leg, leg))
    error = await fails(api, webhook="call.answered", leg="caller", within=0)
    assert "leg" in error["meta"]["verdict"]["nearest"]["differences"][0]


async def test_a_leg_keeps_its_name_when_it_is_gone(api: Api) -> None:
    first, second = await api.answered(), await api.answered()
    await api.do(first, "hangup")
    await api.advance(3600)
    third = await api.answered()
    legs = {"caller": first, first: first, "caller-2": second, "caller-3": third, "latest": third}
    for name, id in legs.items():
        assert (await wait(api, command="answer", leg=name))["entry"]["call_control_id"] == id


# -- how often ---------------------------------------------------------------------------------------------------


@pytest.mark.settings(grace=60)
async def test_never_without_a_time_looks_back_only(api: Api) -> None:
    await api.dialled()
    began = time.monotonic()
    for number in ({"never": True}, {"count": 0}, {"at_most": 0}):
        seen = await wait(api, webhook="call.answered", **number)
        assert (seen["entry"], seen["entries"]) == (None, [])
    assert await elapsed(api) == 0
    assert time.monotonic() - began < 60


async def test_never_with_a_time_looks_until_then_without_losing_any(api: Api) -> None:
    await api.dialled(to="+15550100020")
    began = time.monotonic()
    await wait(api, webhook="call.answered", never=True, within="19s")
    assert await elapsed(api) == 19
    error = await fails(api, webhook="call.answered", never=True, within=30)
    assert error["detail"].endswith("it was seen too often")
    assert await elapsed(api) == 20
    assert time.monotonic() - began < 20


async def test_a_number_is_waited_for_and_not_more(api: Api) -> None:
    id = await api.answered()
    for text in ("one", "two", "three"):
        await api.do(id, "speak", payload=text, voice="female")
    seen = await wait(api, webhook="call.speak.ended", count=2)
    assert len(seen["entries"]) == 2
    assert seen["entry"] == seen["entries"][1]
    await fails(api, webhook="call.speak.ended", count=2, within=60)


# -- what is not met ---------------------------------------------------------------------------------------------


async def test_a_wait_that_is_not_met_ends_at_its_limit_and_soon(api: Api) -> None:
    await api.dialled(to="+15550100020")
    began = time.monotonic()
    error = await fails(api, webhook="call.answered", within=5)
    assert time.monotonic() - began < 5
    assert await elapsed(api) == 5
    assert error["detail"].endswith("; its time is over")
    assert error["meta"]["verdict"]["status"] == "failed"
    assert error["meta"]["verdict"]["window"] == [0, 5]
    assert error["meta"]["report"].startswith("FAILED  expected")


async def test_when_nothing_can_happen_any_more_it_is_said_after_the_grace(api: Api) -> None:
    await api.answered()
    began = time.monotonic()
    await api.post("/_emulator/calls/latest/hangup")
    error = await fails(api, webhook="call.bridged")
    assert error["detail"].endswith("; nothing can happen any more")
    assert 0.05 <= time.monotonic() - began < 5  # the guard


@pytest.mark.settings(clock="manual")
async def test_on_a_frozen_clock_it_says_that_the_clock_stands(api: Api) -> None:
    await api.dialled()
    error = await fails(api, webhook="call.answered")
    assert error["detail"].endswith("; the clock stands at 0.000 s; advance it, or set it to auto")
    error = await fails(api, webhook="call.answered", never=True, within=10)
    assert error["detail"].endswith("; advance it, or set it to auto")
    await api.advance(1)
    await wait(api, webhook="call.answered")


async def test_a_clock_that_is_held_names_its_holder(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    await api.dialled()
    error = await fails(api, webhook="call.answered", guard=0.05)
    taken.set()
    assert "your answer to call.initiated" in error["detail"]
    assert "your answer to call.initiated" in error["meta"]["report"]


async def test_a_stuck_clock_is_a_warning_within_a_second(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    receiver.on("call.initiated", Reaction(until=taken))
    await api.dialled()
    waiting = asyncio.create_task(wait(api, webhook="call.answered"))
    (warning,) = (await api.get("/_emulator/journal", kind="warning", wait=4)).data
    taken.set()
    await waiting
    assert warning["name"] == "clock_held"
    assert "your answer to call.initiated" in warning["detail"]


async def test_what_happened_in_a_world_that_does_not_come_to_rest(api: Api, receiver: Receiver) -> None:
    taken = asyncio.Event()
    await api.incoming()
    receiver.on("call.hangup", Reaction(until=taken))
    await api.post("/_emulator/calls/latest/hangup")
    answer = await api.post(WAIT, webhook="call.initiated", guard=0.05)
    taken.set()
    assert answer.refusal == (409, "10008")
    assert answer.error["detail"].startswith(
        "It happened, but the world does not come to rest: waiting for your answer"
    )


async def test_a_reset_ends_a_wait(api: Api) -> None:
    await api.incoming()
    await api.post("/_emulator/clock/hold/mine")
    waiting = asyncio.create_task(api.post(WAIT, webhook="call.hangup"))
    await api.waits()
    await api.post("/_emulator/reset")
    assert (await waiting).refusal == (409, "10008")


async def test_a_client_that_goes_away_ends_its_wait(api: Api) -> None:
    await api.dialled(to="+15550100020")
    await api.rest()
    await api.post("/_emulator/clock/hold/mine")
    waiting = asyncio.create_task(api.post(WAIT, webhook="call.answered"))
    await api.waits()
    waiting.cancel()
    await api.waits(under_way=False)
    await api.delete("/_emulator/clock/hold/mine")
    assert api.world.clock.holders() == ["no wait is pending: this clock moves on a wait or an advance only"]
    await api.rest()
    assert await elapsed(api) == 0
    assert api.world.journal.watchers == {}


@pytest.mark.parametrize(
    ("body", "pointer", "told"),
    [
        ({}, "", "give exactly one of webhook, command"),
        ({"webhook": "call.answerd"}, "/webhook", 'did you mean "call.answered"'),
        ({"command": "speek"}, "/command", 'did you mean "speak"'),
        ({"webhook": "call.answered", "within": "soon"}, "/within", "800ms"),
        ({"webhook": "call.answered", "within": -1}, "/within", "range"),
        ({"webhook": "call.answered", "withn": 1}, "/withn", "not permitted"),
        ({"webhook": "call.answered", "after": -1}, "/after", "range"),
        ({"webhook": "call.answered", "guard": 0}, "/guard", "range"),
        ({"webhook": "call.answered", "count": 1, "at_least": 1}, "", "leave out at_least"),
        ({"request": "GET /calls/*"}, "", "look for the command"),
        ({"in_order": []}, "/in_order", "at least 1"),
        ({"in_order": [{"webhook": "call.answered", "never": True}]}, "", "never and counts stand outside"),
        ({"in_order": [{"webhook": "call.answered", "at_least": 2}]}, "", "never and counts stand outside"),
        ({"in_order": [{"command": "speek"}]}, "/in_order/0/command", 'did you mean "speak"'),
    ],
)
async def test_what_cannot_be_waited_for_is_refused(api: Api, body: dict[str, Any], pointer: str, told: str) -> None:
    answer = await api.post(WAIT, **body)
    assert answer.status == 422
    assert answer.error["source"]["pointer"] == pointer
    assert told in answer.error["detail"]


async def test_without_any_call_there_is_no_latest_one(api: Api) -> None:
    assert (await api.post(WAIT, webhook="call.answered", leg="latest")).refusal == (404, "10005")


# -- jumps only while somebody waits -----------------------------------------------------------------------------


async def test_without_a_wait_the_clock_stands_and_says_so(api: Api, receiver: Receiver) -> None:
    await api.dialled()
    await api.rest()
    clock = (await api.get("/_emulator/clock")).data
    assert (clock["elapsed"], clock["jumps"]) == (0, "while_waited")
    assert clock["holders"] == ["no wait is pending: this clock moves on a wait or an advance only"]
    await api.post("/_emulator/clock/advance", seconds=1)
    await receiver.arrival(2)
    assert await elapsed(api) == 1


async def test_reading_the_journal_is_no_wait(api: Api) -> None:
    await api.dialled()
    await api.rest()
    assert (await api.get("/_emulator/journal", after=99, wait=0.05)).data == []
    assert await elapsed(api) == 0


async def test_far_ends_act_though_nobody_waits(api: Api) -> None:
    id = await api.dialled()
    for verb, body in (("answer", {}), ("press", {"digits": "12"}), ("hangup", {})):
        assert (await api.post(f"/_emulator/calls/{id}/{verb}", **body)).status == 200
    assert (await wait(api, webhook="call.hangup"))["payload"]["hangup_cause"] == "normal_clearing"


@pytest.mark.settings(clock="manual", jumps="always")
async def test_when_it_jumps_is_set_with_the_mode_and_stays(api: Api) -> None:
    clock = (await api.patch("/_emulator/clock", mode="auto", jumps="while_waited")).data
    assert (clock["mode"], clock["jumps"]) == ("auto", "while_waited")
    await api.patch("/_emulator/clock", mode="manual")
    await api.post("/_emulator/reset")
    assert (await api.patch("/_emulator/clock", mode="auto")).data["jumps"] == "while_waited"


@pytest.mark.settings(clock="x600", grace=0.2)
async def test_on_a_running_clock_it_waits_as_time_goes(api: Api) -> None:
    await api.dialled(to="+15550100020")
    rang = (await wait(api, webhook="call.initiated"))["entry"]["at"]
    seen = await wait(api, webhook="call.answered", within=60)
    assert seen["entry"]["at"] >= rang
    assert seen["entry"]["at"] >= 20
    await fails(api, webhook="call.hangup", within=30)
    assert await elapsed(api) >= 50


# -- legs in short -----------------------------------------------------------------------------------------------


async def test_the_legs_in_short(api: Api) -> None:
    caller, callee = await api.incoming(), await api.dialled()
    legs: Answer = await api.get("/_emulator/calls")
    assert [(leg["call_control_id"], leg["direction"], leg["name"]) for leg in legs.data] == [
        (caller, "incoming", "caller"),
        (callee, "outgoing", "callee"),
    ]
    assert (await api.get(f"/_emulator/calls/{callee}")).data == legs.data[1]
    assert legs.data[1]["to"] == CALLEE
    assert (await api.get("/_emulator/calls/nobody")).refusal == (404, "10005")
