"""The application runs in the event loop of the test, so objects that belong to a loop can be shared with it."""

from __future__ import annotations

import pytest
from aiohttp import web
from support_line import make_app
from telnyx import AsyncTelnyx

from telnyx_emulator import AsyncEmulatorClient


@pytest.fixture
async def app(async_telnyx_emulator: AsyncEmulatorClient) -> web.Application:
    emulator = async_telnyx_emulator
    telnyx = AsyncTelnyx(api_key=emulator.api_key, base_url=emulator.base_url, public_key=emulator.public_key)
    emulator.webhook_url = app = make_app(telnyx)
    return app


@pytest.mark.usefixtures("app")
async def test_a_caller_waits_half_an_hour_and_gives_up(async_telnyx_emulator: AsyncEmulatorClient) -> None:
    emulator = async_telnyx_emulator
    caller = await emulator.incoming_call(from_="+15551230001", to="+15559990000")
    await caller.wait_for("call.answered")
    await caller.press("1")
    await caller.wait_for("call.enqueued", queue="support")
    await emulator.clock.advance(1800)
    await caller.hang_up()
    assert (await caller.wait_for("call.dequeued"))["reason"] == "hangup"


@pytest.mark.usefixtures("app")
async def test_a_caller_who_presses_the_wrong_key_hears_the_menu_again(
    async_telnyx_emulator: AsyncEmulatorClient,
) -> None:
    caller = await async_telnyx_emulator.incoming_call()
    await caller.wait_for("call.answered")
    await caller.press("9")
    await caller.expect_command("gather_using_speak", times=2)


async def test_a_message_is_kept(async_telnyx_emulator: AsyncEmulatorClient, app: web.Application) -> None:
    caller = await async_telnyx_emulator.incoming_call()
    await caller.wait_for("call.answered")
    await caller.press("2")
    await caller.say("Please call me back.")
    await caller.hang_up()
    saved = await caller.wait_for("call.recording.saved")
    assert app["messages"] == [saved["recording_urls"]["mp3"]]
