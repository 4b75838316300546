"""The clients in tests that mock HTTP: theirs stays mocked, and ours goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpcore
import httpx
import pytest
import respx
from pytest_httpx import HTTPXMock
from wire import new_key, new_world

from telnyx_emulator import AsyncEmulatorClient, Emulator, EmulatorClient

SHOP = "https://shop.example.com/orders"


@pytest.fixture
def world(running: Emulator) -> Iterator[EmulatorClient]:
    with new_world(running) as client:
        yield client


def ordered() -> Any:
    return httpx.get(SHOP).json()


def use(world: EmulatorClient) -> None:
    caller = world.incoming_call(from_="+15551230001")
    caller.hang_up()
    assert caller.wait_for("call.hangup")["from"] == "+15551230001"


async def use_async(running: Emulator) -> None:
    async with AsyncEmulatorClient(running.url, new_key()) as world:
        caller = await world.incoming_call(from_="+15551230001")
        await caller.hang_up()
        assert (await caller.wait_for("call.hangup"))["from"] == "+15551230001"


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
async def test_respx_mocks_the_application_and_not_the_emulator(
    running: Emulator, world: EmulatorClient, using: str
) -> None:
    with respx.mock(using=using) as mock:  # strict: every route must be called, every request must have a route
        orders = mock.get(SHOP).respond(json=[7])
        use(EmulatorClient(running.url, new_key()))
        use(world)
        await use_async(running)
        assert ordered() == [7]
        async with httpx.AsyncClient() as client:
            assert (await client.get(SHOP)).json() == [7]
            with pytest.raises(respx.models.AllMockedAssertionError):
                await client.get(f"{running.url}/_emulator/ready")
        assert orders.call_count == mock.calls.call_count == 2


async def test_pytest_httpx_mocks_the_application_and_not_the_emulator(
    httpx_mock: HTTPXMock, running: Emulator, world: EmulatorClient
) -> None:
    httpx_mock.add_response(url=SHOP, json=[7])
    httpx_mock.add_response(url=SHOP, json=[8])
    use(EmulatorClient(running.url, new_key()))
    use(world)
    await use_async(running)
    assert ordered() == [7]
    async with httpx.AsyncClient() as client:
        assert (await client.get(SHOP)).json() == [8]
    assert [str(request.url) for request in httpx_mock.get_requests()] == [SHOP, SHOP]


async def test_a_patched_client_is_not_ours(
    running: Emulator, world: EmulatorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise AssertionError("this is for the application only")

    for kind in (httpx.Client, httpx.AsyncClient):
        for name in ("request", "send", "get", "post"):
            monkeypatch.setattr(kind, name, fail)
    for pool in (httpcore.ConnectionPool, httpcore.AsyncConnectionPool):
        monkeypatch.setattr(pool, "__init__", fail)
    use(world)
    await use_async(running)


def test_a_mock_may_be_there_before_the_client_is_imported(running: Emulator) -> None:
    code = (
        "import asyncio, respx\nrespx.mock.start()\n"
        "from telnyx_emulator import AsyncEmulatorClient, EmulatorClient\n"
        f"print(EmulatorClient({running.url!r}).get('ready')['ready'])\n"
        f"print(asyncio.run(AsyncEmulatorClient({running.url!r}).get('ready'))['ready'])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "True\nTrue\n"


async def test_requests_to_the_emulator_leave_nothing_in_the_log(
    running: Emulator, world: EmulatorClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        use(world)
        await use_async(running)
    assert [record.name for record in caplog.records if record.name.startswith("http")] == []
