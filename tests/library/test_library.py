"""The scenarios that come with the package: a careful application passes each of them, and a careless one does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import careless
import pytest
from application import Api, Application
from click.testing import CliRunner

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.cli import main
from telnyx_emulator.runs import Program, RunResult, run_all
from telnyx_emulator.scenarios import library
from telnyx_emulator.scenarios.loader import Run, load

pytestmark = pytest.mark.slow

NAMES = library.names()
ROOT = Path(__file__).parents[2]
QUICK = {"slow-api": {"latency": "150ms"}}
"""What takes real time, taken more quickly."""

JOBS = {
    "answering-machine": "campaign",
    "bridge-target-hangs-up": "agent",
    "call-ends-between-webhook-and-command": "greeting",
    "caller-hangs-up-while-ringing": "ring_agent",
    "caller-holds-and-resumes": "queue",
    "caller-leaves-queue": "queue",
    "conference-full": "conference",
    "conference-host-leaves": "conference",
    "conference-recording-fails": "conference",
    "connection-reset-after-command": "greeting",
    "duplicate-webhooks": "greeting",
    "ivr-on-the-other-side": "listen",
    "playback-file-missing": "music",
    "queue-timeout": "queue",
    "recording-fails": "message",
    "refer-declined": "refer",
    "refer-timeout": "refer",
    "refer-wrong-target": "refer",
    "sip-peer-declines-refer": "refer",
    "siprec-drops-mid-call": "siprec",
    "siprec-recorder-unreachable": "siprec",
    "stream-drops-mid-call": "stream",
    "stream-endpoint-refuses": "stream",
    "transcription-interim": "listen",
    "transfer-fails-and-caller-stays": "transfer",
    "transfer-no-answer": "transfer",
    "two-calls-at-once": "greeting",
    "webhook-receiver-slow-or-500": "greeting",
}
"""What the application does with callers; unless said otherwise it has a menu."""


def runs() -> list[Run]:
    return [run for name in NAMES for run in load(f"builtin:{name}", QUICK.get(name, {}))]


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(Settings(port=0, clock="auto", seed=0, settle=0)) as emulator:
        yield emulator


async def result_of(
    emulator: Emulator, run: Run, kind: type[Application] = Application, api: type[Api] = Api
) -> RunResult:
    """What comes of it, with an application of this kind."""
    name = run.id.partition("[")[0]

    def made(base_url: str, api_key: str) -> Any:
        detection = "premium" if name == "fax" else "greeting_end"
        app = kind(api(base_url, api_key), emulator.public_key, JOBS.get(name, "menu"), detection)
        return app.served()

    (result,) = await run_all(emulator, [run], Program(made, patience=1, grace=0))
    return result


def test_every_file_is_a_builtin_scenario() -> None:
    assert {path.stem for path in (ROOT / "scenarios").glob("*.yaml")} == set(NAMES)
    assert len(NAMES) > 50


def test_the_documentation_lists_each_of_them_by_theme() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text()
    section = page.partition("## The library")[2].partition("\n## ")[0]
    assert [name for name in NAMES if f"`{name}`" not in section] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_called_like_its_file_and_says_in_two_lines_what_it_is_about(name: str) -> None:
    scenario = load(f"builtin:{name}")[0].scenario
    assert scenario.scenario == name
    lines = (scenario.about or "").splitlines()
    assert len(lines) == 2


@pytest.mark.parametrize("name", NAMES)
def test_it_is_right_and_has_no_slips(name: str) -> None:
    result = CliRunner().invoke(main, ["check", f"builtin:{name}"])
    assert (result.exit_code, result.output.splitlines()[1:]) == (0, [])


@pytest.mark.parametrize("run", runs(), ids=lambda run: run.id)
async def test_a_careful_application_passes(emulator: Emulator, run: Run) -> None:
    result = await result_of(emulator, run)
    assert result.passed, result.report


@pytest.mark.parametrize(
    ("name", "mistake", "told"),
    [
        ("answering-machine", careless.Hasty, "command speak exactly once"),
        ("answering-machine-no-beep", careless.Hasty, "command speak on callee exactly once"),
        ("api-down-for-a-moment", careless.Impatient, "command answer on caller with status=200 after answer"),
        ("bridge-target-hangs-up", careless.Unparked, 'never command speak with meta.code="90018"'),
        ("busy", careless.Redialling, "command dial at most 3 times"),
        (
            "call-ends-between-webhook-and-command",
            careless.Raising,
            'never delivered call.answered with attempt={"gt": 1}',
        ),
        (
            "caller-hangs-up-during-gather",
            careless.Persistent,
            'never command gather_using_speak with meta.code="90018"',
        ),
        ("caller-hangs-up-while-ringing", careless.Careless, 'never command bridge with meta.code="90018"'),
        ("caller-holds-and-resumes", careless.Panicking, "never command hangup on caller within 20s"),
        ("caller-leaves-queue", careless.Careless, 'never command speak with meta.code="90018"'),
        ("caller-silent", careless.Endless, "command hangup on caller within 5m"),
        ("caller-talks", careless.Endless, "command hangup on caller within 5m"),
        ("conference-full", careless.Mute, "command speak on late with status=200 within 3s of conference_join"),
        ("conference-host-leaves", careless.Careless, "webhook call.hangup on guest within 30s of call.hangup"),
        ("conference-recording-fails", careless.Panicking, "never command conference_end within 30s"),
        ("connection-reset-after-command", careless.Unmarked, "webhook call.speak.started on caller exactly once"),
        ("declined", careless.Redialling, "command dial at most once"),
        ("dial-causes", careless.Redialling, "command dial at most 3 times"),
        ("dial-refused-d38", careless.Raising, "your application did not do POST /dial: HTTP 500"),
        ("dtmf-too-slow", careless.Curt, "command gather_using_speak on caller within 3s of call.gather.ended"),
        ("dtmf-wrong-digits", careless.Endless, "command hangup on caller within 5m"),
        ("duplicate-webhooks", careless.Forgetful, "command answer on caller exactly once"),
        ("fax", careless.Hasty, "command hangup on callee within 5s of call.machine.premium.detection.ended"),
        (
            "human-answers",
            careless.Mute,
            "command speak on callee with status=200 within 2s of call.machine.detection.ended",
        ),
        ("impatient-caller", careless.Persistent, 'never command gather_using_speak with meta.code="90018"'),
        ("ivr-on-the-other-side", careless.Hasty, "command send_dtmf on callee within 20s of say"),
        ("late-webhook-after-hangup", careless.Belated, 'never command gather_using_speak with meta.code="90018"'),
        (
            "no-answer",
            careless.Ringing,
            'webhook call.hangup on callee with hangup_cause={"not": "normal_clearing"} within 65s',
        ),
        ("number-unallocated", careless.Redialling, "command dial at most once"),
        (
            "playback-file-missing",
            careless.Mute,
            "command speak on caller with status=200 within 3s of call.playback.ended",
        ),
        ("queue-timeout", careless.Mute, "command speak on caller with status=200 within 3s of call.dequeued"),
        ("rate-limited", careless.Impatient, "command answer on caller with status=200 after answer"),
        ("recording-fails", careless.Mute, "command speak on caller with status=200 within 3s of call.recording.error"),
        ("refer-declined", careless.Mute, "command speak on caller within 3s of call.refer.failed"),
        ("refer-timeout", careless.Mute, "command speak on caller with status=200 within 3s of call.refer.failed"),
        (
            "refer-wrong-target",
            careless.Panicking,
            "command speak on caller with status=200 within 3s of call.refer.failed",
        ),
        (
            "sip-peer-declines-refer",
            careless.Mute,
            "command speak on caller with status=200 within 3s of call.refer.failed",
        ),
        ("siprec-drops-mid-call", careless.Panicking, "never command hangup on caller within 20s"),
        ("siprec-recorder-unreachable", careless.Panicking, "never command hangup on caller within 10s"),
        ("slow-api", careless.Hurried, "webhook call.initiated exactly once"),
        (
            "stream-drops-mid-call",
            careless.Careless,
            "command streaming_start on caller with status=200 within 3s of streaming.failed",
        ),
        (
            "stream-endpoint-refuses",
            careless.Careless,
            "command speak on caller with status=200 within 30s of streaming.failed",
        ),
        ("transcription-interim", careless.Hasty, "command speak on caller exactly once"),
        (
            "transfer-fails-and-caller-stays",
            careless.Careless,
            "command speak on caller with status=200 within 3s of call.hangup",
        ),
        ("transfer-no-answer", careless.Careless, "command speak on caller with status=200 within 3s of call.hangup"),
        ("two-calls-at-once", careless.OneLine, "command speak on first exactly once with status=200"),
        ("webhook-with-wrong-signature", careless.Trusting, "never command answer"),
        ("webhooks-out-of-order", careless.Persistent, 'never command gather_using_speak with meta.code="90018"'),
    ],
)
async def test_a_mistake_is_found(emulator: Emulator, name: str, mistake: type[Any], told: str) -> None:
    first, *_ = load(f"builtin:{name}", QUICK.get(name, {}))
    kinds = (Application, mistake) if issubclass(mistake, Api) else (mistake, Api)
    result = await result_of(emulator, first, *kinds)
    assert not result.passed
    assert told in result.report.splitlines()[0], result.report
