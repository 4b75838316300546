"""What is played to the far end within something else, such as a gather."""

from __future__ import annotations

from collections.abc import Iterable

from telnyx_emulator.core.activities.play import play_to
from telnyx_emulator.core.audio.clip import spoken
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import AUDIO
from telnyx_emulator.core.time.tasks import Activity, Task


def prompt(call: Call, text: str, ssml: bool = False, speed: float = 1.0, asks: bool = True) -> Activity:
    """Say a text. `asks`: a far end that heard it to its end may react."""
    yield from play_to(call, spoken(text, ssml, speed), asks=asks)


class Prompts:
    """What is played on a leg while keys are waited for, each part when it is its turn."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._playing: list[Task] = []

    def begin(self, parts: Iterable[Activity]) -> None:
        """Play these parts, in order."""
        self._playing = [self._call.start(part, AUDIO, "prompt") for part in parts]

    def until_key(self) -> Activity[str | None]:
        """Wait until all parts are over, or for a key that is told to the task."""
        for one in self._playing:
            if (key := (yield one)) is not None:
                return str(key)
        return None

    def silence(self, reason: str = "cancelled") -> None:
        """Stop what is being played, and what waits for its turn; harmless when nothing is."""
        for one in reversed(self._playing):
            self._call.tasks.end(one, reason)
