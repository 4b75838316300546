"""Lengths of time as people write them, fixed or drawn by lot."""

from __future__ import annotations

import re
from random import Random
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
WRITTEN: Final = r"^\d+(\.\d+)?(ms|s|m|h)$"


def seconds_of(text: Any) -> float:
    """Seconds of `800ms`, `20s`, `2m`, `1h`. A bare number is refused: of what unit would it be?"""
    if isinstance(text, int | float):
        raise ValueError(f"a duration needs a unit: {text}s, {text}ms, {text}m or {text}h")
    match = re.match(WRITTEN, text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is no duration; write 800ms, 20s, 2m or 1h")
    return float(text[: match.start(2)]) * UNITS[match[2]]


def written(seconds: float) -> str:
    """The shortest way to write a duration."""
    if seconds < 1 and round(seconds * 1000, 6) == (millis := round(seconds * 1000)):
        return f"{millis}ms" if millis else "0s"
    for unit in ("h", "m"):
        if seconds and seconds % UNITS[unit] == 0:
            return f"{int(seconds / UNITS[unit])}{unit}"
    return f"{seconds:g}s"


Duration = Annotated[
    float,
    BeforeValidator(seconds_of),
    PlainSerializer(written),
    WithJsonSchema({"type": "string", "pattern": WRITTEN, "examples": ["800ms", "20s", "2m", "1h"]}),
]
"""Virtual seconds, written with a unit."""


class Spread(BaseModel):
    """A duration by lot, from the random numbers of its world: the same seed draws the same ones.

    Exactly one of: `between` [least, most], evenly; `normal` [mean, deviation], never below zero; `one_of`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    between: tuple[Duration, Duration] | None = None
    normal: tuple[Duration, Duration] | None = None
    one_of: tuple[Duration, ...] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Spread:
        if len(self.model_fields_set) != 1:
            raise ValueError("give exactly one of between, normal and one_of")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError("between begins with the shorter one")
        return self

    def draw(self, random: Random) -> float:
        if self.between is not None:
            return random.uniform(*self.between)
        if self.normal is not None:
            return max(0.0, random.gauss(*self.normal))
        return random.choice(self.one_of or (0.0,))


def _fixed_or_spread(value: Any) -> Any:
    return value if isinstance(value, dict | Spread) else seconds_of(value)


def _written(value: float | Spread) -> Any:
    return value.model_dump(exclude_unset=True) if isinstance(value, Spread) else written(value)


Seconds = Annotated[
    float | Spread,
    BeforeValidator(_fixed_or_spread),
    PlainSerializer(_written),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": WRITTEN, "examples": ["800ms", "20s", "2m", "1h"]},
                Spread.model_json_schema(),
            ]
        }
    ),
]
"""A duration, or one that is drawn each time it is needed."""


def draw(value: float | Spread, random: Random) -> float:
    """Virtual seconds, whether fixed or by lot."""
    return value.draw(random) if isinstance(value, Spread) else value
