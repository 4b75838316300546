"""Replies that stream, and requests that become WebSockets."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import WSMsgType
from wire import KEY, Api

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.emulator import ROUTES
from telnyx_emulator.http import live_reply
from telnyx_emulator.http.reply import Reply, Upgrade, WebSocket
from telnyx_emulator.http.request_context import RequestContext
from telnyx_emulator.http.routes import Endpoint, Route

NDJSON = {"content-type": "application/x-ndjson"}


@asynccontextmanager
async def served(endpoint: Endpoint, open: bool = False) -> AsyncIterator[Api]:
    """An emulator with one more route, `GET /live`."""
    route = Route("GET", "/live", endpoint, open=open)
    async with (
        Emulator(Settings(port=0, clock="manual", settle=0), [*ROUTES, route]) as emulator,
        aiohttp.ClientSession() as session,
    ):
        emulator.world(KEY)  # what only looks on would not make it
        yield Api(session, emulator)


@asynccontextmanager
async def answer_to(api: Api, path: str = "/live") -> AsyncIterator[aiohttp.ClientResponse]:
    async with (
        asyncio.timeout(60),
        api._session.get(f"{api._emulator.url}{path}", headers=api.headers) as response,
    ):
        yield response


def talk(api: Api) -> aiohttp.client._WSRequestContextManager:
    return api._session.ws_connect(f"{api._emulator.url}/live", headers=api.headers)


class Stream:
    """An endpoint whose lines come when the test says so."""

    def __init__(self) -> None:
        self.lines: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.ended = asyncio.Event()

    async def __call__(self, request: RequestContext) -> Reply:
        return Reply(self._pieces(), headers=NDJSON)

    async def _pieces(self) -> AsyncGenerator[bytes]:
        try:
            while line := await self.lines.get():
                if isinstance(line, Exception):
                    raise line
                yield line
        finally:
            self.ended.set()

    async def end(self) -> None:
        async with asyncio.timeout(60):
            await self.ended.wait()


async def flood(request: RequestContext) -> Reply:
    """An endpoint that sends more than anything between it and its client can hold."""

    async def pieces() -> AsyncGenerator[bytes]:
        while True:
            yield bytes(32 * 1024 * 1024)

    return Reply(pieces())


class TestStreams:
    async def test_a_line_arrives_before_the_next_one_is_made(self) -> None:
        stream = Stream()
        async with served(stream) as api, answer_to(api) as response:
            assert (response.content_type, response.headers["transfer-encoding"]) == ("application/x-ndjson", "chunked")
            for line in (b"one\n", b"two\n"):
                stream.lines.put_nowait(line)
                assert await response.content.readline() == line
            stream.lines.put_nowait(b"")
            assert await response.content.read() == b""

    async def test_a_client_that_goes_away_ends_it(self) -> None:
        stream = Stream()
        async with served(stream) as api:
            async with answer_to(api) as response:
                response.close()
            await stream.end()

    @pytest.mark.parametrize("method", ["reset", "drop"])
    async def test_it_ends_cleanly_with_its_world(self, method: str) -> None:
        stream = Stream()
        async with served(stream) as api, answer_to(api) as response:
            await api.post("/_emulator/reset") if method == "reset" else await api.delete("/_emulator/world")
            assert await response.read() == b""
            assert stream.ended.is_set()

    @pytest.mark.parametrize("open", [False, True])
    async def test_it_ends_when_the_server_stops(self, open: bool) -> None:
        stream, before = Stream(), asyncio.all_tasks()
        async with aiohttp.ClientSession() as session:
            async with Emulator(Settings(port=0), [Route("GET", "/live", stream, open=open)]) as emulator:
                emulator.world(KEY)
                response = await session.get(f"{emulator.url}/live", headers={"authorization": f"Bearer {KEY}"})
            assert stream.ended.is_set()
            response.close()
        assert asyncio.all_tasks() == before

    async def test_a_client_that_does_not_read_keeps_no_server_from_stopping(self) -> None:
        async with served(flood) as api, answer_to(api) as response:
            await response.content.readany()

    async def test_a_client_that_does_not_read_is_not_waited_for_when_its_world_is_gone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(live_reply, "FAREWELL_SECS", 0)
        async with served(flood) as api:
            before = asyncio.all_tasks()
            async with answer_to(api):
                assert asyncio.all_tasks() > before
                api.world.reset()
                await until(lambda: asyncio.all_tasks() == before)

    async def test_one_that_fails_does_not_look_complete(self, caplog: pytest.LogCaptureFixture) -> None:
        stream = Stream()
        async with served(stream) as api, answer_to(api) as response:
            stream.lines.put_nowait(b"one\n")
            assert await response.content.readline() == b"one\n"
            stream.lines.put_nowait(RuntimeError("the source dried up"))
            with pytest.raises(aiohttp.ClientError):
                await response.content.read()
        assert "the source dried up" in caplog.text

    async def test_it_holds_no_clock(self) -> None:
        async with served(Stream()) as api, answer_to(api):
            assert api.world.clock.holders() == []

    async def test_a_fault_comes_instead(self) -> None:
        stream = Stream()
        async with served(stream) as api:
            await api.post("/_emulator/faults", when={"request": "GET /live"}, do={"api": {"status": 503}})
            assert (await api.get("/live")).refusal == (503, "10007")


class TestFollowingTheJournal:
    async def test_entries_come_as_they_happen(self, api: Api) -> None:
        id = await api.incoming()
        async with answer_to(api, "/_emulator/journal?follow=true&after=1&kind=event,command") as response:
            assert response.content_type == "application/x-ndjson"
            assert (await line_of(response))["name"] == "call.initiated"
            await api.do(id, "answer")
            assert [(await line_of(response))["name"] for _ in range(2)] == ["answer", "call.answered"]

    async def test_they_can_be_those_of_one_name(self, api: Api) -> None:
        id = await api.incoming()
        async with answer_to(api, "/_emulator/journal?follow=1&name=call.answered") as response:
            await api.do(id, "answer")
            assert (await line_of(response))["kind"] == "event"

    async def test_the_last_ones_before_a_reset_come_and_then_it_ends(self, api: Api) -> None:
        async with answer_to(api, "/_emulator/journal?follow=true") as response:
            api.world.world.state_change("last words")
            api.world.reset()
            assert (await line_of(response))["name"] == "last words"
            assert await response.content.read() == b""

    async def test_a_journal_that_is_no_more_has_no_lines(self, api: Api) -> None:
        await api.incoming()
        async with answer_to(api, "/_emulator/journal?follow=true&journal=another") as response:
            assert response.headers["x-journal-version"] == "1"
            assert await response.read() == b""

    async def test_a_follower_neither_holds_nor_moves_the_clock(self, api: Api) -> None:
        async with answer_to(api, "/_emulator/journal?follow=true"):
            assert api.world.clock.holders() == []

    async def test_nothing_of_it_stays(self, api: Api) -> None:
        async with answer_to(api, "/_emulator/journal?follow=true") as response:
            await until(lambda: len(api.world.journal.watchers) == 2)
            response.close()
        await until(lambda: not api.world.journal.watchers)

    async def test_a_kind_that_is_none_is_refused(self, api: Api) -> None:
        assert (await api.get("/_emulator/journal", follow="true", kind="gossip")).refusal == (422, "10031")


async def line_of(response: aiohttp.ClientResponse) -> dict[str, object]:
    line: dict[str, object] = json.loads(await response.content.readline())
    return line


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not met():  # noqa: ASYNC110  # the server hears of it a little later
            await asyncio.sleep(0)


class Echo:
    """An endpoint that sends back what it gets, until it is told to stop or to fail."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def __call__(self, request: RequestContext) -> Reply:
        return Reply(Upgrade(self._converse))

    async def _converse(self, socket: WebSocket) -> None:
        try:
            async for message in socket:
                if message == "close":
                    await socket.close(4000, "as you like")
                elif message == "fail":
                    raise RuntimeError("no more of that")
                elif message == "enough":
                    return
                else:
                    await socket.send(message)
        finally:
            self.ended.set()


class TestWebSockets:
    async def test_messages_go_both_ways(self) -> None:
        async with served(Echo()) as api, talk(api) as socket:
            await socket.send_str("hello")
            await socket.send_bytes(b"\x00\x01")
            assert (await socket.receive_str(timeout=60), await socket.receive_bytes(timeout=60)) == (
                "hello",
                b"\x00\x01",
            )

    @pytest.mark.parametrize(("said", "code"), [("close", 4000), ("enough", 1000), ("fail", 1011)])
    async def test_the_server_can_close_it(self, said: str, code: int) -> None:
        async with served(Echo()) as api, talk(api) as socket:
            await socket.send_str(said)
            message = await socket.receive(timeout=60)
            assert (message.type, message.data) == (WSMsgType.CLOSE, code)

    @pytest.mark.parametrize("politely", [True, False])
    async def test_a_client_that_goes_away_ends_it(self, politely: bool) -> None:
        echo = Echo()
        async with served(echo) as api, talk(api) as socket:
            if politely:
                await socket.close()
            else:
                socket._response.close()
            async with asyncio.timeout(60):
                await echo.ended.wait()

    async def test_a_reset_of_the_world_closes_it(self) -> None:
        echo = Echo()
        async with served(echo) as api, talk(api) as socket:
            await api.post("/_emulator/reset")
            message = await socket.receive(timeout=60)
            assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)
            assert echo.ended.is_set()

    @pytest.mark.parametrize("open", [False, True])
    async def test_it_ends_when_the_server_stops(self, open: bool) -> None:
        echo, before = Echo(), asyncio.all_tasks()
        async with aiohttp.ClientSession() as session:
            async with Emulator(Settings(port=0), [Route("GET", "/live", echo, open=open)]) as emulator:
                emulator.world(KEY)
                await session.ws_connect(f"{emulator.url}/live", headers={"authorization": f"Bearer {KEY}"})
            assert echo.ended.is_set()
        assert asyncio.all_tasks() == before

    async def test_a_request_that_is_no_handshake_is_refused(self) -> None:
        async with served(Echo()) as api:
            answer = await api.get("/live")
            assert answer.refusal == (400, "10015")
            assert "WebSocket" in answer.error["detail"]

    async def test_a_handshake_needs_a_key_like_any_request(self) -> None:
        async with served(Echo()) as api:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await talk(api.with_key(None))
            assert caught.value.status == 401


async def test_a_follower_that_does_not_read_is_cut_off_when_the_server_stops() -> None:
    head = "GET /_emulator/journal?follow=true HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer test\r\n\r\n"
    async with Emulator(Settings(port=0, clock="manual")) as emulator:
        world = emulator.world("test")
        follower = socket.create_connection(("127.0.0.1", emulator.port))
        follower.sendall(head.encode())
        async with asyncio.timeout(60):
            while not world.journal.watchers:  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0)
        for number in range(4000):
            world.warning("flood", None, {"detail": f"{number}" + "x" * 2000})
            if number % 50 == 0:
                await asyncio.sleep(0)
    follower.settimeout(30)
    with suppress(ConnectionError):
        while follower.recv(1 << 16):
            pass
    follower.close()
