"""Transcripts of what is said, while it is said."""

import pytest
from simulation import Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call

WORDS = "one two three four five six seven eight"
SECS = 0.3 + len(WORDS) / 15


def results(world: Simulation, call: Call | None = None) -> list[dict[str, object]]:
    return [payload["transcription_data"] for payload in world.payloads("call.transcription", call)]


def test_what_the_far_end_said_is_a_final_result(world):
    call = world.answered()
    world.do(call, "transcription_start", client_state="YQ==")
    verbs.say(call, WORDS, 0.87)
    world.advance(SECS - 0.01)
    assert world.events() == []
    world.advance(1)
    payload = world.payload("call.transcription")
    assert payload["transcription_data"] == {"transcript": WORDS, "is_final": True, "confidence": 0.87}
    assert payload["client_state"] == "YQ=="
    assert {"from", "to"} & payload.keys() == set()


@pytest.mark.parametrize(
    "body", [{"transcription_engine_config": {"interim_results": True}}, {"interim_results": True, "language": "en"}]
)
def test_interim_results_grow_to_the_final_one(world, body):
    call = world.answered()
    world.do(call, "transcription_start", **body)
    verbs.say(call, WORDS)
    world.advance(5)
    transcripts = [str(result["transcript"]) for result in results(world)]
    assert transcripts == ["one two", "one two three four five", WORDS]
    assert [result["is_final"] for result in results(world)] == [False, False, True]


def test_an_interim_result_that_says_nothing_new_is_left_out(world):
    call = world.answered()
    world.do(call, "transcription_start", interim_results=True)
    verbs.say(call, "incomprehensibilities " * 2 + "antidisestablishmentarianism")
    world.advance(10)
    transcripts = [result["transcript"] for result in results(world)]
    assert len(transcripts) == len(set(transcripts))


@pytest.mark.parametrize(
    ("tracks", "transcripts"),
    [("inbound", ["theirs"]), ("outbound", ["ours"]), ("both", ["ours", "theirs"])],
)
def test_each_track_is_transcribed_on_demand(world, tracks, transcripts):
    call = world.answered()
    world.do(call, "transcription_start", transcription_tracks=tracks)
    world.do(call, "speak", payload="ours", voice="female")
    world.advance(2)
    verbs.say(call, "theirs")
    verbs.press(call, "1")
    world.advance(2)
    assert [result["transcript"] for result in results(world)] == transcripts


def test_the_far_end_of_a_bridged_leg_is_on_the_outbound_track(world):
    call, other = world.bridged()
    world.do(call, "transcription_start", transcription_tracks="both", transcription_engine="B")
    verbs.say(other, "over there")
    world.advance(2)
    verbs.say(call, "over here")
    world.advance(2)
    assert [(result["transcript"], result["transcription_track"]) for result in results(world, call)] == [
        ("over there", "outbound"),
        ("over here", "inbound"),
    ]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"transcription_engine": "Telnyx"}, True),
        ({"transcription_engine": "B"}, True),
        ({"transcription_engine_config": {"transcription_engine": "Telnyx"}}, True),
        ({"transcription_engine": "Deepgram"}, False),
        ({}, False),
    ],
)
def test_only_one_engine_says_who_spoke(world, body, named):
    call = world.answered()
    world.do(call, "transcription_start", **body)
    verbs.say(call, "hello")
    world.advance(2)
    assert ("transcription_track" in results(world)[0]) is named


def test_words_that_are_cut_short_are_transcribed_as_far_as_they_were_said(world):
    call = world.answered()
    world.do(call, "transcription_start", interim_results=True)
    verbs.say(call, WORDS)
    world.advance(1.5)
    verbs.hang_up(call)
    assert world.events() == ["call.transcription", "call.transcription", "call.hangup"]
    assert results(world)[1] == {"transcript": "one two three four", "is_final": True, "confidence": 0.95}


def test_who_says_no_word_is_not_transcribed(world):
    call = world.answered()
    world.do(call, "transcription_start")
    verbs.say(call, WORDS)
    verbs.hang_up(call)
    assert world.events() == ["call.hangup"]


def test_a_second_transcription_is_refused(world):
    call = world.answered()
    world.do(call, "transcription_start")
    (error,) = world.refusal(call, "transcription_start")
    assert error == {
        "code": "90054",
        "title": "Call Transcription is already in progress",
        "detail": "Call Transcription can not be started more than once.",
    }


def test_a_transcription_can_be_stopped_and_begun_anew(world):
    call = world.answered()
    world.do(call, "transcription_stop")
    world.do(call, "transcription_start")
    world.do(call, "transcription_stop")
    verbs.say(call, "hello")
    world.advance(2)
    assert world.events() == []
    world.do(call, "transcription_start")
    verbs.say(call, "hello again")
    world.advance(2)
    assert [result["transcript"] for result in results(world)] == ["hello again"]


def test_a_recording_that_ends_by_silence_needs_the_transcription(world):
    call = world.answered()
    world.do(call, "record_start", format="wav", channels="single", timeout_secs=5)
    assert world.code(call, "transcription_stop") == "90055"
    world.do(call, "record_stop")
    world.do(call, "transcription_stop")


def test_a_transcription_may_begin_with_the_answer_and_a_state_of_its_own(world):
    config = {"client_state": "b3du", "transcription_tracks": "inbound"}
    call = world.dialled(transcription=True, transcription_config=config, client_state="YQ==")
    verbs.say(call, "hello")
    world.advance(2)
    assert world.payload("call.transcription")["client_state"] == "b3du"
    world.do(call, "hangup")
    assert world.payload("call.hangup")["client_state"] == "YQ=="


def test_a_transcription_without_a_state_of_its_own_has_the_legs_latest(world):
    call = world.dialled(transcription=True)
    world.do(call, "client_state_update", client_state="bmV3")
    verbs.say(call, "hello")
    world.advance(2)
    assert world.payload("call.transcription")["client_state"] == "bmV3"


def test_the_results_of_a_command_keep_its_state(world):
    call = world.answered()
    world.do(call, "transcription_start", client_state="YQ==")
    world.do(call, "client_state_update", client_state="bmV3")
    verbs.say(call, "hello")
    world.advance(2)
    assert world.payload("call.transcription")["client_state"] == "YQ=="


def test_unknown_engines_are_accepted_with_a_warning(world):
    call = world.answered()
    world.do(call, "transcription_start", transcription_engine="Mystery")
    (note,) = world.notes("warning")
    assert note.detail["detail"] == "transcription_engine: 'Mystery' is not among the known values; accepted"
