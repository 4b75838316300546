"""Faults, parties and scenarios as tests write them in Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML
from wire import dial, do, new_world, send

from telnyx_emulator import Emulator, EmulatorClient, EmulatorError, contains, one_of
from telnyx_emulator.client.faults import flow
from telnyx_emulator.client.wire import DURATIONS, seconds, with_units, written
from telnyx_emulator.commands import Command
from telnyx_emulator.core.time.durations import seconds_of
from telnyx_emulator.faults import ApiFault, DeliveryFault, MediaFault
from telnyx_emulator.scenarios.model import ScenarioModel


@pytest.fixture
def world(running: Emulator) -> Iterator[EmulatorClient]:
    with new_world(running) as client:
        yield client


def answered(world: EmulatorClient) -> Any:
    caller = world.incoming_call(from_="+15550001111")
    do(world, caller, "answer")
    return caller


# -- faults ---------------------------------------------------------------------------------------------------------


def test_a_command_comes_to_another_outcome(world: EmulatorClient) -> None:
    declined = world.when(command="refer", sip_address=contains("agent")).outcome(sip=603, after=0.8)
    caller = answered(world)
    do(world, caller, "refer", sip_address="sip:agent@pbx.example.com")
    assert caller.wait_for("call.refer.failed")["sip_notify_response"] == 603
    assert declined.fired == 1


def test_a_request_is_refused_as_often_as_it_is_told(world: EmulatorClient) -> None:
    caller = answered(world)
    busy = world.when(command="speak", times=1).api(status=503, latency=timedelta(milliseconds=1))
    speak = {"payload": "Hello", "voice": "female"}
    assert [do(world, caller, "speak", **speak), do(world, caller, "speak", **speak)] == [503, 200]
    assert busy.fired == 1


def test_a_read_can_be_refused_too(world: EmulatorClient) -> None:
    world.when(request="POST /queues", name="no queues today").api(status=500)
    assert send(world, "/queues", queue_name="support")[0] == 500
    assert [one["name"] for one in world.journal("injection")] == ["no queues today"]


def test_a_webhook_goes_wrong(world: EmulatorClient) -> None:
    world.webhook_url = "http://127.0.0.1:1/"
    dropped = world.when(delivered="call.initiated", attempt=1).delivery(drop=True)
    world.incoming_call()
    assert dropped.fired == 1


def test_a_fault_is_for_one_leg_only(world: EmulatorClient) -> None:
    one, other = answered(world), answered(world)
    world.when(command="hangup", leg=other).api(status=500)
    assert [do(world, other, "hangup"), do(world, one, "hangup")] == [500, 200]


def test_a_fault_lets_some_pass_and_fires_by_chance(world: EmulatorClient) -> None:
    caller = answered(world)
    fault = world.when(command="speak", skip=1, chance=1.0, optional=True).api(status=503)
    speak = {"payload": "Hello", "voice": "female"}
    assert [do(world, caller, "speak", **speak) for _ in range(3)] == [200, 503, 503]
    [shown] = world.get("faults")
    assert (shown["id"], shown["skip"], shown["optional"]) == (fault.id, 1, True)


def test_a_removed_fault_fires_no_more_and_knows_how_often_it_did(world: EmulatorClient) -> None:
    caller = answered(world)
    with world.when(command="hangup").api(status=503) as fault:
        assert do(world, caller, "hangup") == 503
    assert (do(world, caller, "hangup"), fault.fired) == (200, 1)
    fault.remove()
    assert world.get("faults") == []


def test_the_fault_of_a_world_that_began_anew_is_gone(world: EmulatorClient) -> None:
    fault = world.when(command="hangup").api(status=503)
    world.reset()
    with pytest.raises(EmulatorError, match="There is no fault"):
        fault.remove()


def test_an_impossible_fault_is_refused_and_arms_nothing(world: EmulatorClient) -> None:
    for impossible in (
        world.when(command="refre").outcome,
        world.when(command="hangup").outcome,
        world.when(delivered="call.answered").api,
        world.when(command="refer").media,
    ):
        with pytest.raises(EmulatorError) as refused:
            impossible(sip=603)
        assert refused.value.status == 422
    assert world.get("faults") == []


def test_a_fault_has_one_trigger(world: EmulatorClient) -> None:
    with pytest.raises(TypeError, match="exactly one"):
        world.when(command="refer", delivered="call.answered")
    with pytest.raises(TypeError, match="exactly one"):
        world.when(sip_address="sip:agent@pbx.example.com")


def test_a_fault_prints_itself_for_a_scenario(world: EmulatorClient) -> None:
    fault = world.when(
        command="refer", name="transferee declines", times=1, sip_address=one_of("sip:a@b", "sip:c@d")
    ).outcome(sip=603, after=0.8)
    assert fault.yaml() == (
        '- { name: "transferee declines", times: 1,'
        ' when: { command: refer, where: { sip_address: { in: ["sip:a@b", "sip:c@d"] } } },'
        ' do: { outcome: { sip: 603, after: "800ms" } } }\n'
    )
    assert YAML(typ="safe").load(fault.yaml()) == [fault.source]
    assert repr(fault).startswith(f"<Fault {fault.id} ")


@pytest.mark.parametrize(
    "value", ["no", "null", "1", "+15551230001", "a: b", "#", "", "é", True, None, 1.5, [], {}, {"on": "off"}]
)
def test_what_is_printed_is_read_as_the_same(value: Any) -> None:
    assert YAML(typ="safe").load(flow({"it": value})) == {"it": value}


def test_what_would_be_a_parameter_in_a_file_is_printed_as_text() -> None:
    assert flow({"name": "costs ${x}"}) == '{ name: "costs $${x}" }'


# -- parties and scenarios ------------------------------------------------------------------------------------------


def test_a_party_behaves_so_until_it_is_ended(world: EmulatorClient) -> None:
    party = world.party("Agent 7", number="+15557770007", reject={"cause": "busy", "after": 2})
    dial(world, "+15557770007")
    refused = world.outgoing_call(to="+15557770007").wait_for("call.hangup")
    assert refused["hangup_cause"] == "user_busy"
    party.end()
    dial(world, "+15557770007")
    assert world.outgoing_call(to="+15557770007").wait_for("call.answered")


SCENARIO: dict[str, Any] = {
    "version": 1,
    "scenario": "two-calls",
    "params": {"after": 3},
    "timeline": [
        {"at": 0, "call": {"from": "+15551230001", "as": "first"}},
        {"at": timedelta(minutes=1), "call": {"from": "+15551230002", "as": "second"}},
    ],
}


def test_a_scenario_is_begun_and_ended(world: EmulatorClient) -> None:
    with world.scenario(SCENARIO) as scenario:
        assert scenario.leg("first").from_ == "+15551230001"
        with pytest.raises(EmulatorError, match=r"two-calls has no leg 'second' so far; there are: first"):
            scenario.leg("second")
        world.clock.advance(60)
        assert scenario.leg("second").state == "ringing"
        assert scenario.shown()["pending_steps"] == []
    assert world.get("scenarios") == []
    assert repr(scenario) == "<Scenario two-calls>"


def test_a_scenario_may_be_a_file(world: EmulatorClient, tmp_path: Path) -> None:
    file = tmp_path / "greeting.yaml"
    file.write_text(
        "version: 1\nscenario: greeting\nparams: { who: '+15551230001' }\n"
        "timeline:\n  - { at: 0s, call: { from: '${who}' } }\n"
    )
    world.scenario(file, set={"who": "+15551230009"})
    world.clock.advance(0)
    assert [leg.from_ for leg in world.calls] == ["+15551230009"]
    world.scenario(SCENARIO, set={"after": 4})
    assert len(world.get("scenarios")) == 2


def test_a_scenario_that_is_wrong_says_where(world: EmulatorClient) -> None:
    with pytest.raises(EmulatorError, match='did you mean "timeline"'):
        world.scenario({"version": 1, "scenario": "wrong", "timelin": []})
    with pytest.raises(EmulatorError, match="no builtin scenario"):
        world.scenario("builtin:nothing-like-that")


# -- durations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0s"),
        (0.8, "800ms"),
        (0.0005, "0.0005s"),
        (1, "1s"),
        (2.5, "2.5s"),
        (1800, "1800s"),
        (timedelta(hours=1), "3600s"),
        ("2m", "2m"),
    ],
)
def test_a_number_of_seconds_gets_its_unit(length: Any, text: str) -> None:
    assert written(length) == text
    assert seconds(length) == pytest.approx(seconds_of(text))


@pytest.mark.parametrize("length", [-1, float("nan"), True])
def test_what_is_no_length_of_time_is_refused(length: float) -> None:
    with pytest.raises(ValueError, match="is no length of time"):
        written(length)


def test_only_durations_get_a_unit() -> None:
    given = {"sip": 603, "after": {"between": (1, 2.5)}, "where": {"after": 3}, "drop": True, "delay": 0.2}
    assert with_units(given) == {
        "sip": 603,
        "after": {"between": ["1s", "2.5s"]},
        "where": {"after": 3},
        "drop": True,
        "delay": "200ms",
    }


def test_the_client_knows_all_durations_of_scenarios() -> None:
    """A field of that kind in any schema, wherever it is."""
    found: set[str] = set()
    outcomes = [kind.outcomes for kind in Command.names.values() if kind.outcomes]
    models: list[type[BaseModel]] = [ScenarioModel, ApiFault, DeliveryFault, MediaFault, *outcomes]
    for model in models:
        schema = model.model_json_schema()
        for part in (schema, *schema.get("$defs", {}).values()):
            found |= {name for name, field in part.get("properties", {}).items() if "800ms" in str(field)}
    assert found - {"between", "normal", "one_of"} == DURATIONS
