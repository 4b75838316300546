"""The one grammar for "does this look like that": scenarios, faults and tests all use it.

A bare value stands for equality; a map of operators (`in`, `regex`, `contains`, `exists`, `gt`, `gte`, `lt`,
`lte`, `not`, `base64`) for what they say; any other map for a subset, at any depth.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Pattern = Any
"""JSON; see the module."""


class Missing:
    """What is found where nothing is."""

    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which something is not as wanted; `path` is dotted."""

    path: str
    wanted: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.path}: {shown(self.found)}, wanted {shown(self.wanted)}"


def matches(pattern: Pattern, value: Any) -> bool:
    return next(differences(pattern, value), None) is None


def differences(pattern: Pattern, value: Any, path: str = "") -> Iterator[Difference]:
    """Everything that keeps `value` from matching; nothing when it matches."""
    if isinstance(pattern, dict) and pattern and pattern.keys() <= OPERATORS.keys():
        if not all(OPERATORS[name](operand, value) for name, operand in pattern.items()):
            yield Difference(path, pattern, _opened(pattern, value))
    elif isinstance(pattern, dict):
        for key, wanted in pattern.items():
            found = value.get(key, MISSING) if isinstance(value, Mapping) else MISSING
            yield from differences(wanted, found, f"{path}.{key}" if path else key)
    elif not same(pattern, value):
        yield Difference(path, pattern, value)


def same(one: Any, other: Any) -> bool:
    """Equality as in JSON: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def check(pattern: Pattern) -> Pattern:
    """The pattern itself; ValueError with advice if it cannot mean anything."""
    if not isinstance(pattern, dict):
        return pattern
    operators = pattern.keys() & OPERATORS.keys()
    if not operators:
        for inner in pattern.values():
            _no_typing_error(inner)
            check(inner)
        return pattern
    if others := sorted(map(str, pattern.keys() - operators)):
        raise ValueError(f"operators and keys cannot be mixed: {', '.join(sorted(operators))} with {', '.join(others)}")
    for name, operand in pattern.items():
        _check_operand(name, operand)
    return pattern


def shown(value: Any) -> str:
    """Short enough for one line."""
    if isinstance(value, Missing):
        return repr(value)
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 100 else f"{text[:99]}…"


def decoded(value: Any) -> Any:
    """What is inside base64: JSON if it is that, else text; MISSING if it is no base64."""
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, TypeError, ValueError):
        return MISSING
    try:
        return json.loads(text)
    except ValueError:
        return text


# -- operators ---------------------------------------------------------------------------------------------------


def _contains(operand: Any, value: Any) -> bool:
    if isinstance(value, str):
        return isinstance(operand, str) and operand in value
    if isinstance(value, list | tuple):
        return any(matches(operand, one) for one in value)
    return isinstance(value, Mapping) and isinstance(operand, str) and operand in value


def _compared(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def operator(operand: Any, value: Any) -> bool:
        return _comparable(operand, value) and compare(value, operand)

    return operator


def _comparable(operand: Any, value: Any) -> bool:
    if isinstance(operand, str):
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)


OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "in": lambda operand, value: any(same(one, value) for one in operand),
    "regex": lambda operand, value: isinstance(value, str) and re.search(operand, value) is not None,
    "contains": _contains,
    "exists": lambda operand, value: (value is not MISSING and value is not None) is operand,
    "gt": _compared(lambda value, operand: bool(value > operand)),
    "gte": _compared(lambda value, operand: bool(value >= operand)),
    "lt": _compared(lambda value, operand: bool(value < operand)),
    "lte": _compared(lambda value, operand: bool(value <= operand)),
    "not": lambda operand, value: not matches(operand, value),
    "base64": lambda operand, value: matches(operand, decoded(value)),
}


def _check_operand(name: str, operand: Any) -> None:
    if name == "in" and not isinstance(operand, list | tuple):
        raise ValueError("in: needs a list of values")
    if name == "regex":
        try:
            re.compile(operand)
        except (re.error, TypeError) as error:
            raise ValueError(f"regex: {operand!r} is no regular expression ({error})") from None
    if name == "exists" and not isinstance(operand, bool):
        raise ValueError("exists: true or false")
    if name in ("gt", "gte", "lt", "lte") and (isinstance(operand, bool) or not isinstance(operand, int | float | str)):
        raise ValueError(f"{name}: needs a number, or a text")
    if name in ("not", "base64", "contains"):
        check(operand)


def _no_typing_error(inner: Any) -> None:
    """`digits: {regx: …}` would quietly mean a subset that never matches."""
    if isinstance(inner, dict) and len(inner) == 1:
        ((key, operand),) = inner.items()
        near = difflib.get_close_matches(str(key), OPERATORS, 1, 0.75)
        if near and key not in OPERATORS and not isinstance(operand, dict):
            raise ValueError(f"{key!r} is no operator, did you mean {near[0]!r}?")


def _opened(pattern: dict[str, Any], value: Any) -> Any:
    return decoded(value) if "base64" in pattern else value


# -- for tests in Python -------------------------------------------------------------------------------------------


def contains(part: Any) -> Pattern:
    """A text that has this part, a list that has this element, or a map that has this key."""
    return {"contains": part}


def regex(expression: str) -> Pattern:
    """A text in which the expression is found."""
    return {"regex": expression}


def one_of(*values: Any) -> Pattern:
    return {"in": list(values)}


def exists(there: bool = True) -> Pattern:
    """Any value but null; `exists(False)`: none at all, or null."""
    return {"exists": there}


def greater_than(limit: float) -> Pattern:
    return {"gt": limit}


def less_than(limit: float) -> Pattern:
    return {"lt": limit}


def not_(pattern: Pattern) -> Pattern:
    return {"not": pattern}


def base64_of(pattern: Pattern) -> Pattern:
    """Looks into base64, such as `client_state`: JSON if it is that, else text."""
    return {"base64": pattern}
