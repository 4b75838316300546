"""Half an hour on the phone, tested in a moment."""

from __future__ import annotations

from time import process_time, thread_time
from typing import Any

import pytest
from telnyx import Telnyx

from telnyx_emulator import EmulatorClient

pytestmark = pytest.mark.slow

AGENT = "+15551230009"
LIMIT_SECS = 0.3


class SupportLine:
    """Records the call, asks twice, queues the caller, and connects an agent when the caller leaves the queue."""

    def __init__(self, client: Telnyx) -> None:
        self.actions = client.calls.actions
        self.spent = 0.0
        """Seconds of the processor in the application and its SDK."""

    def __call__(self, webhook: dict[str, Any]) -> None:
        began = thread_time()
        self.react(webhook["data"]["event_type"], webhook["data"]["payload"])
        self.spent += thread_time() - began

    def react(self, event: str, payload: dict[str, Any]) -> None:
        call = payload["call_control_id"]
        match event:
            case "call.initiated" if payload["direction"] == "incoming":
                self.caller = call
                self.actions.answer(call)
            case "call.answered" if call == self.caller:
                self.actions.start_recording(call, channels="dual", format="wav")
                self.ask(call, "For English press one.")
            case "call.gather.ended" if payload["digits"] == "1":
                self.ask(call, "For support press two.")
            case "call.gather.ended":
                self.actions.enqueue(call, queue_name="support", max_wait_time_secs=3600)
            case "call.dequeued":
                self.actions.transfer(call, to=AGENT)

    def ask(self, call: str, question: str) -> None:
        self.actions.gather_using_speak(call, payload=question, voice="female", maximum_digits=1)

    def next_please(self) -> None:
        self.actions.leave_queue(self.caller)


def half_an_hour(emulator: EmulatorClient, client: Telnyx) -> float:
    """Goes through the whole flow; seconds of the processor, without those of the application."""
    app = SupportLine(client)
    began = process_time()
    emulator.webhook_url = app
    caller = emulator.incoming_call(from_="+15551230001", to="+15559990000")
    caller.wait_for("call.answered")
    caller.press("1")
    caller.wait_for("call.gather.ended", digits="1")
    caller.press("2")
    caller.wait_for("call.enqueued", queue="support")
    emulator.clock.advance(1500)
    before = thread_time()
    app.next_please()
    app.spent += thread_time() - before
    caller.wait_for("call.bridged")
    caller.hold()
    emulator.clock.advance(300)
    caller.unhold()
    caller.hang_up()
    saved = caller.wait_for("call.recording.saved")
    took = process_time() - began - app.spent
    assert emulator.clock.elapsed > 1800
    assert saved["channels"] == "dual"
    caller.expect_command("transfer", to=AGENT)
    return took


def test_half_an_hour_takes_a_moment(telnyx_emulator: EmulatorClient) -> None:
    """The best of three: what else the machine does at the time is not ours."""
    client, took = Telnyx(api_key=telnyx_emulator.api_key, base_url=telnyx_emulator.base_url), []
    for _ in range(3):
        took.append(half_an_hour(telnyx_emulator, client))
        telnyx_emulator.reset()
    assert min(took) < LIMIT_SECS
