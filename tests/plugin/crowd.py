"""Four hundred tests for several workers and one server: nobody may see anything of anybody else.

All use the same numbers, the same connection and the same queue; only the API key tells their worlds apart.
Run by `.ci/xdist`, not with the suite.
"""

from __future__ import annotations

from typing import Any

import pytest
from telnyx import Telnyx

from telnyx_emulator import EmulatorClient


@pytest.mark.parametrize("number", range(400))
def test_everybody_is_alone(telnyx_emulator: EmulatorClient, number: int) -> None:
    client = Telnyx(api_key=telnyx_emulator.api_key, base_url=telnyx_emulator.base_url)
    actions, seen = client.calls.actions, set()

    def app(webhook: dict[str, Any]) -> None:
        event, payload = webhook["data"]["event_type"], webhook["data"]["payload"]
        call = payload["call_control_id"]
        seen.add(call)
        if event == "call.initiated":
            actions.answer(call)
        elif event == "call.answered":
            actions.gather(call, minimum_digits=3, maximum_digits=3)
        elif event == "call.gather.ended":
            actions.enqueue(call, queue_name="support", max_wait_time_secs=60 + number)

    telnyx_emulator.webhook_url = app
    caller = telnyx_emulator.incoming_call(from_="+15551230001", to="+15559990000", connection_id="shared")
    caller.wait_for("call.answered")
    caller.press(f"{number:03}")
    assert caller.wait_for("call.gather.ended")["digits"] == f"{number:03}"
    assert caller.wait_for("call.enqueued")["current_position"] == 1
    telnyx_emulator.clock.advance(30)
    caller.hang_up()
    assert caller.wait_for("call.dequeued")["reason"] == "hangup"
    assert seen == {caller.id}
    assert [leg.id for leg in telnyx_emulator.calls] == [caller.id]
    assert 30 < telnyx_emulator.clock.elapsed < 60
