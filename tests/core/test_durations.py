"""Durations as people write them, and those that are drawn by lot."""

from random import Random

import pytest
from pydantic import TypeAdapter, ValidationError

from telnyx_emulator.core.time.durations import Duration, Seconds, Spread, draw, written

DURATION, SECONDS = TypeAdapter(Duration), TypeAdapter(Seconds)


@pytest.mark.parametrize(
    ("text", "seconds"), [("800ms", 0.8), ("20s", 20), ("2m", 120), ("1h", 3600), ("1.5s", 1.5), ("0s", 0)]
)
def test_a_duration_has_a_unit_and_is_printed_with_one(text, seconds):
    assert DURATION.validate_python(text) == pytest.approx(seconds)
    assert DURATION.dump_python(DURATION.validate_python(text)) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.0015, "0.0015s"), (90, "90s"), (7200, "2h"), (0.25, "250ms")])
def test_the_shortest_way_to_write_it_is_chosen(seconds, text):
    assert written(seconds) == text


def test_nothing_takes_longer_than_a_year():
    with pytest.raises(ValidationError, match="longer than a year"):
        DURATION.validate_python("99999h")


@pytest.mark.parametrize("wrong", [20, 1.5, True])
def test_a_bare_number_is_refused_with_the_units_there_are(wrong):
    with pytest.raises(ValidationError, match="needs a unit"):
        DURATION.validate_python(wrong)


@pytest.mark.parametrize("wrong", ["20", "20 s", "-1s", "s", "1d", "", None, []])
def test_what_is_no_duration_is_refused(wrong):
    with pytest.raises(ValidationError, match="is no duration"):
        DURATION.validate_python(wrong)


@pytest.mark.parametrize(
    ("given", "least", "most"),
    [
        ({"between": ["1s", "3s"]}, 1, 3),
        ({"normal": ["0s", "1s"]}, 0, 10),
        ({"one_of": ["2s", "4s"]}, 2, 4),
    ],
)
def test_a_spread_draws_the_same_for_the_same_seed(given, least, most):
    spread = SECONDS.validate_python(given)
    drawn = [draw(spread, Random(seed)) for seed in range(50)]
    assert drawn == [draw(spread, Random(seed)) for seed in range(50)]
    assert all(least <= one <= most for one in drawn)
    assert len(set(drawn)) > 1
    assert SECONDS.dump_python(spread) == given | {name: tuple(value) for name, value in given.items()}


def test_a_fixed_duration_needs_no_luck():
    assert draw(SECONDS.validate_python("2s"), Random(1)) == 2
    assert SECONDS.dump_python(2.0) == "2s"


@pytest.mark.parametrize(
    "wrong", [{}, {"between": ["3s", "1s"]}, {"between": ["1s", "2s"], "one_of": ["1s"]}, {"off": 1}]
)
def test_a_spread_that_says_nothing_clear_is_refused(wrong):
    with pytest.raises(ValidationError):
        Spread.model_validate(wrong)


def test_the_schema_knows_both_forms():
    fixed, spread = SECONDS.json_schema()["anyOf"]
    assert fixed["type"] == "string"
    assert spread["properties"].keys() == {"between", "normal", "one_of"}
