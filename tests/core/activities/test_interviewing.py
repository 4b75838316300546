"""Forms that are filled by conversation, without `call.ai_gather.ended`."""

import pytest

from telnyx_emulator.core.activities.form import Form
from telnyx_emulator.core.activities.interview import InterviewEnding, InterviewResult, interview
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Conversation
from telnyx_emulator.core.time.lanes import ASSISTANT

SCHEMA = {"properties": {"age": {"type": "integer"}}, "required": ["age"]}


def begin(call, results, ending=None, **questions):
    conversation = Conversation(call, "1", gathers=True)
    return results(call, interview(conversation, Form(SCHEMA), ending=ending, **questions), ASSISTANT)


@pytest.mark.parametrize("farewell", [None, "Goodbye."])
def test_what_is_said_fills_the_form(world, results, farewell):
    call = world.answered()
    found = begin(call, results, greeting="How old are you?", farewell=farewell)
    world.advance(5)
    verbs.say(call, "I am 42 years old")
    world.advance(10)
    assert found == [InterviewResult({"age": 42}, "valid")]
    assert world.seen == []


def test_silence_ends_it(world, results):
    call = world.answered()
    found = begin(call, results, patience=3.0)
    world.advance(3)
    assert found == [InterviewResult({}, "invalid")]


@pytest.mark.parametrize(
    ("ending", "result"),
    [
        (InterviewEnding(2.0), InterviewResult({}, "invalid")),
        (InterviewEnding(2.0, "valid"), InterviewResult({}, "valid")),
        (InterviewEnding(2.0, values={"age": 7}), InterviewResult({"age": 7}, "valid")),
    ],
)
def test_how_it_ends_may_be_settled(world, results, ending, result):
    call = world.answered()
    found = begin(call, results, ending)
    verbs.say(call, "I am 42 years old")
    world.advance(2)
    assert found == [result]


def test_an_interview_can_be_stopped(world, results):
    call = world.answered()
    found = begin(call, results)
    call.tasks.stop(ASSISTANT, "cancelled")
    assert found == [InterviewResult({}, "invalid")]
