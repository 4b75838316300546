"""What a command says about a body that does not fit: the vendor's codes, with pointers, several at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from telnyx_emulator.core.errors import ApiError

from .catalogue import CATALOGUE

STRUCTURAL = frozenset({"10004", "10026"})
"""What no leniency mends: a missing parameter, a wrong JSON type."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that is wrong with a body: the vendor's code, where, and what about it.

    `structural`: it is missing or of the wrong JSON type, whatever the code says.
    """

    code: str
    pointer: str
    detail: str | None = None
    structural: bool = False

    def entry(self) -> dict[str, Any]:
        title, detail = CATALOGUE[self.code]
        return {
            "code": self.code,
            "title": title,
            "detail": self.detail or detail,
            "source": {"pointer": self.pointer},
        }


class InvalidParameters(ApiError):
    """A body that its command refuses, with everything that is wrong about it."""

    code, title, detail = "10015", "Bad Request", "The request failed because it was not well-formed."

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("; ".join(f"{refusal.pointer}: {refusal.code}" for refusal in refusals))
        self.refusals = refusals

    def entries(self) -> list[dict[str, Any]]:
        return [refusal.entry() for refusal in self.refusals]


@dataclass(frozen=True, slots=True)
class Coded:
    """In a field's annotation: the vendor has a code of its own for this parameter."""

    code: str


def refuse(code: str, detail: str | None = None) -> PydanticCustomError:
    """To be raised in a field's validator."""
    return PydanticCustomError("refused", "{code}", {"code": code, "detail": detail})


def missing(name: str, structural: bool = True) -> Refusal:
    """A parameter that must be given: always, or (not `structural`) because of the others."""
    return Refusal("10004", f"/{name}", f"The '{name}' parameter is required and cannot be blank.", structural)


def needed(name: str) -> Refusal:
    """A parameter that must be given because of what else was given or not."""
    return missing(name, structural=False)


def refusals_of(error: ValidationError, model: type[BaseModel]) -> list[Refusal]:
    """Translate pydantic's errors, one for each place in the body."""
    found: dict[str, Refusal] = {}
    for details in error.errors(include_url=False):
        refusal = _refusal(details, model)
        found.setdefault(refusal.pointer, refusal)
    return list(found.values())


TYPE_NAMES = {
    "bool": "boolean", "dict": "object", "float": "number", "int": "integer", "list": "array",
    "model": "object", "string": "string", "tuple": "array",
}  # fmt: skip
JSON_TYPES: Final = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
}


def _refusal(details: ErrorDetails, model: type[BaseModel]) -> Refusal:
    pointer = "".join(f"/{_escape(part)}" for part in _wire_path(details["loc"], model))
    kind, context = details["type"], details.get("ctx", {})
    if kind == "missing" or context.get("code") == "10004":
        return missing(pointer[1:])
    if kind == "refused":
        return Refusal(str(context["code"]), pointer, context["detail"], context["code"] in STRUCTURAL)
    if code := _code_of(details["loc"], model):
        return Refusal(code, pointer, structural=_is_structural(kind))
    return _general(details, pointer, model)


def _wire_path(location: tuple[int | str, ...], model: type[BaseModel]) -> tuple[int | str, ...]:
    """The way to a value by wire names: an assignment is reported under the Python name (`from_`)."""
    field = model.model_fields.get(str(location[0])) if location else None
    return (field.alias, *location[1:]) if field is not None and field.alias else location


def _general(details: ErrorDetails, pointer: str, model: type[BaseModel]) -> Refusal:
    """What the vendor has one code for, whatever the parameter."""
    kind = details["type"]
    if kind == "literal_error":
        values = ", ".join(sorted(_literals(str(details["ctx"]["expected"]))))
        return Refusal("10032", pointer, f"The value must be one of: {values}.")
    if kind in ("string_too_short", "string_too_long"):
        return Refusal("10025", pointer, _length_detail(details, model))
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return Refusal("10033", pointer, _range_detail(details, model))
    if _is_structural(kind):
        wanted = TYPE_NAMES.get(kind.split("_")[0], kind.split("_")[0])
        given = JSON_TYPES.get(type(details["input"]), "null")
        detail = f"The parameter must be of type {wanted}, but received type {given}"
        return Refusal("10026", pointer, detail, structural=True)
    return Refusal("10015", pointer, details["msg"])


def _is_structural(kind: str) -> bool:
    return kind.endswith(("_type", "_parsing")) or kind == "int_from_float"


def _code_of(location: tuple[int | str, ...], model: type[BaseModel]) -> str | None:
    """The vendor's own code for a parameter, if its annotation has one."""
    return next((note.code for note in _notes_at(location, model) if isinstance(note, Coded)), None)


def _notes_at(location: tuple[int | str, ...], model: type[BaseModel]) -> list[object]:
    """What stands in the annotations of the parameter that a place in the body belongs to."""
    fields = [field for name, field in model.model_fields.items() if location[:1] in ((name,), (field.alias,))]
    return [note for field in fields for note in notes_of(field)]


def notes_of(field: FieldInfo) -> Iterator[object]:
    """Everything that stands in a field's annotations, be it inside `… | None`."""
    yield from field.metadata
    yield from _notes_in(field.annotation)


def _notes_in(annotation: object) -> Iterator[object]:
    yield from getattr(annotation, "__metadata__", ())
    if get_origin(annotation) in (Annotated, Union, UnionType):
        for part in get_args(annotation):
            yield from _notes_in(part)


def _range_detail(details: ErrorDetails, model: type[BaseModel]) -> str:
    """Both ends where the parameter has two, in the vendor's words."""
    bounds = _notes_at(details["loc"], model) if len(details["loc"]) == 1 else []
    low = next((note.ge for note in bounds if isinstance(note, Ge)), None)
    high = next((note.le for note in bounds if isinstance(note, Le)), None)
    if low is None or high is None:
        return f"The value is outside of allowed range: {details['msg'].lower()}."
    return f"The value is outside of allowed range {low} to {high}"


def _length_detail(details: ErrorDetails, model: type[BaseModel]) -> str:
    bounds, context = _notes_at(details["loc"], model), details.get("ctx", {})
    low = next((note.min_length for note in bounds if isinstance(note, MinLen)), context.get("min_length", 1))
    high = next((note.max_length for note in bounds if isinstance(note, MaxLen)), context.get("max_length", 255))
    return f"The field must be between {low} and {high} characters long, but was {len(details['input'])}."


def _literals(expected: str) -> Iterable[str]:
    return (value.strip().strip("'") for value in expected.replace(" or ", ", ").split(", "))


def _escape(part: int | str) -> str:
    """RFC 6901."""
    return str(part).replace("~", "~0").replace("/", "~1")
