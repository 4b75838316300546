"""The tables of fields: parameters of commands and resources, the objects inside them, and webhooks' own fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

from pydantic import BaseModel

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.base import Parameters, marks
from telnyx_emulator.commands.explained import explained
from telnyx_emulator.commands.types import Later, NestedParameters
from telnyx_emulator.core.events import Event
from telnyx_emulator.http.admin.world import command_rows
from telnyx_emulator.http.resources import ROUTES
from telnyx_emulator.http.resources.crud import Resource
from telnyx_emulator.http.routes import Route

Schema = dict[str, Any]
MOST_WORDS = 12
"""Longer lists of words are left to the error message that names them."""


def parameters() -> str:
    """A section for each command."""
    rows = sorted(command_rows(), key=lambda row: str(row["name"]))
    return "\n".join(
        f"### {row['name']}\n\n`{row['method']} {row['path']}`: {row['about']}\n\n{_table(kind)}{_example(kind)}"
        for row, kind in ((row, Command.names[row["name"]]) for row in rows)
    )


def common() -> str:
    """What every command takes."""
    return _table(Command)


def resources() -> str:
    """A section for each request that takes a body."""
    return "\n".join(f"### `{route.method} {route.path}`\n\n{_table(body)}" for route, body in _bodies())


def objects() -> str:
    """A section for each object inside the others."""
    outer = [*Command.names.values(), *(body for _, body in _bodies())]
    inner = {name: model for one in outer for name, model in _inside(one).items()}
    return "\n".join(f"### {name}\n\n{_about(inner[name])}{_table(inner[name])}" for name in sorted(inner))


def events() -> str:
    """A section for each webhook that has fields of its own."""
    known = [(name, event) for name, event in sorted(Event.registry.items()) if event.model_fields]
    return "\n".join(
        f"### {name}\n\n{_about(event)}{_table(event, always='always', otherwise='at times')}" for name, event in known
    )


def _bodies() -> Iterator[tuple[Route, type[Parameters]]]:
    for route in ROUTES:
        resource = getattr(route.endpoint, "__self__", None)
        body: type[Parameters] | None
        if isinstance(resource, Resource) and route.method in ("POST", resource.update_by):
            body = resource.body if route.method == "POST" else resource.update
        else:
            body = _body_of(route.endpoint)
        if body is not None:
            yield route, body


def _body_of(endpoint: Any) -> type[Parameters] | None:
    """The model that a function names, if it is none of a resource's own."""
    code, known = getattr(endpoint, "__code__", None), getattr(endpoint, "__globals__", {})
    named = (known.get(name) for name in code.co_names) if code is not None else ()
    return next((one for one in named if isinstance(one, type) and issubclass(one, Parameters)), None)


def _inside(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The models inside a model, by name, however deep."""
    names = model.model_json_schema().get("$defs", {})
    known = {kind.__name__: kind for kind in _below(NestedParameters)}
    return {name: known[name] for name in names if name in known}


def _below(kind: type[NestedParameters]) -> Iterator[type[NestedParameters]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _about(model: type[BaseModel]) -> str:
    """The text of a model as a paragraph."""
    return f"{cleandoc(model.__doc__)}\n\n" if model.__doc__ else ""


def _table(model: type[BaseModel], always: str = "required", otherwise: str = "") -> str:
    """The fields of a model; those of all commands stand in a table of their own."""
    texts, schema, common = explained(model), model.model_json_schema(), model in Command.names.values()
    later = {name for name, notes in _marks(model).items() if any(isinstance(note, Later) for note in notes)}
    lines = [f"| field | value | {'given' if otherwise else 'default'} | what it is for |", "| --- | --- | --- | --- |"]
    for name, field in model.model_fields.items():
        if name in Command.model_fields and common and not field.is_required():
            continue
        wire = field.alias or name
        given = always if field.is_required() else otherwise or _default(schema["properties"][wire])
        about = texts[name] + (" Not yet acting." if name in later else "")
        lines.append(f"| `{wire}` | {_value(schema['properties'][wire])} |{f' {given}' if given else ''} | {about} |")
    return "\n".join(lines) + "\n" if len(lines) > 2 else "No parameters of its own.\n"


def _example(kind: type[Command]) -> str:
    return f"\nFor example: `{json.dumps(kind.example)}`\n" if kind.example else ""


def _marks(model: type[BaseModel]) -> dict[str, tuple[object, ...]]:
    return dict(marks(model)) if issubclass(model, Parameters) else {}


def _default(schema: Schema) -> str:
    value = schema.get("default")
    return "" if value is None or value == [] or isinstance(value, dict) else f"`{json.dumps(value)}`"


def _value(schema: Schema) -> str:
    """What a value may be, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        words = dict.fromkeys(_value(one) for one in schema["anyOf"] if one != {"type": "null"})
        return " or ".join(words)
    words = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if words:
        return ", ".join(f"`{word}`" for word in words[:MOST_WORDS]) + (", …" if len(words) > MOST_WORDS else "")
    kind = {"string": "text", "boolean": "true or false", "array": "list"}.get(schema.get("type", "any"))
    if kind == "list":
        return f"list of {_value(schema.get('items', {}))}"
    return f"{kind or schema.get('type', 'any')}{_limits(schema)}"


def _limits(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None or high is not None:
        return f", {low} to {high}" if None not in (low, high) else f", from {low}" if high is None else f", to {high}"
    return f", at most {schema['maxLength']} characters" if "maxLength" in schema else ""
