"""How long speech takes."""

import pytest

from telnyx_emulator.core.audio.speech import speech_seconds


def test_short_words_take_half_a_second_at_least():
    assert speech_seconds("") == 0.5
    assert speech_seconds("a") == 0.5


def test_fifteen_characters_take_a_second():
    assert speech_seconds("x" * 150) == pytest.approx(10.3)


def test_five_ideographs_take_a_second():
    assert speech_seconds("日本語日本" * 2) == pytest.approx(2.3)


def test_a_faster_voice_takes_less_time():
    assert speech_seconds("x" * 150, speed=2.0) == pytest.approx(5.3)


def test_tags_are_spoken_in_plain_text_and_not_in_ssml():
    text = "<speak>" + "x" * 30 + "</speak>"
    assert speech_seconds(text, ssml=True) == pytest.approx(2.3)
    assert speech_seconds(text) == pytest.approx(3.3)


@pytest.mark.parametrize(
    ("tag", "pause"),
    [
        ('<break time="2s"/>', 2.0),
        ("<break time='250ms'/>", 0.25),
        ('<BREAK time = "1.5s" />', 1.5),
        ('<break strength="x-strong"/>', 0.8),
        ('<break strength="none"/>', 0.0),
        ('<break strength="enormous"/>', 0.2),
        ("<break/>", 0.2),
    ],
)
def test_breaks_in_ssml_are_pauses(tag, pause):
    assert speech_seconds("x" * 30 + tag, ssml=True) == pytest.approx(2.3 + pause)
