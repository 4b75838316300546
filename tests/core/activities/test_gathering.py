"""Keys that are collected, without `call.gather.ended`."""

import pytest

from telnyx_emulator.core.activities.gather import DigitsWanted, GatherEnding, GatherResult, gather
from telnyx_emulator.core.activities.prompt import Prompts, prompt
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.time.lanes import GATHER

WANTED = DigitsWanted(minimum=2, maximum=3, valid="123", first_key_secs=4, next_key_secs=1)


@pytest.mark.parametrize(
    ("keys", "digits", "status"),
    [
        ("123", "123", "valid"),
        ("12#", "12", "valid"),
        ("12", "12", "valid"),
        ("1", "1", "invalid"),
        ("129", "129", "invalid"),
        ("#", "", "invalid"),
        ("", "", "timeout"),
    ],
)
def test_digits_are_judged(world, results, keys, digits, status):
    call = world.answered()
    found = results(call, gather(call, WANTED), GATHER)
    verbs.press(call, keys)
    world.advance(10)
    assert found == [GatherResult(digits, status)]
    assert set(world.events()) <= {"call.dtmf.received"}


@pytest.mark.parametrize(("reason", "status"), [("call_hangup", "call_hangup"), ("replaced", "cancelled")])
@pytest.mark.parametrize("ending", [None, GatherEnding(9.0, "valid")])
def test_a_gather_that_is_stopped_has_what_was_pressed(world, results, reason, status, ending):
    call = world.answered()
    found = results(call, gather(call, WANTED, ending=ending), GATHER)
    verbs.press(call, "1")
    call.tasks.stop(GATHER, reason)
    assert found == [GatherResult("1", status)]


@pytest.mark.parametrize(
    ("ending", "result"),
    [
        (GatherEnding(2.0), GatherResult("1#", "invalid")),
        (GatherEnding(2.0, "timeout"), GatherResult("1#", "timeout")),
        (GatherEnding(2.0, digits="12"), GatherResult("12", "valid")),
        (GatherEnding(2.0, "cancelled_amd", "9"), GatherResult("9", "cancelled_amd")),
    ],
)
def test_how_it_ends_may_be_settled(world, results, ending, result):
    call = world.answered()
    found = results(call, gather(call, WANTED, ending=ending), GATHER)
    verbs.press(call, "1#")
    world.advance(1.9)
    assert found == []
    world.advance(0.1)
    assert found == [result]


def test_each_try_has_a_prompt_that_knows_of_invalid_digits(world, results):
    call, asked = world.answered(), []

    def ask(after_invalid):
        asked.append(after_invalid)
        return [prompt(call, "press a key")]

    wanted = DigitsWanted(maximum=1, valid="1", first_key_secs=1, tries=3)
    found = results(call, gather(call, wanted, Prompts(call), ask), GATHER)
    world.advance(3)
    verbs.press(call, "9")
    world.advance(0.1)
    verbs.press(call, "1")
    assert found == [GatherResult("1", "valid")]
    assert asked == [False, False, True]
