"""Every field of every model says what it is for: schemas and the documentation are made of these texts."""

from __future__ import annotations

import inspect
import json
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import telnyx_emulator
from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.commands.explained import explained
from telnyx_emulator.commands.types import NestedParameters
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.resources.records import ResourceRecord
from telnyx_emulator.matching import OPERATORS
from telnyx_emulator.scenarios.schema import OPERANDS

DOCS = Path(__file__).parent.parent / "docs"
MODULES = [
    import_module(found.name)
    for found in pkgutil.walk_packages(telnyx_emulator.__path__, "telnyx_emulator.")
    if not found.name.endswith("__main__")
]


def below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for kind in model.__subclasses__():
        if kind.__module__.startswith("telnyx_emulator.") and not issubclass(kind, ResourceRecord):
            yield kind  # what a record shows is described where a body sets it
        yield from below(kind)


def own_fields(model: type[BaseModel]) -> list[str]:
    return [name for name in inspect.get_annotations(model) if name in model.model_fields]


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything under `properties`, however deep, and the way to it."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties":
                yield from ((f"{path}/{name}", one) for name, one in value.items())
            yield from properties(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from properties(value, f"{path}/{index}")


def test_every_field_has_a_description() -> None:
    models = set(below(BaseModel))
    assert {"Speak", "DetectionConfig", "CallHangup", "TimelineStep", "Verify"} <= {model.__name__ for model in models}
    silent = {
        f"{model.__name__}.{name} has no description: put a string under the field"
        for model in models
        for name in own_fields(model)
        if not explained(model)[name]
    }
    assert silent == set()


def test_every_property_of_the_scenario_schema_has_a_description() -> None:
    schema = json.loads((files("telnyx_emulator") / "scenarios" / "schema.json").read_text(encoding="utf-8"))
    found = dict(properties(schema))
    assert len(found) > 300
    assert [path for path, one in found.items() if not one.get("description")] == []


def test_the_documentation_has_every_parameter_and_every_field_of_a_webhook() -> None:
    parameters, events = ((DOCS / name).read_text() for name in ("parameters.md", "events.md"))
    missing = {
        f"{model.__name__}.{name}"
        for page, kinds in ((parameters, (Parameters, NestedParameters)), (events, (Event,)))
        for kind in kinds
        for model in below(kind)
        for name in own_fields(model)
        if explained(model)[name] not in page
    }
    assert missing == set(), "run `make docs`"


def test_the_schema_knows_every_operator_of_a_pattern() -> None:
    assert OPERANDS.keys() == OPERATORS.keys()
