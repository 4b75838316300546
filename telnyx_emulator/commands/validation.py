"""What a command says about a body that does not fit: the vendor's codes, with pointers, several at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from telnyx_emulator.core.errors import ApiError

DIGIT_LIST = "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, *, or #"

# Titles and details are the vendor's. Where it leaves blanks ("between  and  characters"), ours fill them.
CATALOGUE: Final[dict[str, tuple[str, str]]] = {
    "10003": (
        "Invalid URL",
        "The URL provided was invalid, malformed, or too long. URLs can be a maximum of 2000 characters.",
    ),
    "10004": ("Missing required parameter", "A required parameter was missing."),
    "10006": ("Invalid ID", "The resource ID provided was invalid."),
    "10011": ("Media encryption not supported for PSTN calls", "Media encryption is not supported for PSTN calls."),
    "10015": ("Bad Request", "The request failed because it was not well-formed."),
    "10016": ("Phone number must be in +E164 format", "The specified phone number parameter must be in E164 format."),
    "10025": ("String length out of range", "The string length is outside the allowed range."),
    "10026": ("Invalid parameter type", "The parameter is of the wrong type."),
    "10032": ("Invalid enumerated value", "The value must be one of"),
    "10033": ("Value outside of range", "The value is outside of allowed range"),
    "90007": (
        "Invalid value for terminating_digit",
        f"The 'terminating_digit' parameter must be a 'string' with a value of {DIGIT_LIST}.",
    ),
    "90008": (
        "Invalid value for valid_digits",
        f"The 'valid_digits' parameter must be a 'string' with a value of {DIGIT_LIST}.",
    ),
    "90009": (
        "Invalid value for loop",
        "The 'loop' parameter must either be 'infinity' or an 'integer' with a minimum value of 1"
        " and a maximum value of 100.",
    ),
    "90010": (
        "Invalid value for payload",
        "The 'payload' parameter should contain between 1 and 5000 characters.",
    ),
    "90011": (
        "Invalid value for payload_type",
        "The 'payload_type' parameter must be of type 'string' with a value of either text or ssml.",
    ),
    "90012": (
        "Invalid value for voice",
        "The 'voice' parameter must be 'female' or 'male' when using the en-US language.",
    ),
    "90013": (
        "Invalid value for language",
        "The 'language' parameter must be of type 'string' with a value of either de-DE, en-AU, en-GB, en-US,"
        " es-ES, fr-CA, fr-FR, it-IT, ja-JP, ko-KR, nl-NL, pt-BR, sv-SE or tr-TR.",
    ),
    "90014": (
        "Invalid value for digits",
        "The 'digits' parameter must be a 'string' made of a combination of either"
        " 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, A, B, C, D, w, W, * or #.",
    ),
    "90016": (
        "Invalid value for stop",
        "The 'stop' parameter must be a 'string' with a value of 'all', 'current' or 'overlay'.",
    ),
    "90017": (
        "Invalid value for client_state",
        "The 'client_state' parameter must be a valid base64 string.",
    ),
    "90022": (
        "Invalid value for minimum_digits",
        "The 'minimum_digits' parameter must be an 'integer' with a minimum value of 1 and a maximum value of 128.",
    ),
    "90023": (
        "Invalid value for maximum_digits",
        "The 'maximum_digits' parameter must be an 'integer' with a minimum value of 1 and a maximum value of 128.",
    ),
    "90024": (
        "Invalid value for maximum_tries",
        "The 'maximum_tries' parameter must be an 'integer' with a minimum value of 1 and a maximum value of 128.",
    ),
    "90025": (
        "Invalid value for timeout_millis",
        "The 'timeout_millis' parameter must be an 'integer' with a minimum and a maximum value accepted by command",
    ),
    "90026": (
        "Invalid value for inter_digit_timeout_millis",
        "The 'inter_digit_timeout_millis' parameter must be an 'integer' with a minimum value of 1"
        " and a maximum value of 120000.",
    ),
    "90027": (
        "Invalid value for duration_millis",
        "The 'duration_millis' parameter must be an 'integer' with a minimum value of 100 and a maximum value of 500.",
    ),
    "90028": (
        "Invalid value for timeout_secs",
        "The 'timeout_secs' parameter must be an 'integer' with a minimum and a maximum value accepted by command",
    ),
    "90029": (
        "Invalid value for time_limit_secs",
        "The 'time_limit_secs' parameter must be an 'integer' with a minimum value of 60 and a maximum value of 14,000.",
    ),
    "90030": (
        "Invalid value for service_level",
        "The 'service_level' parameter must be of type 'string' with a value of either 'basic' or 'premium'.",
    ),
    "90049": (
        "Invalid value for record_timeout_secs",
        "The 'record_timeout_secs' parameter must be an 'integer' with a minimum value of 0.",
    ),
    "90056": (
        "Invalid value for initial_timeout_millis",
        "The 'initial_timeout_millis' parameter must be an 'integer' with a minimum value of 1"
        " and a maximum value of 120000.",
    ),
    "90057": (
        "Invalid call control event type for webhook_urls",
        "The webhook_urls json keys must be valid call control event types.",
    ),
}

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


def missing(name: str) -> Refusal:
    return Refusal("10004", f"/{name}", f"The '{name}' parameter is required and cannot be blank.", structural=True)


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
JSON_TYPES: Final = {bool: "boolean", dict: "object", float: "number", int: "integer", list: "array", str: "string"}


def _refusal(details: ErrorDetails, model: type[BaseModel]) -> Refusal:
    pointer = "".join(f"/{_escape(part)}" for part in details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    if kind == "missing":
        return missing(pointer[1:])
    structural = kind.endswith("_type") or kind.endswith("_parsing") or kind == "int_from_float"
    code = _code_of(details["loc"], model)
    if kind == "refused" and context["code"] == "10004":
        return missing(pointer[1:])
    if kind == "refused":
        return Refusal(str(context["code"]), pointer, context["detail"], context["code"] in STRUCTURAL)
    if code is not None:
        return Refusal(code, pointer, structural=structural)
    if kind == "literal_error":
        values = ", ".join(sorted(_literals(str(context["expected"]))))
        return Refusal("10032", pointer, f"The value must be one of: {values}.")
    if kind in ("string_too_short", "string_too_long"):
        return Refusal("10025", pointer, _length_detail(details))
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return Refusal("10033", pointer, f"The value is outside of allowed range: {details['msg'].lower()}.")
    if structural:
        wanted = TYPE_NAMES.get(kind.split("_")[0], kind.split("_")[0])
        given = JSON_TYPES.get(type(details["input"]), "null")
        detail = f"The parameter must be of type {wanted}, but received type {given}"
        return Refusal("10026", pointer, detail, structural=True)
    return Refusal("10015", pointer, details["msg"])


def _code_of(location: tuple[int | str, ...], model: type[BaseModel]) -> str | None:
    """The vendor's own code for a parameter, if its annotation has one."""
    for name, field in model.model_fields.items():
        if location and location[0] in (name, field.alias):
            return next((note.code for note in notes_of(field) if isinstance(note, Coded)), None)
    return None


def notes_of(field: FieldInfo) -> Iterator[object]:
    """Everything that stands in a field's annotations, be it inside `… | None`."""
    yield from field.metadata
    yield from _notes_in(field.annotation)


def _notes_in(annotation: object) -> Iterator[object]:
    yield from getattr(annotation, "__metadata__", ())
    if get_origin(annotation) in (Annotated, Union, UnionType):
        for part in get_args(annotation):
            yield from _notes_in(part)


def _length_detail(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    low, high = context.get("min_length", 1), context.get("max_length", "any number of")
    return f"The field must be between {low} and {high} characters long, but was {len(details['input'])}."


def _literals(expected: str) -> Iterable[str]:
    return (value.strip().strip("'") for value in expected.replace(" or ", ", ").split(", "))


def _escape(part: int | str) -> str:
    """RFC 6901."""
    return str(part).replace("~", "~0").replace("/", "~1")
