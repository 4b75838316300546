"""What can be heard on a leg, and who is told of it."""

from simulation import Simulation

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.sound import Sound, Track
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call


class Ear:
    """Remembers what it was told: track, kind, content, seconds, and how long it lasted (None: it began)."""

    def __init__(self, *calls: Call) -> None:
        self.heard: list[tuple[str, str, str, float | None, float | None]] = []
        for call in calls:
            hearing.listen(call, self)

    def __call__(self, track: Track, sound: Sound) -> None:
        lasted = None if sound.ended is None else round(sound.ended - sound.began, 3)
        seconds = None if sound.seconds is None else round(sound.seconds, 3)
        self.heard.append((track, sound.kind, sound.content, seconds, lasted))


def test_words_of_the_far_end_are_told_when_they_begin_and_when_they_are_over(world):
    call = world.answered()
    ear = Ear(call)
    verbs.say(call, "hello, world")
    assert ear.heard == [("inbound", "speech", "hello, world", 1.1, None)]
    world.advance(5)
    assert ear.heard[1:] == [("inbound", "speech", "hello, world", 1.1, 1.1)]


def test_what_is_cut_short_says_how_long_it_lasted(world):
    call = world.answered()
    ear = Ear(call)
    world.do(call, "speak", payload="hello, world", voice="female", loop="infinity")
    world.advance(3)
    world.do(call, "playback_stop")
    assert ear.heard[1:] == [("outbound", "speech", "hello, world", None, 3)]


def test_speech_is_told_without_its_tags_and_audio_by_its_name(world):
    call = world.answered()
    ear = Ear(call)
    world.do(call, "speak", payload="<speak>hello</speak>", payload_type="ssml", voice="female")
    world.do(call, "playback_start", media_name="music")
    world.advance(10)
    assert [one[1:3] for one in ear.heard[::2]] == [("speech", "hello"), ("audio", "music")]


def test_the_prompt_of_a_gather_is_heard(world):
    call = world.answered()
    ear = Ear(call)
    world.do(call, "gather_using_speak", payload="press one", voice="female", maximum_digits=1)
    verbs.press(call, "1")
    assert [one[:3] for one in ear.heard] == [
        ("outbound", "speech", "press one"),
        ("inbound", "digits", "1"),
        ("inbound", "digits", "1"),
        ("outbound", "speech", "press one"),
    ]


def test_legs_that_are_bridged_hear_one_another(world):
    call, other = world.bridged()
    here, there = Ear(call), Ear(other)
    verbs.say(call, "hello")
    verbs.press(call, "1")
    world.advance(2)
    assert {one[0] for one in here.heard} == {"inbound"}
    assert {one[0] for one in there.heard} == {"outbound"}
    assert [one[1:] for one in here.heard] == [one[1:] for one in there.heard]


def test_keys_that_are_muted_are_not_heard_by_the_peer(world):
    call, other = world.bridged(mute_dtmf="both")
    here, there = Ear(call), Ear(other)
    verbs.press(call, "1")
    world.do(other, "send_dtmf", digits="2")
    world.advance(2)
    assert ([one[2] for one in here.heard], there.heard) == (["1", "1"], [])


def test_tones_of_ours_are_heard_by_the_far_end_or_by_the_peer(world):
    call = world.answered()
    ear = Ear(call)
    world.do(call, "send_dtmf", digits="5", duration_millis=300)
    assert ear.heard[1:] == [("outbound", "digits", "5", 0.3, 0.3)]
    call, other = world.bridged()
    here, there = Ear(call), Ear(other)
    world.do(call, "send_dtmf", digits="5")
    assert here.heard == []
    assert there.heard[1:] == [("outbound", "digits", "5", 0.25, 0.25)]


def test_a_prompt_may_be_for_the_other_leg_only_or_for_both(world):
    call, other = world.bridged()
    here, there = Ear(call), Ear(other)
    world.do(call, "speak", payload="secret", voice="female", target_legs="opposite")
    world.advance(2)
    assert (here.heard, len(there.heard)) == ([], 2)
    world.do(call, "speak", payload="for all", voice="female", target_legs="both")
    assert (len(here.heard), len(there.heard)) == (1, 3)


def test_whoever_listens_no_more_is_told_nothing(world):
    call = world.answered()
    ear = Ear(call)
    hearing.ignore(call, ear)
    hearing.ignore(call, ear)
    verbs.say(call, "hello")
    assert (ear.heard, call.listeners) == ([], None)


def test_a_sound_knows_how_much_of_it_has_been_heard(world: Simulation):
    sound = Sound("speech", "hello", began=2.0, seconds=4.0)
    assert [sound.share(now) for now in (2.0, 3.0, 6.0, 9.0)] == [0.0, 0.25, 1.0, 1.0]
    assert Sound("audio", "", began=0.0, seconds=None).share(5.0) == 0.0
