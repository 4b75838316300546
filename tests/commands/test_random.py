"""Whatever is commanded and whatever the far ends do, in whatever order: calls stay in order."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulation import CALLEE, Simulation, a_body

from telnyx_emulator.commands import CallCommand
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

pytestmark = pytest.mark.slow

Step = Callable[[Simulation, Call, Call], object]

MAGIC = ("0486", "0003", "0901", "0907", "0908", "0909", "0910", "0911", "0020")
NUMBERS = [CALLEE, *(f"+1555010{digits}" for digits in MAGIC)]
AUDIO = "http://example.com/a.mp3"
DETECTION = {"enabled": True}
VARIANTS: list[tuple[str, dict[str, object]]] = [
    ("bridge", {"park_after_unbridge": "self"}),
    ("bridge", {"play_ringtone": True, "hold_after_unbridge": True, "mute_dtmf": "both"}),
    ("bridge", {"call_control_id": None, "queue": "support"}),
    ("enqueue", {"max_wait_time_secs": 3}),
    ("enqueue", {"queue_name": "sales", "max_size": 1}),
    ("gather", {"maximum_digits": 2, "timeout_millis": 2000}),
    ("gather_using_audio", {"maximum_tries": 2, "timeout_millis": 500, "valid_digits": "12"}),
    ("gather_using_speak", {"maximum_digits": 2, "invalid_payload": "no"}),
    ("playback_start", {"loop": "infinity"}),
    ("playback_start", {"overlay": True, "loop": 2}),
    ("playback_stop", {"stop": "current"}),
    ("refer", {"sip_address": "sip:fails-603@example.com"}),
    ("siprec_start", {"connector_name": "fails-503"}),
    ("ai_assistant_start", {"greeting": "Hello?", "send_message_history_updates": True}),
    ("gather_using_ai", {"greeting": "How old?", "send_partial_results": True, "gather_ended_speech": "Thanks."}),
    ("pay", {"amount": 3, "timeout_millis": 500, "max_attempts": 1}),
    ("speak", {"stop": "current", "target_legs": "both"}),
    ("streaming_start", {"stream_url": "wss://fails-503.example.com"}),
    ("transcription_start", {"transcription_tracks": "both", "transcription_engine_config": {"interim_results": True}}),
    ("speak", {"stop": "all", "client_state": "YQ=="}),
    ("speak", {"command_id": "1", "loop": "infinity"}),
    ("transfer", {"to": "+15550100003", "audio_url": AUDIO}),
    ("transfer", {"to": "+15550100486", "park_after_unbridge": "self"}),
]


OUTCOMES: list[tuple[str, dict[str, object]]] = [
    ("answer", {"hangs_up_after": "1s", "stream": {"failure_reason": "refused"}}),
    ("bridge", {"hangs_up_after": "2s"}),
    ("dial", {"cause": "user_busy", "after": {"between": ["0s", "5s"]}}),
    ("dial", {"hangs_up_after": "2s", "recording": {"reason": "internal", "after": "1s"}}),
    ("dial", {"amd": {"result": "machine", "greeting": {"ends_after": "1s", "result": "beep_detected"}}}),
    ("enqueue", {"timeout_after": "2s"}),
    ("gather", {"digits": "42", "after": "2s"}),
    ("gather_using_ai", {"result": {"age": 42}}),
    ("gather_using_audio", {"status": "timeout", "prompt": {"status": "failed", "after": "1s"}}),
    ("ai_assistant_start", {"ends_after": "2s"}),
    ("playback_start", {"status": "failed", "after": "1s"}),
    ("playback_start", {"status": "file_not_found", "after": "1s"}),
    ("record_start", {"reason": "internal", "after": "2s"}),
    ("refer", {"sip": 503, "after": "2s"}),
    ("siprec_start", {"drops_after": "2s"}),
    ("speak", {"after": "1s"}),
    ("streaming_start", {"stops_after": "2s"}),
    ("transcription_start", {"transcript": "what?"}),
    ("transfer", {"hangs_up_after": "2s"}),
]


def command(action: str, **more: object) -> Step:
    return lambda world, call, other: world.do(call, action, **a_body(action, other) | more)


def dialled(number: str, **more: object) -> Step:
    return lambda world, call, other: world.dial(number, **more)


def settled(name: str, outcome: dict[str, object]) -> Step:
    return lambda world, call, other: world.settle(name, **outcome)


def joining(call: Call, other: Call) -> dict[str, object]:
    """A leg takes part in what an AI talks about on another one, if it does."""
    conversation = call.conversation.id if call.conversation else "nothing"
    participant = {"id": other.id, "role": "user", "on_hangup": "end_conversation"}
    return {"conversation_id": conversation, "participant": participant}


STEPS: dict[str, Step] = (
    {action: command(action) for action in CallCommand.registry}
    | {f"{action} {more}": command(action, **more) for action, more in VARIANTS}
    | {f"{name} comes to {outcome}": settled(name, outcome) for name, outcome in OUTCOMES}
    | {f"dial {number}": dialled(number) for number in NUMBERS}
    | {
        "dial several": lambda world, call, other: world.dial([CALLEE, "+15550100003", "+15550100486"]),
        "dial for": lambda world, call, other: world.dial(
            link_to=call.id, bridge_on_answer=True, audio_url=AUDIO, answering_machine_detection="premium"
        ),
        "supervise": lambda world, call, other: world.dial(supervise_call_control_id=call.id, media_name="m"),
        "join": lambda world, call, other: world.do(call, "ai_assistant_join", **joining(call, other)),
        "dial with all": lambda world, call, other: world.dial(
            stream_url="wss://a.example", transcription=True, assistant={"id": "a"}, deepfake_detection=DETECTION
        ),
        "ring in": lambda world, call, other: world.incoming("hangs_up"),
        "answer it": lambda world, call, other: verbs.answer(call),
        "reject it": lambda world, call, other: verbs.reject(call),
        "press": lambda world, call, other: verbs.press(call, "1w2#"),
        "say": lambda world, call, other: verbs.say(call, "hello, I am 42"),
        "hold": lambda world, call, other: verbs.hold(call),
        "unhold": lambda world, call, other: verbs.unhold(call),
        "hang up": lambda world, call, other: verbs.hang_up(call),
        "a moment": lambda world, call, other: world.advance(0.2),
        "some seconds": lambda world, call, other: world.advance(3),
        "a minute": lambda world, call, other: world.advance(61),
    }
)


AFTERWARDS = {
    "call.conversation_insights.generated", "call.recording.error", "call.recording.saved",
    "call.recording.transcription.saved",
}  # fmt: skip
"""What comes of a call when it is over."""


def check(world: Simulation) -> None:
    assert world.notes("fault") == []
    over: set[str] = set()
    for seen in world.seen:
        leg = seen.payload["call_leg_id"]
        assert leg not in over or seen.name in AFTERWARDS, f"{seen.name} after call.hangup"
        if seen.name == "call.hangup":
            over.add(leg)
    for call in world.account.calls.values():
        assert call.peer is None or call.peer.peer is call
        assert (call.state is State.ENDED) == (call.leg_id in over)
        if call.state is State.ENDED:
            assert (call.tasks.all(), call.peer, call.place) == ((), None, None)
            assert (call.stream, call.conversation, call.listeners) == (None, None, None)
        assert call.place is None or (call.peer is None and call.place in call.place.queue.line)
    assert all(place.call.place is place for queue in world.account.queues.values() for place in queue.line)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5), st.integers(0, 5)), max_size=40))
def test_no_order_of_events_breaks_a_call(steps):
    world = Simulation()
    world.answered("presses_1")
    world.dialled()
    for name, first, second in steps:
        calls = list(world.account.calls.values()) or [world.incoming()]
        call, other = calls[first % len(calls)], calls[second % len(calls)]
        world.clock.fire_due()
        before = world.snapshot()
        try:
            STEPS[name](world, call, other)
        except ApiError:
            assert world.snapshot() == before
        check(world)
    for call in list(world.account.calls.values()):
        if call.state is not State.ENDED:
            world.do(call, "hangup")
    world.advance(20_000)
    check(world)
    assert world.account.calls == {}
