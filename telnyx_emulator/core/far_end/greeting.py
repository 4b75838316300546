"""What a party whom we called says of its own accord."""

from __future__ import annotations

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.audio.sound import BEEP_SECS
from telnyx_emulator.core.far_end.behaviour import Greeting
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity


def greet(call: Call, greeting: Greeting) -> Activity:
    """The greeting, and the beep behind it. It can be heard, but has no words that could be understood."""
    yield greeting.starts
    with hearing.audible(
        hearing.from_far_end(call), "beep" if greeting.kind == "fax" else "speech", "", greeting.seconds
    ):
        yield greeting.seconds
    if greeting.beep is not None:
        yield greeting.beep
        with hearing.audible(hearing.from_far_end(call), "beep", "", BEEP_SECS):
            yield BEEP_SECS
