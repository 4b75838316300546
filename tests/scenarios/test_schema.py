"""The JSON Schema of scenario files: made from the models, shipped, and of the same opinion as the loader."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from telnyx_emulator.scenarios import library
from telnyx_emulator.scenarios.model import ScenarioModel
from telnyx_emulator.scenarios.reading import read
from telnyx_emulator.scenarios.schema import schema

SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)
DRAWN = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def plain(text: str) -> Any:
    node, problems = read(text, "f")
    assert not problems
    return node.plain()


def valid(section: str) -> bool:
    return VALIDATOR.is_valid(plain(f"version: 1\nscenario: s\n{section}"))


def test_it_is_a_schema_of_2020_12() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_the_shipped_file_is_up_to_date() -> None:
    """`make docs` writes it."""
    shipped = json.loads((files("telnyx_emulator") / "scenarios" / "schema.json").read_text(encoding="utf-8"))
    assert shipped == SCHEMA, "run `make docs`"


@pytest.mark.parametrize("name", library.names())
def test_a_builtin_scenario_is_valid(name: str) -> None:
    VALIDATOR.validate(plain(library.text_of(f"builtin:{name}")))


@pytest.mark.slow
@DRAWN
@given(strategies.documents(media=True))
def test_what_the_models_accept_is_valid(document: dict[str, Any]) -> None:
    VALIDATOR.validate(document)


@pytest.mark.slow
@DRAWN
@given(strategies.scenarios(media=True))
def test_what_is_printed_is_valid(scenario: ScenarioModel) -> None:
    VALIDATOR.validate(plain(scenario.as_yaml()))


@pytest.mark.parametrize(
    "section",
    [
        "expect: [{ webhook: siprec.failed }]",
        'expect: [{ webhook: "${event}", count: "${n}", within: "${limit}" }]',
        'expect: [{ command: speak, where: { to: { in: "${numbers}" }, "a b": "${x}" } }]',
        'params: { sip: 603 }\nmatrix: { sip: [403, 603] }\nuse: [ other.yaml, "builtin:inbound-caller" ]',
        'faults: [{ when: { command: refer }, do: { outcome: { sip: "${sip}" } }, times: "${n}" }]',
        'faults: [ "${fault}" ]',
        'parties: { a: "${somebody}", b: { persona: "builtin:busy", patience: "${x}" } }',
        'parties: { a: { patience: { between: [ 1s, "${most}" ] } } }',
    ],
)
def test_right_things_and_parameters_in_the_place_of_anything_are_valid(section: str) -> None:
    assert valid(section)


@pytest.mark.parametrize(
    "section",
    [
        "expect: [{ webhook: call.siprec.failed }]",
        "expect: [{ command: call.speak }]",
        "expect: [{ webhook: siprec.failed, command: speak }]",
        "expect: [{ command: speak, tmies: 1 }]",
        "expect: [{ command: speak, where: { to: { regex: 1 } } }]",
        "expect: [{ command: speak, where: { to: { in: [1], other: 2 } } }]",
        "expect: [{ in_order: [] }]",
        "expect: [{ command: speak, within: 3 }]",
        "faults: [{ when: { command: refer }, do: { outcome: { spi: 603 } } }]",
        "faults: [{ when: { command: hangup }, do: { outcome: {} } }]",
        "faults: [{ when: { webhook: call.answered }, do: { delivery: { drop: true } } }]",
        "faults: [{ when: { command: dial }, do: {} }]",
        "faults: [{ when: { command: dial }, do: { api: { status: 200 } } }]",
        "timeline: [{ hangup: {} }]",
        "timeline: [{ at: 0s, hangup: {}, hold: {} }]",
        "timeline: [{ at: 0s }]",
        "parties: { a: { number: 1 } }",
        "parties: { a: { persona: bussy } }",
        "parties: { a: { patience: { between: [1s, 2s], one_of: [1s] } } }",
        "matrix: { sip: 603 }",
        "params: { a b: 1 }",
        "stepps: []",
    ],
)
def test_wrong_things_are_not(section: str) -> None:
    assert not valid(section)


def test_event_and_command_names_are_enums_so_that_editors_complete_them() -> None:
    assert "call.machine.detection.ended" in SCHEMA["$defs"]["webhook"]["enum"]
    assert {"refer", "dial", "conference_join"} <= set(SCHEMA["$defs"]["command"]["enum"])


def test_defaults_of_durations_are_written_as_durations() -> None:
    assert SCHEMA["$defs"]["PressAct"]["properties"]["every"]["default"] == "250ms"
