"""Recordings, their transcriptions, and storage of one's own, as resources."""

from __future__ import annotations

from typing import Any

import pytest
from wire import CALLER, CONNECTION, OUR_NUMBER, Api

NOBODY = "6e00ab49-9487-4364-8ad6-23965965afb2"


async def recorded(api: Api, seconds: float = 2.0, **more: Any) -> dict[str, Any]:
    """A call that was recorded; returns the recording."""
    call = await api.answered()
    await api.do(call, "record_start", **({"format": "wav", "channels": "dual"} | more))
    await api.post(f"/_emulator/calls/{call}/say", text="Hello.")
    await api.advance(seconds)
    await api.do(call, "hangup")
    await api.advance(10)
    return (await api.get("/v2/recordings")).data[0]


async def test_a_recording_tells_all_about_itself(api: Api):
    recording = await recorded(api, 2.5)
    (saved,) = api.world.events("call.recording.saved")
    payload = saved["payload"]
    (link,) = recording.pop("download_urls").values()
    assert link.partition("?")[0] == payload["recording_urls"]["wav"].partition("?")[0]
    assert recording == {
        "record_type": "recording",
        "id": payload["recording_id"],
        "call_control_id": payload["call_control_id"],
        "call_leg_id": payload["call_leg_id"],
        "call_session_id": payload["call_session_id"],
        "channels": "dual",
        "conference_id": None,
        "connection_id": CONNECTION,
        "created_at": saved["occurred_at"],
        "duration_millis": 2500,
        "from": CALLER,
        "initiated_by": "StartCallRecordingAPI",
        "recording_ended_at": payload["recording_ended_at"],
        "recording_started_at": payload["recording_started_at"],
        "source": "call",
        "status": "completed",
        "to": OUR_NUMBER,
        "updated_at": saved["occurred_at"],
    }
    alone = (await api.get(f"/v2/recordings/{recording['id']}")).data
    assert {name: alone[name] for name in recording} == recording


async def test_a_recording_is_there_from_its_webhook_on(api: Api):
    call = await api.answered()
    await api.do(call, "record_start", format="wav", channels="dual")
    (recording,) = api.world.world.recordings
    await api.do(call, "hangup")
    await api.advance(0.6)
    assert (await api.get("/v2/recordings")).data == []
    assert (await api.get(f"/v2/recordings/{recording}")).status == 404
    await api.advance(0.1)
    assert (await api.get(f"/v2/recordings/{recording}")).status == 200


async def test_the_state_shows_recordings_under_way(api: Api):
    call = await api.answered()
    await api.do(call, "record_start", format="wav", channels="dual")
    await api.advance(3)
    (shown,) = (await api.get("/_emulator/state")).data["calls"]
    (recording,) = api.world.world.recordings
    assert shown["recordings"] == [
        {"recording_id": recording, "format": "wav", "channels": "dual", "paused": False, "seconds": 3.0}
    ]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_unknown_recording_is_not_found(api: Api, method: str):
    answer = await api.send(method, f"/v2/recordings/{NOBODY}")
    assert answer.refusal == (404, "10005")
    assert answer.error["source"] == {"pointer": "/recording_id"}


async def test_the_latest_recording_comes_first_and_pages_are_turned(api: Api):
    ids = [(await recorded(api))["id"] for _ in range(3)]
    answer = await api.get("/v2/recordings", **{"page[size]": 2})
    assert [one["id"] for one in answer.data] == ids[:0:-1]
    assert answer.json["meta"] == {"page_number": 1, "page_size": 2, "total_pages": 2, "total_results": 3}
    answer = await api.get("/v2/recordings", **{"page[size]": 2, "page[number]": 2})
    assert [one["id"] for one in answer.data] == ids[:1]


@pytest.mark.parametrize("name", ["call_control_id", "call_leg_id", "call_session_id", "connection_id", "from", "to"])
async def test_recordings_are_found_by_their_fields(api: Api, name: str):
    recording = await recorded(api)
    query = f"filter[{name}]"
    assert [one["id"] for one in (await api.get("/v2/recordings", **{query: recording[name]})).data] == [
        recording["id"]
    ]
    assert (await api.get("/v2/recordings", **{query: NOBODY})).data == []


@pytest.mark.parametrize("name", ["conference_id", "conference_region", "sip_call_id"])
async def test_what_no_recording_has_finds_none(api: Api, name: str):
    await recorded(api)
    assert (await api.get("/v2/recordings", **{f"filter[{name}]": "x"})).data == []


@pytest.mark.parametrize(
    ("name", "field"),
    [("created_at", "created_at"), ("start_time", "recording_started_at"), ("end_time", "recording_ended_at")],
)
async def test_recordings_are_found_by_time(api: Api, name: str, field: str):
    early, late = await recorded(api), await recorded(api)
    for bound, expected in (("gte", late), ("lte", early)):
        answer = await api.get("/v2/recordings", **{f"filter[{name}][{bound}]": expected[field]})
        assert [one["id"] for one in answer.data] == [expected["id"]]


@pytest.mark.parametrize(
    ("query", "value"), [("filter[created_at][gte]", "soon"), ("filter[colour]", "red"), ("filter[created_at]", "x")]
)
async def test_filters_that_make_no_sense_are_refused(api: Api, query: str, value: str):
    await recorded(api)
    answer = await api.get("/v2/recordings", **{query: value})
    assert answer.refusal == (422, "10031")
    assert answer.error["source"] == {"parameter": query}


async def test_a_deleted_recording_is_shown_a_last_time(api: Api):
    recording = await recorded(api)
    answer = await api.delete(f"/v2/recordings/{recording['id']}")
    assert answer.data["id"] == recording["id"]
    assert (await api.get("/v2/recordings")).data == []


async def test_several_are_deleted_together_or_none(api: Api):
    ids = [(await recorded(api))["id"] for _ in range(3)]
    answer = await api.post("/v2/recordings/actions/delete", ids=[ids[0], NOBODY])
    assert answer.refusal == (404, "10005")
    answer = await api.post("/v2/recordings/actions/delete", ids=ids[:2])
    assert (answer.status, answer.json) == (200, {"status": "ok"})
    assert [one["id"] for one in (await api.get("/v2/recordings")).data] == ids[2:]
    assert (await api.post("/v2/recordings/actions/delete")).refusal == (422, "10004")


# -- transcriptions ------------------------------------------------------------------------------------------------


async def test_a_transcription_is_under_way_and_then_complete(api: Api):
    call = await api.answered()
    await api.do(call, "record_start", format="wav", channels="dual", transcription=True)
    await api.post(f"/_emulator/calls/{call}/say", text="Hello.")
    await api.advance(1)
    await api.do(call, "hangup")
    await api.advance(0.7)
    (transcription,) = (await api.get("/v2/recording_transcriptions")).data
    assert (transcription["status"], transcription["transcription_text"]) == ("in-progress", "")
    await api.advance(2)
    (recording,) = (await api.get("/v2/recordings")).data
    path = f"/v2/recording_transcriptions/{transcription['id']}"
    assert (await api.get(path)).data == {
        "record_type": "recording_transcription",
        "id": transcription["id"],
        "recording_id": recording["id"],
        "created_at": recording["created_at"],
        "duration_millis": 1000,
        "status": "completed",
        "transcription_text": "Hello.",
        "updated_at": recording["created_at"],
    }
    assert (await api.delete(path)).data["transcription_text"] == "Hello."
    for method in ("GET", "DELETE"):
        assert (await api.send(method, path)).refusal == (404, "10005")


async def test_transcriptions_are_paged_by_number_and_by_cursor_and_filtered(api: Api):
    recordings = [await recorded(api, transcription=True) for _ in range(3)]
    newest, middle, oldest = (await api.get("/v2/recording_transcriptions")).data
    assert [one["recording_id"] for one in (oldest, middle, newest)] == [one["id"] for one in recordings]
    answer = await api.get("/v2/recording_transcriptions", **{"page[size]": 1, "page[number]": 2})
    assert (answer.data, answer.json["meta"]["total_pages"]) == ([middle], 3)
    assert answer.json["meta"]["cursors"] == {"after": middle["id"], "before": middle["id"]}
    answer = await api.get("/v2/recording_transcriptions", **{"page[after]": middle["id"]})
    assert answer.data == [oldest]
    answer = await api.get("/v2/recording_transcriptions", **{"filter[recording_id]": recordings[1]["id"]})
    assert answer.data == [middle]
    answer = await api.get("/v2/recording_transcriptions", **{"filter[created_at][gte]": newest["created_at"]})
    assert answer.data == [newest]


# -- storage of one's own -------------------------------------------------------------------------------------------

STORAGE = f"/v2/custom_storage_credentials/{CONNECTION}"


async def test_recordings_of_a_connection_go_where_it_says(api: Api):
    configuration = {"bucket": "mine", "credentials": "OPAQUE"}
    answer = await api.post(STORAGE, backend="gcs", configuration=configuration)
    assert (answer.status, answer.json) == (
        200,
        {
            "connection_id": CONNECTION,
            "data": {"backend": "gcs", "configuration": configuration | {"backend": "gcs"}},
            "record_type": "custom_storage_credentials",
        },
    )
    assert (await api.get(STORAGE)).json == answer.json
    assert (await recorded(api))["download_urls"]["wav"].startswith("gs://mine/")
    azure = {"bucket": "mine", "account_name": "me", "account_key": "key"}
    assert (await api.put(STORAGE, backend="azure", configuration=azure)).status == 200
    recording = await recorded(api)
    assert recording["download_urls"]["wav"].startswith("https://me.blob.core.windows.net/mine/")
    assert (await api.delete(STORAGE)).status == 204
    assert (await recorded(api))["download_urls"]["wav"].startswith(api._emulator.url)


async def test_storage_that_nobody_set_up_is_not_found(api: Api):
    body = {"backend": "s3", "configuration": {"bucket": "mine"}}
    for method in ("GET", "PUT", "DELETE"):
        assert (await api.send(method, STORAGE, json=body)).refusal == (404, "10005")


@pytest.mark.parametrize(
    ("body", "refusals"),
    [
        ({}, {"/backend": "10004", "/configuration": "10004"}),
        ({"backend": "ftp", "configuration": {}}, {"/backend": "10032"}),
        ({"backend": "s3", "configuration": "mine"}, {"/configuration": "10026"}),
    ],
)
async def test_storage_needs_a_backend_and_a_configuration(api: Api, body: dict[str, Any], refusals: dict[str, str]):
    answer = await api.post(STORAGE, **body)
    assert answer.status == 422
    assert {one["source"]["pointer"]: one["code"] for one in answer.json["errors"]} == refusals
