"""Recording a leg: start, pause, resume, stop, limits, and recording from the answer on."""

from __future__ import annotations

from typing import Any

import pytest
from simulation import CALLEE, CONNECTION, OUR_NUMBER, Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.recording.recording import Recording
from telnyx_emulator.core.resources.storage import Storage
from telnyx_emulator.core.time.lanes import TRANSCRIPTION

SAVED = "call.recording.saved"
STATE = "c3RhdGU="


def start(world: Simulation, call: Call, **more: Any) -> Recording:
    world.do(call, "record_start", **({"format": "wav", "channels": "dual"} | more))
    return list(world.account.recordings.values())[-1]


def endless() -> Any:
    yield None


# -- what is told ------------------------------------------------------------------------------------------------


def test_a_recording_is_saved_a_moment_after_it_was_stopped(world):
    call = world.answered()
    recording = start(world, call)
    world.advance(5)
    assert world.do(call, "record_stop", client_state=STATE) == {"result": "ok"}
    assert world.events() == []
    world.advance(0.7)
    (saved,) = world.seen
    assert (saved.name, saved.at) == (SAVED, 5.7)
    assert saved.payload.keys() == {
        "call_control_id", "call_leg_id", "call_session_id", "channels", "client_state", "connection_id", "end_time",
        "format", "public_recording_urls", "recording_ended_at", "recording_id", "recording_started_at",
        "recording_urls", "start_time",
    }  # fmt: skip
    assert saved.payload["recording_id"] == recording.id
    assert saved.payload["start_time"] == saved.payload["recording_started_at"] == "2026-01-01T00:00:00.000000Z"
    assert saved.payload["end_time"] == saved.payload["recording_ended_at"] == "2026-01-01T00:00:05.000000Z"
    assert (saved.payload["format"], saved.payload["channels"]) == ("wav", "dual")
    assert saved.payload["public_recording_urls"] == {}
    assert saved.payload["client_state"] == STATE
    assert list(saved.payload["recording_urls"]) == ["wav"]
    assert f"/{recording.path}?X-Amz-" in saved.payload["recording_urls"]["wav"]


def test_it_is_saved_after_the_hangup_that_ended_it(world):
    call = world.answered()
    start(world, call)
    world.do(call, "speak", payload="Hello.", voice="female")
    verbs.hang_up(call)
    world.advance(1)
    assert world.events() == ["call.speak.started", "call.speak.ended", "call.hangup", SAVED]


def test_several_recordings_are_told_apart(world):
    call = world.answered()
    one = start(world, call, format="mp3", channels="single")
    world.advance(1)
    other = start(world, call)
    world.advance(1)
    world.do(call, "record_stop", recording_id=one.id)
    world.advance(1)
    assert world.payload(SAVED)["recording_id"] == one.id
    world.do(call, "hangup")
    world.advance(1)
    assert [payload["recording_id"] for payload in world.payloads(SAVED)] == [one.id, other.id]
    assert [payload["channels"] for payload in world.payloads(SAVED)] == ["single", "dual"]
    assert (one.seconds(), other.seconds()) == (2, 2)


def test_without_an_id_all_are_meant(world):
    call = world.answered()
    recordings = [start(world, call), start(world, call)]
    world.do(call, "record_pause")
    world.advance(5)
    world.do(call, "record_resume")
    world.advance(3)
    world.do(call, "record_stop")
    world.advance(1)
    assert [recording.seconds() for recording in recordings] == [3, 3]
    assert len(world.payloads(SAVED)) == 2


def test_one_recording_is_paused_while_another_goes_on(world):
    call = world.answered()
    one, other = start(world, call), start(world, call)
    world.advance(1)
    for _ in range(2):
        world.do(call, "record_pause", recording_id=one.id)
    world.advance(5)
    for _ in range(2):
        world.do(call, "record_resume", recording_id=one.id)
    world.advance(1)
    world.do(call, "hangup")
    assert (one.seconds(), other.seconds()) == (2, 7)
    assert (one.began, one.ended) == (0, 7)


def test_a_paused_recording_that_ends_has_what_was_before_the_pause(world):
    call = world.answered()
    recording = start(world, call)
    world.advance(2)
    world.do(call, "record_pause")
    world.advance(2)
    world.do(call, "hangup")
    assert (recording.seconds(), recording.ended) == (2, 4)


@pytest.mark.parametrize("action", ["record_stop", "record_pause", "record_resume"])
def test_with_no_recording_under_way_nothing_happens(world, action):
    call = world.answered()
    assert world.do(call, action) == {"result": "ok"}
    recording = start(world, call)
    world.do(call, "record_stop")
    world.advance(1)
    world.forget()
    assert world.do(call, action, recording_id=recording.id) == {"result": "ok"}
    world.advance(5)
    assert world.events() == []


@pytest.mark.parametrize("track", ["inbound", "outbound"])
def test_a_single_track_has_a_single_channel(world, track):
    call = world.answered()
    start(world, call, recording_track=track)
    world.do(call, "hangup")
    world.advance(1)
    assert world.payload(SAVED)["channels"] == "single"


# -- refusals ----------------------------------------------------------------------------------------------------

RECORD = {"format": "wav", "channels": "dual"}


@pytest.mark.parametrize(
    ("parameters", "code", "pointer"),
    [
        ({"format": "ogg"}, "90000", "/format"),
        ({"channels": "triple"}, "90001", "/channels"),
        ({"recording_track": "all"}, "90059", "/recording_track"),
        ({"timeout_secs": -1}, "10033", "/timeout_secs"),
        ({"max_length": 14_401}, "10033", "/max_length"),
        ({"custom_file_name": ""}, "10025", "/custom_file_name"),
        ({"custom_file_name": "x" * 41}, "10025", "/custom_file_name"),
        ({"trim": "all"}, "10032", "/trim"),
        ({"play_beep": "loudly"}, "10026", "/play_beep"),
    ],
)
def test_values_that_do_not_fit_are_refused(world, parameters, code, pointer):
    (entry,) = world.refusal(world.answered(), "record_start", **RECORD | parameters)
    assert (entry["code"], entry["source"]["pointer"]) == (code, pointer)


def test_format_and_channels_must_be_given(world):
    entries = world.refusal(world.answered(), "record_start")
    assert {entry["source"]["pointer"]: entry["code"] for entry in entries} == {
        "/format": "10004",
        "/channels": "10004",
    }


def test_nobody_records_a_call_before_it_is_answered(world):
    (entry,) = world.refusal(world.incoming(), "record_start", **RECORD)
    assert entry["code"] == "90034"
    assert "record_start command" in entry["detail"]
    assert world.code(world.dial(), "record_start", **RECORD) == "90020"


def test_while_transcribing_silence_cannot_end_a_recording(world):
    call = world.answered()
    call.follow(endless(), TRANSCRIPTION)
    assert world.code(call, "record_start", **RECORD, timeout_secs=5) == "90053"
    world.do(call, "record_start", **RECORD)


@pytest.mark.parametrize("action", ["record_stop", "record_pause", "record_resume"])
def test_an_unknown_recording_is_not_found(world, action):
    (entry,) = world.refusal(world.answered(), action, recording_id="6e00ab49-9487-4364-8ad6-23965965afb2")
    assert (entry["code"], entry["source"]) == ("10005", {"pointer": "/recording_id"})


# -- limits ------------------------------------------------------------------------------------------------------


def test_the_longest_duration_does_not_count_pauses(world):
    call = world.answered()
    recording = start(world, call, max_length=10)
    world.advance(4)
    world.do(call, "record_pause")
    world.advance(100)
    world.do(call, "record_resume")
    world.advance(5.5)
    assert recording.ended is None
    world.advance(0.5)
    assert (recording.ended, recording.seconds()) == (110, 10)
    assert call.recorders is None


def test_silence_ends_a_recording_once_somebody_spoke(world):
    call = world.answered()
    recording = start(world, call, timeout_secs=5)
    world.advance(100)
    verbs.say(call, "Hello.")
    world.advance(4)
    verbs.say(call, "Is anybody there?")
    world.advance(6)
    assert recording.ended is None
    world.advance(5)
    assert recording.ended == pytest.approx(104 + 0.3 + 17 / 15 + 5)


def test_silence_is_not_counted_while_somebody_speaks_or_the_recording_is_paused(world):
    call = world.answered()
    recording = start(world, call, timeout_secs=1)
    world.do(call, "speak", payload="A long story.", voice="female", loop="infinity")
    verbs.say(call, "Hello.")
    world.advance(60)
    assert recording.ended is None
    world.do(call, "playback_stop")
    world.do(call, "record_pause")
    world.advance(60)
    assert recording.ended is None
    world.do(call, "record_resume")
    world.advance(1)
    assert recording.ended == 121


def test_only_the_recorded_side_counts_as_speech(world):
    call = world.answered()
    recording = start(world, call, timeout_secs=1, recording_track="inbound")
    world.do(call, "speak", payload="Hello.", voice="female")
    world.advance(60)
    assert recording.ended is None


def test_speech_that_was_under_way_counts_from_its_end(world):
    call = world.answered()
    verbs.say(call, "A sentence of two seconds.")
    world.advance(1)
    recording = start(world, call, timeout_secs=1)
    world.advance(3)
    assert recording.ended == pytest.approx(0.3 + 26 / 15 + 1)


# -- what becomes of it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("fails-authorization", "Failed to authorize with storage using custom credentials"),
        ("fails-credentials", "Invalid credentials json"),
        ("fails-backend", "Unsupported backend"),
        ("fails-somehow", "Internal server error"),
    ],
)
def test_a_recording_is_lost_by_the_name_of_its_file_or_bucket(world, name, reason):
    call = world.answered()
    start(world, call, custom_file_name=name)
    world.do(call, "record_stop")
    world.advance(1)
    assert world.payload("call.recording.error")["reason"] == reason
    world.account.storage[CONNECTION] = Storage(CONNECTION, "s3", {"bucket": name})
    start(world, call)
    world.do(call, "hangup")
    world.advance(1)
    assert world.payloads("call.recording.error")[1]["reason"] == reason
    assert (world.account.recordings, world.payloads(SAVED)) == ({}, [])


def test_what_was_said_is_told_when_it_was_wanted(world):
    call = world.answered()
    recording = start(world, call, transcription=True, transcription_language="en-GB")
    world.do(call, "speak", payload="<speak>How may I <b>help</b>?</speak>", voice="female", payload_type="ssml")
    world.advance(3)
    verbs.say(call, "Not at all.")
    world.advance(3)
    world.do(call, "hangup")
    world.advance(0.7)
    (transcription,) = world.account.recording_transcriptions.values()
    assert not transcription.completed
    world.advance(2)
    assert transcription.completed
    told = world.payload("call.recording.transcription.saved")
    assert told["transcription_text"] == "How may I help? Not at all."
    assert (told["recording_id"], told["recording_transcription_id"]) == (recording.id, transcription.id)
    assert (told["status"], told["calling_party_type"]) == ("completed", "pstn")
    assert world.events()[-2:] == [SAVED, "call.recording.transcription.saved"]


# -- from the answer on ------------------------------------------------------------------------------------------


def test_a_dialled_call_is_recorded_from_its_answer(world):
    answer = world.create(
        "/calls", to=CALLEE, **{"from": OUR_NUMBER}, connection_id=CONNECTION, record="record-from-answer"
    )
    assert world.account.recordings == {}
    world.advance(4)
    recording = world.account.recordings[answer["recording_id"]]
    assert recording.began == 1
    world.do(world.account.calls[answer["call_control_id"]], "hangup")
    world.advance(1)
    saved = world.payload(SAVED)
    assert (saved["format"], saved["channels"]) == ("mp3", "dual")
    assert recording.options.initiated_by == "OutboundAPI"


def test_of_several_legs_the_one_that_answers_is_recorded(world):
    call = world.dial(["+15550100003", CALLEE], record="record-from-answer")
    world.advance(2)
    (recording,) = world.account.recordings.values()
    assert recording.call_control_id != call.id
    assert recording.to == CALLEE


def test_a_call_that_nobody_answers_is_not_recorded(world):
    world.dial("+15550100486", record="record-from-answer")
    world.advance(60)
    assert world.account.recordings == {}


def test_an_incoming_call_is_recorded_from_its_answer(world):
    call = world.incoming()
    parameters = {
        "record_format": "wav",
        "record_channels": "single",
        "record_track": "inbound",
        "record_custom_file_name": "voicemail",
        "record_max_length": 3,
        "record_timeout_secs": 2,
        "record_trim": "trim-silence",
    }
    answer = world.do(call, "answer", record="record-from-answer", **parameters)
    options = world.account.recordings[answer["recording_id"]].options
    assert (options.format, options.channels, options.track, options.file_name) == (
        "wav",
        "single",
        "inbound",
        "voicemail",
    )
    assert (options.max_length, options.silence, options.trim) == (3, 2, True)
    assert options.initiated_by == "StartCallRecordingAPI"


def test_an_answer_without_record_begins_none(world):
    call = world.incoming()
    assert world.do(call, "answer", record_format="wav") == {"result": "ok"}
    assert world.account.recordings == {}


def test_a_bridge_records_its_own_leg_from_the_bridge_on(world):
    call, other = world.answered(), world.dialled()
    world.do(call, "bridge", call_control_id=other.id, record="record-from-answer")
    (recording,) = world.account.recordings.values()
    assert recording.call_control_id == call.id


def test_a_transfer_records_the_new_leg(world):
    call = world.answered()
    world.do(call, "transfer", to=CALLEE, record="record-from-answer")
    world.advance(2)
    (recording,) = world.account.recordings.values()
    assert (recording.to, recording.call_session_id) == (CALLEE, call.session.id)


def test_the_state_shows_what_is_under_way(world):
    call = world.answered()
    recording = start(world, call)
    world.advance(2)
    world.do(call, "record_pause")
    world.advance(2)
    (recorder,) = call.recorders
    assert recorder.shown() == {
        "recording_id": recording.id,
        "format": "wav",
        "channels": "dual",
        "paused": True,
        "seconds": 2,
    }


def test_a_greeting_is_the_speech_after_which_silence_counts(world):
    world.dial(record="record-from-answer", record_timeout_secs=5)
    world.advance(20)
    (saved,) = [seen for seen in world.seen if seen.name == "call.recording.saved"]
    assert saved.at == pytest.approx(1 + 0.3 + 1.0 + 5 + 0.7)


def test_silence_does_not_count_while_audio_plays(world):
    call = world.answered()
    world.do(call, "record_start", format="wav", channels="single", timeout_secs=3)
    verbs.say(call, "hi")
    world.do(call, "playback_start", audio_url="http://example.com/a.wav", loop=10)
    world.advance(29)
    assert "call.recording.saved" not in world.events()
    world.advance(10)
    assert "call.recording.saved" in world.events()


def test_whom_a_call_is_transferred_to_is_heard_in_its_recording(world):
    call = world.answered()
    world.do(call, "record_start", format="wav", channels="dual")
    world.do(call, "transfer", to="+15550100901")
    world.advance(10)
    (recording,) = world.account.recordings.values()
    assert {take.track for take in recording.takes} == {"outbound"}
