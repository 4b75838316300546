"""The application runs in the event loop of the test, so objects that belong to a loop can be shared with it."""

from __future__ import annotations

import pytest
from support_line import SupportLine
from telnyx import AsyncTelnyx

from telnyx_emulator import AsyncEmulatorClient, AsyncLeg


@pytest.fixture
def line(async_telnyx_emulator: AsyncEmulatorClient) -> SupportLine:
    emulator = async_telnyx_emulator
    return SupportLine(
        AsyncTelnyx(api_key=emulator.api_key, base_url=emulator.base_url, public_key=emulator.public_key)
    )


@pytest.fixture
async def caller(async_telnyx_emulator: AsyncEmulatorClient, line: SupportLine) -> AsyncLeg:
    """Somebody who hears the menu."""
    async_telnyx_emulator.webhook_url = line.app()
    caller = await async_telnyx_emulator.incoming_call(from_="+15551230001", to="+15559990000")
    await caller.wait_for("call.answered")
    return caller


async def test_a_caller_waits_half_an_hour_and_gives_up(
    async_telnyx_emulator: AsyncEmulatorClient, caller: AsyncLeg
) -> None:
    await caller.press("1")
    await caller.wait_for("call.enqueued", queue="support")
    await async_telnyx_emulator.clock.advance(1800)
    await caller.hang_up()
    assert (await caller.wait_for("call.dequeued"))["reason"] == "hangup"


async def test_a_caller_who_presses_the_wrong_key_hears_the_menu_again(caller: AsyncLeg) -> None:
    await caller.press("9")
    await caller.expect_command("gather_using_speak", times=2)


async def test_a_message_is_kept(caller: AsyncLeg, line: SupportLine) -> None:
    await caller.press("2")
    await caller.say("Please call me back.")
    await caller.hang_up()
    saved = await caller.wait_for("call.recording.saved")
    assert line.messages == [saved["recording_urls"]["mp3"]]
