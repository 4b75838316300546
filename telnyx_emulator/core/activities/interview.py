"""Finding something out by conversation: an AI asks, and what the far end says fills a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from telnyx_emulator.core.activities import converse
from telnyx_emulator.core.activities.form import Form
from telnyx_emulator.core.model import Conversation
from telnyx_emulator.core.time.tasks import Activity, Cancelled

Status = Literal["valid", "invalid"]


@dataclass(frozen=True, slots=True)
class InterviewEnding:
    """An interview that ends by itself, whatever is said, `after` seconds.

    `status`: unset, whether the form is complete. `values`: what it ends with.
    """

    after: float
    status: Status | None = None
    values: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class InterviewResult:
    """The values that were found, and whether all required ones are there; `invalid` if it was stopped."""

    values: dict[str, Any]
    status: Status


def interview(
    conversation: Conversation,
    form: Form,
    *,
    greeting: str | None = None,
    farewell: str | None = None,
    patience: float = 10.0,
    told: Callable[[dict[str, Any]], None] = lambda values: None,
    ending: InterviewEnding | None = None,
) -> Activity[InterviewResult]:
    """Begin a conversation and ask until the form is complete, or the far end is silent for `patience` seconds.

    It has to run in the lane that speech is told to (`ASSISTANT`). `told`: hears the values so far after each new one.
    The caller ends the conversation.
    """
    status: Status = "invalid"
    converse.begin(conversation)
    try:
        speaking = converse.say(conversation, greeting) if greeting else None
        if ending is None:
            yield from _ask(form, (yield speaking) if speaking else None, patience, told)
        else:
            yield from _wait(conversation, form, ending)
        status = (ending and ending.status) or ("valid" if form.complete else "invalid")
        if farewell:
            conversation.gathers = conversation.interruptible = False
            yield converse.say(conversation, farewell)
    except Cancelled:
        pass
    return InterviewResult(form.values, status)


def _wait(conversation: Conversation, form: Form, ending: InterviewEnding) -> Activity:
    clock = conversation.call.world.clock
    over = clock.elapsed() + ending.after
    while (yield max(0.0, over - clock.elapsed())) is not None:
        pass
    form.values.update(ending.values or {})


def _ask(form: Form, sound: Any, patience: float, told: Callable[[dict[str, Any]], None]) -> Activity:
    """Take what is said until the form is complete; `sound`: what has begun already."""
    while not form.complete:
        words = yield from _answer(sound, patience)
        if words is None:
            return
        sound = None
        if form.take(words):
            told(dict(form.values))


def _answer(sound: Any, patience: float) -> Activity[str | None]:
    """What the far end says next, or None when it says nothing in time; it may have begun already."""
    sound = sound or (yield patience)
    while sound is not None and sound.ended is None:
        sound = yield None
    return None if sound is None else str(sound.content)
