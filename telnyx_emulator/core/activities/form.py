"""What an AI shall find out: the properties of a JSON Schema, filled from what the far end says."""

from __future__ import annotations

import re
from typing import Any

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
YES = frozenset({"yes", "yeah", "yep", "sure", "true", "correct", "right", "ok", "okay"})
NO = frozenset({"no", "nope", "not", "false", "wrong", "never"})
SEPARATORS = re.compile(r"\s*(?:,|;|\band\b)\s*", re.IGNORECASE)


class Form:
    """The properties in the order in which they are asked for: the required ones first."""

    def __init__(self, schema: dict[str, Any]) -> None:
        properties, required = schema.get("properties"), schema.get("required")
        self._properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        listed = required if isinstance(required, list) else []
        self._required = [name for name in listed if name in self._properties]
        self.values: dict[str, Any] = {}

    @property
    def complete(self) -> bool:
        """Whether all that is required is there; if nothing is, one value is enough."""
        if self._required or not self._properties:
            return all(name in self.values for name in self._required)
        return bool(self.values)

    def take(self, words: str) -> bool:
        """Take what was said as the answer to the next open question; False if it does not fit its type."""
        names = [*self._required, *self._properties]
        name = next(name for name in names if name not in self.values)
        schema = self._properties[name]
        value = value_of(words, schema if isinstance(schema, dict) else {})
        if value is None:
            return False
        self.values[name] = value
        return True


def value_of(words: str, schema: dict[str, Any]) -> Any:
    """The value of a schema's type in some words, or None: there is none in them."""
    kind = schema.get("type", "string")
    if isinstance(allowed := schema.get("enum"), list):
        return next((one for one in allowed if str(one).lower() in words.lower()), None)
    if kind == "integer" or kind == "number":
        found = NUMBER.search(words)
        if found is None:
            return None
        number = float(found[0].replace(",", "."))
        return int(number) if kind == "integer" or number.is_integer() else number
    if kind == "boolean":
        spoken = [word for word in re.findall(r"[a-z]+", words.lower()) if word in YES | NO]
        return spoken[0] in YES if spoken else None
    if kind == "array":
        items = schema.get("items")
        parts = [part for part in SEPARATORS.split(words) if part]
        values = [value_of(part, items if isinstance(items, dict) else {}) for part in parts]
        return [value for value in values if value is not None] or None
    return words
