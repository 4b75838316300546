"""Random scenarios: whatever a valid one says, performing it neither breaks nor goes on for ever."""

from __future__ import annotations

import os
from contextlib import suppress
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulation import Theatre, a_body
from strategies import scenarios

from telnyx_emulator.commands import CallCommand
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.leg import State
from telnyx_emulator.scenarios.model import ScenarioModel

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("RANDOM_SCENARIOS", "200"))
"""CI tries more than everybody's test run."""

ACTIONS = sorted(set(CallCommand.registry) - {"join", "leave"})
OUR_OWN = {"RunawayScenario"}


def application(theatre: Theatre, random: Random) -> None:
    """Somebody who does something, sensible or not, on some leg of all there are."""
    calls = [call for call in theatre.calls if call.state is not State.ENDED]
    if not calls or random.random() < 0.2:
        with suppress(ApiError, KeyError):
            theatre.dial(random.choice(["+15557770001", "+15557770007", "+15550100486"]))
        return
    call = random.choice(calls)
    action = random.choice(["answer", "speak", "gather", "refer", "hangup", *ACTIONS])
    with suppress(ApiError):
        theatre.do(call, action, **a_body(action, random.choice(calls)))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios(), seed=st.integers(0, 9))
def test_a_random_scenario_neither_breaks_nor_hangs(scenario: ScenarioModel, seed: int) -> None:
    theatre, random = Theatre(seed), Random(seed)
    performance = theatre.begin(scenario)
    for _ in range(25):
        theatre.advance(random.choice([0.0, 0.5, 5.0, 60.0]))
        application(theatre, random)
    theatre.advance(7200)
    performance.verdicts(over=False)
    performance.verdicts(over=True)
    performance.end()
    assert [told for told in theatre.own_faults if told.partition(":")[0] not in OUR_OWN] == []
    assert list(theatre.faults) == []


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios())
def test_a_scenario_goes_the_same_way_again(scenario: ScenarioModel) -> None:
    def course() -> list[tuple[float, str, str]]:
        theatre, random = Theatre(7), Random(7)
        theatre.begin(scenario)
        for _ in range(10):
            theatre.advance(5.0)
            application(theatre, random)
        return [(entry.at, entry.kind, entry.name) for entry in theatre.journal.after(0)]

    assert course() == course()
