"""What the detection of synthetic voices finds, and when."""

import pytest

from telnyx_emulator.core.activities.deepfake import DeepfakeFinding, examine
from telnyx_emulator.core.far_end.behaviour import PERSONAS


def examined(persona: str) -> tuple[float, DeepfakeFinding]:
    """After how many seconds something is found, and what."""
    examining = examine(PERSONAS[persona], 15.0, 30.0)
    after = next(examining)
    with pytest.raises(StopIteration) as over:
        next(examining)
    return after, over.value.value


@pytest.mark.parametrize(
    ("persona", "at", "found"),
    [
        ("human", 5.0, "real"),
        ("synthetic_voice", 5.0, "fake"),
        ("silent", 15.0, "silence_timeout"),
        ("no_media", 30.0, "no_media"),
    ],
)
def test_a_voice_is_found_out(persona, at, found):
    after, finding = examined(persona)
    assert (after, finding.result) == (at, found)


def test_silence_has_no_score():
    _, finding = examined("silent")
    assert finding == DeepfakeFinding("silence_timeout", None, None)
