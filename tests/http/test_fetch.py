"""Audio that a command names is looked at before the command is carried out."""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from wire import Api, Receiver

from telnyx_emulator.http.fetch import is_private


def wav(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(b"\0\0" * int(seconds * 8000))
    return file.getvalue()


class Shelf:
    """Audio files under a URL, and how often each was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.origin = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[request.path])


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    shelf, app = Shelf(), web.Application()
    app.router.add_get("/{path:.*}", shelf.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shelf.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield shelf
    await runner.cleanup()


async def test_the_length_of_a_served_file_counts(api: Api, receiver: Receiver, shelf: Shelf) -> None:
    shelf.files["/a.wav"] = wav(7)
    id = await api.answered()
    await api.do(id, "playback_start", audio_url=f"{shelf.origin}/a.wav")
    await api.advance(6.9)
    assert receiver.got("call.playback.ended") == []
    await api.advance(0.2)
    ended = receiver.one("call.playback.ended").payload
    assert (ended["status"], ended["media_url"]) == ("completed", f"{shelf.origin}/a.wav")


async def test_what_was_found_once_is_not_fetched_again(api: Api, shelf: Shelf) -> None:
    shelf.files["/a.wav"] = wav(1)
    id = await api.answered()
    for _ in range(3):
        await api.do(id, "playback_start", audio_url=f"{shelf.origin}/a.wav")
    assert shelf.asked == ["/a.wav"]


async def test_a_missing_file_fails_when_its_turn_comes_and_is_looked_for_again(
    api: Api, receiver: Receiver, shelf: Shelf
) -> None:
    id = await api.answered()
    url = f"{shelf.origin}/late.wav"
    await api.do(id, "playback_start", audio_url=url)
    await api.rest()
    ended = receiver.one("call.playback.ended").payload
    assert (ended["status"], ended["status_detail"]) == ("file_not_found", "HTTP 404")
    assert receiver.got("call.playback.started") == []
    shelf.files["/late.wav"] = wav(1)
    await api.do(id, "playback_start", audio_url=url)
    await api.advance(1)
    assert receiver.got("call.playback.ended")[-1].payload["status"] == "completed"


async def test_a_server_that_is_not_there_gives_file_not_found(api: Api, receiver: Receiver) -> None:
    id = await api.answered()
    await api.do(id, "playback_start", audio_url="http://127.0.0.1:1/a.wav")
    await api.rest()
    assert receiver.one("call.playback.ended").payload["status"] == "file_not_found"


async def test_audio_on_a_public_host_is_three_seconds_long_and_nobody_asks_for_it(
    api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(url: str) -> None:
        raise AssertionError(f"{url} was fetched")

    monkeypatch.setattr("telnyx_emulator.http.fetch.download", never)
    id = await api.answered()
    await api.do(id, "playback_start", audio_url="https://example.com/a.mp3")
    await api.advance(2.9)
    assert receiver.got("call.playback.ended") == []
    await api.advance(0.2)
    assert receiver.one("call.playback.ended").payload["status"] == "completed"


@pytest.mark.settings(fetch_media=True)
async def test_with_fetch_media_public_hosts_are_asked_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def look(url: str) -> str:
        asked.append(url)
        return "not today"

    monkeypatch.setattr("telnyx_emulator.http.fetch.download", look)
    id = await api.answered()
    await api.do(id, "playback_start", audio_url="https://example.com/a.mp3")
    assert asked == ["https://example.com/a.mp3"]


async def test_nothing_is_fetched_for_a_command_that_is_refused_by_its_body(api: Api, shelf: Shelf) -> None:
    id = await api.answered()
    await api.act(id, "playback_start", audio_url=f"{shelf.origin}/a.wav", loop=0)
    assert shelf.asked == []


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("[::1]:80", True),
        ("10.1.2.3", True),
        ("192.168.0.1:8080", True),
        ("localhost", True),
        ("media", True),
        ("files.local", True),
        ("app.localhost", True),
        ("8.8.8.8", False),
        ("example.com", False),
        ("localhost.example.com", False),
    ],
)
def test_which_hosts_are_private(host: str, private: bool) -> None:
    assert is_private(f"http://{host}/a.wav") is private
