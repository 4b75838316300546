"""The vendor's documents, reduced to facts: names, types, limits, values, but none of their sentences.

    python tests/contract/distil.py telnyx-voice.openapi.json error-codes.json > facts.json

Texts that go over the wire (titles and details of errors) become fingerprints: enough to see that ours differ.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

PLAIN = {"$ref", "additionalProperties", "deprecated", "discriminator", "enum", "format", "pattern", "required", "type"}
PLAIN |= {"const", "maximum", "maxItems", "maxLength", "minimum", "minItems", "minLength", "x-format"}
"""Keywords of a schema that are kept as they are."""

TEXTS = {"default", "description", "example", "examples", "title", "x-sdk-deprecation-message"}
"""Keywords of a schema that are left out, a default only where it is none."""


def fingerprint(value: object) -> str:
    """Stands for a text, or for a JSON value, without repeating it."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def schema(full: Facts) -> Facts:
    """A schema without its texts. A keyword that is not known here is an error: it may be a new kind of fact."""
    kept: Facts = {}
    for keyword, value in full.items():
        if keyword == "properties":
            kept[keyword] = {name: schema(part) for name, part in value.items()}
        elif keyword in ("allOf", "anyOf", "oneOf"):
            kept[keyword] = [schema(part) for part in value]
        elif keyword in ("additionalProperties", "items") and isinstance(value, dict):
            kept[keyword] = schema(value)
        elif keyword in PLAIN or (keyword == "default" and _is_default(value, full.get("type", ()))):
            kept[keyword] = value
        elif keyword not in TEXTS:
            raise ValueError(f"{keyword!r} is neither a fact nor a text that is known")
    return kept


def _is_default(value: object, types: str | list[str]) -> bool:
    """Not a sentence, and not the null of what cannot be null: that says that there is no default."""
    sentence = isinstance(value, str) and " " in value and value.endswith(".")
    return not sentence and (value is not None or "null" in types)


def _named_or(made: Any, full: Facts) -> Any:
    """The name of a shared part, or what is made of one that stands where it is used."""
    return full["$ref"].rpartition("/")[2] if "$ref" in full else made(full)


def _parameter(full: Facts) -> Facts:
    return {name: full[name] for name in ("explode", "in", "name", "required", "style") if name in full} | {
        "schema": schema(full["schema"])
    }


def _content(full: Facts) -> Facts:
    return {kind: schema(media["schema"]) for kind, media in full.get("content", {}).items()}


def _body(full: Facts) -> Facts:
    return {"content": _content(full), "required": full.get("required", False)}


def _operation(full: Facts) -> Facts:
    _, _, listed = full.get("description", "").partition("Expected Webhooks")
    facts = {
        "answers": {status: _named_or(_content, answer) for status, answer in full["responses"].items()},
        "id": full["operationId"],
        "parameters": [_named_or(_parameter, one) for one in full.get("parameters", ())],
        "webhooks": sorted(set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", listed))),
    }
    return facts | ({"body": _named_or(_body, full["requestBody"])} if "requestBody" in full else {})


def _refusals(answer: Facts) -> dict[str, str]:
    """Fingerprints of the bodies that are named as examples of an answer."""
    examples = answer["content"].get("application/json", {}).get("examples", {})
    return {name: fingerprint(example["value"]) for name, example in examples.items()}


def distil(document: Facts, error_codes: Mapping[str, Mapping[str, str]]) -> Facts:
    """All facts, by section and name."""
    shared = document["components"]
    webhooks = {name: webhook["post"] for name, webhook in document["webhooks"].items()}
    (headers,) = {json.dumps([_parameter(one) for one in webhook["parameters"]]) for webhook in webhooks.values()}
    return {
        "answers": {name: _content(answer) for name, answer in shared["responses"].items()},
        "bodies": {name: _body(body) for name, body in shared["requestBodies"].items()},
        "errors": {
            code: {part: fingerprint(texts[part]) for part in ("title", "detail")}
            for code, texts in error_codes.items()
        },
        "headers of webhooks": {header["name"]: header for header in json.loads(headers)},
        "operations": {
            f"{method.upper()} {path}": _operation(operation)
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        },
        "parameters": {name: _parameter(parameter) for name, parameter in shared["parameters"].items()},
        "refusals": {name: _refusals(answer) for name, answer in shared["responses"].items() if _refusals(answer)},
        "schemas": {name: schema(full) for name, full in shared["schemas"].items()},
        "webhooks": {name: _body(webhook["requestBody"]) for name, webhook in webhooks.items()},
    }


def written(facts: Facts) -> str:
    """The facts as JSON, a line for each, so that a change of the contract reads well as a difference."""
    sections = []
    for title, section in sorted(facts.items()):
        lines = (f"{json.dumps(name)}: {json.dumps(fact, sort_keys=True)}" for name, fact in sorted(section.items()))
        sections.append(f"{json.dumps(title)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


if __name__ == "__main__":
    print(written(distil(*(json.loads(Path(path).read_text()) for path in sys.argv[1:]))), end="")
