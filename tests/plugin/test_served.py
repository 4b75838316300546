"""Applications that are served for a test: how long the clock waits for them, and how long they live."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession, web
from flask import Flask

from telnyx_emulator import AsyncEmulatorClient, EmulatorClient

USUAL_SECS = 0.025


def nothing(webhook: Any) -> None:
    pass


def flask_app() -> Flask:
    app = Flask("flask_app")
    app.post("/webhooks")(lambda: "")
    return app


async def takes_all(request: web.Request) -> web.Response:
    return web.Response()


SHARED = web.Application()
SHARED.router.add_post("/webhooks", takes_all)


def test_the_clock_waits_for_no_more_of_a_function_that_has_returned(telnyx_emulator: EmulatorClient) -> None:
    telnyx_emulator.webhook_url = nothing
    assert telnyx_emulator.settings()["settle"] == 0
    telnyx_emulator.failover_url = flask_app()
    assert telnyx_emulator.settings()["settle"] == USUAL_SECS


@pytest.mark.telnyx_emulator(settle=0.1)
def test_a_settle_time_that_was_given_stays(telnyx_emulator: EmulatorClient) -> None:
    telnyx_emulator.webhook_url = nothing
    assert telnyx_emulator.settings()["settle"] == 0.1


@pytest.mark.parametrize("test", [1, 2])
def test_one_application_may_serve_many_tests(telnyx_emulator: EmulatorClient, test: int) -> None:
    telnyx_emulator.webhook_url = SHARED
    telnyx_emulator.incoming_call().hang_up()
    telnyx_emulator.wait_for("call.hangup")


async def test_both_clients_are_for_the_same_world(
    telnyx_emulator: EmulatorClient, async_telnyx_emulator: AsyncEmulatorClient
) -> None:
    caller = await async_telnyx_emulator.incoming_call()
    assert [leg.id for leg in telnyx_emulator.calls] == [caller.id]


async def test_an_application_of_this_loop_can_share_its_objects(async_telnyx_emulator: AsyncEmulatorClient) -> None:
    arrived = asyncio.Event()

    async def app(webhook: Any) -> None:
        arrived.set()

    async_telnyx_emulator.webhook_url = app
    await async_telnyx_emulator.incoming_call()
    await asyncio.wait_for(arrived.wait(), 60)


urls: list[str] = []


def test_an_application_is_there_during_its_test(telnyx_emulator: EmulatorClient) -> None:
    telnyx_emulator.webhook_url = flask_app()
    urls.append(str(telnyx_emulator.webhook_url))


async def test_and_gone_after_it() -> None:
    async with ClientSession() as session:
        with pytest.raises(ClientConnectionError):
            await session.post(urls.pop())


@pytest.mark.telnyx_emulator(ignore=["undelivered"])
def test_what_is_to_be_ignored_is_not_wrong(telnyx_emulator: EmulatorClient) -> None:
    telnyx_emulator.webhook_url = lambda webhook: 404
    telnyx_emulator.incoming_call()
