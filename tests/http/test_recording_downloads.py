"""Files of recordings by the links that webhooks and the API give."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from aiohttp import web
from wire import Answer, Api, Receiver, hear, wav
from yarl import URL

from telnyx_emulator.media import tones

SAVED = "call.recording.saved"


async def recorded(api: Api, seconds: float = 2.0, **more: Any) -> str:
    """A call with some keys in it; returns the link in the webhook."""
    call = await api.answered()
    await api.do(call, "record_start", **({"format": "wav", "channels": "dual"} | more))
    await api.post(f"/_emulator/calls/{call}/press", digits="159")
    await api.advance(seconds)
    await api.do(call, "hangup")
    await api.advance(0.7)
    (link,) = api.world.events(SAVED)[-1]["payload"]["recording_urls"].values()
    return str(link)


async def fetch(api: Api, link: str, method: str = "GET", **headers: str) -> Answer:
    """Without an API key."""
    url = URL(link, encoded=True)
    async with api._session.request(method, url, headers=headers) as response:
        raw = await response.read()
        return Answer(response.status, None, response.headers, raw)


async def test_a_link_leads_to_the_recording_without_a_key(api: Api, receiver: Receiver):
    link = await recorded(api)
    assert receiver.one(SAVED).payload["recording_urls"]["wav"] == link
    assert link.startswith(f"{api._emulator.url}/telephony-recorder-prod/{api.world.world.user_id}/")
    answer = await fetch(api, link)
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/wav")
    assert int(answer.headers["content-length"]) == len(answer.raw)
    heard = hear(answer.raw)
    assert heard.seconds == pytest.approx(2, abs=0.02)
    assert (heard.keys(0), heard.keys(1)) == ("159", "")


async def test_the_head_tells_the_size_alone(api: Api):
    answer = await fetch(api, await recorded(api), "HEAD")
    assert (answer.status, answer.raw) == (200, b"")
    assert answer.headers["content-length"] == str(44 + 2 * 4 * 8000)
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("range", "first", "last"),
    [
        ("bytes=0-", 0, 64_043),
        ("bytes=0-99", 0, 99),
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=64000-99999", 64_000, 64_043),
        ("bytes=-44", 64_000, 64_043),
        ("bytes=-99999", 0, 64_043),
    ],
)
async def test_a_range_is_a_part_of_the_file(api: Api, range: str, first: int, last: int):
    link = await recorded(api)
    whole = (await fetch(api, link)).raw
    answer = await fetch(api, link, range=range)
    assert answer.status == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/64044"
    assert answer.raw == whole[first : last + 1]


@pytest.mark.parametrize("range", ["bytes=64044-", "bytes=9-3", "bytes=-0"])
async def test_a_range_outside_of_the_file_is_refused(api: Api, range: str):
    answer = await fetch(api, await recorded(api), range=range)
    assert (answer.status, answer.headers["content-range"]) == (416, "bytes */64044")


@pytest.mark.parametrize("range", ["bytes=-", "seconds=1-2", "bytes=0-1,5-6"])
async def test_a_range_that_makes_no_sense_means_all(api: Api, range: str):
    answer = await fetch(api, await recorded(api), range=range)
    assert (answer.status, len(answer.raw)) == (200, 64_044)


async def test_a_link_expires_and_there_is_a_fresh_one(api: Api):
    link = await recorded(api)
    await api.advance(599)
    assert (await fetch(api, link)).status == 200
    await api.advance(1)
    answer = await fetch(api, link)
    assert answer.status == 403
    assert b"expired" in answer.raw
    (recording,) = (await api.get("/v2/recordings")).data
    (fresh,) = recording["download_urls"].values()
    assert (await fetch(api, fresh)).status == 200
    assert URL(fresh).path == URL(link).path


async def test_links_of_two_worlds_lead_to_their_own_files(api: Api):
    other = api.with_key("KEY_other")
    one, two = await recorded(api, 1), await recorded(other, 3)
    assert [hear((await fetch(api, link)).raw).seconds for link in (one, two)] == [1, 3]
    mixed = URL(one).with_path(URL(two).path)
    mixed = mixed.with_query(URL(one).query)
    assert (await fetch(api, str(mixed))).status == 403


@pytest.mark.parametrize("query", ["", "?X-Amz-Credential=ASIA", "?X-Amz-Signature=1&X-Amz-Date=now"])
async def test_an_unsigned_link_is_refused(api: Api, query: str):
    link = (await recorded(api)).partition("?")[0]
    answer = await fetch(api, link + query)
    assert (answer.status, b'"10010"' in answer.raw) == (403, True)


async def test_a_signature_for_something_else_is_refused(api: Api):
    assert (await fetch(api, (await recorded(api)).replace("-Expires=600", "-Expires=601"))).status == 403


async def test_a_deleted_recording_has_no_file_and_a_reset_leaves_no_links(api: Api):
    link = await recorded(api)
    (recording,) = (await api.get("/v2/recordings")).data
    await api.delete(f"/v2/recordings/{recording['id']}")
    assert (await fetch(api, link)).status == 404
    await api.post("/_emulator/reset")
    assert (await fetch(api, link)).status == 403


async def test_a_key_that_comes_with_a_link_does_no_harm(api: Api):
    assert (await fetch(api, await recorded(api), authorization="Bearer KEY")).status == 200


@pytest.mark.settings(refuse_double_auth=True)
async def test_or_it_is_refused_as_object_storage_does(api: Api):
    link = await recorded(api)
    assert (await fetch(api, link)).status == 200
    assert (await fetch(api, link, authorization="Bearer KEY")).status == 400


async def test_an_mp3_is_an_mp3(api: Api):
    pytest.importorskip("lameenc")
    answer = await fetch(api, await recorded(api, format="mp3"))
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/mpeg")
    assert answer.raw[:2] == b"\xff\xe3"
    assert int(answer.headers["content-length"]) == len(answer.raw)


async def test_without_an_encoder_an_mp3_says_what_is_missing(api: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "lameenc", None)
    answer = await fetch(api, await recorded(api, format="mp3"))
    assert answer.status == 422
    assert b"pip install telnyx-emulator[mp3]" in answer.raw


async def test_the_file_name_of_ones_own_may_be_anything(api: Api):
    link = await recorded(api, custom_file_name="Ünder 100%/a b?")
    assert (await fetch(api, link)).status == 200


async def test_links_begin_as_the_application_reaches_the_server(api: Api):
    call = await api.answered()
    await api.do(call, "record_start", format="wav", channels="dual")
    port = api._emulator.port
    await api.send("POST", f"/v2/calls/{call}/actions/hangup", headers={"host": f"localhost:{port}"})
    await api.advance(1)
    (saved,) = api.world.events(SAVED)
    assert saved["payload"]["recording_urls"]["wav"].startswith(f"http://localhost:{port}/telephony-recorder-prod/")


async def test_played_audio_of_a_private_host_is_in_the_file(api: Api):
    async def music(request: web.Request) -> web.Response:
        return web.Response(body=wav(tones.key("7")))

    app = web.Application()
    app.router.add_get("/seven.wav", music)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    call = await api.answered()
    await api.do(call, "record_start", format="wav", channels="dual")
    await api.do(call, "playback_start", audio_url=f"http://127.0.0.1:{runner.addresses[0][1]}/seven.wav")
    await api.advance(3)
    await api.do(call, "hangup")
    await api.advance(1)
    (saved,) = api.world.events(SAVED)
    answer = await fetch(api, saved["payload"]["recording_urls"]["wav"])
    assert hear(answer.raw).keys(1) == "7"
    await runner.cleanup()
