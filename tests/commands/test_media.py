"""Speech and playback: their events, their order, and how they end."""

import base64
import io
import wave

import pytest

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import State

AUDIO, OTHER = "http://example.com/a.mp3", "http://example.com/b.mp3"
SPEECH = {"payload": "x" * 45, "voice": "female"}  # 3.3 s


def timeline(world) -> list[tuple[float, str]]:
    return [(round(seen.at, 2), seen.name.removeprefix("call.")) for seen in world.seen]


def of_media(world, what: str) -> list[str]:
    """`name status` of each playback event."""
    return [
        f"{seen.payload.get('media_name')} {seen.payload.get('status', 'started')}"
        for seen in world.seen
        if what in seen.name
    ]


# -- speak ---------------------------------------------------------------------------------------------------


def test_speech_is_told_when_it_begins_and_ends_with_one_id_and_no_parties(world):
    call = world.answered()
    world.do(call, "speak", **SPEECH)
    world.advance(10)
    assert timeline(world) == [(0, "speak.started"), (3.3, "speak.ended")]
    started, ended = (seen.payload for seen in world.seen)
    common = {"call_control_id", "call_leg_id", "call_session_id", "client_state", "connection_id", "speak_id"}
    assert started.keys() == common
    assert ended.keys() == common | {"status"}
    assert ended["status"] == "completed"
    assert started["speak_id"] == ended["speak_id"]


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"loop": 3}, 9.9),
        ({"loop": "2"}, 6.6),
        ({"voice_settings": {"voice_speed": 2}}, 1.8),
        ({"voice_settings": {"type": "telnyx", "speed": 0.5}}, 6.3),
        ({"voice_settings": {"speed": "fast"}}, 3.3),
        ({"payload_type": "ssml", "payload": f"<p>{'x' * 45}</p><break time='1s'/>"}, 4.3),
    ],
)
def test_how_long_speech_lasts(world, body, seconds):
    world.do(world.answered(), "speak", **SPEECH | body)
    world.advance(60)
    assert timeline(world)[-1] == (seconds, "speak.ended")


def test_endless_speech_lasts_until_it_is_stopped(world):
    call = world.answered()
    world.do(call, "speak", **SPEECH, loop="infinity")
    world.advance(3600)
    assert world.events() == ["call.speak.started"]
    assert world.clock.next_timer() == call.time_limit
    world.do(call, "playback_stop")
    assert world.payload("call.speak.ended")["status"] == "completed"


def test_speech_and_audio_take_turns(world):
    call = world.answered()
    world.do(call, "speak", **SPEECH)
    world.do(call, "playback_start", audio_url=AUDIO)
    world.do(call, "speak", **SPEECH)
    world.advance(20)
    assert timeline(world) == [
        (0, "speak.started"), (3.3, "speak.ended"),
        (3.3, "playback.started"), (6.3, "playback.ended"),
        (6.3, "speak.started"), (9.6, "speak.ended"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stop", "begun"),
    [(None, ["a", "b", "c"]), ("current", ["a", "b", "c"]), ("all", ["a", "c"])],
)
@pytest.mark.parametrize("action", ["speak", "playback_start"])
def test_stop_on_a_new_prompt_interrupts_the_current_one_or_all(world, action, stop, begun):
    call = world.answered()
    world.do(call, "playback_start", media_name="a")
    world.do(call, "playback_start", media_name="b")
    world.advance(1)
    body = SPEECH if action == "speak" else {"media_name": "c"}
    world.do(call, action, **body, stop=stop)
    assert of_media(world, "playback")[1:2] == ([] if stop is None else ["a cancelled"])
    world.advance(20)
    started = [seen.payload.get("media_name", "c") for seen in world.seen if seen.name.endswith("started")]
    assert started == begun


@pytest.mark.parametrize(
    ("target", "reacts"),
    [("self", ["call"]), ("opposite", ["other"]), ("both", ["call", "other"])],
)
@pytest.mark.parametrize("action", ["speak", "playback_start"])
def test_those_who_heard_a_prompt_react_to_it(world, target, reacts, action):
    call, other = world.answered("presses_1"), world.dialled("+15550100911")
    world.do(call, "bridge", call_control_id=other.id)
    world.forget()
    body = SPEECH if action == "speak" else {"media_name": "a"}
    world.do(call, action, **body, target_legs=target)
    world.advance(5)
    names = {call.id: "call", other.id: "other"}
    pressed = [names[payload["call_control_id"]] for payload in world.payloads("call.dtmf.received")]
    assert pressed == reacts


def test_a_prompt_for_the_opposite_of_a_lone_leg_is_heard_by_nobody(world):
    call = world.answered("presses_1")
    world.do(call, "speak", **SPEECH, target_legs="opposite")
    world.advance(5)
    assert world.events() == ["call.speak.started", "call.speak.ended"]


def test_a_hangup_ends_speech_first_and_forgets_what_waited(world):
    call = world.answered()
    world.do(call, "speak", **SPEECH)
    world.do(call, "speak", **SPEECH)
    world.do(call, "hangup")
    assert world.events() == ["call.speak.started", "call.speak.ended", "call.hangup"]
    assert world.payload("call.speak.ended")["status"] == "call_hangup"


# -- playback ------------------------------------------------------------------------------------------------


def test_a_playback_names_its_url_when_it_begins_and_ends(world):
    world.do(world.answered(), "playback_start", audio_url=AUDIO)
    world.advance(10)
    assert timeline(world) == [(0, "playback.started"), (3, "playback.ended")]
    started, ended = (seen.payload for seen in world.seen)
    common = {"call_control_id", "call_leg_id", "call_session_id", "client_state", "connection_id"}
    assert started.keys() == common | {"media_url", "overlay"}
    assert ended.keys() == common | {"media_url", "overlay", "status"}
    assert (started["media_url"], started["overlay"], ended["status"]) == (AUDIO, False, "completed")


def test_a_playback_names_its_media_by_name(world):
    world.do(world.answered(), "playback_start", media_name="music")
    payload = world.payload("call.playback.started")
    assert payload["media_name"] == "music"
    assert "media_url" not in payload


def wav(seconds: float) -> str:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(seconds * 8000) * 2))
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.mark.parametrize(("content", "seconds"), [(wav(1.5), 1.5), (base64.b64encode(b"noise").decode(), 3.0)])
def test_audio_in_the_body_lasts_as_long_as_it_does_and_is_not_named(world, content, seconds):
    world.do(world.answered(), "playback_start", playback_content=content, audio_type="wav")
    world.advance(10)
    assert timeline(world)[-1] == (seconds, "playback.ended")
    assert not any({"media_url", "media_name"} & seen.payload.keys() for seen in world.seen)


def test_audio_that_was_looked_at_lasts_as_long_as_it_does(world):
    world.account.audio[AUDIO] = 7.5
    world.do(world.answered(), "playback_start", audio_url=AUDIO, loop=2)
    world.advance(20)
    assert timeline(world)[-1] == (15, "playback.ended")


def test_audio_that_cannot_be_had_only_ends_and_says_why(world):
    world.account.audio[AUDIO] = "The URL answered 404."
    call = world.answered()
    world.do(call, "playback_start", audio_url=AUDIO)
    world.do(call, "speak", **SPEECH)
    assert world.events() == ["call.playback.ended", "call.speak.started"]
    payload = world.payload("call.playback.ended")
    assert (payload["status"], payload["status_detail"]) == ("file_not_found", "The URL answered 404.")


@pytest.mark.parametrize(
    ("body", "ended", "begun"),
    [
        ({}, ["a cancelled"], []),
        ({"stop": "all"}, ["a cancelled"], []),
        ({"stop": "current"}, ["a cancelled"], ["b"]),
        ({"stop": "overlay"}, ["over cancelled"], []),
        ({"overlay": True}, ["over cancelled"], []),
    ],
)
def test_playback_stop_stops_the_current_one_all_or_the_overlay(world, body, ended, begun):
    call = world.answered()
    world.do(call, "playback_start", media_name="a", loop="infinity")
    world.do(call, "playback_start", media_name="b", loop="infinity")
    world.do(call, "playback_start", media_name="over", loop="infinity", overlay=True)
    world.forget()
    world.do(call, "playback_stop", **body)
    assert of_media(world, "playback") == ended + [f"{name} started" for name in begun]


def test_playback_stop_without_audio_says_nothing(world):
    call = world.answered()
    world.do(call, "playback_stop")
    assert (world.events(), call.state) == ([], State.ANSWERED)


# -- overlay -------------------------------------------------------------------------------------------------


def test_an_overlay_is_played_along_with_the_other_one_and_has_a_queue_of_its_own(world):
    call = world.answered()
    world.do(call, "playback_start", media_name="a", loop=3)
    world.do(call, "playback_start", media_name="b", overlay=True)
    world.do(call, "playback_start", media_name="c", overlay=True)
    world.advance(20)
    assert of_media(world, "playback") == [
        "a started", "b started", "b completed", "c started", "c completed", "a completed",
    ]  # fmt: skip
    assert {seen.payload["media_name"] for seen in world.seen if seen.payload["overlay"]} == {"b", "c"}


@pytest.mark.parametrize("stop", ["current", "all"])
def test_stop_on_an_overlay_stops_overlays_only(world, stop):
    call = world.answered()
    world.do(call, "playback_start", media_name="a", loop="infinity")
    world.do(call, "playback_start", media_name="b", loop="infinity", overlay=True)
    world.do(call, "playback_start", media_name="c", overlay=True, stop=stop)
    assert of_media(world, "playback") == ["a started", "b started", "b cancelled", "c started"]


@pytest.mark.parametrize("playing", ["nothing", "speech", "a playback that waits"])
def test_an_overlay_needs_a_playback_under_way(world, playing):
    call = world.answered()
    if playing != "nothing":
        world.do(call, "speak", **SPEECH)
    if playing == "a playback that waits":
        world.do(call, "playback_start", media_name="a")
    (entry,) = world.refusal(call, "playback_start", media_name="b", overlay=True)
    assert (entry["code"], entry["source"]) == ("10027", {"pointer": "/overlay"})


def test_a_hangup_ends_a_playback_and_its_overlay(world):
    call = world.answered()
    world.do(call, "playback_start", media_name="a")
    world.do(call, "playback_start", media_name="b", overlay=True)
    world.forget()
    verbs.hang_up(call)
    assert of_media(world, "playback") == ["a call_hangup", "b call_hangup"]
    assert world.events()[-1] == "call.hangup"


# -- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "10004", "/audio_url"),
        ({"audio_url": AUDIO, "media_name": "a"}, "10015", "/media_name"),
        ({"media_name": "a", "overlay": True, "target_legs": "both"}, "10032", "/target_legs"),
        ({"playback_content": "not base64!"}, "10015", "/playback_content"),
        ({"playback_content": "ä"}, "10015", "/playback_content"),
    ],
)
def test_playbacks_that_make_no_sense_are_refused(world, body, code, pointer):
    (entry,) = world.refusal(world.answered(), "playback_start", **body)
    assert (entry["code"], entry["source"]["pointer"]) == (code, pointer)


def test_basic_speech_is_plain_american_english(world):
    body = {"payload": "<p>hi</p>", "payload_type": "ssml", "voice": "AWS.Polly.Joanna", "language": "de-DE"}
    refused = world.refusal(world.answered(), "speak", **body, service_level="basic")
    assert [(entry["code"], entry["source"]["pointer"]) for entry in refused] == [
        ("90013", "/language"),
        ("90011", "/payload_type"),
        ("90012", "/voice"),
    ]


@pytest.mark.parametrize("language", [None, "en-US"])
def test_basic_speech_with_a_man_or_a_woman_is_accepted(world, language):
    for voice in ("male", "female"):
        world.do(world.answered(), "speak", payload="hi", voice=voice, language=language, service_level="basic")


@pytest.mark.parametrize("speed", [0, 3, "fast"])
def test_a_voice_speed_out_of_range_is_refused(world, speed):
    (entry,) = world.refusal(world.answered(), "speak", **SPEECH, voice_settings={"voice_speed": speed})
    assert (entry["code"], entry["source"]["pointer"]) == ("10033", "/voice_settings/voice_speed")


# -- noise suppression ---------------------------------------------------------------------------------------


def test_noise_suppression_shows_in_the_state_and_has_no_webhooks(world):
    call = world.answered()
    world.do(call, "suppression_start")
    assert call.suppression == "inbound"
    world.do(call, "suppression_start", direction="both", noise_suppression_engine="Krisp")
    assert call.suppression == "both"
    world.do(call, "suppression_stop")
    assert call.suppression is None
    assert world.events() == []
