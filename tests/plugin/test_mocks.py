"""The fixtures beside those of libraries that mock HTTP, which are as strict as they are by default."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import respx
from pytest_httpx import HTTPXMock

from telnyx_emulator import AsyncEmulatorClient, EmulatorClient

SHOP = "https://shop.example.com/orders"


def app(webhook: Any) -> None:
    """Looks for the order of each caller."""
    if webhook["data"]["event_type"] == "call.initiated":
        httpx.get(SHOP)


def test_an_application_calls_a_mock_of_pytest_httpx(httpx_mock: HTTPXMock, telnyx_emulator: EmulatorClient) -> None:
    httpx_mock.add_response(url=SHOP, json=[7])
    telnyx_emulator.webhook_url = app
    telnyx_emulator.incoming_call().hang_up()
    telnyx_emulator.wait_for("call.hangup")
    assert [str(request.url) for request in httpx_mock.get_requests()] == [SHOP]


async def test_a_coroutine_calls_a_mock_of_pytest_httpx(
    httpx_mock: HTTPXMock, async_telnyx_emulator: AsyncEmulatorClient
) -> None:
    httpx_mock.add_response(url=SHOP, json=[7])
    async_telnyx_emulator.webhook_url = app
    await (await async_telnyx_emulator.incoming_call()).hang_up()
    await async_telnyx_emulator.wait_for("call.hangup")
    assert [str(request.url) for request in httpx_mock.get_requests()] == [SHOP]


@respx.mock
def test_an_application_calls_a_mock_of_respx(telnyx_emulator: EmulatorClient) -> None:
    orders = respx.get(SHOP).respond(json=[7])
    telnyx_emulator.webhook_url = app
    telnyx_emulator.incoming_call().hang_up()
    telnyx_emulator.wait_for("call.hangup")
    assert orders.call_count == 1


async def test_a_coroutine_calls_a_mock_of_respx(
    respx_mock: respx.MockRouter, async_telnyx_emulator: AsyncEmulatorClient
) -> None:
    orders = respx_mock.get(SHOP).respond(json=[7])
    async_telnyx_emulator.webhook_url = app
    await (await async_telnyx_emulator.incoming_call()).hang_up()
    await async_telnyx_emulator.wait_for("call.hangup")
    assert orders.call_count == 1


def test_what_was_not_mocked_fails_as_ever(httpx_mock: HTTPXMock, telnyx_emulator: EmulatorClient) -> None:
    with pytest.raises(httpx.TimeoutException):
        httpx.get(f"{telnyx_emulator.url}/_emulator/ready")
    httpx_mock._options.assert_all_requests_were_expected = False
