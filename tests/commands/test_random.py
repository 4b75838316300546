"""Whatever is commanded and whatever the far ends do, in whatever order: calls stay in order."""

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import CALLEE, World, a_body

from telnyx_emulator.commands import CallCommand
from telnyx_emulator.core import acts
from telnyx_emulator.core.call import Call, State
from telnyx_emulator.core.errors import ApiError

Step = Callable[[World, Call, Call], object]

NUMBERS = [CALLEE, "+15550100486", "+15550100003", "+15550100901", "+15550100910", "+15550100911", "+15550100020"]
AUDIO = "http://example.com/a.mp3"
VARIANTS: list[tuple[str, dict[str, object]]] = [
    ("bridge", {"park_after_unbridge": "self"}),
    ("bridge", {"play_ringtone": True, "hold_after_unbridge": True, "mute_dtmf": "both"}),
    ("gather", {"maximum_digits": 2, "timeout_millis": 2000}),
    ("gather_using_audio", {"maximum_tries": 2, "timeout_millis": 500, "valid_digits": "12"}),
    ("gather_using_speak", {"maximum_digits": 2, "invalid_payload": "no"}),
    ("playback_start", {"loop": "infinity"}),
    ("playback_start", {"overlay": True, "loop": 2}),
    ("playback_stop", {"stop": "current"}),
    ("refer", {"sip_address": "sip:fails-603@example.com"}),
    ("siprec_start", {"connector_name": "fails-503"}),
    ("speak", {"stop": "current", "target_legs": "both"}),
    ("speak", {"stop": "all", "client_state": "YQ=="}),
    ("speak", {"command_id": "1", "loop": "infinity"}),
    ("transfer", {"to": "+15550100003", "audio_url": AUDIO}),
    ("transfer", {"to": "+15550100486", "park_after_unbridge": "self"}),
]


def command(action: str, **more: object) -> Step:
    return lambda world, call, other: world.do(call, action, **a_body(action, other) | more)


def dialled(number: str, **more: object) -> Step:
    return lambda world, call, other: world.dial(number, **more)


STEPS: dict[str, Step] = (
    {action: command(action) for action in CallCommand.registry}
    | {f"{action} {more}": command(action, **more) for action, more in VARIANTS}
    | {f"dial {number}": dialled(number) for number in NUMBERS}
    | {
        "dial several": lambda world, call, other: world.dial([CALLEE, "+15550100003", "+15550100486"]),
        "dial for": lambda world, call, other: world.dial(
            link_to=call.id, bridge_on_answer=True, audio_url=AUDIO, answering_machine_detection="premium"
        ),
        "supervise": lambda world, call, other: world.dial(supervise_call_control_id=call.id, media_name="m"),
        "ring in": lambda world, call, other: world.incoming("hangs_up"),
        "answer it": lambda world, call, other: acts.answer(call),
        "reject it": lambda world, call, other: acts.reject(call),
        "press": lambda world, call, other: acts.press(call, "1w2#"),
        "say": lambda world, call, other: acts.say(call, "hello"),
        "hold": lambda world, call, other: acts.hold(call),
        "unhold": lambda world, call, other: acts.unhold(call),
        "hang up": lambda world, call, other: acts.hang_up(call),
        "a moment": lambda world, call, other: world.advance(0.2),
        "some seconds": lambda world, call, other: world.advance(3),
        "a minute": lambda world, call, other: world.advance(61),
    }
)


def check(world: World) -> None:
    assert world.notes("fault") == []
    over: set[str] = set()
    for seen in world.seen:
        leg = seen.payload["call_leg_id"]
        assert leg not in over, f"{seen.name} after call.hangup"
        if seen.name == "call.hangup":
            over.add(leg)
    for call in world.account.calls.values():
        assert call.peer is None or call.peer.peer is call
        assert (call.state is State.ENDED) == (call.leg_id in over)
        if call.state is State.ENDED:
            assert (call.processes.all(), call.peer) == ((), None)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5), st.integers(0, 5)), max_size=40))
def test_no_order_of_events_breaks_a_call(steps):
    world = World()
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
