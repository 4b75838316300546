"""The JSON Schema (2020-12) of a scenario file, for editors and other tools; it comes from the models.

It says what can be said of a file by itself: what `use` brings along and what `${…}` stands for is not known yet,
so such a text is accepted where something else is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.base import Outcome
from telnyx_emulator.commands.explained import explained
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.time.durations import WRITTEN, Spread, written
from telnyx_emulator.faults import PLANES

from .fault import TRIGGERS, Action, ScenarioFault, Trigger
from .model import Expectation, ScenarioModel, TimelineStep
from .observation import Observation
from .parameters import NAME
from .party import Reaction

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """The whole schema, ready to be written as JSON."""
    models: list[type[BaseModel]] = [ScenarioModel, *_outcomes()]
    references, generated = models_json_schema(
        [(model, "validation") for model in models], schema_generator=WithDescriptions
    )
    generated["$defs"]["Spread"] = Spread.model_json_schema(schema_generator=WithDescriptions)
    definitions = {name: _tidy("", one | {"title": ""}) for name, one in generated["$defs"].items()}
    outcomes = {model: reference for (model, _), reference in references.items()}
    for name, rules in _rules(outcomes).items():
        definitions[name]["allOf"] = rules
    scenario = definitions.pop("ScenarioModel")
    properties = _open(scenario)["properties"] | {name: scenario["properties"][name] for name in FIXED} | OF_FILES
    definitions = {name: _open(one) for name, one in definitions.items()} | _names() | OWN
    head = {"$schema": DIALECT, "title": "A scenario of telnyx-emulator, version 1"}
    return {**head, **scenario, "properties": properties, "$defs": dict(sorted(definitions.items()))}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


COMPARED: Final[Schema] = {"type": ["number", "string"]}
OPERANDS: Final[dict[str, tuple[str, Schema]]] = {
    "in": ("The value is one of these.", {"anyOf": [{"type": "array"}, _ref("parameter")]}),
    "regex": ("A part of the text matches this regular expression.", {"type": "string"}),
    "contains": ("The text contains this, or an item of the list matches this.", _ref("pattern")),
    "exists": ("Whether there is a value, other than null.", {"anyOf": [{"type": "boolean"}, _ref("parameter")]}),
    "gt": ("The value is greater.", COMPARED),
    "gte": ("The value is greater or equal.", COMPARED),
    "lt": ("The value is less.", COMPARED),
    "lte": ("The value is less or equal.", COMPARED),
    "not": ("The value does not match this.", _ref("pattern")),
    "base64": ("The value, decoded from base64, matches this; JSON is read.", _ref("pattern")),
}
"""What an operator of a pattern demands, and what may stand behind it."""

OWN: Final[dict[str, Schema]] = {
    "parameter": {"description": "A parameter, or a text with one in it.", "type": "string", "pattern": r"\$\{"},
    "duration": {"type": "string", "pattern": WRITTEN, "examples": ["800ms", "20s", "2m", "1h"]},
    "pattern": {
        "description": "A value that must be equal, a map of operators, or a map of patterns for some keys.",
        "if": {"type": "object", "anyOf": [{"required": [name]} for name in OPERANDS]},
        "then": {
            "additionalProperties": False,
            "properties": {name: {"description": text, **operand} for name, (text, operand) in OPERANDS.items()},
        },
        "else": {"additionalProperties": _ref("pattern")},
    },
}
"""What the models say with validators of their own."""


def _names() -> dict[str, Schema]:
    personas = [*PERSONAS, *(f"builtin:{name}" for name in PERSONAS)]
    names = {"webhook": sorted(Event.registry), "command": sorted(Command.names), "persona": personas}
    return {name: {"enum": allowed} for name, allowed in names.items()}


REFERENCED: Final = ("Spread", "duration", "pattern", "webhook", "command", "persona")
"""Titles of what has a definition of its own."""

FIXED: Final = ("version", "scenario")
"""Keys whose values are read before parameters are put in, as are those of OF_FILES."""

NAMED: Final[Schema] = {"type": "object", "propertyNames": {"pattern": f"^{NAME.pattern}$"}}
OF_FILES: Final[Schema] = {
    "use": {"description": "Files and builtin:NAME that come first.", "type": "array", "items": {"type": "string"}},
    "params": {"description": "Parameters and their values.", **NAMED},
    "matrix": {
        "description": "Values that are run one after the other, in all combinations.",
        **NAMED,
        "additionalProperties": {"type": "array", "minItems": 1},
    },
}
"""What is read before the models see anything."""


class WithDescriptions(GenerateJsonSchema):
    """Puts the texts under the fields of models into their properties. Null is the same as leaving it out."""

    def nullable_schema(self, schema: Any) -> Schema:
        return self.generate_inner(schema["schema"])

    def model_schema(self, schema: Any) -> Schema:
        generated = super().model_schema(schema)
        fields = schema["cls"].model_fields
        for name, text in explained(schema["cls"]).items():
            generated["properties"][fields[name].alias or name]["description"] = text
        return generated


# -- one schema at a time ------------------------------------------------------------------------------------------


def _each(schema: Schema, change: Callable[[str, Schema], Schema]) -> Schema:
    """The same with a change made to each schema in it, given the key where that stands."""
    changed = dict(schema)
    for key, value in schema.items():
        if key == "properties":
            changed[key] = {name: change(key, one) for name, one in value.items()}
        elif key in ("anyOf", "oneOf", "prefixItems"):
            changed[key] = [change(key, one) for one in value]
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            changed[key] = change(key, value)
    return changed


def _tidy(_key: str, schema: Schema) -> Schema:
    """Without titles that repeat the name, and with references to what has a definition of its own."""
    title = "duration" if schema.get("pattern") == WRITTEN else schema.get("title")
    if title in REFERENCED:
        return _ref(title) | {key: schema[key] for key in ("description",) if key in schema and title != "Spread"}
    kept = _each({key: value for key, value in schema.items() if key not in ("title", "default")}, _tidy)
    default = schema.get("default")
    is_length = _ref("duration") in kept.get("anyOf", ())
    return kept if default is None else kept | {"default": written(default) if is_length else default}


def _open(schema: Schema) -> Schema:
    """The same with parameters accepted in the place of every value in it."""
    return _each(schema, lambda key, one: _open(one) if key in ("anyOf", "oneOf") else _or_parameter(_open(one)))


def _or_parameter(schema: Schema) -> Schema:
    about: Schema = {key: schema[key] for key in ("description", "default") if key in schema}
    rest = {key: value for key, value in schema.items() if key not in about}
    any_text = rest.get("type") == "string" and not {"pattern", "enum", "const"} & rest.keys()
    if any_text or not rest or rest == _ref("pattern"):
        return schema
    alternatives = rest["anyOf"] if rest.keys() == {"anyOf"} else [rest]
    return {**about, "anyOf": [*alternatives, _ref("parameter")]}


# -- what a model says with a validator ----------------------------------------------------------------------------


def _exactly_one(names: Sequence[str]) -> Schema:
    return {"oneOf": [{"required": [name]} for name in names]}


def _rules(outcomes: Mapping[Any, Schema]) -> dict[str, list[Schema]]:
    """What is checked between the keys of a model; `outcomes` are the schemas of outcome models."""
    names_the_leg = {"required": ["as"], "not": {"anyOf": [{"required": [act]} for act in TimelineStep.possible()]}}
    acts = _exactly_one(TimelineStep.possible())
    return {
        "Action": [_exactly_one(PLANES)],
        "Spread": [_exactly_one(tuple(Spread.model_fields))],
        "Reaction": [_exactly_one(Reaction.possible())],
        "TimelineStep": [_exactly_one(("at", "when")), {"oneOf": [*acts["oneOf"], names_the_leg]}],
        **{model.__name__: [_exactly_one(model.exclusive)] for model in (Observation, Expectation, Trigger)},
        "ScenarioFault": [*_triggers(), *_outcomes_of_commands(outcomes)],
    }


def _properties(model: type[BaseModel], **properties: Schema) -> Schema:
    """Properties of a model in a condition, with their descriptions."""
    texts = explained(model)
    return {"properties": {name: {"description": texts[name], **one} for name, one in properties.items()}}


def _triggers() -> Iterator[Schema]:
    for plane in PLANES:
        when = {"anyOf": [{"required": [kind]} for kind in TRIGGERS[plane]]}
        yield {
            "if": _properties(ScenarioFault, do={"type": "object", "required": [plane]}),
            "then": _properties(ScenarioFault, when={"anyOf": [when, _ref("parameter")]}),
        }


def _outcomes() -> list[type[Outcome]]:
    found = {command.outcomes: None for command in Command.names.values() if command.outcomes is not None}
    return list(found)


def _outcomes_of_commands(outcomes: Mapping[Any, Schema]) -> Iterator[Schema]:
    """Of each command the outcomes that it can have, and of the others none."""
    for model in (*_outcomes(), None):
        commands = sorted(name for name, command in Command.names.items() if command.outcomes is model)
        of_these = {"type": "object", **_properties(Trigger, command={"enum": commands}), "required": ["command"]}
        then = _properties(Action, outcome=outcomes[model]) if model else {"not": {"required": ["outcome"]}}
        yield {
            "if": {**_properties(ScenarioFault, when=of_these), "required": ["when"]},
            "then": _properties(ScenarioFault, do=then),
        }
