"""What begins when a leg is answered, and in which order."""

import inspect
from typing import Any

import pytest
from pydantic import BaseModel
from simulation import CALLEE, Simulation

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.calls import Answer, Bridge
from telnyx_emulator.commands.dial import Dial, Transfer
from telnyx_emulator.core.model import Call

EVERYTHING: dict[str, Any] = {
    "assistant": {"id": "assistant-1", "greeting": "Hello there."},
    "deepfake_detection": {"enabled": True},
    "transcription": True,
    "stream_url": "wss://example.com/media",
    "record": "record-from-answer",
}
OUTBOUND: dict[str, Any] = {"answering_machine_detection": "detect", "send_digits_on_answer": "1w2"}


def going_on(call: Call) -> list[str]:
    """The names of the tasks of a leg, in the order in which they began."""
    return [task.name for task in call.tasks.all()]


def lived(world: Simulation, call: Call) -> list[str]:
    """The webhooks of a leg that is hung up after eight seconds."""
    world.advance(8)
    world.do(call, "hangup")
    world.advance(1)
    return world.events(call)


def test_everything_begins_in_one_order_when_an_incoming_call_is_answered(world):
    call = world.incoming("presses_1")
    answer = world.do(call, "answer", **EVERYTHING)
    assert answer["recording_id"] in world.account.recordings
    assert going_on(call) == ["ai_assistant_start", "assistant", "deepfake", "transcription", "stream", "recording"]
    assert lived(world, call) == [
        "call.initiated",
        "call.answered",
        "streaming.started",
        "call.dtmf.received",
        "call.deepfake_detection.result",
        "call.conversation.ended",
        "streaming.stopped",
        "call.hangup",
        "call.recording.saved",
    ]


def test_everything_begins_in_one_order_when_a_dialled_call_is_answered(world):
    call = world.dial(CALLEE, **EVERYTHING, **OUTBOUND)
    world.advance(1)
    assert going_on(call) == [
        "greeting",
        "ai_assistant_start",
        "assistant",
        "deepfake",
        "transcription",
        "stream",
        "recording",
        "detection",
        "send_digits_on_answer",
    ]
    assert lived(world, call) == [
        "call.initiated",
        "call.answered",
        "streaming.started",
        "call.machine.detection.ended",
        "call.deepfake_detection.result",
        "call.conversation.ended",
        "streaming.stopped",
        "call.hangup",
        "call.recording.saved",
    ]


def test_everything_begins_in_one_order_when_a_transferred_call_is_answered(world):
    call, audio = world.answered(), "http://example.com/wait.mp3"
    world.do(call, "transfer", to="+15550100901", audio_url=audio, record="record-from-answer", **OUTBOUND)
    world.advance(1)
    leg = list(world.account.calls.values())[-1]
    assert going_on(leg)[:4] == ["greeting", "recording", "detection", "send_digits_on_answer"]
    assert going_on(leg)[4:] == ["transfer", "audio_on_answer"]
    assert lived(world, leg) == [
        "call.initiated",
        "call.answered",
        "call.playback.started",
        "call.machine.detection.ended",
        "call.playback.ended",
        "call.bridged",
        "call.hangup",
        "call.recording.saved",
    ]


# -- classes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "bound"), [(Dial, 18), (Transfer, 13), (Answer, 14), (Bridge, 7)])
def test_a_command_inherits_groups_of_parameters_and_little_else(command, bound):
    assert len(command.__mro__) <= bound


@pytest.mark.parametrize("command", [Dial, Transfer, Answer, Bridge])
def test_no_behaviour_of_a_command_depends_on_the_order_of_its_base_classes(command):
    """Each method of a group of parameters is declared once, so that none extends another."""
    groups = [base for base in command.__mro__ if not issubclass(base, Command) and base not in (BaseModel, object)]
    methods = [name for base in groups for name in vars(base) if inspect.isfunction(vars(base)[name])]
    assert [name for name in methods if methods.count(name) > 1] == []
