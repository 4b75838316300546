"""What is understood of an answer, and when all questions are answered."""

import pytest

from telnyx_emulator.core.activities.form import Form, value_of


@pytest.mark.parametrize(
    ("words", "schema", "value"),
    [
        ("In Paris", {"type": "string"}, "In Paris"),
        ("In Paris", {}, "In Paris"),
        ("I am 42 years old", {"type": "integer"}, 42),
        ("It is 3,5 degrees", {"type": "number"}, 3.5),
        ("minus -4", {"type": "number"}, -4),
        ("I won't tell", {"type": "integer"}, None),
        ("Yes, please", {"type": "boolean"}, True),
        ("no thanks", {"type": "boolean"}, False),
        ("maybe", {"type": "boolean"}, None),
        ("apples, pears and plums", {"type": "array"}, ["apples", "pears", "plums"]),
        ("2, 3 and four", {"type": "array", "items": {"type": "integer"}}, [2, 3]),
        ("none", {"type": "array", "items": {"type": "integer"}}, None),
        ("The large one", {"enum": ["small", "Large"]}, "Large"),
        ("the second", {"enum": [1, 2]}, None),
    ],
)
def test_words_become_the_value_of_a_type(words, schema, value):
    assert value_of(words, schema) == value


def test_required_properties_come_first_and_suffice():
    form = Form({"properties": {"name": {}, "age": {"type": "integer"}}, "required": ["age"]})
    assert not form.complete
    assert not form.take("somebody")
    assert form.take("I am 42")
    assert (form.complete, form.values) == (True, {"age": 42})


def test_without_required_properties_one_value_suffices():
    form = Form({"properties": {"name": {}, "age": {"type": "integer"}}})
    assert not form.complete
    form.take("Jane")
    assert (form.complete, form.values) == (True, {"name": "Jane"})


@pytest.mark.parametrize("schema", [{}, {"properties": "bar", "required": "bar"}, {"required": ["nowhere"]}])
def test_nothing_to_ask_is_answered_at_once(schema):
    assert Form(schema).complete


def test_a_property_that_is_no_schema_takes_any_words():
    form = Form({"properties": {"name": True}})
    form.take("Jane")
    assert form.values == {"name": "Jane"}
