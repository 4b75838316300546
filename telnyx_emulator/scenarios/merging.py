"""One scenario out of several files: `use` names what comes first, and the file itself has the last word."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from . import library
from .node import SourceNode
from .problems import InvalidScenario, Mistake
from .reading import read

APPENDED: Final = ("faults", "timeline", "expect")
BY_KEY: Final = ("parties", "params", "matrix")
ITS_OWN: Final = ("scenario", "about", "use")
"""What a file says of itself only; everything else is overwritten by the file that uses it."""

NEWEST: Final = 1


def text_at(source: str) -> str | bytes:
    """The text of a file or of `builtin:NAME`; ValueError says why there is none."""
    if source.startswith(library.BUILTIN):
        return library.text_of(source)
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from None


@dataclass
class Merging:
    """The files that one scenario is made of. Each counts once, even if several others use it."""

    problems: list[Mistake] = field(default_factory=list)
    files_too: bool = True
    """Whether `use` may name files; what came from elsewhere as data may use builtin scenarios only."""
    _seen: set[str] = field(default_factory=set)

    def whole(self, own: SourceNode, source: str, users: tuple[str, ...] = ()) -> SourceNode:
        """A document with all that it uses merged into it."""
        check_document(own)
        merged = SourceNode({}, own.place)
        for used in self._used(own):
            target = self._target(str(used.value), source)
            way = (*users, source)
            if target in way:
                self._complain(used, f"a circle: {' uses '.join((*way[way.index(target) :], target))}")
            elif target not in self._seen and (text := self._text(used, target)) is not None:
                self._seen.add(target)
                node, problems = read(text, target)
                self.problems += problems
                inner = self.whole(node, target, (*users, source))
                merged = merge(merged, without(inner, ITS_OWN))
        return merge(merged, own)

    def _used(self, own: SourceNode) -> list[SourceNode]:
        used = own.get("use")
        if used is None or used.value is None:
            return []
        if not isinstance(used.value, list) or not all(isinstance(one.value, str) for one in used):
            self._complain(used, 'use: a list of files and builtin scenarios, such as [ "builtin:inbound-caller" ]')
            return []
        return used.value

    def _target(self, name: str, source: str) -> str:
        if name.startswith(library.BUILTIN):
            return name
        if source.startswith(library.BUILTIN):
            return f"{library.BUILTIN}{name.removesuffix('.yaml')}"
        return os.path.normpath(Path(source).parent / name)

    def _text(self, used: SourceNode, target: str) -> str | bytes | None:
        try:
            if not self.files_too and not target.startswith(library.BUILTIN):
                raise ValueError("files are not read here, only builtin scenarios can be used")
            return text_at(target)
        except ValueError as error:
            self._complain(used, f"use {used.value}: {error}")
            return None

    def _complain(self, node: SourceNode, message: str) -> None:
        self.problems.append(Mistake(node.place, message))


def check_document(node: SourceNode) -> None:
    """A map of a version that we know; else nothing more can be said about it, and InvalidScenario is raised."""
    if not isinstance(node.value, dict) or not node.value:
        empty = "empty" if node.value in (None, {}) else "no map"
        raise InvalidScenario.at(node.place, f'this is {empty}; begin with "version: {NEWEST}" and "scenario: a-name"')
    version = node.value.get("version")
    if version is None:
        raise InvalidScenario.at(node.place, f'no version; begin with "version: {NEWEST}"')
    if version.value != NEWEST or isinstance(version.value, bool):
        newer = isinstance(version.value, int | float) and version.value > NEWEST
        told = "a newer telnyx-emulator may know it; this one reads" if newer else "there is only"
        raise InvalidScenario.at(version.place, f"version {version.raw or version.value}: {told} version {NEWEST}")


def merge(first: SourceNode, last: SourceNode) -> SourceNode:
    """`last` wins, but lists of faults, steps and expectations grow, and parties and parameters come together."""
    entries, keys = dict(first.entries()), dict(first.keys)
    for key, node in last.entries().items():
        entries[key] = JOINS[key](entries[key], node) if key in JOINS and key in entries else node
        keys[key] = last.place_of(key)
    return SourceNode(entries, last.place, keys)


def _appended(first: SourceNode, last: SourceNode) -> SourceNode:
    both = isinstance(first.value, list) and isinstance(last.value, list)
    return SourceNode([*first.items(), *last.items()], last.place) if both else last


def _by_key(first: SourceNode, last: SourceNode) -> SourceNode:
    both = isinstance(first.value, dict) and isinstance(last.value, dict)
    return SourceNode({**first.entries(), **last.entries()}, last.place, {**first.keys, **last.keys}) if both else last


JOINS: Final[dict[str, Callable[[SourceNode, SourceNode], SourceNode]]] = {
    **dict.fromkeys(APPENDED, _appended),
    **dict.fromkeys(BY_KEY, _by_key),
}


def without(node: SourceNode, keys: tuple[str, ...]) -> SourceNode:
    """A map that lacks these keys."""
    return SourceNode({key: inner for key, inner in node.entries().items() if key not in keys}, node.place, node.keys)
