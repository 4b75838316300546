"""Rules: which one strikes, how often, and what it may consist of."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from telnyx_emulator.core.time.durations import Spread
from telnyx_emulator.faults import ApiFault, DeliveryFault, Faults, MediaFault, Plane, Rule
from telnyx_emulator.observed import ObservedEvent

SPOKEN = ObservedEvent("command", "speak")


def rule(name: str = "rule", plane: Plane = "outcome", **given: Any) -> Rule:
    return Rule(name, plane, given.pop("matches", lambda seen: True), name, **given)


def faults(*rules: Rule, seed: int = 1) -> Faults:
    made = Faults(Random(seed), lambda rule, seen: None)
    for one in rules:
        made.add(one)
    return made


def strikes(armed: Faults, count: int) -> list[Any]:
    return [armed.outcome(SPOKEN) for _ in range(count)]


def test_a_rule_without_a_number_strikes_always():
    assert strikes(faults(rule("a")), 3) == ["a", "a", "a"]


def test_times_is_how_often_it_strikes():
    one = rule("a", times=2)
    assert strikes(faults(one), 4) == ["a", "a", None, None]
    assert (one.matched, one.fired, one.used_up) == (2, 2, True)


def test_skip_is_how_many_pass_first():
    one = rule("a", skip=2, times=1)
    assert strikes(faults(one), 4) == [None, None, "a", None]
    assert (one.matched, one.fired) == (3, 1)


def test_the_first_rule_that_matches_decides():
    second = rule("b")
    assert strikes(faults(rule("a"), second), 2) == ["a", "a"]
    assert second.matched == 0


@pytest.mark.parametrize(
    "first",
    [rule("a", times=1), rule("a", matches=lambda seen: seen.meta.get("n") == 1), rule("a", plane="api")],
    ids=["used up", "no match", "of another plane"],
)
def test_one_that_does_not_strike_leaves_it_to_the_next(first: Rule):
    armed = faults(first, rule("b"))
    armed.outcome(ObservedEvent("command", "speak", meta={"n": 1}))
    assert armed.outcome(SPOKEN) == "b"


def test_what_is_skipped_is_left_to_the_next():
    assert strikes(faults(rule("a", skip=1), rule("b")), 3) == ["b", "a", "a"]


def test_chance_is_the_same_for_the_same_seed():
    first, again, other = (strikes(faults(rule("a", chance=0.5), seed=seed), 50) for seed in (1, 1, 2))
    assert first == again != other
    assert 10 < first.count("a") < 40


def test_times_counts_what_struck_and_not_what_chance_let_pass():
    one = rule("a", chance=0.5, times=3)
    assert strikes(faults(one), 50).count("a") == 3
    assert one.matched > 3


def test_a_rule_that_never_struck_is_unused_unless_it_is_optional():
    used, unused, optional = rule("used"), rule("unused", times=1, skip=9), rule("optional", optional=True, times=1)
    armed = faults(used, unused, optional)
    strikes(armed, 2)
    assert armed.unused() == [unused]


def test_whoever_keeps_the_journal_is_told_of_each_strike():
    told: list[tuple[str, str]] = []
    armed = Faults(Random(1), lambda rule, seen: told.append((rule.name, seen.name)))
    armed.add(rule("a", times=1))
    strikes(armed, 2)
    assert told == [("a", "speak")]


def test_a_removed_rule_strikes_no_more():
    armed = faults(rule("a"))
    ((id, one),) = armed
    assert armed.get(id) is one
    assert armed.remove(id) is one
    assert (armed.remove(id), armed.get(id), strikes(armed, 1)) == (None, None, [None])


def test_ids_are_never_used_twice():
    armed = faults(rule("a"))
    armed.clear()
    armed.add(rule("b"))
    assert [id for id, _ in armed] == ["fault-2"]


@pytest.mark.parametrize("disarm", [Faults.clear, lambda armed: armed.remove("fault-1")])
def test_a_plane_is_armed_as_long_as_it_has_a_rule(disarm: Callable[[Faults], Any]):
    armed = faults(rule("a"))
    assert (bool(armed.on("outcome")), bool(armed.on("api"))) == (True, False)
    disarm(armed)
    assert not armed.on("outcome")


def test_durations_by_lot_are_the_same_for_the_same_seed():
    spread = Spread(between=("1s", "2s"))
    first, again = (faults(seed=7).draw(spread) for _ in range(2))
    assert first == again
    assert 1 <= first <= 2
    assert faults().draw(0.25) == 0.25


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({}, "nothing would happen"),
        ({"reset": True, "close": True}, "one of reset, close and garbage"),
        ({"reset": True, "status": 500}, "without an answer there is no status"),
        ({"close": True, "retry_after": "1s"}, "without an answer there is no retry_after"),
        ({"garbage": True, "code": "10007"}, "what is no JSON has no code"),
        ({"detail": "Sorry."}, "detail: of which error?"),
        ({"latency": "1s", "should_retry": True}, "should_retry: of which error?"),
        ({"carried_out": True}, "say how"),
        ({"status": 200}, "greater than or equal to 400"),
        ({"latency": 3}, "needs a unit"),
    ],
)
def test_an_api_fault_that_contradicts_itself_is_refused(given: dict[str, Any], advice: str):
    with pytest.raises(ValidationError, match=advice):
        ApiFault.model_validate(given)


@pytest.mark.parametrize(
    "given",
    [
        {"status": 503, "title": "Down", "detail": "Later.", "latency": "1s", "carried_out": True},
        {"code": "90018", "should_retry": True},
        {"retry_after": "1s", "detail": "Slowly."},
        {"garbage": True, "status": 502, "should_retry": False},
        {"reset": True, "latency": "1s", "carried_out": True},
        {"latency": {"between": ["1s", "2s"]}, "carried_out": True},
    ],
)
def test_what_goes_together_is_one_api_fault(given: dict[str, Any]):
    assert ApiFault.model_validate(given).model_dump(exclude_unset=True, mode="json") == given


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({}, "nothing would happen"),
        ({"drop": True, "delay": "1s"}, "drop and delay cannot go together"),
        ({"as_if": "refused", "signature": "missing"}, "as_if and signature cannot go together"),
        ({"as_if": "refused", "duplicate": 1}, "as_if and duplicate cannot go together"),
        ({"reorder": 1, "delay": "1s"}, "reorder and delay cannot go together"),
        ({"as_if": "http_418"}, "http_500"),
    ],
)
def test_a_delivery_fault_that_contradicts_itself_is_refused(given: dict[str, Any], advice: str):
    with pytest.raises(ValidationError, match=advice):
        DeliveryFault.model_validate(given)


def test_what_goes_together_is_one_delivery_fault():
    fault = DeliveryFault.model_validate({"duplicate": 2, "delay": "150ms", "signature": "stale", "drop": False})
    assert (fault.duplicate, fault.delay, fault.signature) == (2, 0.15, "stale")


def test_a_media_fault_is_valid_though_it_cannot_be_used_yet():
    assert MediaFault.model_validate({"loss": 0.1}).loss == 0.1
