"""Something that is said to the far end within something else: it has no events of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import sounds
from .process import Process
from .speech import speech_seconds, words

if TYPE_CHECKING:
    from .call import Call


def prompt(call: Call, text: str, ssml: bool = False, speed: float = 1.0, asks: bool = True) -> Process:
    """Say a text. `asks`: a far end that heard it to its end may react."""
    seconds = speech_seconds(text, ssml, speed)
    with sounds.audible(sounds.to_far_end(call), "speech", words(text, ssml), seconds):
        yield seconds
    if asks:
        call.hear()
