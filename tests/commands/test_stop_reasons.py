"""A stop has more reasons than a webhook has words: the closing webhook comes with each of them."""

import pytest
from simulation import Simulation

from telnyx_emulator.core.model import Call

SPEECH = {"payload": "x" * 45, "voice": "female"}
AUDIO = {"audio_url": "http://example.com/a.mp3"}
FORM = {"parameters": {"properties": {"name": {"type": "string"}}, "required": ["name"]}}
SETTLED = {
    "gather": {"status": "valid", "after": "30s"},
    "gather_using_audio": {"status": "valid", "after": "30s"},
    "playback_start": {"status": "failed", "after": "30s"},
}


def stopped(world: Simulation, call: Call, event: str, reason: str) -> list[str]:
    """The statuses of one kind of webhook after all that goes on in a leg was stopped for a reason."""
    world.advance(0.1)
    call.tasks.stop_all(reason)
    return [seen.payload["status"] for seen in world.seen if seen.name == event]


@pytest.mark.parametrize("settled", [False, True], ids=["usual", "settled"])
@pytest.mark.parametrize(("reason", "status"), [("replaced", "cancelled"), ("call_hangup", "call_hangup")])
@pytest.mark.parametrize(
    ("action", "body", "event"),
    [
        ("gather", {}, "call.gather.ended"),
        ("gather_using_speak", SPEECH, "call.gather.ended"),
        ("gather_using_audio", AUDIO, "call.gather.ended"),
        ("playback_start", AUDIO, "call.playback.ended"),
    ],
)
def test_the_reason_of_a_stop_is_told_in_the_words_of_the_webhook(world, action, body, event, reason, status, settled):
    call = world.answered()
    if settled and action in SETTLED:
        world.settle(action, **SETTLED[action])
    world.do(call, action, **body)
    assert stopped(world, call, event, reason) == [status]


@pytest.mark.parametrize(
    ("action", "body", "event", "status"),
    [
        ("speak", SPEECH, "call.speak.ended", "completed"),
        ("gather_using_ai", FORM, "call.ai_gather.ended", "invalid"),
    ],
)
def test_a_webhook_without_a_word_for_a_stop_comes_all_the_same(world, action, body, event, status):
    call = world.answered()
    world.do(call, action, **body)
    assert stopped(world, call, event, "replaced") == [status]
