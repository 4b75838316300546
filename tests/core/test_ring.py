"""Ringing by itself: what becomes of it, without commands and webhooks."""

import pytest

from telnyx_emulator.core.activities.ring import RingResult, ring
from telnyx_emulator.core.far_end.behaviour import PERSONAS


def rung(persona: str, patience: float, told: int | None = None) -> tuple[float, RingResult]:
    """How long it wants to ring, and what that comes to; `told`: a status that arrives before."""
    ringing = ring(PERSONAS[persona], patience)
    seconds = next(ringing)
    with pytest.raises(StopIteration) as over:
        ringing.send(told)
    return seconds, over.value.value


@pytest.mark.parametrize(
    ("persona", "told", "expected"),
    [
        ("human", None, (1.0, RingResult(200))),
        ("answers_after_20", None, (15.0, RingResult())),
        ("manual", None, (15.0, RingResult())),
        ("manual", 200, (15.0, RingResult(200))),
        ("manual", 486, (15.0, RingResult(486, "user_busy"))),
        ("busy", None, (1.0, RingResult(486, "user_busy"))),
        ("no_answer", None, (10.0, RingResult(480, "no_answer"))),
    ],
)
def test_ringing_ends_with_an_answer_a_refusal_or_without_either(persona, told, expected):
    assert rung(persona, 15.0, told) == expected
