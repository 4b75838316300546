"""What the detection of synthetic voices finds, and when."""

import pytest

from telnyx_emulator.core.activities.deepfake import verdict
from telnyx_emulator.core.far_end.behaviour import PERSONAS


@pytest.mark.parametrize(
    ("persona", "at", "found"),
    [
        ("human", 5.0, ("call.deepfake_detection.result", "real")),
        ("synthetic_voice", 5.0, ("call.deepfake_detection.result", "fake")),
        ("silent", 15.0, ("call.deepfake_detection.result", "silence_timeout")),
        ("no_media", 30.0, ("call.deepfake_detection.error", "rtp_timeout")),
    ],
)
def test_a_voice_is_found_out(persona, at, found):
    after, event = verdict(PERSONAS[persona], 15.0, 30.0)
    assert (after, event.name) == (at, found[0])
    assert found[1] in event.fields().values()


def test_silence_has_no_score():
    _, event = verdict(PERSONAS["silent"], 15.0, 30.0)
    assert event.fields() == {"result": "silence_timeout", "score": None, "consistency": None}
