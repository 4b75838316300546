"""The grammar of patterns: equality, operators, subsets, and what is inside base64."""

import base64
import json

import pytest

from telnyx_emulator.matching import (
    base64_of,
    check,
    contains,
    differences,
    exists,
    greater_than,
    less_than,
    matches,
    not_,
    one_of,
    regex,
)

PAYLOAD = {
    "digits": "12",
    "from": "+1555",
    "sip": 603,
    "held": True,
    "parties": [{"id": "a"}, {"id": "b"}],
    "none": None,
}


def encoded(value):
    return base64.b64encode(value.encode() if isinstance(value, str) else json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ({"digits": "12", "sip": 603}, PAYLOAD),
        ({"digits": one_of("1", "12")}, PAYLOAD),
        ({"digits": regex("^1")}, PAYLOAD),
        ({"from": contains("555")}, PAYLOAD),
        ({"parties": contains({"id": "b"})}, PAYLOAD),
        ({"nothing": exists(False), "none": exists(False), "held": exists()}, PAYLOAD),
        ({"sip": {"gt": 602, "lte": 603}}, PAYLOAD),
        ({"sip": greater_than(1)}, PAYLOAD),
        ({"digits": {"lt": "2"}}, PAYLOAD),
        ({"digits": not_(contains("3"))}, PAYLOAD),
        ({"state": base64_of({"step": 1})}, {"state": encoded({"step": 1, "more": 2})}),
        ({"state": base64_of("plain")}, {"state": encoded("plain")}),
        ({}, PAYLOAD),
        (contains("key"), {"key": 1}),
    ],
)
def test_what_fits_matches(pattern, value):
    assert matches(check(pattern), value)


@pytest.mark.parametrize(
    ("pattern", "value", "told"),
    [
        ({"digits": "1"}, PAYLOAD, 'digits: "12", wanted "1"'),
        ({"sip": True}, PAYLOAD, "sip: 603, wanted true"),
        ({"held": 1}, PAYLOAD, "held: true, wanted 1"),
        ({"other": "x"}, PAYLOAD, 'other: nothing, wanted "x"'),
        ({"sip": less_than(600)}, PAYLOAD, 'sip: 603, wanted {"lt": 600}'),
        ({"digits": greater_than(1)}, PAYLOAD, 'digits: "12", wanted {"gt": 1}'),
        ({"deep": {"er": 1}}, {"deep": {"er": 2}}, "deep.er: 2, wanted 1"),
        ({"deep": {"er": 1}}, {"deep": "flat"}, "deep.er: nothing, wanted 1"),
        ({"state": base64_of({"a": 1})}, {"state": encoded({"a": 2})}, 'state: {"a": 2}, wanted {"base64": {"a": 1}}'),
        ({"state": base64_of("x")}, {"state": "?"}, 'state: nothing, wanted {"base64": "x"}'),
        (contains({"a": 1}), {"b": 1}, ': {"b": 1}, wanted {"contains": {"a": 1}}'),
        ({"sip": contains("6")}, PAYLOAD, 'sip: 603, wanted {"contains": "6"}'),
    ],
)
def test_what_does_not_fit_says_where_and_how(pattern, value, told):
    assert [str(one) for one in differences(pattern, value)] == [told]


def test_every_difference_is_told():
    assert len(list(differences({"digits": "9", "sip": 200, "held": True}, PAYLOAD))) == 2


def test_long_values_are_cut():
    [one] = differences({"text": "short"}, {"text": "x" * 500})
    assert len(str(one)) < 150


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        ({"digits": {"regx": "1"}}, "did you mean 'regex'"),
        ({"in": "12"}, "needs a list"),
        ({"regex": "("}, "no regular expression"),
        ({"exists": "yes"}, "true or false"),
        ({"gt": [1]}, "needs a number"),
        ({"gt": True}, "needs a number"),
        ({"gt": 1, "digits": "1"}, "cannot be mixed"),
        ({"not": {"in": 1}}, "needs a list"),
        ({"deep": {"er": {"regex": "["}}}, "no regular expression"),
    ],
)
def test_a_pattern_that_can_mean_nothing_is_refused_with_advice(pattern, advice):
    with pytest.raises(ValueError, match=advice):
        check(pattern)


def test_names_of_fields_that_look_like_operators_are_let_through():
    pattern = {"note": "x", "index": 1, "config": {"note": "x", "contain": {"id": "y"}}}
    assert check(pattern) is pattern
