"""From files to scenarios that can be run: what is used is merged, parameters are put in, a matrix spread out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from . import library
from .complaints import complaints
from .merging import Merging, text_at
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
        told = ", ".join(run.variant for run in runs)
        raise InvalidScenario.at(runs[0].place("matrix"), f"one variant is performed at a time, set one of {told}")
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
