"""What the emulator asks the application for by itself, and what it gets back."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from wire import Api

from telnyx_emulator.app_requests import AppRequests
from telnyx_emulator.core.ports import AppAnswer
from telnyx_emulator.scenarios.model import AppRequest


@dataclass
class Application:
    """It answers with what it was sent; `/packed` compressed, `/slow` when it may, `/broken` not at all."""

    url: str = ""
    may: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.path == "/packed":
            return web.Response(body=gzip.compress(body), headers={"content-encoding": "gzip"})
        if request.path == "/slow":
            await self.may.wait()
        if request.path == "/broken" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=201, body=body, headers={"X-Method": request.method, **_echoed(request)})


def _echoed(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name.startswith("X-Shop")}


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    application, app = Application(), web.Application()
    app.router.add_route("*", "/{path:.*}", application.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    application.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks"
    yield application
    await runner.cleanup()


@pytest.fixture
def told() -> list[dict[str, object]]:
    return []


@pytest.fixture
async def requests(api: Api, application: Application, told: list[dict[str, object]]) -> AppRequests:
    return AppRequests(api.world.clock, api.world.sender, lambda: application.url, told.append)


async def test_the_answer_has_status_headers_and_body(requests: AppRequests, told: list[dict[str, object]]) -> None:
    wanted = AppRequest(method="PUT", path="/dial", json={"to": "+15551"}, headers={"X-Shop": "7"})
    answer = await requests.ask(wanted)
    assert (answer.status, answer.body, answer.error) == (201, b'{"to": "+15551"}', None)
    assert (answer.headers["x-method"], answer.headers["X-SHOP"]) == ("PUT", "7")
    assert told == [{"method": "PUT", "path": "/dial", "status": 201, "error": None}]


async def test_the_body_is_unpacked(requests: AppRequests) -> None:
    assert (await requests.ask(AppRequest(path="/packed", json=[1, 2]))).body == b"[1, 2]"


async def test_without_json_there_is_no_body(requests: AppRequests) -> None:
    assert (await requests.ask(AppRequest(path="/"))).body == b""


async def test_no_answer_is_one_that_says_why(requests: AppRequests, application: Application) -> None:
    broken = await requests.ask(AppRequest(path="/broken"))
    assert (broken.status, broken.body) == (None, b"")
    assert "ServerDisconnectedError" in (broken.error or "")


async def test_without_a_url_the_answer_says_what_to_do(api: Api, told: list[dict[str, object]]) -> None:
    requests = AppRequests(api.world.clock, api.world.sender, lambda: None, told.append)
    answer = await requests.ask(AppRequest(path="/dial"))
    assert answer.error == told[0]["error"] == "it is not known where the application is: give a webhook URL"


async def test_a_callback_comes_later_and_the_clock_is_held_until_then(
    api: Api, requests: AppRequests, application: Application
) -> None:
    answers: list[tuple[float, AppAnswer]] = []
    clock = api.world.clock
    requests.send(AppRequest(path="/slow"), lambda answer: answers.append((clock.elapsed(), answer)))
    assert ([one.split(",")[0] for one in clock.holders()], answers) == (
        ["your application's answer to POST /slow"],
        [],
    )
    application.may.set()
    await api.advance(5)
    assert [(at, answer.status) for at, answer in answers] == [(0.0, 201)]
    assert clock.holders() == []


async def test_when_the_world_is_closed_nothing_is_called_back(
    api: Api, requests: AppRequests, application: Application, told: list[dict[str, object]]
) -> None:
    answers: list[AppAnswer] = []
    requests.send(AppRequest(path="/slow"), answers.append)
    requests.close()
    application.may.set()
    await api.rest()
    assert (answers, told, api.world.clock.holders()) == ([], [], [])
