"""What all tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from aiohttp import web
from wire import Api, Receiver

from telnyx_emulator import Emulator, Settings


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "settings(**settings): settings of the `emulator` fixture")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """An application's webhook endpoint on a free port."""
    receiver, app = Receiver(), web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def emulator(request: pytest.FixtureRequest, receiver: Receiver) -> AsyncIterator[Emulator]:
    """A server on a manual clock whose webhooks go to the receiver; see the marker `settings`."""
    given = {"port": 0, "clock": "manual", "settle": 0.0, "webhook_url": receiver.url}
    for marker in reversed(list(request.node.iter_markers("settings"))):
        given |= marker.kwargs
    async with Emulator(Settings(**given)) as emulator:
        yield emulator


@pytest.fixture
async def api(emulator: Emulator) -> AsyncIterator[Api]:
    """A client of that server, with a key of its own."""
    async with aiohttp.ClientSession() as session:
        yield Api(session, emulator)


@pytest.fixture
def in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this computer is: no webhook starts because the one before took too long to be answered."""
    monkeypatch.setattr("telnyx_emulator.webhooks.session_queue.IN_ORDER_SECS", 60.0)


@pytest.fixture
def running() -> Iterator[Emulator]:
    """A server in a thread of its own, for tests that block: the command line and the synchronous client."""
    with Emulator(Settings(port=0, clock="manual", settle=0)) as emulator:
        yield emulator
