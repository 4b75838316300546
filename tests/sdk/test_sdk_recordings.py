"""Recordings with the official SDK: fetched by their links, found, put into words, and deleted."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import pytest
import telnyx
from stage import Application
from telnyx import Telnyx
from wire import Api, hear

Events = Callable[..., list[str]]

RECORDING = "6e00ab49-9487-4364-8ad6-23965965afb2"
WORDS = "6a09cdc3-8948-47f0-aa62-74ac943d6c58"


async def test_a_voicemail_is_taken_listened_to_and_deleted(application: Application, far_end: Api):
    calls, client = application.calls.actions, application.client

    @application.on("call.initiated")
    async def answer(call):
        answered = await calls.answer(
            call.call_control_id,
            record="record-from-answer",
            record_format="wav",
            record_trim="trim-silence",
        )
        ids.append(answered.data.recording_id)

    @application.on("call.recording.saved")
    async def listen(recording):
        async with aiohttp.ClientSession() as session, session.get(recording.recording_urls.wav) as response:
            heard.append(hear(await response.read()))

    ids, heard = [], []
    call = await far_end.incoming()
    await far_end.until("call.answered")
    await far_end.verb(call, "press", digits="42#")
    await far_end.until("call.dtmf.received", "call.dtmf.received", "call.dtmf.received")
    await far_end.verb(call, "hangup")
    await far_end.until("call.recording.saved")

    (file,) = heard
    assert file.keys(0) == "42"
    (recording,) = (await client.recordings.list(filter={"call_control_id": call})).data
    assert [recording.id] == ids
    assert recording.duration_millis == round(file.seconds * 1000)
    assert recording.download_urls.mp3 is None
    assert (await client.recordings.delete(recording.id)).data.id == recording.id
    assert (await client.recordings.list()).data == []


async def test_what_was_said_can_be_read(application: Application, far_end: Api):
    call = await far_end.incoming()
    await application.calls.actions.answer(call)
    await far_end.until("call.answered")
    await application.calls.actions.start_recording(call, format="mp3", channels="single", transcription=True)
    await far_end.verb(call, "say", text="I would like to know the time.")
    await application.calls.actions.speak(call, payload="Half past two.", voice="female")
    await far_end.until("call.speak.ended")
    await application.calls.actions.stop_recording(call)
    await far_end.until("call.recording.transcription.saved")
    (words,) = (await application.client.recording_transcriptions.list()).data
    assert words.status == "completed"
    assert "Half past two." in words.transcription_text
    assert "I would like" in words.transcription_text
    told = application.payload("call.recording.transcription.saved")
    assert (told["recording_transcription_id"], told["transcription_text"]) == (words.id, words.transcription_text)


def test_unknown_recordings_can_be_read_listed_and_deleted(strict: Telnyx):
    assert strict.recordings.retrieve(RECORDING).data.id == RECORDING
    assert strict.recordings.delete("recording_id").data.status == "completed"
    assert strict.recordings.actions.delete(ids=[RECORDING, "other"]).status == "ok"
    assert [one.record_type for one in strict.recordings.list()] == ["recording"]


def test_unknown_transcriptions_can_be_read_listed_and_deleted(strict: Telnyx):
    assert [one.status for one in strict.recording_transcriptions.list()] == ["completed"]
    assert strict.recording_transcriptions.retrieve(WORDS).data.id == WORDS
    assert strict.recording_transcriptions.delete(WORDS).data.transcription_text == "Hello."


def test_unknown_storage_can_be_read_changed_and_deleted(strict: Telnyx):
    assert strict.custom_storage_credentials.retrieve("1").data.backend == "gcs"
    changed = strict.custom_storage_credentials.update("2", backend="gcs", configuration={"backend": "gcs"})
    assert changed.connection_id == "2"
    strict.custom_storage_credentials.delete("3")


def test_commands_to_an_unknown_recording_find_one(strict: Telnyx, events: Events):
    actions = strict.calls.actions
    actions.pause_recording("call_control_id", recording_id=RECORDING)
    actions.resume_recording("call_control_id", recording_id=RECORDING)
    actions.stop_recording("call_control_id", recording_id=RECORDING)
    assert events("call.recording.saved") == ["call.recording.saved"]
    assert strict.recordings.retrieve(RECORDING).data.call_control_id == "call_control_id"


def test_an_unknown_recording_is_an_error_elsewhere(connect: Callable[..., Telnyx], blocking):
    with pytest.raises(telnyx.NotFoundError) as caught:
        connect(blocking).recordings.retrieve(RECORDING)
    assert caught.value.body["errors"][0]["code"] == "10005"
