"""What far ends do by themselves once they talk."""

from dataclasses import replace

import pytest
from simulation import Simulation

from telnyx_emulator.core.far_end.behaviour import PERSONAS, ScriptedAct
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

SPEECH = {"payload": "x" * 45, "voice": "female"}  # 3.3 s


def acts(world: Simulation, call: Call) -> list[tuple[str, dict[str, object]]]:
    """What the far end did since the answer."""
    return [(note.name, note.detail) for note in world.notes("far_end", call) if note.name != "call"]


def ended_at(call: Call) -> float | None:
    return call.ended_at and round(call.ended_at, 2)


def test_who_hangs_up_by_himself_does_so_so_long_after_the_answer(world):
    call = world.answered("hangs_up")
    world.advance(10)
    assert (ended_at(call), world.payload("call.hangup")["hangup_source"]) == (10, "caller")


def test_an_impatient_caller_hangs_up_in_the_middle_of_a_prompt(world):
    call = world.answered("impatient")
    world.advance(5)
    world.do(call, "speak", **SPEECH)
    world.advance(60)
    assert ended_at(call) == 6.5
    assert world.payload("call.speak.ended")["status"] == "call_hangup"


def test_an_impatient_caller_waits_as_long_as_nothing_is_played(world):
    call = world.answered("impatient")
    world.do(call, "gather")
    world.advance(60)
    assert call.state is State.ANSWERED


def test_whoever_is_connected_with_somebody_hears_no_prompts(world):
    call, other = world.bridged()
    call.far_end = PERSONAS["impatient"]
    world.do(other, "speak", **SPEECH, target_legs="opposite")
    world.advance(60)
    assert call.state is State.ANSWERED


def test_in_a_conference_one_is_patient(world):
    call = world.answered("impatient")
    conference = world.conference(call)
    world.confer(conference, "speak", **SPEECH)
    world.advance(60)
    assert call.state is State.ANSWERED


@pytest.mark.parametrize(("persona", "digits"), [("presses_1", "1"), ("presses_1234", "1234#")])
def test_who_presses_keys_does_so_after_each_prompt(world, persona, digits):
    call = world.answered(persona)
    for _ in range(2):
        world.do(call, "speak", **SPEECH)
        world.advance(10)
    assert acts(world, call) == [("press", {"digits": digits})] * 2
    assert [one["digit"] for one in world.payloads("call.dtmf.received")] == [*digits, *digits]


def test_who_holds_comes_back(world):
    world.answered("holds")
    world.advance(60)
    assert [(seen.at, seen.name) for seen in world.seen] == [(5, "call.hold"), (20, "call.unhold")]


def test_a_phone_menu_speaks_and_reacts_to_keys(world):
    call = world.dial("+15550100909", answering_machine_detection="premium", transcription=True)
    world.advance(10)
    world.do(call, "send_dtmf", digits="2")
    world.advance(10)
    said = [one["transcription_data"]["transcript"] for one in world.payloads("call.transcription")]
    assert [words.split(".")[0] for words in said] == ["Welcome", "Thank you"]
    assert world.payload("call.machine.premium.detection.ended")["result"] == "machine"


def test_a_habit_never_acts_within_the_step_that_gives_the_occasion(world):
    call = world.answered("human")
    call.far_end = replace(call.far_end, habits=(ScriptedAct("heard", "hangup"),))
    world.do(call, "speak", **SPEECH)
    world.advance(10)
    assert world.events() == ["call.speak.started", "call.speak.ended", "call.hangup"]
    assert ended_at(call) == 3.3


def test_habits_end_with_the_call(world):
    call = world.answered("impatient")
    world.do(call, "hangup")
    assert (call.listeners, call.tasks.all()) == (None, ())
