"""The maps that clients return have the keys, and the kinds of values, that their types promise."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from wire import dial, do, new_world

from telnyx_emulator import Emulator, EmulatorClient, ExpectationError, Settings
from telnyx_emulator.client import types


@pytest.fixture
def world() -> Iterator[EmulatorClient]:
    with Emulator(Settings(port=0, settle=0, grace=0)) as server, new_world(server) as client:
        yield client


def misfits(value: Any, kind: Any, place: str = "") -> list[str]:
    """Where a value is not of a kind."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        return in_map(value, kind, place)
    if origin is NotRequired:
        return misfits(value, arguments[0], place)
    if origin is list and isinstance(value, list):
        return [wrong for one in value for wrong in misfits(one, arguments[0], f"{place}[]")]
    if origin is UnionType:
        fits = any(not misfits(value, one) for one in arguments)
    elif origin is Literal:
        fits = value in arguments
    else:
        fits = kind is Any or isinstance(value, (int, float) if kind is float else origin or kind)
    return [] if fits else [f"{place} is {value!r}"]


def in_map(value: dict[str, Any], kind: Any, place: str) -> list[str]:
    hints = get_type_hints(kind)
    missing = [f"{place}.{name} is missing" for name in kind.__required_keys__ - value.keys()]
    unknown = [f"{place}.{name} is not described" for name in value.keys() - hints.keys()]
    known = value.keys() & hints.keys()
    return missing + unknown + [one for name in known for one in misfits(value[name], hints[name], f"{place}.{name}")]


def test_journal_entries(world: EmulatorClient) -> None:
    world.webhook_url = "http://127.0.0.1:1/"
    twice = world.when(delivered="call.initiated", attempt=1).delivery(duplicate=1)
    world.when(command="speak", optional=True).api(status=503)
    world.when(delivered="call.answered", optional=True).delivery(drop=True)
    step = {"at": 0, "press": {"leg": "guest", "digits": "1"}, "optional": True}
    world.scenario({"version": 1, "scenario": "early", "timeline": [step]})
    caller = world.incoming_call(from_="+15550001111")
    do(world, caller, "answer", nonsense=1)
    do(world, caller, "speak", payload="Hello", voice="female")
    do(world, caller, "speak")
    caller.press("1")
    caller.say("Hello", confidence=0.5)
    dial(world, "+15550003333")
    world.clock.advance(60)
    caller.hang_up()
    world.clock.advance(60)
    assert twice.fired
    entries = world.journal()
    found = [
        line for entry in entries for line in misfits(entry, types.JournalEntry, f"{entry['kind']} {entry['name']}")
    ]
    assert found == []
    assert {entry["kind"] for entry in entries} >= {"command", "event", "delivery", "far_end", "injection"}
    assert misfits(world.events(), list[types.WebhookData]) == []


def test_what_stands(world: EmulatorClient) -> None:
    caller = world.incoming_call(from_="+15550001111")
    scenario = world.scenario({"version": 1, "scenario": "one", "expect": [{"command": "answer", "within": "3s"}]})
    shown: list[tuple[Any, Any]] = [
        (caller.data, types.LegData),
        (world.get("calls"), list[types.LegData]),
        (world.settings(), types.WorldSettings),
        (world.clock.shown(), types.ClockData),
        (scenario.shown(), types.ScenarioData),
        (world.ladder("json"), types.LadderData),
    ]
    for value, kind in shown:
        assert misfits(value, kind) == []
    with pytest.raises(ExpectationError) as failed:
        caller.expect_command("answer", within=1)
    assert misfits(failed.value.verdict, types.ExpectationVerdict) == []
