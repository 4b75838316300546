"""Something that is said to the far end within something else: it has no events of its own."""

from __future__ import annotations

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.speech import speech_seconds, words
from telnyx_emulator.core.far_end import scripted
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity


def prompt(call: Call, text: str, ssml: bool = False, speed: float = 1.0, asks: bool = True) -> Activity:
    """Say a text. `asks`: a far end that heard it to its end may react."""
    seconds = speech_seconds(text, ssml, speed)
    with hearing.audible(hearing.to_far_end(call), "speech", words(text, ssml), seconds):
        yield seconds
    if asks:
        scripted.heard(call)
