"""The shape of a test, as users write it: an application that is a function, and the official SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telnyx import Telnyx

from telnyx_emulator import contains

App = Callable[[dict[str, Any]], None]


def my_app(client: Telnyx) -> App:
    def app(webhook: dict[str, Any]) -> None:
        event, payload = webhook["data"]["event_type"], webhook["data"]["payload"]
        call = payload["call_control_id"]
        if event == "call.initiated":
            client.calls.actions.answer(call)
        elif event == "call.answered":
            client.calls.actions.gather_using_speak(
                call, payload="For support press one.", voice="female", maximum_digits=1
            )
        elif event == "call.gather.ended" and payload["digits"] == "1":
            client.calls.actions.enqueue(call, queue_name="support", max_wait_time_secs=3600)

    return app


def test_caller_waits_and_gives_up(telnyx_emulator):
    client = Telnyx(api_key=telnyx_emulator.api_key, base_url=telnyx_emulator.base_url)  # base_url ends in /v2
    telnyx_emulator.webhook_url = my_app(client)  # URL, app object or function
    caller = telnyx_emulator.incoming_call(from_="+15551230001", to="+15559990000")
    caller.wait_for("call.answered")
    caller.press("1")
    caller.wait_for("call.enqueued", queue="support")
    telnyx_emulator.clock.advance(1800)
    caller.hang_up()
    assert caller.wait_for("call.dequeued")["reason"] == "hangup"  # the payload
    caller.expect_command("speak", payload=contains("sorry"), times=0)
