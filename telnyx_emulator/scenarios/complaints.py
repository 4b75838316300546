"""What the models find wrong, in words for the author of the file: the line, what is wrong, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError

from .fault import WrongOutcome
from .model import ScenarioModel
from .names import advice
from .node import REPORTED, SourceNode
from .parameters import SETTING
from .problems import Mistake, Place

Way = tuple[str | int, ...]

MEANT: Final = {
    "on": "when",
    "trigger": "when",
    "then": "do",
    "action": "do",
    "event": "webhook",
    "far-end": "far_end",
    "number": "to",
    "name": "scenario",
    "steps": "timeline",
    "description": "about",
    "hang_up": "hangup",
    "seconds": "after",
    "delay": "after",
}
"""Words that people write for a key that has another name."""

NEEDED: Final = {
    "scenario": 'no name; add "scenario: a-name"',
    "when": 'no "when"; say what triggers it, such as when: { command: refer }',
    "do": 'no "do"; say what goes wrong, such as do: { outcome: { sip: 603 } }',
}


def complaints(
    error: ValidationError, document: SourceNode, model: type[BaseModel] = ScenarioModel
) -> Iterator[Mistake]:
    """Each error once, at its line; what follows from other errors only is left out."""
    for one in error.errors(include_url=False):
        yield from _complaint(one, document, model)


def _complaint(one: Mapping[str, Any], document: SourceNode, model: type[BaseModel]) -> Iterator[Mistake]:
    cause = one.get("ctx", {}).get("error")
    node, gone = document.find((*one["loc"], *getattr(cause, "way", ())))
    if isinstance(cause, WrongOutcome):
        yield from complaints(cause.error, node.get("outcome") or node, cause.model)
    elif node.origin != REPORTED and not _follows(one, node):
        origin = f" (from {node.origin})" if node.origin else ""
        yield Mistake(_place(one, node, document, gone), _message(one, node, gone, model) + origin)


def _follows(one: Mapping[str, Any], node: SourceNode) -> bool:
    """A list lacks items because they are wrong; that has been said."""
    return one["type"] == "too_short" and bool(node.items())


def _place(one: Mapping[str, Any], node: SourceNode, document: SourceNode, gone: Way) -> Place:
    if one["type"] == "extra_forbidden" and gone:
        parent, _ = document.find(gone[:-1])
        return parent.place_of(str(gone[-1]))
    return node.place


def _message(one: Mapping[str, Any], node: SourceNode, gone: Way, model: type[BaseModel]) -> str:
    kind, key = str(one["type"]), one["loc"][-1] if one["loc"] else ""
    if kind == "extra_forbidden":
        return _unknown_key(str(key), keys_at(model, tuple(one["loc"][:-1])))
    if kind == "missing":
        return _missing(key)
    if kind == "value_error":
        return str(one["ctx"]["error"])
    if kind == "literal_error":
        return _no_choice(node, str(one["ctx"]["expected"]))
    if kind == "string_pattern_mismatch":
        return f"{_shown(node)} does not fit; wanted is {SHAPES.get(gone[-1:], one['ctx']['pattern'])}"
    if kind in ("too_short", "string_too_short"):
        return "this is empty; give at least one " + ("character" if kind == "string_too_short" else "item")
    if kind in WANTED:
        return _wanted(WANTED[kind], node)
    return f"{one['msg'].replace('Input should', 'must')}, found {_shown(node)}"


SHAPES: Final[dict[Way, str]] = {
    ("scenario",): 'a name of small letters, digits, "-", "_" and ".", such as refer-declined',
    ("path",): 'a path that begins with "/"',
    ("code",): 'a code of the vendor, such as "90018" or "D38"',
}

ALTERNATIVES: Final = {"Expectation", "InOrder"}
"""What an item of `expect` can be, as validators call it."""

LIST = "a list, each item after a dash, or all in [ … ]"
MAP = "a map, such as { key: value }"
WANTED: Final = {
    "bool_type": "true or false, without quotes",
    "bool_parsing": "true or false",
    "int_type": "a whole number, without quotes",
    **dict.fromkeys(("int_parsing", "int_from_float"), "a whole number"),
    "float_type": "a number, without quotes",
    "float_parsing": "a number",
    **dict.fromkeys(("tuple_type", "list_type"), LIST),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), MAP),
    "string_type": "a text",
}


def _wanted(what: str, node: SourceNode) -> str:
    if what == MAP and node.value is None:
        return f"nothing is given; wanted is {MAP}, or {{}}"
    if what == WANTED["string_type"] and node.raw is not None and node.value is not None:
        kind = "a truth value" if isinstance(node.value, bool) else "a number"
        return f'{node.raw} is read as {kind}; quote it: "{node.raw}"'
    return f"wanted is {what}; found {_shown(node)}"


def _missing(key: str | int) -> str:
    if isinstance(key, int):
        return f"too short; {key + 1} values are needed"
    return NEEDED.get(key) or f'no "{key}", which it needs'


def _no_choice(node: SourceNode, expected: str) -> str:
    choices = expected.replace("'", "").replace(" or ", ", ").split(", ")
    near = advice(str(node.value), choices) if isinstance(node.value, str) else ""
    return f"{_shown(node)} is none of {', '.join(choices)}{near if 'mean' in near else ''}"


def _unknown_key(key: str, keys: tuple[str, ...]) -> str:
    meant = MEANT.get(key)
    wording = f', did you mean "{meant}"?' if meant in keys else advice(key, keys)
    return f'unknown key "{key}"{wording}'


def _shown(node: SourceNode) -> str:
    if isinstance(node.value, dict):
        return "a map"
    if isinstance(node.value, list):
        return "a list"
    return "nothing" if node.value is None else json.dumps(node.value, ensure_ascii=False)


# -- what keys there could be --------------------------------------------------------------------------------------


def keys_at(model: type[BaseModel], way: Way) -> tuple[str, ...]:
    """The keys that a model knows at the end of a way, in all alternatives that lead there."""
    found: list[str] = []
    for one in _models_at(model, way):
        found += [key for key in keys_of(one) if key not in found]
    return (*found, *SETTING) if not way and model is ScenarioModel else tuple(found)


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a model, as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_at(annotation: Any, way: Way) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not way:
            return [annotation]
        fields = {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
        if way[0] in fields:
            return _models_at(fields[way[0]], way[1:])
        # A step that is no field names the alternative that was taken.
        return [] if way[0] in ALTERNATIVES - {annotation.__name__} else _models_at(annotation, way[1:])
    return [found for inner, rest in _below(annotation, way) for found in _models_at(inner, rest)]


def _below(annotation: Any, way: Way) -> Iterator[tuple[Any, Way]]:
    """One step into a list, a map or the alternatives of a union."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (tuple, list) and way:
        rest = way if isinstance(way[0], str) else way[1:]
        yield arguments[0], rest
    elif isinstance(origin, type) and issubclass(origin, Mapping) and way:
        yield arguments[1], way[1:]
    elif origin is not None:
        for one in arguments:
            yield one, way
