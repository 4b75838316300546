"""The facts of the vendor's contract as an OpenAPI document without descriptions.

python -m tests.contract.openapi > voice.openapi.json
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Facts = dict[str, Any]

FACTS: Facts = json.loads(Path(__file__).with_name("facts.json").read_text())
"""What `distil.py` made of the vendor's documents."""


def openapi(facts: Facts) -> Facts:
    """An OpenAPI 3.1 document. Each description that the format requires is empty."""
    paths: dict[str, Facts] = {}
    for name, operation in facts["operations"].items():
        method, path = name.split(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Telnyx Voice API, facts only", "version": "2"},
        "servers": [{"url": "/v2"}],
        "paths": paths,
        "webhooks": {
            name: {"post": _webhook(list(facts["headers of webhooks"].values()), body)}
            for name, body in facts["webhooks"].items()
        },
        "components": {
            "parameters": facts["parameters"],
            "requestBodies": {name: _body(body) for name, body in facts["bodies"].items()},
            "responses": {name: _answer(answer) for name, answer in facts["answers"].items()},
            "schemas": facts["schemas"],
        },
    }


def _operation(facts: Facts) -> Facts:
    made = {
        "operationId": facts["id"],
        "parameters": [_reference("parameters", one) if isinstance(one, str) else one for one in facts["parameters"]],
        "responses": {status: _answer(answer) for status, answer in facts["answers"].items()},
        "x-expected-webhooks": facts["webhooks"],
    }
    return made | ({"requestBody": _body(facts["body"])} if "body" in facts else {})


def _webhook(headers: list[Facts], body: Facts) -> Facts:
    return {"parameters": headers, "requestBody": _body(body), "responses": {"200": _answer({})}}


def _body(facts: Facts | str) -> Facts:
    if isinstance(facts, str):
        return _reference("requestBodies", facts)
    return {"content": _content(facts["content"]), "required": facts["required"]}


def _answer(facts: Facts | str) -> Facts:
    if isinstance(facts, str):
        return _reference("responses", facts)
    return {"description": ""} | ({"content": _content(facts)} if facts else {})


def _content(facts: Facts) -> Facts:
    return {kind: {"schema": schema} for kind, schema in facts.items()}


def _reference(section: str, name: str) -> Facts:
    return {"$ref": f"#/components/{section}/{name}"}


if __name__ == "__main__":
    print(json.dumps(openapi(FACTS), indent=2))
