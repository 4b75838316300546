"""Collecting digits: how a gather ends, and what is played meanwhile."""

import pytest
from simulation import Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call

AUDIO, INVALID = "http://example.com/prompt.mp3", "http://example.com/invalid.mp3"
SPEECH = {"payload": "x" * 45, "voice": "female"}  # 3.3 s
PROMPT = 3.3


def ending(world: Simulation, call: Call | None = None) -> tuple[float, str, str]:
    """When the only gather ended, how, and with which digits."""
    (seen,) = [seen for seen in world.seen if seen.name == "call.gather.ended"]
    return round(seen.at, 2), seen.payload["status"], seen.payload["digits"]


def press(world: Simulation, call: Call, digits: str, at: float = 0.0) -> None:
    world.advance(at - world.clock.elapsed())
    verbs.press(call, digits)


# -- gather --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "keys", "expected"),
    [
        ({}, "", (5, "timeout", "")),
        ({}, "12#", (0.5, "valid", "12")),
        ({}, "#", (0, "invalid", "")),
        ({}, "12", (5.25, "valid", "12")),
        ({"maximum_digits": 2}, "123", (0.25, "valid", "12")),
        ({"minimum_digits": 2}, "1#", (0.25, "invalid", "1")),
        ({"minimum_digits": 2}, "1", (5, "invalid", "1")),
        ({"minimum_digits": 2}, "12#", (0.5, "valid", "12")),
        ({"terminating_digit": "*"}, "1#*", (0.5, "valid", "1#")),
        ({"valid_digits": "12"}, "13#", (0.5, "invalid", "13")),
        ({"valid_digits": "12"}, "12#", (0.5, "valid", "12")),
        ({"initial_timeout_millis": 2000}, "", (2, "timeout", "")),
        ({"inter_digit_timeout_millis": 2000}, "1", (2, "valid", "1")),
        ({"timeout_millis": 3000}, "", (3, "timeout", "")),
        ({"timeout_millis": 3000}, "1", (3, "valid", "1")),
        ({"timeout_millis": 1000, "minimum_digits": 3}, "12", (1, "invalid", "12")),
    ],
)
def test_how_a_gather_ends(world, fields, keys, expected):
    call = world.answered()
    world.do(call, "gather", **fields)
    if keys:
        verbs.press(call, keys)
    world.advance(70)
    assert ending(world) == expected


def test_the_time_between_digits_counts_from_the_last_one(world):
    call = world.answered()
    world.do(call, "gather")
    for at in (4, 8, 12):
        press(world, call, "1", at)
    world.advance(20)
    assert ending(world) == (17, "valid", "111")


def test_the_overall_timeout_ends_a_gather_whatever_is_pressed(world):
    call = world.answered()
    world.do(call, "gather", timeout_millis=10_000)
    for at in (3, 6, 9):
        press(world, call, "1", at)
    world.advance(20)
    assert ending(world) == (10, "valid", "111")


def test_a_gather_ended_names_its_gather_and_the_parties(world):
    call = world.answered()
    world.do(call, "gather", gather_id="menu", maximum_digits=1)
    verbs.press(call, "7")
    payload = world.payload("call.gather.ended")
    assert payload == {
        "call_control_id": call.id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session.id,
        "client_state": None,
        "connection_id": call.connection_id,
        "digits": "7",
        "from": call.from_,
        "gather_id": "menu",
        "status": "valid",
        "to": call.to,
    }
    assert world.events() == ["call.dtmf.received", "call.gather.ended"]


def test_a_gather_without_an_id_is_given_one(world):
    call = world.answered()
    for _ in range(2):
        world.do(call, "gather")
        world.advance(10)
    first, second = world.payloads("call.gather.ended")
    assert first["gather_id"] != second["gather_id"]


def test_a_new_gather_cancels_the_one_before(world):
    call = world.answered()
    world.do(call, "gather", gather_id="first")
    verbs.press(call, "1")
    world.do(call, "gather", gather_id="second")
    verbs.press(call, "2#")
    world.advance(20)
    endings = [(p["gather_id"], p["status"], p["digits"]) for p in world.payloads("call.gather.ended")]
    assert endings == [("first", "cancelled", "1"), ("second", "valid", "2")]


def test_gather_stop_ends_it_with_what_it_has(world):
    call = world.answered()
    world.do(call, "gather")
    verbs.press(call, "1")
    world.do(call, "gather_stop")
    assert ending(world) == (0, "cancelled", "1")


def test_gather_stop_without_a_gather_says_nothing(world):
    call = world.answered()
    world.do(call, "gather_stop")
    assert world.events() == []


def test_a_hangup_ends_a_gather_first(world):
    call = world.answered()
    world.do(call, "gather")
    verbs.hang_up(call)
    assert world.events() == ["call.gather.ended", "call.hangup"]
    assert ending(world) == (0, "call_hangup", "")


def test_a_gather_listens_at_once_whatever_is_played(world):
    call = world.answered()
    world.do(call, "playback_start", audio_url=AUDIO)
    world.do(call, "gather", maximum_digits=1)
    verbs.press(call, "1")
    world.advance(5)
    assert world.events() == [
        "call.playback.started",
        "call.dtmf.received",
        "call.gather.ended",
        "call.playback.ended",
    ]
    assert world.payload("call.playback.ended")["status"] == "completed"


def test_without_a_gather_keys_are_events_all_the_same(world):
    verbs.press(world.answered(), "1")
    assert world.events() == ["call.dtmf.received"]


# -- gather_using_speak --------------------------------------------------------------------------------------


def test_a_spoken_prompt_has_no_events_of_its_own(world):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH, maximum_digits=1)
    press(world, call, "1", at=5)
    assert world.events() == ["call.dtmf.received", "call.gather.ended"]
    assert ending(world) == (5, "valid", "1")


def test_the_first_key_interrupts_the_prompt_and_the_rest_is_waited_for(world):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH)
    verbs.press(call, "12#")
    assert [activity.name for activity in call.tasks.all()] == ["gather_using_speak", "press"]
    world.advance(5)
    assert ending(world) == (0.5, "valid", "12")


def test_silence_repeats_the_prompt_until_the_tries_are_used_up(world):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH, timeout_millis=1000, maximum_tries=2)
    world.advance(60)
    assert ending(world) == (round(2 * (PROMPT + 1), 2), "timeout", "")


def test_waiting_after_the_prompt_lasts_a_minute_by_default(world):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH, maximum_tries=1)
    world.advance(100)
    assert ending(world) == (PROMPT + 60, "timeout", "")


def test_wrong_digits_are_followed_by_the_invalid_prompt_and_another_try(world):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH, invalid_payload="x" * 75, valid_digits="1", maximum_digits=1)
    verbs.press(call, "2")
    world.advance(0)
    assert len(call.tasks.all()) == 3
    world.advance(5.3 + PROMPT - 0.1)
    assert [activity.name for activity in call.tasks.all()] == ["gather_using_speak", "prompt"]
    verbs.press(call, "1")
    assert ending(world)[1:] == ("valid", "1")


def test_silence_is_not_followed_by_the_invalid_prompt(world):
    call = world.answered()
    body = {"invalid_payload": "x" * 75, "timeout_millis": 1000, "maximum_tries": 2}
    world.do(call, "gather_using_speak", **SPEECH, **body)
    world.advance(60)
    assert ending(world)[0] == round(2 * (PROMPT + 1), 2)


def test_wrong_digits_in_the_last_try_make_it_invalid(world):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH, valid_digits="1", maximum_digits=1, maximum_tries=2)
    verbs.press(call, "2")
    verbs.press(call, "3")
    world.advance(60)
    assert ending(world)[1:] == ("invalid", "3")


def test_too_few_digits_are_invalid_after_the_time_between_digits(world):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH, minimum_digits=2, maximum_tries=1)
    verbs.press(call, "1")
    world.advance(60)
    assert ending(world) == (5, "invalid", "1")


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda world, call: world.do(call, "gather_stop"), "cancelled"),
        (lambda world, call: world.do(call, "gather"), "cancelled"),
        (lambda world, call: world.do(call, "hangup"), "call_hangup"),
    ],
    ids=["gather_stop", "another gather", "hangup"],
)
@pytest.mark.parametrize("at", [1.0, 5.0], ids=["during the prompt", "after it"])
def test_a_prompted_gather_is_ended_from_outside(world, end, status, at):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH)
    world.advance(at)
    end(world, call)
    assert world.payloads("call.gather.ended")[0]["status"] == status
    assert not [activity for activity in call.tasks.all() if activity.name == "prompt"]


def test_a_prompt_waits_for_its_turn_and_the_gather_for_its_prompt(world):
    call = world.answered()
    world.do(call, "speak", payload="x" * 150, voice="female")
    world.do(call, "gather_using_speak", **SPEECH, timeout_millis=1000, maximum_tries=1)
    world.advance(60)
    assert ending(world)[0] == round(10.3 + PROMPT + 1, 2)


def test_a_key_forgets_a_prompt_that_has_not_begun_and_lets_the_other_go_on(world):
    call = world.answered()
    world.do(call, "speak", payload="x" * 150, voice="female")
    world.do(call, "gather_using_speak", **SPEECH, maximum_digits=1)
    press(world, call, "1", at=2)
    assert ending(world) == (2, "valid", "1")
    world.advance(20)
    assert [(seen.at, seen.name) for seen in world.seen][-1] == (10.3, "call.speak.ended")


def test_stopping_the_prompt_starts_the_wait_for_digits(world):
    call = world.answered()
    world.do(call, "gather_using_speak", **SPEECH, timeout_millis=2000, maximum_tries=1)
    world.advance(1)
    world.do(call, "playback_stop")
    world.advance(10)
    assert ending(world) == (3, "timeout", "")


def test_ssml_and_the_speed_of_the_voice_count_for_the_prompt(world):
    call = world.answered()
    body = {"payload_type": "ssml", "voice_settings": {"voice_speed": 2.0}, "timeout_millis": 1000}
    world.do(call, "gather_using_speak", payload=f"<p>{'x' * 60}</p>", voice="male", maximum_tries=1, **body)
    world.advance(10)
    assert ending(world)[0] == 3.3


def test_who_presses_after_prompts_answers_a_gather(world):
    call = world.answered("presses_1")
    world.do(call, "gather_using_speak", **SPEECH, maximum_digits=1)
    world.advance(10)
    assert ending(world) == (PROMPT, "valid", "1")


def test_the_gather_has_the_client_state_of_its_own_command(world):
    call = world.answered()
    world.do(call, "gather_using_audio", audio_url=AUDIO, client_state="Zw==", timeout_millis=1000, maximum_tries=2)
    world.do(call, "client_state_update", client_state="bmV3")
    world.advance(60)
    assert {seen.payload["client_state"] for seen in world.seen} == {"Zw=="}


# -- gather_using_audio --------------------------------------------------------------------------------------


def test_a_played_prompt_has_playback_events_each_time(world):
    call = world.answered()
    world.do(call, "gather_using_audio", audio_url=AUDIO, timeout_millis=1000, maximum_tries=2)
    world.advance(60)
    assert world.events() == ["call.playback.started", "call.playback.ended"] * 2 + ["call.gather.ended"]
    assert ending(world) == (8, "timeout", "")
    assert world.seen[0].payload["media_url"] == AUDIO


def test_a_key_cancels_the_played_prompt(world):
    call = world.answered()
    world.do(call, "gather_using_audio", media_name="menu")
    verbs.press(call, "12#")
    world.advance(10)
    assert world.events() == [
        "call.playback.started", "call.dtmf.received", "call.playback.ended",
        "call.dtmf.received", "call.dtmf.received", "call.gather.ended",
    ]  # fmt: skip
    ended = world.payload("call.playback.ended")
    assert (ended["status"], ended["media_name"]) == ("cancelled", "menu")
    assert ending(world) == (0.5, "valid", "12")


@pytest.mark.parametrize(
    ("invalid", "key"), [({"invalid_audio_url": INVALID}, "media_url"), ({"invalid_media_name": "no"}, "media_name")]
)
def test_wrong_digits_are_followed_by_the_invalid_audio(world, invalid, key):
    call = world.answered()
    world.do(call, "gather_using_audio", audio_url=AUDIO, **invalid, valid_digits="1", maximum_digits=1)
    verbs.press(call, "2")
    world.advance(6)
    started = world.payloads("call.playback.started")
    assert [payload.get(key) for payload in started][1] == next(iter(invalid.values()))
    assert started[2]["media_url"] == AUDIO
    verbs.press(call, "1")
    assert ending(world)[1:] == ("valid", "1")


def test_without_invalid_audio_the_prompt_alone_is_repeated(world):
    call = world.answered()
    world.do(call, "gather_using_audio", audio_url=AUDIO, valid_digits="1", maximum_digits=1)
    verbs.press(call, "2")
    world.advance(1)
    assert [payload["media_url"] for payload in world.payloads("call.playback.started")] == [AUDIO, AUDIO]


def test_audio_that_cannot_be_had_is_told_and_digits_are_waited_for(world):
    call = world.answered()
    world.account.audio[AUDIO] = "The URL answered 404."
    world.do(call, "gather_using_audio", audio_url=AUDIO, maximum_digits=1)
    ended = world.payload("call.playback.ended")
    assert (ended["status"], ended["status_detail"]) == ("file_not_found", "The URL answered 404.")
    press(world, call, "1", at=2)
    assert ending(world) == (2, "valid", "1")


def test_a_hangup_ends_the_gather_and_then_its_prompt(world):
    call = world.answered()
    world.do(call, "gather_using_audio", audio_url=AUDIO)
    world.forget()
    world.do(call, "hangup")
    assert world.events() == ["call.gather.ended", "call.playback.ended", "call.hangup"]
    assert {world.seen[0].payload["status"], world.seen[1].payload["status"]} == {"call_hangup"}


def test_gathers_need_something_to_play_and_digits_that_can_be(world):
    call = world.answered()
    refused = world.refusal(call, "gather_using_audio", minimum_digits=5, maximum_digits=4)
    assert [(entry["code"], entry["source"]["pointer"]) for entry in refused] == [
        ("90022", "/minimum_digits"),
        ("10004", "/audio_url"),
    ]
    for action, body in [("gather", {}), ("gather_using_speak", SPEECH)]:
        assert world.code(call, action, **body, minimum_digits=5, maximum_digits=4) == "90022"


@pytest.mark.parametrize(
    ("first", "second"), [("audio_url", "media_name"), ("invalid_audio_url", "invalid_media_name")]
)
def test_a_prompt_is_a_url_or_a_name_not_both(world, first, second):
    body = {"audio_url": AUDIO, first: AUDIO, second: "menu"}
    (entry,) = world.refusal(world.answered(), "gather_using_audio", **body)
    assert (entry["code"], entry["source"]["pointer"]) == ("10015", f"/{second}")
    assert first in entry["detail"]
