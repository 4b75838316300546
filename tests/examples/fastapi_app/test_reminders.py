"""The application runs in a thread of its own, and the tests are plain functions."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from reminders import make_app
from telnyx import AsyncTelnyx

from telnyx_emulator import EmulatorClient

Ask = Callable[[str, str], str]


@pytest.fixture
def ask(telnyx_emulator: EmulatorClient) -> Ask:
    """Asks the application for something, as its other users do."""
    emulator = telnyx_emulator
    telnyx = AsyncTelnyx(api_key=emulator.api_key, base_url=emulator.base_url, public_key=emulator.public_key)
    emulator.webhook_url = make_app(telnyx), "/webhooks"
    origin = httpx.URL(emulator.webhook_url)
    return lambda method, path: httpx.request(method, origin.join(path)).raise_for_status().json()["status"]


def test_somebody_confirms(telnyx_emulator: EmulatorClient, ask: Ask) -> None:
    ask("POST", "/reminders/+15551230001")
    [patient] = telnyx_emulator.outgoing_calls
    patient.wait_for("call.machine.detection.ended", result="human")
    patient.press("1")
    patient.wait_for("call.hangup")
    assert ask("GET", "/reminders/+15551230001") == "confirmed"


def test_silence_is_no_confirmation(telnyx_emulator: EmulatorClient, ask: Ask) -> None:
    ask("POST", "/reminders/+15551230001")
    [patient] = telnyx_emulator.outgoing_calls
    patient.wait_for("call.hangup")
    assert ask("GET", "/reminders/+15551230001") == "not confirmed"


def test_a_machine_gets_the_message_after_the_beep(telnyx_emulator: EmulatorClient, ask: Ask) -> None:
    ask("POST", "/reminders/+15550100901")
    [machine] = telnyx_emulator.outgoing_calls
    machine.wait_for("call.machine.greeting.ended", result="beep_detected")
    machine.wait_for("call.hangup")
    assert ask("GET", "/reminders/+15550100901") == "message left"


@pytest.mark.parametrize(
    ("number", "cause"), [("+15550100486", "user_busy"), ("+15550100480", "timeout"), ("+15550100603", "call_rejected")]
)
def test_who_cannot_be_reached_is_told_apart(
    telnyx_emulator: EmulatorClient, ask: Ask, number: str, cause: str
) -> None:
    ask("POST", f"/reminders/{number}")
    [patient] = telnyx_emulator.outgoing_calls
    assert patient.wait_for("call.hangup")["hangup_cause"] == cause
    assert ask("GET", f"/reminders/{number}") == cause
