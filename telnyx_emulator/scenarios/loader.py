"""From files to scenarios that can be run: what is used is merged, parameters are put in, a matrix spread out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from . import library
from .complaints import complaints
from .model import ScenarioModel
from .node import SourceNode
from .parameters import GivenValues, ScenarioParameters, Variant
from .problems import InvalidScenario, Mistake, Place
from .reading import from_data, read

ENDINGS: Final = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Run:
    """One scenario with one set of parameters. `source`: the file it came from, or `builtin:NAME`."""

    scenario: ScenarioModel
    params: Mapping[str, Any]
    variant: str
    """What tells it from the other variants of its matrix (`sip=403`); empty without a matrix."""
    source: str
    document: SourceNode = field(repr=False, compare=False)
    """Where its parts stand."""
    remarks: tuple[Mistake, ...] = field(default=(), repr=False, compare=False)
    """What is no error, and was noticed on the way."""

    @property
    def id(self) -> str:
        """`refer-declined[sip=403]`."""
        return f"{self.scenario.scenario}[{self.variant}]" if self.variant else self.scenario.scenario

    def place(self, *way: str | int) -> Place:
        """Where a part stands: `run.place("expect", 0)`."""
        return self.document.find(way)[0].place


def load(source: str | Path, set: Mapping[str, Any] | None = None) -> list[Run]:
    """The runs of a file or of `builtin:NAME`: one, or one for each variant of its matrix.

    `set` gives parameters other values, and makes one of an axis of the matrix. Raises InvalidScenario with
    all that is wrong.
    """
    return _load(str(source), GivenValues(set or {}))


def load_text(
    text: str | bytes, source: str = "<text>", set: Mapping[str, Any] | None = None, files_too: bool = True
) -> list[Run]:
    """The same for the text of a file; what it uses is looked for where `source` is, unless not in `files_too`."""
    node, problems = read(text, source)
    return _runs(node, Merging(problems, files_too), source, GivenValues(set or {}))


def load_data(data: Any, source: str = "scenario", set: Mapping[str, Any] | None = None) -> list[Run]:
    """The same for decoded JSON. It can use builtin scenarios only: a client should not read our files."""
    node, problems = from_data(data, source)
    return _runs(node, Merging(problems, files_too=False), source, GivenValues(set or {}))


Loaded = list[tuple[str, list[Run] | InvalidScenario]]
"""Files and builtin scenarios, each with its runs, or with what is wrong with it."""


def load_each(sources: Iterable[str | Path], set: Mapping[str, Any] | None = None) -> Loaded:
    """Several files, folders and builtin scenarios, each for itself.

    A name in `set` is for those that have such a parameter; InvalidScenario if none has.
    """
    files = [file for source in sources for file in sources_in(source)]
    given = GivenValues(set or {}, by_all=len(files) == 1)
    loaded: Loaded = []
    for file in files:
        try:
            loaded.append((file, _load(file, given)))
        except InvalidScenario as error:
            loaded.append((file, error))
    strangers = given.values.keys() - given.taken
    if strangers and not given.by_all:
        raise InvalidScenario(Mistake(Place(f"--set {name}"), "no scenario has such a parameter") for name in strangers)
    return loaded


def only(runs: list[Run]) -> Run:
    """The one run there is; InvalidScenario if a matrix makes several of it."""
    if len(runs) != 1:
        wording = ", ".join(run.variant for run in runs)
        raise InvalidScenario.at(runs[0].place("matrix"), f"one variant is performed at a time, set one of {wording}")
    return runs[0]


def sources_in(source: str | Path) -> list[str]:
    """The files in a folder and below, in the order of their names; a file or `builtin:NAME` itself."""
    path = Path(source)
    if str(source).startswith(library.BUILTIN) or not path.is_dir():
        return [str(source)]
    return [
        str(one)
        for one in sorted(path.rglob("*"))
        if one.suffix in ENDINGS and not any(part.startswith(".") for part in one.relative_to(path).parts)
    ]


def _load(source: str, given: GivenValues) -> list[Run]:
    try:
        text = text_at(source)
    except ValueError as error:
        raise InvalidScenario.at(Place(source), str(error)) from None
    node, problems = read(text, source)
    return _runs(node, Merging(problems), source, given)


def _runs(own: SourceNode, merging: Merging, source: str, given: GivenValues) -> list[Run]:
    try:
        document = merging.whole(own, source)
    except InvalidScenario as error:
        raise InvalidScenario([*merging.problems, *error.problems]) from None
    problems = merging.problems
    parameters = ScenarioParameters(document, given, problems)
    runs = [_run(parameters.filled(variant), variant, source, problems) for variant in parameters.variants()]
    if problems:
        raise InvalidScenario(problems)
    remarks = tuple(parameters.unused())
    return [replace(run, remarks=remarks) for run in runs if run is not None]


def _run(document: SourceNode, variant: Variant, source: str, problems: list[Mistake]) -> Run | None:
    try:
        # As JSON, and strictly: no text counts as a number there, and a list counts as a tuple.
        scenario = ScenarioModel.model_validate_json(json.dumps(document.plain()), strict=True)
    except ValidationError as error:
        problems += complaints(error, document)
        return None
    return Run(scenario, variant.plain(), variant.label, source, document)


# -- what is used -----------------------------------------------------------------------------------------------------


JOINED: Final = ("faults", "timeline", "expect", "parties", "params", "matrix")
"""Lists that grow, and maps that come together; of everything else the last one counts."""
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
                shared = {key: one for key, one in inner.entries().items() if key not in ITS_OWN}
                merged = merge(merged, replace(inner, value=shared))
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
        wording = "a newer telnyx-emulator may know it; this one reads" if newer else "there is only"
        raise InvalidScenario.at(version.place, f"version {version.raw or version.value}: {wording} version {NEWEST}")


def merge(first: SourceNode, last: SourceNode) -> SourceNode:
    """`last` wins, but lists of faults, steps and expectations grow, and parties and parameters come together."""
    entries, keys = dict(first.entries()), {**first.keys, **last.keys}
    for key, node in last.entries().items():
        before = entries.get(key)
        entries[key] = node if before is None or key not in JOINED else _joined(before, node)
        keys[key] = last.place_of(key)
    return SourceNode(entries, last.place, keys)


def _joined(first: SourceNode, last: SourceNode) -> SourceNode:
    if isinstance(first.value, list) and isinstance(last.value, list):
        return SourceNode([*first.value, *last.value], last.place)
    if isinstance(first.value, dict) and isinstance(last.value, dict):
        return SourceNode({**first.value, **last.value}, last.place, {**first.keys, **last.keys})
    return last
