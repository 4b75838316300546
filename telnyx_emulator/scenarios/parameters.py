"""Parameters of a scenario: their values, the variants of a matrix, and where they are put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from typing import Any, Final

from .names import advice
from .node import REPORTED, SourceNode
from .problems import Mistake, Place
from .reading import from_data, number_advice, resolved

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
REFERENCE = re.compile(r"(?P<escaped>\$\$\{)|\$\{(?P<name>[^}]*)(?P<closed>\}?)")
MOST_VARIANTS: Final = 1000
LONGEST_SHOWN: Final = 40

SETTING: Final = ("params", "matrix", "use")
"""What is about parameters and files itself, and gone when a scenario is complete."""


class Typed(str):
    """A value as it is typed on a command line: a text where the default is one, else what YAML makes of it."""

    __slots__ = ()


def assignment(text: str) -> tuple[str, Typed]:
    """Name and value of `name=value`; ValueError if it is none."""
    name, equals, value = text.partition("=")
    if not equals or not NAME.fullmatch(name):
        raise ValueError(f'"{text}" is no assignment; write name=value')
    return name, Typed(value)


@dataclass
class GivenValues:
    """Values from outside. `by_all`: every scenario has to have such a parameter, else one of several is enough."""

    values: Mapping[str, Any]
    by_all: bool = True
    taken: set[str] = field(default_factory=set)
    """Names that some scenario has."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One set of values; `label` tells it from the others of its matrix, and is empty without one."""

    values: Mapping[str, SourceNode]
    label: str

    def plain(self) -> dict[str, Any]:
        return {name: node.plain() for name, node in self.values.items()}


@dataclass
class ScenarioParameters:
    """What a document says about its parameters, and what was said from outside."""

    document: SourceNode
    given: GivenValues
    problems: list[Mistake]
    used: set[str] = field(default_factory=set)
    """Names that something refers to."""

    def variants(self) -> Iterator[Variant]:
        """All combinations of the matrix, in its order; one if there is none."""
        defaults, axes = self._section("params"), self._axes()
        self._check_names({**defaults, **axes})
        given = {
            name: self._given(name, value, defaults.get(name) or next(iter(axes.get(name, ())), None))
            for name, value in self.given.values.items()
            if name in defaults or name in axes
        }
        self.given.taken |= given.keys()
        axes |= {name: [given[name]] for name in given if name in axes}
        if prod(map(len, axes.values())) > MOST_VARIANTS:
            self._complain(self.document.place_of("matrix"), f"more than {MOST_VARIANTS} variants; leave some out")
            return
        for numbered in product(*(enumerate(values, 1) for values in axes.values())):
            chosen = dict(zip(axes, numbered, strict=True))
            values = {name: node for name, (_, node) in chosen.items()}
            label = ",".join(f"{name}={_shown(node, number)}" for name, (number, node) in chosen.items())
            yield Variant({**defaults, **given, **values}, label)

    def filled(self, variant: Variant) -> SourceNode:
        """The document with all references replaced, without the sections about parameters."""
        rest = {key: node for key, node in self.document.entries().items() if key not in SETTING}
        entries = {key: self._put_in(node, variant.values) for key, node in rest.items()}
        return replace(self.document, value=entries)

    def unused(self) -> Iterator[Mistake]:
        """Parameters that nothing refers to, once the document was filled."""
        for section in ("params", "matrix"):
            node = self.document.get(section)
            for name in node.entries() if node is not None else ():
                if node is not None and name not in self.used:
                    wording = f'nothing refers to "{name}"; write ${{{name}}} where it belongs'
                    yield Mistake(node.place_of(name), wording)

    def _section(self, name: str) -> dict[str, SourceNode]:
        node = self.document.get(name)
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            self._complain(node.place, f"{name}: a map from names to {'lists of ' if name == 'matrix' else ''}values")
        for key in node.entries():
            if not NAME.fullmatch(key):
                self._complain(node.place_of(key), f'"{key}" is no name of a parameter: letters, digits, "_" and "-"')
        self._refuse_references(node)
        return dict(node.entries())

    def _axes(self) -> dict[str, list[SourceNode]]:
        axes = {}
        for name, node in self._section("matrix").items():
            if isinstance(node.value, list) and node.value:
                axes[name] = node.value
            else:
                self._complain(node.place, f"{name}: a list of values, such as [403, 486]")
        return axes

    def _refuse_references(self, node: SourceNode) -> None:
        if isinstance(node.value, str) and any(not found["escaped"] for found in REFERENCE.finditer(node.value)):
            self._complain(node.place, "a parameter does not refer to another; write its value")
        for inner in node:
            self._refuse_references(inner)

    def _check_names(self, known: Mapping[str, Any]) -> None:
        for name in self.given.values:
            if name not in known and self.given.by_all:
                wording = advice(name, known) or "; the scenario has none"
                self._complain(Place(self.document.place.file), f'there is no parameter "{name}"{wording}')

    def _given(self, name: str, value: Any, instead_of: SourceNode | None) -> SourceNode:
        place = Place(f"--set {name}")
        if not isinstance(value, Typed):
            node, problems = from_data(value, place.file)
            self.problems += problems
            return node
        plain = str(value)
        if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "\"'":
            return SourceNode(plain[1:-1], place)
        is_text = instead_of is not None and isinstance(instead_of.value, str)
        # On a command line +1555… is a phone number: quotes inside quotes are not to be expected.
        if is_text or number_advice(plain) is not None:
            return SourceNode(plain, place)
        return SourceNode(resolved(plain), place, raw=plain)

    def _put_in(self, node: SourceNode, values: Mapping[str, SourceNode]) -> SourceNode:
        if isinstance(node.value, dict):
            return replace(node, value={key: self._put_in(inner, values) for key, inner in node.value.items()})
        if isinstance(node.value, list):
            return replace(node, value=[self._put_in(inner, values) for inner in node.value])
        if not isinstance(node.value, str) or "${" not in node.value:
            return node
        before = len(self.problems)
        filled = self._put_into(node, node.value, values)
        return filled if len(self.problems) == before else replace(node, origin=REPORTED)

    def _put_into(self, node: SourceNode, text: str, values: Mapping[str, SourceNode]) -> SourceNode:
        whole = REFERENCE.fullmatch(text)
        if whole and not whole["escaped"] and (value := self._value(node, whole, values)) is not None:
            origin = REPORTED if value.origin == REPORTED else text
            return SourceNode(value.value, node.place, value.keys, value.raw, origin)
        return replace(node, value=REFERENCE.sub(lambda found: self._text(node, found, values), text))

    def _value(self, node: SourceNode, found: re.Match[str], values: Mapping[str, SourceNode]) -> SourceNode | None:
        name = found["name"]
        if not found["closed"] or not NAME.fullmatch(name):
            self._complain(node.place, f"{found[0]} is no parameter: write ${{name}}, or $${{ for a plain ${{")
        elif name not in values:
            wording = advice(name, values) or "; declare it under params"
            self._complain(node.place, f'unknown parameter "{name}"{wording}')
        else:
            self.used.add(name)
        return values.get(name)

    def _text(self, node: SourceNode, found: re.Match[str], values: Mapping[str, SourceNode]) -> str:
        if found["escaped"]:
            return "${"
        value = self._value(node, found, values)
        if value is None:
            return ""
        if value.value is None or isinstance(value.value, dict | list):
            self._complain(node.place, f"{found[0]} is no text or number, so it cannot be put into a text")
        return _written(value)

    def _complain(self, place: Place, message: str) -> None:
        self.problems.append(Mistake(place, message))


def _written(node: SourceNode) -> str:
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def _shown(node: SourceNode, number: int) -> str:
    """In the label of a variant: the value, or which one of its axis it is when it is long or has parts."""
    text = _written(node)
    return text if not isinstance(node.value, dict | list) and 0 < len(text) <= LONGEST_SHOWN else f"#{number}"
