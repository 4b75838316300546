"""Media storage: uploaded by URL or as a file, shown, downloaded, forgotten in time, and played."""

from __future__ import annotations

import io
import wave
from typing import Any

import aiohttp
import pytest
from wire import Answer, Api, Receiver

from telnyx_emulator.core.errors import BadRequest
from telnyx_emulator.http.multipart import form_parts


def sound(seconds: float) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\r\n\x00\xff" * int(seconds * 4000))
    return data.getvalue()


def form(content: bytes, **fields: str) -> aiohttp.FormData:
    data = aiohttp.FormData(fields)
    data.add_field("media", io.BytesIO(content), filename="greeting.wav", content_type="audio/wav")
    return data


async def upload(api: Api, content: bytes, **fields: str) -> Answer:
    return await api.send("POST", "/v2/media", data=form(content, **fields))


async def download(api: Api, name: str) -> tuple[int, str, bytes]:
    url = f"{api._emulator.url}/v2/media/{name}/download"
    async with api._session.get(url, headers=api.headers) as response:
        return response.status, response.content_type, await response.read()


async def test_a_file_comes_back_byte_for_byte(api: Api) -> None:
    content = sound(1.5)
    answer = await upload(api, content, media_name="greeting")
    assert (answer.status, answer.data["media_name"], answer.data["content_type"]) == (201, "greeting", "audio/wav")
    assert await download(api, "greeting") == (200, "audio/wav", content)


async def test_a_file_can_be_longer_than_other_bodies_but_not_without_end(api: Api) -> None:
    assert (await upload(api, bytes(2 * 1024 * 1024), media_name="long")).status == 201
    assert (await upload(api, bytes(20 * 1024 * 1024 + 1), media_name="too long")).refusal == (422, "10033")
    assert (await upload(api, bytes(21 * 1024 * 1024), media_name="far too long")).refusal == (413, "10015")


async def test_what_was_uploaded_is_played_at_its_own_length(api: Api, receiver: Receiver) -> None:
    await upload(api, sound(7), media_name="greeting")
    id = await api.answered()
    await api.do(id, "playback_start", media_name="greeting")
    await api.advance(6.9)
    assert receiver.got("call.playback.ended") == []
    await api.advance(0.2)
    assert receiver.one("call.playback.ended").payload["media_name"] == "greeting"


async def test_a_file_without_a_name_gets_one_and_two_days(api: Api) -> None:
    made = (await upload(api, b"x")).data
    assert len(made["media_name"]) == 36
    await api.advance(172_799)
    assert (await api.get(f"/v2/media/{made['media_name']}")).data == made
    await api.advance(2)
    assert (await api.get(f"/v2/media/{made['media_name']}")).refusal == (404, "10005")
    assert (await api.get("/v2/media")).data == []


async def test_an_update_replaces_what_it_names(api: Api) -> None:
    made = (await upload(api, b"old", media_name="a")).data
    await api.advance(10)
    changed = (await api.put("/v2/media/a", ttl_secs=60)).data
    assert (changed["created_at"], changed["content_type"]) == (made["created_at"], "audio/wav")
    assert changed["updated_at"] > made["updated_at"]
    assert changed["expires_at"] < made["expires_at"]
    assert (await download(api, "a"))[2] == b"old"
    await api.send("PUT", "/v2/media/a", data=form(b"new"))
    assert (await download(api, "a"))[2] == b"new"


async def test_a_deleted_file_is_gone_and_its_name_free(api: Api) -> None:
    await upload(api, b"x", media_name="a")
    assert (await upload(api, b"x", media_name="a")).refusal == (422, "10012")
    assert (await api.delete("/v2/media/a")).status == 204
    for method in ("GET", "PUT", "DELETE"):
        assert (await api.send(method, "/v2/media/a")).refusal == (404, "10005")
    assert (await upload(api, b"x", media_name="a")).status == 201


@pytest.mark.parametrize(
    ("types", "count"),
    [
        ({"filter[content_type]": "audio/wav"}, 1),
        ({"filter[content_type][]": "audio/mpeg"}, 0),
        ({"filter[content_type]": "audio_wav,audio_mpeg"}, 1),
    ],
)
async def test_files_are_listed_by_type(api: Api, types: dict[str, str], count: int) -> None:
    await upload(api, b"x")
    listed = await api.get("/v2/media", **types)
    assert len(listed.data) == listed.json["meta"]["total_results"] == count


# -- by URL ----------------------------------------------------------------------------------------------------------


async def test_a_url_on_a_public_host_is_not_asked_and_its_content_is_not_known(api: Api) -> None:
    made = (await api.post("/v2/media", media_url="https://example.com/a.mp3", media_name="a")).data
    assert made["content_type"] == "audio/mpeg"
    answer = await api.get("/v2/media/a/download")
    assert answer.refusal == (404, "10005")
    assert "--fetch-media" in answer.error["detail"]


async def test_a_url_on_this_network_is_fetched(api: Api, receiver: Receiver) -> None:
    receiver.on("/a", 200)
    made = (await api.post("/v2/media", media_url=f"{receiver.origin}/a", media_name="a")).data
    assert made["content_type"] == "text/plain"
    assert (await download(api, "a"))[2] == b"thank you"


async def test_what_cannot_be_downloaded_is_90040(api: Api, receiver: Receiver) -> None:
    receiver.on("/gone", 404)
    answer = await api.post("/v2/media", media_url=f"{receiver.origin}/gone")
    assert answer.refusal == (400, "90040")
    api.world.adopt = True
    assert (await api.post("/v2/media", media_url=f"{receiver.origin}/gone")).status == 201


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "10004", "/media_url"),
        ({"media_url": "nowhere"}, "10003", "/media_url"),
        ({"media_url": "https://example.com/a", "ttl_secs": 0}, "10033", "/ttl_secs"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused(api: Api, body: dict[str, Any], code: str, pointer: str) -> None:
    answer = await api.post("/v2/media", **body)
    assert answer.refusal == (422, code)
    assert answer.error["source"] == {"pointer": pointer}


async def test_a_form_without_the_file_is_refused(api: Api) -> None:
    with aiohttp.MultipartWriter("form-data") as writer:
        writer.append("x").set_content_disposition("form-data", name="media_name")
    answer = await api.send("POST", "/v2/media", data=writer)
    assert answer.refusal == (422, "10004")


@pytest.mark.settings(adopt=True)
async def test_where_everything_is_adopted_every_name_is_known(api: Api) -> None:
    assert len((await api.get("/v2/media")).data) == 1
    assert (await api.get("/v2/media/some")).data["media_name"] == "some"
    assert (await api.delete("/v2/media/other")).status == 204
    assert [(await upload(api, b"x", media_name="a")).status for _ in range(2)] == [201, 201]


# -- forms -----------------------------------------------------------------------------------------------------------

GOOD = b'--x\r\ncontent-disposition: form-data; name="a"; filename="f.txt"\r\n\r\n\r\n--y\r\n\r\n--x--\r\n'


def test_the_bytes_of_a_part_are_left_as_they_are() -> None:
    part = form_parts("multipart/form-data; boundary=x", GOOD)["a"]
    assert (part.content, part.filename, part.content_type) == (b"\r\n--y\r\n", "f.txt", None)


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        ("multipart/form-data", GOOD),
        ("multipart/form-data; boundary=other", GOOD),
        ("multipart/form-data; boundary=x", GOOD[:-8]),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-type: text/plain\r\n\r\na\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nno end of the headers\r\n--x--"),
        ("multipart/form-data; boundary=x", b""),
    ],
)
def test_a_form_that_is_not_well_formed_is_refused(content_type: str, raw: bytes) -> None:
    with pytest.raises(BadRequest):
        form_parts(content_type, raw)
