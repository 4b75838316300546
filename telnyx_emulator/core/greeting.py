"""What a party whom we called says of its own accord."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import sounds
from .far_end import Greeting
from .process import Process

if TYPE_CHECKING:
    from .call import Call


def greet(call: Call, greeting: Greeting) -> Process:
    """The greeting, and the beep behind it. It can be heard, but has no words that could be understood."""
    yield greeting.starts
    with sounds.audible(
        sounds.from_far_end(call), "beep" if greeting.kind == "fax" else "speech", "", greeting.seconds
    ):
        yield greeting.seconds
    if greeting.beep is not None:
        yield greeting.beep
        with sounds.audible(sounds.from_far_end(call), "beep", "", sounds.BEEP_SECS):
            yield sounds.BEEP_SECS
