"""The official SDK on one side, the emulator on the other, and nothing between them but the environment."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from stage import Application
from telnyx import Telnyx
from wire import Api

from telnyx_emulator import Emulator, EmulatorClient, Settings

KEY = "KEY0123456789_sdk"
numbers = count(1)


@pytest.fixture
def endpoint() -> Iterator[socket.socket]:
    """The port of the application, taken before somebody else takes it."""
    with socket.socket() as endpoint:
        endpoint.bind(("127.0.0.1", 0))
        yield endpoint


def webhooks(endpoint: socket.socket) -> str:
    """The URL for webhooks there."""
    return f"http://127.0.0.1:{endpoint.getsockname()[1]}/webhooks"


@pytest.fixture
async def emulator(endpoint: socket.socket) -> AsyncIterator[Emulator]:
    """A server that tells the application's endpoint of everything, on a clock that jumps when nobody is busy."""
    settings = Settings(
        port=0,
        clock="auto",
        settle=0.005,
        guard=60,  # the SDK's first request of all imports a lot
        webhook_url=webhooks(endpoint),
    )
    async with Emulator(settings) as emulator:
        yield emulator


@pytest.fixture
async def application(
    emulator: Emulator, endpoint: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Application]:
    """All that it got must have been verified, and been typed by the SDK."""
    monkeypatch.setenv("TELNYX_BASE_URL", emulator.base_url)
    monkeypatch.setenv("TELNYX_API_KEY", KEY)
    monkeypatch.setenv("TELNYX_PUBLIC_KEY", emulator.public_key)
    application, app = Application(webhooks(endpoint)), web.Application()
    app.router.add_post("/webhooks", application.webhook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, endpoint).start()
    yield application
    await runner.cleanup()
    await application.client.close()
    assert application.refused == []
    assert application.received != []
    assert application.mistyped == []


@pytest.fixture
async def far_end(emulator: Emulator) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(session, emulator, KEY)


@contextmanager
def serving(settings: Settings) -> Iterator[Emulator]:
    """An emulator in a thread of its own, for clients that block."""
    loop = asyncio.new_event_loop()
    emulator = Emulator(settings)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def wait_for(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)

    try:
        wait_for(emulator.__aenter__())
        yield emulator
        wait_for(emulator.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def adopting() -> Iterator[Emulator]:
    """A server for which everything exists that a request names."""
    with serving(Settings(port=0, clock="auto", settle=0.0, adopt=True)) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def blocking() -> Iterator[Emulator]:
    with serving(Settings(port=0, clock="manual")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def guarded() -> Iterator[Emulator]:
    """A server that knows one key, which is nobody's."""
    with serving(Settings(port=0, clock="manual", api_keys=("KEY_of_somebody",))) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def limited() -> Iterator[Emulator]:
    """A server that takes one request a second."""
    with serving(Settings(port=0, clock="manual", rate_limit=1)) as emulator:
        yield emulator


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Telnyx]]:
    """Make a client that knows only the environment; each test has a world of its own."""
    clients: list[Telnyx] = []

    def make(emulator: Emulator, **options: Any) -> Telnyx:
        monkeypatch.setenv("TELNYX_BASE_URL", emulator.base_url)
        monkeypatch.setenv("TELNYX_API_KEY", f"KEY_{next(numbers)}")
        clients.append(Telnyx(**options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def strict(connect: Callable[..., Telnyx], adopting: Emulator) -> Telnyx:
    """A client that refuses every answer that is not exactly as its models say."""
    return connect(adopting, _strict_response_validation=True)


@pytest.fixture
def events(strict: Telnyx, adopting: Emulator) -> Callable[..., list[str]]:
    """Wait for webhooks; returns the names of all that there were so far."""

    def until(*names: str) -> list[str]:
        admin = EmulatorClient(adopting.url, strict.api_key)
        found: list[dict[str, Any]] = []
        while missing := [name for name in names if name not in {entry["name"] for entry in found}]:
            last = found[-1]["seq"] if found else 0
            new = admin.get(f"journal?kind=event&wait=10&after={last}")
            assert new, f"never sent: {missing}"
            found += new
        return [entry["name"] for entry in found or admin.get("journal?kind=event")]

    return until
