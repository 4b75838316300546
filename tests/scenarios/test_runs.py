"""Scenarios, run against an application until they are decided: what passes, what fails, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import desk
import pytest

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.runs import Program, RunResult, run, run_all
from telnyx_emulator.scenarios.loader import Run, load, load_data, load_text

SAMPLES = Path(__file__).parent / "samples"
CALL = {"at": "0s", "call": {"from": "+15551230001", "to": desk.OUR_NUMBER, "as": "caller"}}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(Settings(port=0, clock="auto", seed=0, settle=0.01)) as emulator:
        yield emulator


Running = Callable[..., Any]


@pytest.fixture
def running(emulator: Emulator) -> Running:
    """Runs one scenario, written as data, against the call centre."""

    async def running(app: Any = desk.desk, program: dict[str, Any] | None = None, **sections: Any) -> RunResult:
        runs = load_data({"version": 1, "scenario": "test", "timeline": [CALL]} | sections)
        (result,) = await run_all(emulator, runs, Program(app, **(program or {})))
        return result

    return running


# -- the samples -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "app"),
    [
        ("refer-declined", desk.desk),
        ("siprec-recorder-unreachable", desk.desk),
        ("answering-machine", desk.dialler),
        ("webhook-endpoint-down-for-two-attempts", desk.desk),
    ],
)
async def test_each_sample_of_the_format_passes(emulator: Emulator, name: str, app: Any) -> None:
    results = await run_all(emulator, load(SAMPLES / f"{name}.yaml"), Program(app))
    assert [result.report for result in results if not result.passed] == []
    assert {result.name.partition("[")[0] for result in results} == {name}


async def test_a_matrix_gives_results_in_its_order(emulator: Emulator) -> None:
    results = await run_all(emulator, load(SAMPLES / "refer-declined.yaml"), Program(desk.desk))
    assert [result.name for result in results] == [f"refer-declined[sip={sip}]" for sip in (403, 480, 486, 603)]


async def test_the_same_seed_gives_the_same_log_byte_by_byte() -> None:
    async def logs(seed: int | None) -> list[bytes]:
        waiting = load(SAMPLES / "refer-declined.yaml") + load(SAMPLES / "siprec-recorder-unreachable.yaml")
        dialling = load(SAMPLES / "answering-machine.yaml")
        async with Emulator(Settings(port=0, clock="auto", seed=0)) as emulator:
            results = await run_all(emulator, waiting, Program(desk.desk, seed=seed))
            results += await run_all(emulator, dialling, Program(desk.dialler, seed=seed))
            return [line for result in results for line in result.log]

    first = await logs(None)
    assert len(first) > 50
    assert await logs(None) == first
    assert await logs(5) != first


# -- what fails --------------------------------------------------------------------------------------------------


async def test_what_was_expected_and_did_not_happen_is_reported_with_the_ladder(running: Running) -> None:
    result = await running(expect=[{"command": "playback_start", "leg": "caller"}])
    assert not result.passed
    assert result.report.startswith("FAILED  expected  command playback_start on caller")
    assert "|--- INVITE" in result.report
    assert "(playback_start missing)" in result.report


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"expect": [{"command": "answer", "never": True}]}, "command answer"),
        ({"expect": [{"command": "answer", "count": 2}]}, "command answer"),
        (
            {"faults": [{"name": "odd", "when": {"command": "dial"}, "do": {"api": {"status": 500}}}]},
            '"odd" never fired',
        ),
        ({"strict": True, "expect": [{"command": "answer"}]}, "which nothing expects"),
        (
            {"timeline": [CALL, {"when": {"webhook": "call.hold"}, "hangup": {}}]},
            "a step was never taken: webhook call.hold; mark it optional if that is fine",
        ),
        (
            {"timeline": [CALL, {"at": "1s", "hangup": {"leg": "nobody"}}]},
            "a step could not be taken: hangup: there is no leg 'nobody'",
        ),
        (
            {"timeline": [CALL, {"at": "1s", "request": {"path": "/dial"}}]},
            "your application did not do POST /dial: HTTP 500",
        ),
        (
            {
                "parties": {
                    "customer": {
                        "number": "+15551230001",
                        "reacts": [{"when": {"far_end": "press"}, "press": {"digits": "1"}}],
                    }
                },
                "timeline": [CALL, {"when": {"webhook": "call.answered"}, "press": {"digits": "1"}}],
            },
            "customer.reacts[0] sets itself off again and again",
        ),
    ],
)
async def test_a_run_fails_and_says_why(running: Running, sections: dict[str, Any], told: str) -> None:
    result = await running(**sections)
    assert not result.passed
    assert told in result.report


async def test_a_step_or_a_fault_that_is_optional_need_not_happen(running: Running) -> None:
    fault = {"when": {"command": "dial"}, "do": {"api": {"status": 500}}, "optional": True}
    step = {"when": {"webhook": "call.hold"}, "hangup": {}, "optional": True}
    result = await running(timeline=[CALL, step], faults=[fault])
    assert result.passed, result.report


def refusing(base_url: str, api_key: str) -> Callable[[Any], int]:
    return lambda webhook: 500


async def test_a_webhook_that_was_not_taken_fails_the_run(running: Running) -> None:
    result = await running(refusing)
    assert "call.initiated, given up" in result.report


async def test_a_webhook_that_a_fault_kept_back_does_not(running: Running) -> None:
    fault = {"when": {"delivered": "call.answered"}, "do": {"delivery": {"as_if": "http_404"}}}
    result = await running(faults=[fault])
    assert result.passed, result.report


# -- when it is over ---------------------------------------------------------------------------------------------


async def test_it_ends_as_soon_as_everything_is_decided(running: Running) -> None:
    result = await running(expect=[{"webhook": "call.answered", "leg": "caller"}])
    assert result.passed, result.report
    assert result.virtual < 1


@pytest.mark.parametrize("webhook", ["call.gather.ended", "call.speak.started", "call.speak.ended"])
async def test_it_ends_then_however_much_has_happened(running: Running, webhook: str) -> None:
    press = {"when": {"command": "gather_using_speak"}, "after": "1s", "press": {"digits": "9"}}
    run = running(timeline=[CALL, press], expect=[{"webhook": webhook, "leg": "caller"}])
    result = await asyncio.wait_for(run, 60)
    assert result.passed, result.report


async def test_a_limit_comes_while_it_is_what_is_waited_for(running: Running) -> None:
    """The caller chooses the queue, and nobody takes the call for two minutes."""
    press = {"when": {"command": "gather_using_speak"}, "after": "1s", "press": {"digits": "2"}}
    result = await running(
        timeline=[CALL, press],
        expect=[{"webhook": "call.dequeued", "where": {"reason": "timeout"}, "within": "200s"}],
    )
    assert result.passed, result.report
    assert 120 < result.virtual < 130


async def test_limits_that_nobody_waits_for_do_not_come(running: Running) -> None:
    press = {"when": {"command": "gather_using_speak"}, "after": "1s", "press": {"digits": "2"}}
    result = await running(timeline=[CALL, press], expect=[{"webhook": "call.dequeued", "never": True}])
    assert result.passed, result.report
    assert result.virtual < 60


async def test_what_has_to_come_may_come_when_the_calls_are_hung_up(running: Running) -> None:
    press = {"when": {"command": "gather_using_speak"}, "after": "1s", "press": {"digits": "5"}}
    expect = [{"webhook": "call.hangup", "leg": "caller"}, {"webhook": "call.playback.started"}]
    result = await running(timeline=[CALL, press], expect=expect)
    assert result.passed, result.report


async def test_that_calls_are_hung_up_at_the_end_is_not_held_against_it(running: Running) -> None:
    press = {"when": {"command": "gather_using_speak"}, "after": "1s", "press": {"digits": "5"}}
    result = await running(timeline=[CALL, press], expect=[{"webhook": "call.hangup", "never": True}])
    assert result.passed, result.report


async def test_without_an_application_it_is_over_when_nobody_was_heard_of(running: Running) -> None:
    result = await running(None, {"patience": 0.1}, expect=[{"command": "answer"}])
    assert not result.passed
    assert 0.1 <= result.real < 10  # the usual patience


async def test_an_application_may_call_by_itself(running: Running, emulator: Emulator) -> None:
    """After more than the grace, which holds only for one that was heard of."""
    emulator.tenants.one_world = True

    async def app() -> None:
        await asyncio.sleep(0.3)
        await asyncio.to_thread(desk.desk(emulator.base_url, "KEY_run").dial, desk.AGENT)

    calling = asyncio.create_task(app())
    result = await running(None, {"patience": 60, "grace": 0.05}, timeline=[], expect=[{"command": "dial"}])
    await calling
    assert result.passed, result.report


async def test_an_application_that_acts_after_its_answer_has_the_grace(running: Running) -> None:
    def slow(base_url: str, api_key: str) -> Callable[[Any], Any]:
        app = desk.desk(base_url, api_key)

        async def later(webhook: Any) -> None:
            await asyncio.sleep(0.1)
            await asyncio.to_thread(app, webhook)

        async def webhook(webhook: Any) -> None:
            tasks.append(asyncio.create_task(later(webhook)))

        return webhook

    tasks: list[asyncio.Task[None]] = []
    result = await running(slow, {"grace": 60}, expect=[{"command": "gather_using_speak"}])
    await asyncio.gather(*tasks)
    assert result.passed, result.report


async def test_what_goes_on_for_ever_ends_after_an_hour_of_virtual_time(running: Running) -> None:
    def endless(base_url: str, api_key: str) -> Callable[[Any], Any]:
        line = desk.Line(base_url, api_key)

        def app(webhook: Any) -> None:
            event = webhook["data"]
            leg = event["payload"]["call_control_id"]
            if event["event_type"] == "call.initiated":
                line.do(leg, "answer")
            elif event["event_type"] in ("call.answered", "call.gather.ended"):
                line.do(leg, "gather", timeout_millis=100_000)

        return app

    result = await running(endless)
    assert result.passed, result.report
    assert 3600 <= result.virtual < 3800


# -- worlds ------------------------------------------------------------------------------------------------------


async def test_runs_side_by_side_share_nothing(emulator: Emulator) -> None:
    """One of them refuses every answer, and the other hears nothing of it."""
    text = "version: 1\nscenario: {}\ntimeline: [ {{ at: 0s, call: {{ to: '+15559990000' }} }} ]\n"
    fault = "faults: [ { when: { command: answer }, do: { api: { status: 422 } } } ]\n"
    never, once = "expect: [ { webhook: call.answered, never: true } ]\n", "expect: [ { webhook: call.answered } ]\n"
    runs: list[Run] = load_text(text.format("refused") + fault + never) + load_text(text.format("taken") + once)
    results = await run_all(emulator, runs, Program(desk.desk))
    assert [result.report for result in results if not result.passed] == []
    assert list(emulator.tenants) == []


async def test_one_application_takes_one_after_the_other() -> None:
    settings = Settings(port=0, clock="auto", seed=0, settle=0.01, one_world=True)
    async with Emulator(settings) as emulator:
        app = desk.desk(emulator.base_url, "KEY_whatever")
        results = await run_all(emulator, load(SAMPLES / "refer-declined.yaml"), Program(app))
    assert [result.report for result in results if not result.passed] == []


async def test_the_seed_is_the_scenario_s_own_unless_another_is_given(running: Running) -> None:
    assert (await running(seed=3)).seed == 3
    assert (await running(None, {"seed": 4, "patience": 0.0}, seed=3)).seed == 4
    assert (await running()).seed == 0


async def test_a_single_scenario_can_be_run_from_python(emulator: Emulator) -> None:
    (one,) = load_data({"version": 1, "scenario": "test", "timeline": [CALL]})
    result = await run(emulator, one, Program(patience=0.0))
    assert (result.name, result.passed) == ("test", True)
