"""How long it takes to say something, when there is no voice to say it."""

from __future__ import annotations

import re

CHARS_PER_SECOND = 15.0
IDEOGRAPHS_PER_SECOND = 5.0
SHORTEST_SECS = 0.5
LEAD_SECS = 0.3

TAG = re.compile(r"<[^>]*>")
BREAK = re.compile(r"<break\b([^>]*)>", re.IGNORECASE)
TIME = re.compile(r"""time\s*=\s*["']([0-9.]+)(ms|s)["']""")
STRENGTH = re.compile(r"""strength\s*=\s*["']([a-z-]+)["']""")
IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
PAUSES = {"none": 0.0, "x-weak": 0.0, "weak": 0.2, "medium": 0.2, "strong": 0.4, "x-strong": 0.8}


def speech_seconds(text: str, ssml: bool = False, speed: float = 1.0) -> float:
    """Seconds to speak `text`: about 150 words a minute, five ideographs a second, plus the SSML pauses."""
    pauses = sum(map(_pause, BREAK.findall(text))) if ssml else 0.0
    plain = words(text, ssml)
    ideographs = len(IDEOGRAPH.findall(plain))
    spoken = (len(plain) - ideographs) / CHARS_PER_SECOND + ideographs / IDEOGRAPHS_PER_SECOND
    return max(SHORTEST_SECS, LEAD_SECS + spoken / speed + pauses)


def words(text: str, ssml: bool = False) -> str:
    """What is really said: the text without its tags."""
    return TAG.sub("", text) if ssml else text


def _pause(attributes: str) -> float:
    if match := TIME.search(attributes):
        return float(match[1]) / (1000.0 if match[2] == "ms" else 1.0)
    match = STRENGTH.search(attributes)
    return PAUSES.get(match[1], 0.2) if match else 0.2
