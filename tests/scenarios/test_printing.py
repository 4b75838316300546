"""What is printed as YAML is read as the same again."""

from __future__ import annotations

import json
from typing import Any

import pytest
import strategies
from hypothesis import HealthCheck, given, settings

from telnyx_emulator.scenarios import library
from telnyx_emulator.scenarios.fault import ScenarioFault
from telnyx_emulator.scenarios.loader import load, load_text
from telnyx_emulator.scenarios.model import ScenarioModel
from telnyx_emulator.scenarios.observation import Model
from telnyx_emulator.scenarios.party import Party
from telnyx_emulator.scenarios.reading import read

pytestmark = pytest.mark.slow

DRAWN = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_back(part: Model) -> Model:
    node, problems = read(part.as_yaml(), "printed")
    assert not problems
    return type(part).model_validate_json(json.dumps(node.plain()).replace("$${", "${"), strict=True)


@DRAWN
@given(strategies.scenarios(media=True))
def test_a_printed_scenario_is_read_as_the_same(scenario: ScenarioModel) -> None:
    [run] = load_text(scenario.as_yaml())
    assert run.scenario == scenario
    assert run.scenario.as_yaml() == scenario.as_yaml()


@pytest.mark.parametrize("name", library.names())
def test_a_builtin_scenario_is_read_back_as_it_was(name: str) -> None:
    for run in load(f"builtin:{name}"):
        assert load_text(run.scenario.as_yaml())[0].scenario == run.scenario


def test_a_fault_prints_itself_in_the_words_of_the_format() -> None:
    fault = ScenarioFault.model_validate({"when": {"command": "refer"}, "times": 1, "do": {"api": {"code": "90018"}}})
    assert fault.as_yaml() == 'when: {command: refer}\ndo: {api: {code: "90018"}}\ntimes: 1\n'
    assert read_back(fault) == fault


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"number": "+15551230001"}, 'number: "+15551230001"'),
        ({"presses": "0123"}, 'presses: "0123"'),
        ({"name": "yes"}, 'name: "yes"'),
        ({"name": "Ann"}, "name: Ann"),
        ({"patience": "1500ms"}, "patience: 1.5s"),
        ({"patience": "700ms"}, "patience: 700ms"),
        ({"patience": {"between": ["1s", "2m"]}}, "patience: {between: [1s, 2m]}"),
        ({"about": "${x} is no parameter"}, 'about: "$${x} is no parameter"'),
        ({}, "{}"),
    ],
)
def test_only_what_is_set_is_printed_and_what_looks_like_a_number_is_quoted(given: dict[str, Any], line: str) -> None:
    party = Party.model_validate(given)
    assert party.as_yaml() == f"{line}\n"
    assert read_back(party) == party
