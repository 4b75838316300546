"""Questions to the facts of the vendor's contract, in their form as an OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from openapi import Facts, openapi

Schema = dict[str, Any]

FORMATS = FormatChecker(["uuid"])
"""Formats that are checked; `uri` is not, for relative ones count as well."""


@FORMATS.checks("date-time", ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class Document:
    def __init__(self, facts: Facts) -> None:
        self._facts, self._root = facts, openapi(facts)
        self._webhooks = {name: body for body in self._bodies() for name in self._event_types(body)}

    def resolve(self, schema: Schema) -> Schema:
        """What a schema stands for, through all references."""
        while "$ref" in schema:
            target: Any = self._root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            schema = target
        return schema

    def properties(self, schema: Schema) -> dict[str, Schema]:
        found = self.resolve(schema).get("properties", {})
        return {name: self.resolve(part) for name, part in found.items()}

    def has(self, method: str, path: str) -> bool:
        return method.lower() in self._root["paths"].get(path, {})

    def request(self, method: str, path: str) -> Schema:
        """The schema of an operation's body."""
        return self.resolve(_json(self.resolve(self._operation(method, path)["requestBody"])))

    def expected_webhooks(self, method: str, path: str) -> set[str]:
        """What an operation says that it causes."""
        return set(self._operation(method, path)["x-expected-webhooks"])

    def has_webhook(self, event_type: str) -> bool:
        return event_type in self._webhooks

    def payload(self, event_type: str) -> dict[str, Schema]:
        """The properties of a webhook's payload."""
        data = self.properties(self._webhooks[event_type])["data"]
        return self.properties(self.properties(data)["payload"])

    def webhook_faults(self, event_type: str, body: Any) -> list[str]:
        return self._faults(self._webhooks[event_type], body)

    def answer_faults(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer."""
        responses = self._operation(method, path)["responses"]
        response = responses.get(str(status), responses.get("default"))
        return self._faults(_json(self.resolve(response)), body)

    def refusal(self, answer: str, name: str) -> str:
        """The fingerprint of a body among the answers that many operations share."""
        fingerprint: str = self._facts["refusals"][answer][name]
        return fingerprint

    def _operation(self, method: str, path: str) -> Schema:
        operation: Schema = self._root["paths"][path][method.lower()]
        return operation

    def _bodies(self) -> list[Schema]:
        return [self.resolve(_json(webhook["post"]["requestBody"])) for webhook in self._root["webhooks"].values()]

    def _event_types(self, body: Schema) -> list[str]:
        properties = self.properties(body)
        data = self.properties(properties["data"]) if "data" in properties else properties
        return list(data["event_type"].get("enum", ()))

    def _faults(self, schema: Schema, instance: Any) -> list[str]:
        validator = Draft202012Validator({"components": self._root["components"]} | schema, format_checker=FORMATS)
        return [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(instance)]


def _json(content: Schema) -> Schema:
    schema: Schema = content["content"]["application/json"]["schema"]
    return schema
