"""What accepted commands come to when that was settled beforehand: what is heard, recorded and understood."""

import pytest
from simulation import Simulation
from test_outcomes import story

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call

AUDIO = "http://example.com/music.mp3"
SPEECH = {"payload": "x" * 45, "voice": "female"}  # 3.3 s
STREAM = {"stream_url": "wss://example.com/media"}
FORM = {"parameters": {"properties": {"age": {"type": "integer"}}, "required": ["age"]}}


@pytest.fixture
def call(world: Simulation) -> Call:
    return world.answered()


# -- speech and audio --------------------------------------------------------------------------------------------


def test_detection_may_cut_speech_short(world):
    call = world.answered("presses_1")
    world.settle("speak", status="cancelled_amd", after="1s")
    world.do(call, "speak", **SPEECH)
    world.advance(10)
    assert story(world) == [(0, "call.speak.started"), (1, "call.speak.ended")]  # and presses nothing
    assert world.payload("call.speak.ended")["status"] == "cancelled_amd"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"status": "failed"}, [(0, "call.playback.started"), (0, "call.playback.ended")]),
        ({"status": "unknown", "after": "2s"}, [(0, "call.playback.started"), (2, "call.playback.ended")]),
        ({"status": "cancelled_amd", "after": "1s"}, [(0, "call.playback.started"), (1, "call.playback.ended")]),
        ({"status": "file_not_found"}, [(0, "call.playback.ended")]),
        ({"status": "file_not_found", "after": "1s"}, [(1, "call.playback.ended")]),
    ],
)
def test_audio_may_fail(world, call, outcome, expected):
    world.settle("playback_start", **outcome)
    world.do(call, "playback_start", audio_url=AUDIO)
    world.advance(10)
    assert story(world) == expected
    assert world.payload("call.playback.ended")["status"] == outcome["status"]


@pytest.mark.parametrize(
    ("outcome", "detail"),
    [
        ({"status": "failed"}, None),
        ({"status": "failed", "status_detail": "codec"}, "codec"),
        ({"status": "file_not_found"}, "HTTP 404"),
        ({"status": "file_not_found", "status_detail": "HTTP 410"}, "HTTP 410"),
    ],
)
def test_audio_that_fails_may_say_why(world, call, outcome, detail):
    world.settle("playback_start", **outcome)
    world.do(call, "playback_start", media_name="music", overlay=False)
    world.advance(10)
    assert world.payload("call.playback.ended").get("status_detail") == detail


def test_audio_that_will_fail_can_be_stopped_before(world, call):
    world.settle("playback_start", status="failed", after="5s")
    world.do(call, "playback_start", audio_url=AUDIO)
    world.do(call, "playback_stop")
    assert world.payload("call.playback.ended")["status"] == "cancelled"


def test_audio_that_is_still_looked_for_when_it_is_stopped_never_began(world, call):
    world.settle("playback_start", status="file_not_found", after="5s")
    world.do(call, "playback_start", audio_url=AUDIO)
    world.do(call, "playback_stop")
    assert world.seen == []


@pytest.mark.parametrize("seconds", [0, 2])
def test_audio_in_a_conference_may_break_off(world, seconds):
    conference = world.conference(world.answered("presses_1"))
    world.settle("conference_play", stops_after=f"{seconds}s")
    world.confer(conference, "play", audio_url=AUDIO)
    world.advance(10)
    assert [(seen.at, seen.name) for seen in world.seen] == [
        (0, "conference.playback.started"),
        (seconds, "conference.playback.ended"),
    ]


# -- gathers -----------------------------------------------------------------------------------------------------

GATHERS = {
    "gather": {},
    "gather_using_speak": SPEECH,
    "gather_using_audio": {"audio_url": AUDIO},
}


@pytest.mark.parametrize("action", GATHERS)
@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"status": "timeout", "after": "8s"}, (8, "timeout", "")),
        ({"status": "cancelled_amd"}, (1, "cancelled_amd", "")),
        ({"digits": "12"}, (1, "valid", "12")),
        ({"digits": "1"}, (1, "invalid", "1")),
        ({"digits": "12", "status": "invalid", "after": "2s"}, (2, "invalid", "12")),
        ({"digits": "", "after": "2s"}, (2, "timeout", "")),
    ],
)
def test_a_gather_may_end_by_itself(world, call, action, outcome, expected):
    world.settle(action, **outcome)
    world.do(call, action, **GATHERS[action], minimum_digits=2)
    world.advance(90)
    (seen,) = [seen for seen in world.seen if seen.name == "call.gather.ended"]
    assert (seen.at, seen.payload["status"], seen.payload["digits"]) == expected


def test_keys_that_are_pressed_count_unless_others_were_settled(world, call):
    world.settle("gather", after="10s")
    world.do(call, "gather", maximum_digits=1)
    verbs.press(call, "12")
    world.advance(20)
    assert story(world)[-1] == (10, "call.gather.ended")
    assert world.payload("call.gather.ended")["digits"] == "12"


def test_a_gather_that_will_end_by_itself_can_be_stopped_before(world, call):
    world.settle("gather_using_audio", digits="12", after="10s")
    world.do(call, "gather_using_audio", audio_url=AUDIO)
    verbs.press(call, "7")
    world.do(call, "gather_stop")
    payload = world.payload("call.gather.ended")
    assert (payload["status"], payload["digits"]) == ("cancelled", "7")


def test_the_end_of_a_gather_ends_its_prompt(world, call):
    world.settle("gather_using_audio", status="timeout")
    world.do(call, "gather_using_audio", audio_url=AUDIO)
    world.advance(10)
    assert world.payload("call.playback.ended")["status"] == "cancelled"


def test_the_prompt_alone_may_fail(world, call):
    world.settle("gather_using_audio", prompt={"status": "file_not_found"})
    world.do(call, "gather_using_audio", audio_url=AUDIO, maximum_tries=2, timeout_millis=1000)
    world.advance(20)
    assert story(world) == [(0, "call.playback.ended"), (1, "call.playback.ended"), (2, "call.gather.ended")]


def test_a_gather_in_a_conference_may_end_by_itself(world):
    conference = world.conference()
    world.settle("conference_gather_using_audio", digits="42", after="2s")
    world.confer(conference, "gather_using_audio", call_control_id=conference.creator.id, audio_url=AUDIO)
    world.advance(20)
    assert world.payload("call.gather.ended")["digits"] == "42"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"result": {"age": 42}}, (5, "valid", {"age": 42})),
        ({"after": "2s"}, (2, "invalid", {})),
        ({"status": "valid", "after": "2s"}, (2, "valid", {})),
    ],
)
@pytest.mark.parametrize("greeting", [{}, {"greeting": "How old are you?"}])
def test_an_ai_may_find_out_what_was_settled(world, call, outcome, expected, greeting):
    world.settle("gather_using_ai", **outcome)
    world.do(call, "gather_using_ai", **FORM, **greeting)
    verbs.say(call, "I am 7")
    world.advance(30)
    (seen,) = [seen for seen in world.seen if seen.name == "call.ai_gather.ended"]
    assert (seen.at, seen.payload["status"], seen.payload["result"]) == expected


# -- recordings --------------------------------------------------------------------------------------------------


def recorded(world: Simulation) -> list[tuple[float, str]]:
    return [(round(seen.at, 2), seen.name) for seen in world.seen if "recording" in seen.name]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("internal", "Internal server error"),
        ("authorization", "Failed to authorize with storage using custom credentials"),
        ("Unsupported backend", "Unsupported backend"),
    ],
)
def test_a_recording_may_be_lost_when_it_is_over(world, call, reason, told):
    world.settle("record_start", reason=reason)
    world.do(call, "record_start", format="wav", channels="single")
    world.advance(10)
    world.do(call, "record_stop")
    world.advance(10)
    assert recorded(world) == [(10.7, "call.recording.error")]
    assert world.payload("call.recording.error")["reason"] == told


def test_a_recording_may_break_off(world, call):
    world.settle("record_start", reason="internal", after="5s")
    world.do(call, "record_start", format="wav", channels="single")
    world.advance(10)
    assert recorded(world) == [(5, "call.recording.error")]
    assert (call.recorders, world.account.recordings) == (None, {})


def test_a_recording_that_will_break_off_may_be_stopped_before_and_is_lost(world, call):
    world.settle("record_start", reason="internal", after="5s")
    world.do(call, "record_start", format="wav", channels="single")
    world.do(call, "record_stop")
    world.advance(10)
    assert recorded(world) == [(0.7, "call.recording.error")]


@pytest.mark.parametrize("command", ["answer", "dial", "transfer"])
def test_a_recording_from_the_answer_on_may_break_off(world, command):
    world.settle(command, recording={"reason": "backend", "after": "5s"})
    if command == "answer":
        world.do(world.incoming(), "answer", record="record-from-answer")
    elif command == "dial":
        world.dial(record="record-from-answer")
    else:
        world.do(world.answered(), "transfer", to="+15550003333", record="record-from-answer")
    world.advance(10)
    assert recorded(world) == [(5 if command == "answer" else 6, "call.recording.error")]


def test_a_recording_of_a_conference_may_be_lost(world):
    conference = world.conference()
    world.settle("conference_record_start", reason="backend")
    world.confer(conference, "record_start", format="wav")
    world.confer(conference, "record_stop")
    world.advance(10)
    assert recorded(world) == [(0.7, "call.recording.error")]


# -- streams and transcripts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"failure_reason": "refused"}, [(1, "streaming.failed")]),
        ({"failure_reason": "refused", "after": "3s"}, [(3, "streaming.failed")]),
        ({"after": "3s"}, [(3, "streaming.started")]),
        ({"stops_after": "5s"}, [(0.1, "streaming.started"), (5.1, "streaming.stopped")]),
        (
            {"stops_after": "5s", "failure_reason": "broken"},
            [(0.1, "streaming.started"), (5.1, "streaming.failed")],
        ),
    ],
)
def test_what_becomes_of_a_stream(world, call, outcome, expected):
    world.settle("streaming_start", **outcome)
    world.do(call, "streaming_start", **STREAM)
    world.advance(60)
    assert story(world) == expected


def test_a_stream_that_would_break_can_be_stopped_before(world, call):
    world.settle("streaming_start", stops_after="5s", failure_reason="broken")
    world.do(call, "streaming_start", **STREAM)
    world.advance(1)
    world.do(call, "streaming_stop")
    assert world.events() == ["streaming.started", "streaming.stopped"]


def test_dialogflow_may_fail_too(world, call):
    world.settle("streaming_start", failure_reason="connection_failed")
    world.do(call, "streaming_start", enable_dialogflow=True)
    world.advance(5)
    assert world.payload("streaming.failed")["stream_type"] == "dialogflow"


@pytest.mark.parametrize("command", ["answer", "dial"])
def test_a_stream_from_the_answer_on_may_fail(world, command):
    world.settle(command, stream={"failure_reason": "connection_failed"})
    if command == "answer":
        world.do(world.incoming(), "answer", **STREAM)
    else:
        world.dial(**STREAM)
    world.advance(5)
    assert world.payload("streaming.failed")["failure_reason"] == "connection_failed"


def heard(world: Simulation) -> list[tuple[str, float, bool]]:
    data = [one["transcription_data"] for one in world.payloads("call.transcription")]
    return [(one["transcript"], one["confidence"], one["is_final"]) for one in data]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"transcript": "for a while"}, [("for a while", 0.95, True)]),
        ({"confidence": 0.2}, [("four of them", 0.2, True)]),
        ({"transcript": "", "confidence": 0.2}, []),
    ],
)
def test_what_is_said_may_be_misheard(world, call, outcome, expected):
    world.settle("transcription_start", **outcome)
    world.do(call, "transcription_start")
    verbs.say(call, "four of them")
    world.advance(10)
    assert heard(world) == expected


def test_interim_results_are_misheard_as_well(world, call):
    world.settle("transcription_start", transcript="one two three")
    world.do(call, "transcription_start", interim_results=True)
    verbs.say(call, "x" * 45)  # 3.3 s
    world.advance(10)
    assert [words for words, _, _ in heard(world)] == ["", "one", "one two", "one two three"][1:]


# -- conversations and payments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "body"),
    [("ai_assistant_start", {}), ("conversation_relay_start", {"url": "wss://example.com/relay"})],
)
@pytest.mark.parametrize("reason", [None, "customer_disconnect"])
def test_a_conversation_may_be_over_too_early(world, call, action, body, reason):
    world.settle(action, ends_after="5s", reason=reason)
    world.do(call, action, **body)
    world.advance(6)
    assert story(world) == [(5, "call.conversation.ended")]
    assert world.payload("call.conversation.ended")["reason"] == reason


@pytest.mark.parametrize(
    ("outcome", "result", "code"),
    [
        ({"pay_error_code": "card_declined"}, "payment-connector-error", "card_declined"),
        ({"result": "internal-error"}, "internal-error", None),
    ],
)
def test_a_payment_may_not_go_through(world, call, outcome, result, code):
    world.settle("pay", **outcome)
    world.do(call, "pay", payment_token="tok_1")
    world.advance(5)
    payload = world.payload("call.payment.completed")
    assert (payload["result"], payload.get("pay_error_code")) == (result, code)
