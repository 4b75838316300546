"""Collecting keys that the far end presses, with or without prompts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from telnyx_emulator.core.activities.prompt import Prompts
from telnyx_emulator.core.events.media import GatherStatus
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.durations import Spread
from telnyx_emulator.core.time.tasks import Activity, Cancelled


@dataclass(frozen=True, slots=True)
class DigitsWanted:
    """Which keys a gather waits for. Times in seconds; `total_secs`: for one try.

    `interruptible`: the first key silences the prompt.
    """

    minimum: int = 1
    maximum: int = 128
    valid: str = "0123456789#*"
    terminating: str = "#"
    first_key_secs: float = 5.0
    next_key_secs: float = 5.0
    total_secs: float = math.inf
    tries: int = 1
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class GatherEnding:
    """A gather that ends by itself, whatever is pressed.

    `after`: seconds, from when the prompt begins. `status`: unset, what the digits amount to. `digits`: unset, those
    that were pressed until then.
    """

    after: float | Spread
    status: GatherStatus | None = None
    digits: str | None = None


@dataclass(frozen=True, slots=True)
class GatherResult:
    """The digits of the last try, without the terminating one, and what they amount to."""

    digits: str
    status: GatherStatus


@dataclass(slots=True)
class _Keys:
    """The keys of one try."""

    wanted: DigitsWanted
    pressed: str = ""
    terminated: bool = False

    def add(self, key: str) -> bool:
        """Take a key; True when that completes the try."""
        self.terminated = key == self.wanted.terminating
        if not self.terminated:
            self.pressed += key
        return self.terminated or len(self.pressed) >= self.wanted.maximum

    @property
    def status(self) -> GatherStatus:
        if not self.pressed and not self.terminated:
            return "timeout"
        allowed = set(self.pressed) <= set(self.wanted.valid)
        return "valid" if allowed and len(self.pressed) >= self.wanted.minimum else "invalid"


Ask = Callable[[bool], Iterable[Activity]]
"""Makes the parts of the prompt for one try; the argument: whether the digits of the try before were invalid."""


def unprompted(after_invalid: bool) -> Iterable[Activity]:
    """No prompt."""
    return ()


def gather(
    call: Call,
    wanted: DigitsWanted,
    prompts: Prompts | None = None,
    ask: Ask = unprompted,
    ending: GatherEnding | None = None,
) -> Activity[GatherResult]:
    """Play the prompt and wait for keys, until they are valid or there is no try left.

    It has to run in the lane that keys are told to (`GATHER`). A prompt may still sound when it is over: the caller
    silences it, before or after telling what was pressed.

    >>> result = yield from gather(call, DigitsWanted(maximum=4))
    """
    prompts, keys = prompts or Prompts(call), _Keys(wanted)
    try:
        for _ in range(wanted.tries if ending is None else 1):
            parts = ask(keys.status == "invalid")
            keys = _Keys(wanted)
            prompts.begin(parts)
            yield from _try(call, keys, prompts) if ending is None else _listen(call, keys, ending)
            if keys.status == "valid":
                break
    except Cancelled as stop:
        return GatherResult(keys.pressed, stop.status)
    return GatherResult(keys.pressed, (ending and ending.status) or keys.status)


def _try(call: Call, keys: _Keys, prompts: Prompts) -> Activity:
    """One prompt, then keys until they are complete or nothing more comes."""
    clock, wanted = call.world.clock, keys.wanted
    deadline = clock.elapsed() + wanted.total_secs
    key = yield from prompts.until_key()
    if key is None:
        key = yield min(wanted.first_key_secs, max(0.0, deadline - clock.elapsed()))
    if wanted.interruptible:
        prompts.silence()
    while key is not None and not keys.add(key):
        key = yield min(wanted.next_key_secs, max(0.0, deadline - clock.elapsed()))


def _listen(call: Call, keys: _Keys, ending: GatherEnding) -> Activity:
    """Note whatever is pressed until it is over."""
    clock = call.world.clock
    over = clock.elapsed() + call.world.draw(ending.after)
    while (key := (yield max(0.0, over - clock.elapsed()))) is not None:
        keys.pressed += key
    keys.pressed = keys.pressed if ending.digits is None else ending.digits
