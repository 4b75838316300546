"""The wire form of a journal, made from the classes of its entries: a JSON schema, and rows for people."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from . import LINE, SPREAD, TYPES, VERSION, Entry, EventPublished

TEXT = {"type": ["string", "null"]}
OF_ALL: dict[str, Any] = {
    "seq": {"type": "integer", "description": "its number, counted up from 1"},
    "at": {"type": "number", "description": "virtual seconds since the world began"},
    "kind": {"description": "what sort of thing happened"},
    "type": {"description": "exactly which one; it decides which further fields there are"},
    "name": {"type": "string", "description": "of the command, event, act, warning or rule"},
    "session": TEXT | {"description": "the `call_session_id`"},
    "leg": TEXT | {"description": "the `call_leg_id`"},
    "call_control_id": TEXT | {"description": "of the leg; null: it is about no leg"},
    "leg_name": TEXT | {"description": "what the leg is called; `GET journal` only"},
}
"""What stands in every line."""


def schema() -> dict[str, Any]:
    """Of one line. Types differ in `type`; more of them, and more fields, may be added in the same version."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of the journal",
        "description": f"version {VERSION}",
        "oneOf": [_of(kind) for kind in TYPES.values()],
    }


def rows() -> list[tuple[str, str, list[str], str]]:
    """For people: each type, its kind, its own fields, and what it tells. `?`: left out if there is nothing to say."""
    return [(one.type, one.kind, _fields(one), " ".join((inspect.getdoc(one) or "").split())) for one in TYPES.values()]


def _of(kind: type[Entry]) -> dict[str, Any]:
    hints, parts = get_type_hints(kind), [(name, wire) for name, wire, _ in kind.parts() if wire != SPREAD]
    own = {wire: TypeAdapter(hints[name]).json_schema() for name, wire in parts}
    own |= {"event": {"type": "object", "description": "all of its JSON"}} if kind is EventPublished else {}
    constant = {name: OF_ALL[name] | {"const": getattr(kind, name)} for name in ("kind", "type")}
    return {
        "title": kind.type,
        "description": inspect.getdoc(kind),
        "type": "object",
        "properties": OF_ALL | constant | own,
        "required": [*LINE, *(name for name in _fields(kind) if not name.endswith("?"))],
    }


def _fields(kind: type[Entry]) -> list[str]:
    own = [wire if required else f"{wire}?" for _, wire, required in kind.parts() if wire != SPREAD]
    return ["event"] if kind is EventPublished else own
