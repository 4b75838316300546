"""What is allowed in a scenario and yet looks like a mistake: legs that nothing names, and what can never be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from telnyx_emulator.core.events import Event
from telnyx_emulator.matching import OPERATORS, shown

from .loader import Run
from .model import Expectation, InOrder, ScenarioModel
from .names import advice
from .observation import Observation
from .party import Acts
from .problems import Mistake

Way = tuple[str | int, ...]

ALWAYS_CALLED: Final = re.compile(r"(caller|callee)(-\d+)?|latest|v3:.*")
"""Names that legs have though no scenario gives them, and ids."""


def warnings(run: Run) -> list[Mistake]:
    """All warnings about one run, in the order of the file."""
    found = [Mistake(run.place(*way), message) for check in CHECKS for way, message in check(run.scenario)]
    return sorted([*run.remarks, *found], key=lambda problem: problem.place.line or 0)


Warnings = Iterator[tuple[Way, str]]


def observations(scenario: ScenarioModel) -> Iterator[tuple[Way, Observation]]:
    """Everything that is looked for, and where it stands."""
    for key, party in scenario.parties.items():
        for index, reaction in enumerate(party.reacts):
            yield ("parties", key, "reacts", index, "when"), reaction.when
    for index, fault in enumerate(scenario.faults):
        yield ("faults", index, "when"), fault.when
    for index, step in enumerate(scenario.timeline):
        if step.when is not None:
            yield ("timeline", index, "when"), step.when
    yield from expectations(scenario)


def expectations(scenario: ScenarioModel) -> Iterator[tuple[Way, Expectation]]:
    """All expectations, those in order too."""
    for index, item in enumerate(scenario.expect):
        if isinstance(item, InOrder):
            yield from ((("expect", index, "in_order", inner), one) for inner, one in enumerate(item.in_order))
        else:
            yield ("expect", index), item


# -- names of legs and parties -------------------------------------------------------------------------------------


def leg_names(scenario: ScenarioModel) -> list[str]:
    """What the scenario itself calls legs: names given by `as`, and keys of parties that have legs."""
    given = [name for step in scenario.timeline for name in (step.as_, step.call and step.call.as_) if name]
    people = [key for key, party in scenario.parties.items() if party.kind != "siprec_recorder"]
    return list(dict.fromkeys([*given, *people]))


def _unknown_legs(scenario: ScenarioModel) -> Warnings:
    known = leg_names(scenario)
    named = [(way, looked_for.leg) for way, looked_for in observations(scenario)]
    acting: list[tuple[Way, Acts]] = [(("timeline", index), step) for index, step in enumerate(scenario.timeline)]
    for key, party in scenario.parties.items():
        acting += [(("parties", key, "reacts", index), reaction) for index, reaction in enumerate(party.reacts)]
    for way, acts in acting:
        if acts.act is not None:
            named.append(((*way, acts.act), getattr(getattr(acts, acts.act), "leg", None)))
    for way, leg in named:
        if leg and leg not in known and not ALWAYS_CALLED.fullmatch(leg):
            yield (*way, "leg"), f'no leg is called "{leg}"{advice(leg, known)}'


def _lonely_parties(scenario: ScenarioModel) -> Warnings:
    callers = {step.call.from_ for step in scenario.timeline if step.call is not None}
    for key, party in scenario.parties.items():
        if party.number is None and party.kind != "siprec_recorder" and key not in callers:
            yield ("parties", key), f'nothing meets "{key}": no number to be dialled at, and no call is from there'


# -- what can never be seen ----------------------------------------------------------------------------------------


def _impossible_patterns(scenario: ScenarioModel) -> Warnings:
    for way, looked_for in observations(scenario):
        if looked_for.kind not in ("webhook", "delivered"):
            continue
        fields = Event.registry[looked_for.name].model_fields
        for key, pattern in _keys(looked_for.where):
            if key in fields and not _possible(pattern, fields[key].annotation):
                yield (*way, "where", key), f"{looked_for.name} never has {key} {shown(pattern)}"


def _keys(pattern: Any) -> Iterable[tuple[str, Any]]:
    return pattern.items() if isinstance(pattern, dict) and not pattern.keys() & OPERATORS.keys() else ()


def _possible(pattern: Any, annotation: Any) -> bool:
    """Whether a bare value can be the value of such a field; of operators everything is believed."""
    if isinstance(pattern, dict | list):
        return True
    try:
        TypeAdapter(annotation).validate_python(pattern, strict=True)
    except ValidationError:
        return False
    return True


def _contradictions(scenario: ScenarioModel) -> Warnings:
    seen: dict[str, bool] = {}
    for way, one in expectations(scenario):
        never = one.never or one.count == 0 or one.at_most == 0
        what = one.model_copy(update=ANY_NUMBER).model_dump_json()
        if one.within is None and seen.setdefault(what, never) != never:
            yield way, f"{one} must be seen, and must never be: both cannot be met"


ANY_NUMBER: Final = {"count": None, "at_least": None, "at_most": None, "never": False, "within": None}


def _shadowed_faults(scenario: ScenarioModel) -> Warnings:
    for index, fault in enumerate(scenario.faults):
        for other in scenario.faults[:index]:
            always = other.times is None and other.chance == 1 and not other.skip
            if always and other.do.plane == fault.do.plane and other.when == fault.when:
                yield ("faults", index), "never fires: one before it has the same when, and no times"
                break


CHECKS: Final = (_unknown_legs, _lonely_parties, _impossible_patterns, _contradictions, _shadowed_faults)
