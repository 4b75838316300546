"""Scenarios that are performed in a world: begin one, see how it stands, end it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from telnyx_emulator.commands.types import NonBlank
from telnyx_emulator.commands.validation import InvalidParameters, Refusal
from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.faults import Rule
from telnyx_emulator.scenarios import library
from telnyx_emulator.scenarios.engine import ScenarioRun
from telnyx_emulator.scenarios.loader import Run, load, load_data, load_text, only
from telnyx_emulator.scenarios.model import TimelineStep
from telnyx_emulator.scenarios.problems import InvalidScenario

from .. import Reply, RequestContext
from .request import Request


class Written(Request):
    """A scenario as the text of a file. `set`: values of its parameters."""

    yaml: NonBlank
    """The scenario, as the text of a file."""
    set: dict[str, Any] = Field(default_factory=dict)
    """Values of its parameters, by name."""


class Named(Request):
    """A scenario that comes with the package. `set`: values of its parameters."""

    use: NonBlank
    """The name of the scenario."""
    set: dict[str, Any] = Field(default_factory=dict)
    """Values of its parameters, by name."""


async def begin(request: RequestContext) -> Reply:
    """`PUT scenarios`: a scenario as JSON, {yaml, set?}, or {use: "builtin:NAME", set?} → 201

    It begins at once. One of the same name that is under way ends.
    """
    performance = request.tenant.perform(_run(request.body()).scenario)
    return Reply({"data": describe(performance)}, 201)


def _run(body: dict[str, Any]) -> Run:
    try:
        return only(_runs(body))
    except InvalidScenario as error:
        raise InvalidParameters([Refusal("10015", one.place.path, str(one)) for one in error.problems]) from None


def _runs(body: dict[str, Any]) -> list[Run]:
    if "yaml" in body:
        written = Written.parse(body)
        return load_text(written.yaml, "yaml", written.set, files_too=False)
    if isinstance(body.get("use"), str):
        named = Named.parse(body)
        if not named.use.startswith(library.BUILTIN):
            detail = f"Only scenarios that come with the package can be named: {library.BUILTIN}NAME."
            raise InvalidParameters([Refusal("10015", "/use", detail)])
        return load(named.use, named.set)
    return load_data(body)


async def list_all(request: RequestContext) -> Reply:
    """`GET scenarios`: those that are under way."""
    return Reply({"data": [describe(one) for one in request.tenant.performances.values()]})


async def read(request: RequestContext) -> Reply:
    """`GET scenarios/{name}`"""
    return Reply({"data": describe(_find(request))})


async def end(request: RequestContext) -> Reply:
    """`DELETE scenarios/{name}`: it ends; the answer has its final verdicts."""
    performance = _find(request)
    return Reply({"data": _end(request, performance)})


async def end_all(request: RequestContext) -> Reply:
    """`DELETE scenarios`: all end; the answer has their final verdicts."""
    return Reply({"data": [_end(request, one) for one in tuple(request.tenant.performances.values())]})


def _end(request: RequestContext, performance: ScenarioRun) -> dict[str, Any]:
    performance.end()
    request.tenant.performances.pop(performance.scenario.scenario, None)
    return describe(performance)


def _find(request: RequestContext) -> ScenarioRun:
    name, performances = request.params["name"], request.tenant.performances
    if name not in performances:
        known = ", ".join(performances) or "none"
        raise ResourceNotFound(f"No scenario {name} is performed in this world; there are: {known}.")
    return performances[name]


def describe(performance: ScenarioRun) -> dict[str, Any]:
    """How a scenario stands. Instants in virtual seconds."""
    scenario = performance.scenario
    return {
        "scenario": scenario.scenario,
        "about": scenario.about,
        "ended": performance.ended,
        "began": round(performance.began, 6),
        "first_seq": performance.first_seq,
        "legs": {name: id for id, name in performance.names().items()},
        "pending_steps": [_plain(step) for step in performance.pending_steps()],
        "verdicts": [one.shown() for one in performance.verdicts(over=performance.ended)],
        "faults": [_fault(id, rule) for id, rule in performance.faults.items()],
    }


def _plain(part: TimelineStep) -> dict[str, Any]:
    return part.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _fault(id: str, rule: Rule) -> dict[str, Any]:
    return {
        "id": id,
        "name": rule.name,
        "plane": rule.plane,
        "fired": rule.fired,
        "unused": rule.unused,
    }
