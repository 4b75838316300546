"""The facts themselves: how they are made, and what they are printed as."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distil import TEXTS, distil, fingerprint, schema, written
from openapi import FACTS, openapi
from openapi_spec_validator import OpenAPIV31SpecValidator

PRINTED = openapi(FACTS)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from [name, *strings(part)]
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


@pytest.mark.slow
def test_what_is_printed_is_a_valid_openapi_document():
    assert [fault.message for fault in OpenAPIV31SpecValidator(PRINTED).iter_errors()] == []


def test_what_is_printed_has_every_operation_and_webhook():
    assert sum(len(operations) for operations in PRINTED["paths"].values()) == 110
    assert len(PRINTED["webhooks"]) == 55


def test_the_facts_have_no_sentences():
    assert [text for text in strings(FACTS) if len(text.split()) > 4] == [
        "Failed to authorize with storage using custom credentials"  # a value of an enum
    ]


def test_what_is_printed_comes_to_the_same_facts():
    again = distil(with_what_the_vendor_says(PRINTED), {})
    assert {**again, "errors": FACTS["errors"], "refusals": FACTS["refusals"]} == FACTS


def with_what_the_vendor_says(document: dict[str, Any]) -> dict[str, Any]:
    """Texts where the vendor has some."""
    changed: dict[str, Any] = json.loads(json.dumps(document))
    for operations in changed["paths"].values():
        for operation in operations.values():
            listed = "\n".join(f"- `{name}`" for name in operation["x-expected-webhooks"])
            operation |= {"summary": "Do it", "description": f"Does it.\n\n**Expected Webhooks:**\n{listed}"}
    for full in changed["components"]["schemas"].values():
        full |= {"title": "A thing", "description": "It is one.", "example": 1}
    return changed


def test_the_fixture_is_in_the_form_in_which_it_is_written():
    assert Path(__file__).with_name("facts.json").read_text() == written(FACTS)


@pytest.mark.parametrize(
    ("full", "kept"),
    [
        ({"type": "string", "description": "A name."}, {"type": "string"}),
        ({"properties": {"title": {"title": "Title", "maxLength": 9}}}, {"properties": {"title": {"maxLength": 9}}}),
        ({"items": {"example": 1, "enum": [1]}}, {"items": {"enum": [1]}}),
        ({"additionalProperties": {"example": 1}}, {"additionalProperties": {}}),
        ({"additionalProperties": False}, {"additionalProperties": False}),
        ({"oneOf": [{"title": "One", "type": "null"}]}, {"oneOf": [{"type": "null"}]}),
        ({"type": "string", "default": "SIP INFO"}, {"type": "string", "default": "SIP INFO"}),
        ({"type": "string", "default": "This hangs up."}, {"type": "string"}),
        ({"type": "string", "default": None}, {"type": "string"}),
        ({"type": ["string", "null"], "default": None}, {"type": ["string", "null"], "default": None}),
    ],
)
def test_a_schema_keeps_facts_only(full: dict[str, Any], kept: dict[str, Any]):
    assert schema(full) == kept


def test_a_keyword_that_is_not_known_is_an_error():
    assert "multipleOf" not in TEXTS
    with pytest.raises(ValueError, match="'multipleOf'"):
        schema({"items": {"multipleOf": 2}})


def test_a_refusal_becomes_a_fingerprint():
    example = {"errors": [{"code": "1"}]}
    shared = {"Gone": {"content": {"application/json": {"schema": {}, "examples": {"ended": {"value": example}}}}}}
    document = {**PRINTED, "components": {**PRINTED["components"], "responses": shared}}
    assert distil(document, {})["refusals"] == {"Gone": {"ended": fingerprint(example)}}


def test_an_error_becomes_fingerprints():
    made = distil(PRINTED, {"1": {"title": "Gone", "detail": "It is gone."}})["errors"]
    assert made == {"1": {"title": fingerprint("Gone"), "detail": fingerprint("It is gone.")}}
