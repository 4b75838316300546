"""What is written in Python as people write it there, in the form in which it travels: durations, names, legs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Protocol

Seconds = float | timedelta | str
"""A length of time: a number of seconds, a timedelta, or text with a unit such as `800ms`."""

DURATIONS: Final = frozenset(
    {
        "after",
        "at",
        "delay",
        "dead_air",
        "drops_after",
        "ends_after",
        "every",
        "hangs_up_after",
        "jitter",
        "latency",
        "patience",
        "retry_after",
        "stops_after",
        "timeout_after",
        "within",
    }
)
"""Fields of scenarios whose numbers are seconds. On the wire a duration has its unit."""

UNTIMED: Final = frozenset({"where", "meta", "attempt", "status", "params", "matrix", "json", "headers"})
"""Fields of scenarios in which anything may be called so: numbers in them are numbers."""


class Identified(Protocol):
    """Anything that knows its call_control_id: a Leg, an AsyncLeg."""

    @property
    def id(self) -> str: ...


LegName = str | Identified
"""A leg itself, its call_control_id, or its name in a scenario."""


def seconds(length: Seconds) -> float:
    """A length of time as a number. Raises ValueError for what is none."""
    if isinstance(length, timedelta):
        return length.total_seconds()
    try:
        if isinstance(length, bool):
            raise TypeError
        if not isinstance(length, str):
            return float(length)
        unit = next((unit for unit in ("ms", "s", "m", "h") if length.endswith(unit)), "")
        return float(length.removesuffix(unit)) * {"ms": 0.001, "m": 60.0, "h": 3600.0}.get(unit, 1.0)
    except (TypeError, ValueError):
        advice = "give a number of seconds, a timedelta, or a text such as '800ms', '20s', '5m' or '1h'"
        raise ValueError(f"{length!r} is no length of time: {advice}") from None


def written(length: Seconds) -> str:
    """A length of time with its unit: 0.8 becomes `800ms`. Raises ValueError for a negative one."""
    number = seconds(length)
    if isinstance(length, str):
        return length
    if not number >= 0:
        raise ValueError(f"{length!r} is no length of time")
    millis = round(number * 1000, 3)
    if 0 < millis < 1000 and millis == int(millis):
        return f"{int(millis)}ms"
    return f"{number:.6f}".rstrip("0").rstrip(".") + "s"


def with_units(given: Any, timed: bool = False) -> Any:
    """Maps and lists in which the numbers of fields that are durations have got their unit; patterns stay."""
    if isinstance(given, Mapping):
        return {
            name: value if name in UNTIMED else with_units(value, timed or name in DURATIONS)
            for name, value in given.items()
        }
    if isinstance(given, list | tuple):
        return [with_units(value, timed) for value in given]
    number = timed and isinstance(given, int | float) and not isinstance(given, bool)
    return written(given) if number or isinstance(given, timedelta) else given


def fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments by their names on the wire: `from_` is `from`."""
    return {name.rstrip("_"): value for name, value in given.items()}


def only_given(**parameters: Any) -> dict[str, Any]:
    """Those parameters that are not None, by their names on the wire."""
    return {name: value for name, value in fields(parameters).items() if value is not None}


def leg_id(leg: LegName | None) -> str | None:
    return leg if leg is None or isinstance(leg, str) else leg.id
