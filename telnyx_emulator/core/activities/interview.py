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
class Questions:
    """What is said first and last, and how many seconds the far end may keep silent."""

    greeting: str | None = None
    farewell: str | None = None
    patience: float = 10.0


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
    questions: Questions,
    told: Callable[[dict[str, Any]], None] = lambda values: None,
    ending: InterviewEnding | None = None,
) -> Activity[InterviewResult]:
    """Begin a conversation and ask until the form is complete, or the far end keeps silent for too long.

    It has to run in the lane that speech is told to (`ASSISTANT`). `told`: hears the values so far after each new one.
    The caller ends the conversation.
    """
    status: Status = "invalid"
    converse.begin(conversation)
    try:
        if ending is None:
            yield from _ask(conversation, form, questions, told)
        else:
            yield from _wait(conversation, form, questions.greeting, ending)
        status = (ending and ending.status) or ("valid" if form.complete else "invalid")
        if questions.farewell:
            conversation.gathers = conversation.interruptible = False
            yield converse.say(conversation, questions.farewell)
    except Cancelled:
        pass
    return InterviewResult(form.values, status)


def _wait(conversation: Conversation, form: Form, greeting: str | None, ending: InterviewEnding) -> Activity:
    """Greet, and let the time pass."""
    clock = conversation.call.world.clock
    over = clock.elapsed() + ending.after
    if greeting:
        converse.say(conversation, greeting)
    while (yield max(0.0, over - clock.elapsed())) is not None:
        pass
    form.values.update(ending.values or {})


def _ask(
    conversation: Conversation, form: Form, questions: Questions, told: Callable[[dict[str, Any]], None]
) -> Activity:
    sound = None
    if questions.greeting:
        sound = yield converse.say(conversation, questions.greeting)
    while not form.complete:
        words = yield from _answer(sound, questions.patience)
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
