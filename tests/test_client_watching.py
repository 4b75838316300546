"""Waiting and verifying: what is found, what is waited for, and how a failure reads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from wire import dial, do, new_world

from telnyx_emulator import (
    Emulator,
    EmulatorClient,
    EmulatorError,
    ExpectationError,
    Leg,
    Settings,
    command,
    contains,
    delivered,
    one_of,
    webhook,
)

SPEAK = {"payload": "Hello, sorry", "voice": "female"}


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """One that gives nobody time to act when nothing can happen any more: nobody here does."""
    with Emulator(Settings(port=0, settle=0, grace=0)) as server:
        yield server


@pytest.fixture
def world(server: Emulator) -> Iterator[EmulatorClient]:
    with new_world(server) as client:
        yield client


@pytest.fixture
def caller(world: EmulatorClient) -> Leg:
    """An answered call."""
    caller = world.incoming_call(from_="+15550001111")
    do(world, caller, "answer")
    return caller


# -- events ---------------------------------------------------------------------------------------------------------


def test_an_event_is_waited_for_in_virtual_time(world: EmulatorClient, caller: Leg) -> None:
    do(world, caller, "gather", initial_timeout_millis=50_000, timeout_millis=50_000)
    began = time.monotonic()
    assert caller.wait_for("call.gather.ended")["status"] == "timeout"
    assert world.clock.elapsed == pytest.approx(50, abs=0.1)
    assert time.monotonic() - began < 50  # real seconds; else it was not virtual time


def test_what_happened_before_counts_and_stays(caller: Leg) -> None:
    payload = caller.wait_for("call.answered")
    assert payload["call_control_id"] == caller.id
    assert caller.wait_for("call.answered") == payload


def test_the_payload_can_be_told_by_its_fields(world: EmulatorClient, caller: Leg) -> None:
    do(world, caller, "gather", maximum_digits=2)
    caller.press("12")
    assert caller.wait_for("call.dtmf.received", digit="2")["digit"] == "2"
    assert caller.wait_for("call.initiated", from_="+15550001111")["direction"] == "incoming"
    assert caller.wait_for("call.gather.ended", status="valid", digits=contains("1"))["digits"] == "12"
    assert caller.wait_for("call.gather.ended", where={"digits": "12"})


def test_next_gives_each_event_once(caller: Leg) -> None:
    caller.press("123")
    assert caller.wait_for("call.dtmf.received")["digit"] == "1"
    assert [caller.next("call.dtmf.received")["digit"] for _ in range(2)] == ["2", "3"]
    caller.press("4")
    assert caller.next("call.dtmf.received")["digit"] == "4"
    with pytest.raises(ExpectationError):
        caller.next("call.dtmf.received", within=1)
    assert caller.next("call.answered") == caller.wait_for("call.answered")


def test_a_leg_waits_for_what_happens_on_it_only(world: EmulatorClient, caller: Leg) -> None:
    other = world.incoming_call()
    with pytest.raises(ExpectationError):
        other.wait_for("call.answered", within=1)
    assert world.wait_for("call.answered")["call_control_id"] == caller.id
    assert world.wait_for("call.initiated", leg=other)["call_control_id"] == other.id
    assert world.wait_for("call.initiated", leg="caller-2")["call_control_id"] == other.id


def test_within_ends_the_waiting_at_that_instant(world: EmulatorClient, caller: Leg) -> None:
    began = world.clock.elapsed
    with pytest.raises(ExpectationError) as failed:
        caller.wait_for("call.hangup", within=30)
    assert world.clock.elapsed - began == pytest.approx(30)
    assert failed.value.summary.startswith("expected webhook call.hangup")
    assert failed.value.verdict["status"] == "failed"


def test_an_event_that_does_not_exist_is_an_error_with_advice(caller: Leg) -> None:
    with pytest.raises(EmulatorError, match=r'did you mean "siprec\.failed"'):
        caller.wait_for("call.siprec.failed")


def test_several_threads_wait_at_once(world: EmulatorClient, caller: Leg) -> None:
    other = world.incoming_call()
    world.clock.real()
    with ThreadPoolExecutor() as threads:
        waits = [threads.submit(leg.wait_for, "call.hangup") for leg in (caller, other)]
        caller.hang_up()
        other.hang_up()
        assert [wait.result(timeout=60)["call_control_id"] for wait in waits] == [caller.id, other.id]


def test_events_and_commands_so_far(world: EmulatorClient, caller: Leg) -> None:
    world.incoming_call()
    do(world, caller, "speak", **SPEAK)
    assert [one["event_type"] for one in caller.events()] == ["call.initiated", "call.answered", "call.speak.started"]
    assert len(world.events("call.initiated")) == 2
    assert [(one["name"], one["status"]) for one in caller.commands()] == [("answer", 200), ("speak", 200)]
    [speak] = world.commands("speak")
    assert speak["body"]["voice"] == "female"


# -- outgoing calls ---------------------------------------------------------------------------------------------------


def test_each_outgoing_call_is_given_once(world: EmulatorClient, caller: Leg) -> None:
    ids = [dial(world, to) for to in ("+15550003333", "+15550004444", "+15550003333")]
    assert world.outgoing_call(to="+15550004444").id == ids[1]
    assert [world.outgoing_call().id, world.outgoing_call().id] == [ids[0], ids[2]]
    with pytest.raises(ExpectationError):
        world.outgoing_call(within=1)


def test_an_outgoing_call_is_waited_for(running: Emulator) -> None:
    with new_world(running) as world, ThreadPoolExecutor() as threads:
        waiting = threads.submit(world.outgoing_call, to=one_of("+15550003333", "+15550004444"))
        id = dial(world, "+15550003333")
        assert waiting.result(timeout=60).id == id


# -- commands ---------------------------------------------------------------------------------------------------------


def test_expected_commands_give_their_bodies(world: EmulatorClient, caller: Leg) -> None:
    do(world, caller, "speak", **SPEAK)
    do(world, caller, "speak", payload="Good bye", voice="male")
    assert [body["payload"] for body in caller.expect_command("speak", times=2)] == ["Hello, sorry", "Good bye"]
    [sorry] = caller.expect_command("speak", payload=contains("sorry"))
    assert sorry["voice"] == "female"
    assert len(world.expect_command("speak", at_least=1, at_most=2)) == 2


def test_a_command_is_expected_by_the_status_of_its_answer(world: EmulatorClient, caller: Leg) -> None:
    do(world, caller, "speak", voice="female")
    caller.expect_command("speak", status=422)
    caller.expect_command("speak", times=0, status=200)


def test_no_times_looks_back_only(world: EmulatorClient, caller: Leg) -> None:
    before = world.clock.elapsed
    assert caller.expect_command("speak", payload=contains("sorry"), times=0) == []
    caller.never("speak")
    caller.never("call.hangup")
    assert world.clock.elapsed == before
    do(world, caller, "speak", **SPEAK)
    with pytest.raises(ExpectationError):
        caller.expect_command("speak", payload=contains("sorry"), times=0)
    with pytest.raises(ExpectationError):
        caller.never(command("speak", payload=contains("Hello")), voice="female")
    caller.never("speak", voice="male")


def test_never_within_looks_ahead(world: EmulatorClient, caller: Leg) -> None:
    before = world.clock.elapsed
    caller.never("call.hangup", within=10)
    assert world.clock.elapsed - before == pytest.approx(10)
    do(world, caller, "speak", **SPEAK)
    with pytest.raises(ExpectationError):
        caller.never("call.speak.ended", within=60)


def test_things_happen_in_order(world: EmulatorClient, caller: Leg) -> None:
    do(world, caller, "speak", **SPEAK)
    caller.in_order(
        webhook("call.answered"),
        command("speak", payload=contains("sorry"), status=200, within=3),
        webhook("call.speak.ended", within=30),
    )
    with pytest.raises(ExpectationError):
        world.in_order(webhook("call.speak.ended", leg=caller), command("speak", within=1))


def test_attempts_to_deliver_are_seen_too(world: EmulatorClient) -> None:
    world.webhook_url = "http://127.0.0.1:1/"
    world.incoming_call()
    world.in_order(
        delivered("call.initiated", attempt=1, meta={"url": contains("127.0.0.1:1")}),
        delivered("call.initiated", attempt=2, within=5),
    )


def test_what_is_looked_for_shows_itself() -> None:
    assert repr(command("speak", leg="caller", within=3, payload="Hi")) == (
        "command('speak', leg='caller', where={'payload': 'Hi'}, within='3s')"
    )


# -- failures ---------------------------------------------------------------------------------------------------------


def test_a_failure_explains_itself(world: EmulatorClient, caller: Leg) -> None:
    do(world, caller, "speak", **SPEAK)
    with pytest.raises(ExpectationError) as failed:
        caller.expect_command("speak", payload=contains("thanks"), within=3)
    report = str(failed.value)
    assert report == failed.value.report
    assert all(text in report for text in ("expected", "nearest", "payload", "call.answered", "emulator"))
    assert isinstance(failed.value, AssertionError)


async def test_whoever_blocks_the_loop_of_the_application_is_told(world: EmulatorClient) -> None:
    """The synchronous client in an asynchronous test, whose application cannot answer meanwhile."""
    async with await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1") as application:
        host, port = application.sockets[0].getsockname()
        world.webhook_url = f"http://{host}:{port}/"
        world.incoming_call()
        advice = r"(?s)your answer to call.initiated.*use async_telnyx_emulator"
        with pytest.raises(ExpectationError, match=advice):
            world.post("wait", {"command": "answer", "guard": 0.1})
        with pytest.raises(EmulatorError, match=advice):
            world.post("wait", {"webhook": "call.initiated", "guard": 0.1})


def test_a_clock_that_stands_says_so(world: EmulatorClient, caller: Leg) -> None:
    world.clock.freeze()
    with pytest.raises(ExpectationError, match="the clock stands"):
        caller.wait_for("call.hangup", within=5)


def test_verify_tells_what_went_wrong_unnoticed(world: EmulatorClient, caller: Leg) -> None:
    world.verify()
    fault = world.when(command="refer", name="declined").outcome(sip=603)
    with pytest.raises(ExpectationError, match="declined") as unused:
        world.verify()
    assert unused.value.problems["unused"] == ["declined"]
    world.verify(ignore=["declined"])
    fault.remove()
    world.verify()


def test_strict_verification_wants_every_command_expected(world: EmulatorClient, caller: Leg) -> None:
    with pytest.raises(ExpectationError, match="answer"):
        world.verify(strict=True)
    caller.expect_command("answer")
    world.verify(strict=True)
