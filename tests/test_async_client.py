"""The client for tests that share an event loop with the application, and even with the emulator."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from wire import Receiver, busy, dial, do, idle, new_key, until

from telnyx_emulator import (
    AsyncEmulatorClient,
    AsyncLeg,
    Emulator,
    EmulatorClient,
    EmulatorError,
    ExpectationError,
    Leg,
    command,
    contains,
    webhook,
)
from telnyx_emulator.client import Fault, Scenario, When
from telnyx_emulator.client.async_client import AsyncClock, AsyncFault, AsyncScenario, AsyncWhen
from telnyx_emulator.client.clock import WorldClock


@pytest.fixture
async def world(emulator: Emulator) -> AsyncIterator[AsyncEmulatorClient]:
    """A world of an emulator in this very loop, whose clock jumps while somebody waits."""
    async with AsyncEmulatorClient(emulator.url, new_key()) as client:
        await client.clock.auto("while_waited")
        yield client


async def tell(world: AsyncEmulatorClient, leg: AsyncLeg, action: str, **body: Any) -> int:
    """A command of the application, which must not block the loop either."""
    return await asyncio.to_thread(do, world, leg, action, **body)


# -- the shape of a test ------------------------------------------------------------------------------------------


async def test_a_call_is_driven_and_verified(world: AsyncEmulatorClient) -> None:
    caller = await world.incoming_call(from_="+15551230001", to="+15559990000")
    await tell(world, caller, "answer")
    assert (await caller.wait_for("call.answered"))["call_control_id"] == caller.id
    await tell(world, caller, "gather", maximum_digits=3)
    await caller.press("123")
    await caller.wait_for("call.gather.ended", digits="123")
    await world.clock.advance(1800)
    await caller.hang_up()
    assert await caller.state == "ended"
    await caller.expect_command("gather", maximum_digits=3, times=1)
    await caller.never("speak")
    await caller.in_order(webhook("call.answered"), command("gather"), webhook("call.hangup"))
    assert [one["name"] for one in await caller.commands()] == ["answer", "gather"]
    assert len(await caller.events("call.dtmf.received")) == 3
    with pytest.raises(ExpectationError):
        await caller.next("call.hangup", hangup_cause=contains("1"), within=1)


async def test_the_application_reacts_in_the_same_loop(world: AsyncEmulatorClient, receiver: Receiver) -> None:
    caller = await world.incoming_call()
    await caller.wait_for("call.initiated")
    assert receiver.names == ["call.initiated"]


async def test_two_waits_go_on_at_once(world: AsyncEmulatorClient) -> None:
    await world.clock.real()
    one, other = await world.incoming_call(), await world.incoming_call()

    async def end() -> None:
        await one.hang_up()
        await other.hang_up()

    ended = await asyncio.gather(one.wait_for("call.hangup"), other.wait_for("call.hangup"), end())
    assert [payload["call_control_id"] for payload in ended[:2] if payload] == [one.id, other.id]


async def test_outgoing_calls_are_awaited(world: AsyncEmulatorClient) -> None:
    id = await asyncio.to_thread(dial, world, "+15550003333")
    callee = await world.outgoing_call(to="+15550003333")
    assert [leg.id for leg in await world.outgoing_calls] == [callee.id] == [id]
    assert await world.call(id) == callee
    assert {callee} == set(await world.calls)
    assert (callee.to, callee.from_) == ("+15550003333", "+15550002222")
    assert callee.data["call_leg_id"] == callee.leg_id
    assert callee.data["call_session_id"] == callee.session_id


async def test_the_clock_is_awaited(world: AsyncEmulatorClient) -> None:
    before = await world.clock.now
    await world.clock.freeze()
    await world.clock.advance(5)
    assert (await world.clock.elapsed, await world.clock.mode) == (5, "manual")
    assert (await world.clock.now - before).total_seconds() == 5
    async with world.clock.hold("look"):
        assert await world.clock.holders == ["hold 'look'"]
    assert await world.clock.holders == []


async def test_faults_are_armed_and_removed(world: AsyncEmulatorClient) -> None:
    caller = await world.incoming_call()
    async with await world.when(command="answer").api(status=503) as fault:
        assert await tell(world, caller, "answer") == 503
        assert await fault.fired == 1
        assert fault.yaml().startswith("- { when: { command: answer }")
    assert [one["id"] for one in await world.get("faults")] == []
    assert fault.id
    assert await tell(world, caller, "answer") == 200


async def test_parties_and_scenarios_are_begun_and_ended(world: AsyncEmulatorClient) -> None:
    async with await world.party("desk", number="+15557770007", reject={"cause": "busy"}) as party:
        assert party.name == "party-desk"
        await asyncio.to_thread(dial, world, "+15557770007")
        callee = await world.outgoing_call()
        assert (await callee.wait_for("call.hangup"))["hangup_cause"] == "user_busy"
    call = {"at": 0, "call": {"from": "+15551230001", "as": "guest"}}
    scenario = await world.scenario({"version": 1, "scenario": "one-call", "timeline": [call]})
    await world.clock.advance(0)
    assert (await scenario.leg("guest")).from_ == "+15551230001"
    assert (await scenario.end())["scenario"] == "one-call"


# -- webhooks -----------------------------------------------------------------------------------------------------


async def test_the_url_of_webhooks_is_set_without_awaiting(world: AsyncEmulatorClient, receiver: Receiver) -> None:
    world.webhook_url = f"{receiver.origin}/other"
    world.failover_url = "http://127.0.0.1:1/"
    assert (world.webhook_url, world.failover_url) == (f"{receiver.origin}/other", "http://127.0.0.1:1/")
    settings = await world.settings()
    assert (settings["webhook_url"], settings["failover_url"]) == (world.webhook_url, world.failover_url)


async def test_a_url_that_is_refused_is_told_by_the_next_thing_awaited(world: AsyncEmulatorClient) -> None:
    world.webhook_url = "nonsense"
    with pytest.raises(EmulatorError, match="The URL provided was invalid"):
        await world.settings()
    assert (await world.settings())["webhook_url"] != "nonsense"


async def test_a_url_is_set_before_a_hold_begins(world: AsyncEmulatorClient) -> None:
    world.webhook_url = "nonsense"
    with pytest.raises(EmulatorError, match="The URL provided was invalid"):
        async with world.clock.hold("mine"):
            pass


async def test_a_url_is_set_though_what_came_next_was_cancelled(world: AsyncEmulatorClient) -> None:
    world.webhook_url = "http://127.0.0.1:1/hooks"
    cancelled = asyncio.create_task(world.settings())
    await until(lambda: busy(world))
    cancelled.cancel()
    both = await asyncio.gather(world.settings(), world.settings(), cancelled, return_exceptions=True)
    assert [one["webhook_url"] for one in both[:2] if isinstance(one, dict)] == ["http://127.0.0.1:1/hooks"] * 2


async def test_a_server_elsewhere_knows_the_url_at_once(running: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telnyx_emulator.client.async_client.SOON_SECS", 5.0)  # however busy this machine is
    async with AsyncEmulatorClient(running.url, new_key()) as client:
        client.webhook_url = "http://127.0.0.1:1/hooks"
        assert client.sync.webhook_url == "http://127.0.0.1:1/hooks"
        with pytest.raises(EmulatorError, match="The URL provided was invalid"):
            client.webhook_url = "nonsense"


async def test_an_application_is_served_in_the_running_loop(world: AsyncEmulatorClient) -> None:
    loops: list[Any] = []

    def serve(app: web.Application) -> str:
        loops.append(asyncio.get_running_loop())
        return "http://127.0.0.1:1/app"

    world.serve_with = serve
    world.webhook_url = web.Application()
    assert (await world.settings())["webhook_url"] == "http://127.0.0.1:1/app"
    assert (loops, world.serve_with) == ([asyncio.get_running_loop()], serve)


# -- the client itself --------------------------------------------------------------------------------------------


async def test_what_an_sdk_needs_is_there(emulator: Emulator, world: AsyncEmulatorClient) -> None:
    assert (world.url, world.base_url) == (emulator.url, emulator.base_url)
    assert (world.public_key, world.api_key) == (emulator.public_key, world.sync.api_key)


async def test_closing_ends_whatever_waits(emulator: Emulator) -> None:
    async with AsyncEmulatorClient(emulator.url, new_key()) as client:
        await client.reset()
        waiting = asyncio.create_task(client.get("journal?wait=60"))
        await until(lambda: busy(client))
    with pytest.raises(EmulatorError, match="was closed"):
        await waiting


async def test_cancelling_a_wait_ends_it_in_the_emulator_too(emulator: Emulator, world: AsyncEmulatorClient) -> None:
    await world.incoming_call()
    watchers = emulator.world(str(world.api_key)).journal.watchers
    async with world.clock.hold("mine"):
        waiting = asyncio.create_task(world.wait_for("call.hangup"))
        await until(lambda: watchers)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await until(lambda: not watchers)
    assert await world.clock.elapsed == 0


async def test_a_wait_may_have_a_time_limit(emulator: Emulator, world: AsyncEmulatorClient) -> None:
    await world.incoming_call()
    async with world.clock.hold("mine"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await world.wait_for("call.hangup")
        await until(lambda: not emulator.world(str(world.api_key)).journal.watchers)
    assert await world.clock.elapsed == 0


async def test_cancelling_leaves_the_client_usable(world: AsyncEmulatorClient) -> None:
    for _ in range(3):
        waiting = asyncio.create_task(world.get("journal?wait=60"))
        await until(lambda: busy(world))
        waiting.cancel()
        assert (await world.clock.elapsed) == 0
    assert len(idle(world)) <= 3
    assert busy(world) == []


def test_one_client_serves_one_loop_after_the_other(running: Emulator) -> None:
    client = AsyncEmulatorClient(running.url, new_key())
    for _ in range(2):
        assert asyncio.run(client.get("ready"))["ready"] is True
    [connection] = idle(client)
    client.close()
    assert connection.fileno() == -1


def test_another_kind_of_loop_is_refused() -> None:
    refused = AsyncEmulatorClient().get("ready")
    with pytest.raises(RuntimeError, match=r"event loop of asyncio \(not trio\)"):
        refused.send(None)


async def test_the_rest_of_the_administration_is_there(world: AsyncEmulatorClient) -> None:
    await world.incoming_call()
    assert await world.journal("event")
    assert "call.initiated" in await world.ladder()
    assert (await world.act("latest", "hangup"))["state"] == "ended"
    await world.verify()
    assert await world.post("reset") == {"result": "ok"}
    await world.drop_world()
    assert await world.calls == []
    assert repr(world).startswith("<async <EmulatorClient http://127.0.0.1:")


@pytest.mark.parametrize(
    ("sync", "awaited"),
    [
        (EmulatorClient, AsyncEmulatorClient),
        (Leg, AsyncLeg),
        (WorldClock, AsyncClock),
        (When, AsyncWhen),
        (Fault, AsyncFault),
        (Scenario, AsyncScenario),
    ],
)
def test_nothing_is_missing_and_parameters_are_the_same(sync: type, awaited: type) -> None:
    public = {name for name in dir(sync) if not name.startswith("_")}
    assert public <= set(dir(awaited)) | {"clock", "source"}
    for name in public:
        if inspect.isfunction(theirs := inspect.getattr_static(sync, name)):
            parameters = inspect.signature(getattr(awaited, name)).parameters
            assert parameters == inspect.signature(theirs).parameters, name
