"""The application runs in a thread of its own, and the tests are plain functions that use its API as others do."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from reminders import make_app
from telnyx import AsyncTelnyx

from telnyx_emulator import EmulatorClient, Leg


@pytest.fixture
def api(telnyx_emulator: EmulatorClient) -> Iterator[httpx.Client]:
    emulator = telnyx_emulator
    telnyx = AsyncTelnyx(api_key=emulator.api_key, base_url=emulator.base_url, public_key=emulator.public_key)
    emulator.webhook_url = make_app(telnyx), "/webhooks"
    with httpx.Client(base_url=str(emulator.webhook_url).removesuffix("/webhooks")) as api:
        yield api


def remind(api: httpx.Client, emulator: EmulatorClient, number: str) -> Leg:
    """The call to somebody who is to be reminded."""
    assert api.post("/reminders", params={"number": number}).status_code == 202
    return emulator.outgoing_call(to=number)


def outcome(api: httpx.Client, call: Leg) -> str:
    return api.get(f"/reminders/{call.id}").json()["status"]


def test_somebody_confirms(telnyx_emulator: EmulatorClient, api: httpx.Client) -> None:
    patient = remind(api, telnyx_emulator, "+15551230001")
    patient.wait_for("call.machine.detection.ended", result="human")
    patient.press("1")
    patient.wait_for("call.hangup")
    assert outcome(api, patient) == "confirmed"


def test_silence_is_no_confirmation(telnyx_emulator: EmulatorClient, api: httpx.Client) -> None:
    patient = remind(api, telnyx_emulator, "+15551230001")
    patient.wait_for("call.hangup")
    assert outcome(api, patient) == "not confirmed"


def test_a_machine_gets_the_message_after_the_beep(telnyx_emulator: EmulatorClient, api: httpx.Client) -> None:
    machine = remind(api, telnyx_emulator, "+15550100901")
    machine.wait_for("call.machine.greeting.ended", result="beep_detected")
    machine.wait_for("call.hangup")
    assert outcome(api, machine) == "message left"


@pytest.mark.parametrize(
    ("number", "cause"),
    [("+15550100486", "user_busy"), ("+15550100480", "no_answer"), ("+15550100603", "call_rejected")],
)
def test_who_cannot_be_reached_is_told_apart(
    telnyx_emulator: EmulatorClient, api: httpx.Client, number: str, cause: str
) -> None:
    patient = remind(api, telnyx_emulator, number)
    patient.wait_for("call.hangup")
    assert outcome(api, patient) == cause
