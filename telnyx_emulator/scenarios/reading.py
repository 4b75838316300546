"""From text to nodes: YAML 1.2 (or JSON, which is YAML), with its traps turned into advice.

Files may come from strangers: no tags, nothing that is built by name, and limits on depth and size.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import count
from typing import Any, Final, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from .node import REPORTED, Scalar, SourceNode
from .problems import InvalidScenario, Mistake, Place

DEEPEST, MOST_NODES, LONGEST = 40, 50_000, 1_000_000

INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL, HEXADECIMAL = re.compile(r"0o[0-7]+"), re.compile(r"0x[0-9a-fA-F]+")
FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NUMBER = re.compile(f"{OCTAL.pattern}|{HEXADECIMAL.pattern}|{FRACTION.pattern}")
NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
SWITCHES: Final = ("on", "off", "yes", "no")
"""Truth values for readers of YAML 1.1: as keys they are lost on the way through other tools."""


def read(text: str | bytes, file: str) -> tuple[SourceNode, list[Mistake]]:
    """What the text says, and what is wrong with it as YAML. InvalidScenario if it cannot be read at all."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InvalidScenario.at(Place(file, 1), "this is no text in UTF-8") from None
    if len(text) > LONGEST:
        raise InvalidScenario.at(Place(file, 1), f"longer than {LONGEST:,} characters: too long for a scenario")
    if _is_json(text):
        # JSON may be indented with tabs, YAML may not; a tab inside of a string would be no JSON.
        text = text.replace("\t", " ")
    try:
        return Reading(file, YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidScenario.at(Place(file, line), _advice(error)) from None
    except YAMLError as error:
        raise InvalidScenario.at(Place(file, 1), f"no YAML: {getattr(error, 'reason', error)}") from None


def _is_json(text: str) -> bool:
    try:
        return text.lstrip().startswith("{") and isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


ADVICE: Final = {
    "found character '\\t'": "a tab; YAML is indented with spaces",
    "mapping values are not allowed here": 'a second ": " in one line, or a wrong indentation; text with ": " in it'
    " is quoted",
    "but got '{'": 'text that begins with "{", or has "${" in it, is quoted inside of { … } and [ … ]: "${name}"',
    "cannot start any token": "text that begins with this character is quoted",
}


def _advice(error: MarkedYAMLError) -> str:
    said = f"{error.context + ', ' if error.context else ''}{error.problem}"
    return next((text for part, text in ADVICE.items() if part in said), f"no YAML: {said}")


class Reading:
    """The way through the events of one document."""

    def __init__(self, file: str, events: Iterator[Event]) -> None:
        self._file, self._events = file, iter(events)
        self._anchors: dict[str, SourceNode] = {}
        self._sizes: dict[str, int] = {}
        self._size = 0
        self._problems: list[Mistake] = []

    def document(self) -> tuple[SourceNode, list[Mistake]]:
        """The only document of the text, and what is wrong with it."""
        next(self._events)
        if isinstance(next(self._events), StreamEndEvent):
            return SourceNode(None, Place(self._file, 1)), self._problems
        node = self._node(next(self._events), 0)
        next(self._events)
        if not isinstance(event := next(self._events), StreamEndEvent):
            self._complain(event, "a second document; one file is one scenario")
        return node, self._problems

    def _place(self, event: Event) -> Place:
        return Place(self._file, event.start_mark.line + 1)

    def _complain(self, event: Event, message: str) -> None:
        self._problems.append(Mistake(self._place(event), message))

    def _node(self, event: Event, depth: int) -> SourceNode:
        if depth > DEEPEST:
            raise InvalidScenario.at(self._place(event), f"deeper than {DEEPEST} levels")
        before = self._size
        if isinstance(event, AliasEvent):
            return self._alias(event)
        self._grow(event, 1)
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            self._complain(event, f"a tag ({tag}); scenarios have none, leave it out")
        node = self._content(event, depth)
        if (anchor := cast(NodeEvent, event).anchor) is not None:
            self._anchors[anchor], self._sizes[anchor] = node, self._size - before
        return node

    def _content(self, event: Event, depth: int) -> SourceNode:
        if isinstance(event, MappingStartEvent):
            return self._map(event, depth)
        if isinstance(event, SequenceStartEvent):
            items = []
            while not isinstance(inner := next(self._events), SequenceEndEvent):
                items.append(self._node(inner, depth + 1))
            return SourceNode(items, self._place(event))
        return self._scalar(cast(ScalarEvent, event))

    def _alias(self, event: AliasEvent) -> SourceNode:
        if event.anchor not in self._anchors:
            self._complain(event, f"unknown anchor *{event.anchor}; &{event.anchor} has to stand before it")
            return SourceNode(None, self._place(event))
        self._grow(event, self._sizes[event.anchor])
        return self._anchors[event.anchor]

    def _grow(self, event: Event, by: int) -> None:
        self._size += by
        if self._size > MOST_NODES:
            raise InvalidScenario.at(self._place(event), f"more than {MOST_NODES:,} values")

    def _map(self, event: MappingStartEvent, depth: int) -> SourceNode:
        found: dict[str, SourceNode] = {}
        keys: dict[str, Place] = {}
        while not isinstance(inner := next(self._events), MappingEndEvent):
            key = self._key(inner, depth)
            node = self._node(next(self._events), depth + 1)
            if key in found:
                self._complain(inner, f'"{key}" stands here twice, first in line {keys[key].line}')
            elif key is not None:
                found[key], keys[key] = node, self._place(inner)
        return SourceNode(found, self._place(event), keys)

    def _key(self, event: Event, depth: int) -> str | None:
        """The key; None when nothing can be made of it."""
        if not isinstance(event, ScalarEvent):
            self._node(event, depth + 1)
            self._complain(event, "a key is a text")
            return None
        if event.style is None and (advice := key_advice(event.value)):
            self._complain(event, advice)
            return "when" if event.value.lower() in ("on", "true") else None
        if "${" in event.value:
            self._complain(event, "parameters are put into values, not into keys")
        return str(event.value)

    def _scalar(self, event: ScalarEvent) -> SourceNode:
        place = self._place(event)
        if event.style is not None:
            return SourceNode(self._whole(event), place)
        if (advice := number_advice(event.value)) is not None:
            self._complain(event, advice)
            return SourceNode(event.value, place, origin=REPORTED)
        value = resolved(event.value)
        return SourceNode(value, place, raw=None if isinstance(value, str) else event.value)

    def _whole(self, event: ScalarEvent) -> str:
        """JSON writes characters beyond the first 65,536 as two escapes; YAML takes them for two characters."""
        try:
            return str(event.value).encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self._complain(event, "an escape that is half a character")
            return ""


def resolved(plain: str) -> Scalar:
    """What unquoted text means by the core schema of YAML 1.2: `yes` is a text, `true` is none."""
    if plain in WORDS:
        return WORDS[plain]
    if INTEGER.fullmatch(plain):
        return int(plain)
    if OCTAL.fullmatch(plain):
        return int(plain[2:], 8)
    if HEXADECIMAL.fullmatch(plain):
        return int(plain[2:], 16)
    return float(plain) if FRACTION.fullmatch(plain) else plain


def number_advice(plain: str) -> str | None:
    """What is wrong with unquoted text that YAML takes for a number though it is a phone number, or keys to press."""
    if NO_NUMBER.fullmatch(plain):
        return f'{plain} is no number that a scenario can use; quote it if it is a text: "{plain}"'
    if not NUMBER.fullmatch(plain):
        return None
    if len(plain) > 300 or not math.isfinite(cast(float, resolved(plain))):
        return "a number out of all bounds; quote it if it is a text"
    if plain.startswith("+"):
        return f'{plain} is read as a number and loses its plus; quote it: "{plain}"'
    if re.match(r"-?0\d", plain):
        return f'{plain} is read as a number and loses its zero; quote it: "{plain}"'
    return None


def key_advice(plain: str) -> str | None:
    """What is wrong with an unquoted key that some reader of YAML takes for something else than a text."""
    if plain.lower() in SWITCHES:
        instead = 'write "when"' if plain.lower() == "on" else "quote it"
        return f'"{plain}" as a key is a truth value for many readers of YAML; {instead}'
    if plain == "<<":
        return '"<<" merges in YAML 1.1 only; write it out, or put it into a file of its own and `use` that'
    value = resolved(plain)
    if isinstance(value, str):
        return None
    if value is True:
        return f'"{plain}" as a key, which many tools make of "on"; write "when"'
    return f'a key is a text; quote it: "{plain or "null"}"'


def from_data(data: Any, file: str) -> tuple[SourceNode, list[Mistake]]:
    """The same for data that is already decoded, such as a JSON body; places are paths."""
    problems: list[Mistake] = []
    numbers = count()

    def node(value: Any, path: str, depth: int) -> SourceNode:
        place = Place(file, None, path)
        if depth > DEEPEST or next(numbers) > MOST_NODES:
            raise InvalidScenario.at(place, f"deeper than {DEEPEST} levels, or more than {MOST_NODES:,} values")
        if isinstance(value, dict):
            return entries(value, place, depth)
        if isinstance(value, list | tuple):
            return SourceNode([node(one, f"{path}/{index}", depth + 1) for index, one in enumerate(value)], place)
        return SourceNode(value, place, raw=None if isinstance(value, str) else str(value))

    def entries(value: dict[Any, Any], place: Place, depth: int) -> SourceNode:
        found = {}
        for key, one in value.items():
            name, below = str(key), Place(file, None, f"{place.path}/{key}")
            if not isinstance(key, str):
                problems.append(Mistake(below, key_advice(name.lower()) or f'a key is a text: "{name}"'))
            found["when" if key is True else name] = node(one, below.path, depth + 1)
        return SourceNode(found, place, {key: one.place for key, one in found.items()})

    return node(data, "", 0), problems
