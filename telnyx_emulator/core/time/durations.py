"""Lengths of time as people write them, fixed or drawn by lot."""

from __future__ import annotations

import re
from decimal import Decimal
from random import Random
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

UNITS: Final = {"s": 1, "m": 60, "h": 3600}
LONGEST: Final = 30
MOST_SECS: Final = 366 * 86_400
WRITTEN: Final = r"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$"


def seconds_of(text: Any) -> float:
    """Seconds of `800ms`, `20s`, `2m`, `1h`. A bare number is refused: of what unit would it be?"""
    if isinstance(text, int | float):
        raise ValueError(f"a duration needs a unit: {text}s, {text}ms, {text}m or {text}h")
    match = re.fullmatch(WRITTEN, text) if isinstance(text, str) and len(text) <= LONGEST else None
    if match is None:
        raise ValueError(f"{text!r} is no duration; write 800ms, 20s, 2m or 1h")
    number = float(text[: match.start(2)])
    # Not times 0.001: 700ms are 0.7 s, and 700 * 0.001 is a little more.
    seconds = number / 1000 if match[2] == "ms" else number * UNITS[match[2]]
    if seconds > MOST_SECS:
        raise ValueError(f"{text} is longer than a year")
    return seconds


def written(seconds: float) -> str:
    """The shortest way to write a duration; what is read from it is the same to the last bit."""
    if 0 < seconds < 1 and (millis := round(seconds * 1000)) / 1000 == seconds:
        return f"{millis}ms"
    for unit in ("h", "m"):
        if seconds and seconds % UNITS[unit] == 0:
            return f"{int(seconds / UNITS[unit])}{unit}"
    whole = int(seconds) == seconds
    return f"{int(seconds)}s" if whole else f"{Decimal(repr(seconds)):f}s"


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

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    between: tuple[Duration, Duration] | None = None
    """The shortest and the longest duration; all between them are equally likely."""
    normal: tuple[Duration, Duration] | None = None
    """The mean and the standard deviation; never below zero."""
    one_of: tuple[Duration, ...] | None = Field(None, min_length=1)
    """Durations of which one is drawn."""

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
    if isinstance(value, dict):
        return Spread.model_validate(value)
    return value if isinstance(value, Spread) else seconds_of(value)


def _written(value: float | Spread) -> Any:
    return value.model_dump(exclude_unset=True) if isinstance(value, Spread) else written(value)


class _Schema:
    """The JSON Schema of `Seconds`, made when it is asked for."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        fixed = {"type": "string", "pattern": WRITTEN, "examples": ["800ms", "20s", "2m", "1h"]}
        return {"anyOf": [fixed, Spread.model_json_schema()]}


Seconds = Annotated[float | Spread, BeforeValidator(_fixed_or_spread), PlainSerializer(_written), _Schema()]
"""A duration, or one that is drawn each time it is needed."""


def draw(value: float | Spread, random: Random) -> float:
    """Virtual seconds, whether fixed or by lot."""
    return value.draw(random) if isinstance(value, Spread) else value
