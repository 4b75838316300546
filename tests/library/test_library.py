"""The scenarios that come with the package: a careful application passes each of them, and a careless one does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from application import Api, Application

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.runs import Program, Result, run_all
from telnyx_emulator.scenarios import library
from telnyx_emulator.scenarios.loader import Run, load

NAMES = library.names()
QUICK = {"slow-api": {"latency": "150ms"}, "rate-limited": {}}
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


async def result_of(emulator: Emulator, run: Run, kind: type[Application] = Application, api: type[Api] = Api) -> Result:
    """What comes of it, with an application of this kind."""
    name = run.id.partition("[")[0]

    def made(base_url: str, api_key: str) -> Any:
        detection = "premium" if name == "fax" else "greeting_end"
        app = kind(api(base_url, api_key), emulator.public_key, JOBS.get(name, "menu"), detection)
        return app.served()

    (result,) = await run_all(emulator, [run], Program(made, patience=0.5, grace=0))
    return result


@pytest.mark.parametrize("run", runs(), ids=lambda run: run.id)
async def test_a_careful_application_passes(emulator: Emulator, run: Run) -> None:
    result = await result_of(emulator, run)
    assert result.passed, result.report
