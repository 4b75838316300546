"""A scenario: parties, faults, timeline and expectations, each of which works alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from telnyx_emulator.core.time.durations import Duration, Seconds

from .fault import ScenarioFault
from .names import WrongPart
from .observation import Model, Observation
from .party import Acts, Party, Persona, clashes


class CallIn(Model):
    """A call to the application."""

    from_: str | None = Field(None, alias="from", min_length=1)
    """The caller: the key of a party, or a number; unset: an invented caller with a believable number."""
    to: str = "+15559990000"
    """The number that is called."""
    as_: str | None = Field(None, alias="as", min_length=1)
    """The name of the new leg."""
    connection_id: str | None = None
    """The application that receives the call; unset: as the called number is routed."""
    caller_name: str | None = None
    """The caller's name that is shown."""
    headers: dict[str, str] | None = None
    """SIP headers of the call, by name."""
    persona: Persona | None = None
    """How the caller behaves; unset: as its party does."""


class AppRequest(Model):
    """A request to the application, below its own URL, such as one that makes it dial."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    """The HTTP method."""
    path: str = Field("/", pattern="^/")
    """The path below the application's URL."""
    json_: Any = Field(None, alias="json")
    """The body, sent as JSON."""
    headers: dict[str, str] | None = None
    """Headers of the request, by name."""


class TimelineStep(Acts):
    """One thing that happens from outside: at a virtual instant (`at`), or after something was seen (`when`).

    A step may do nothing but name a leg: `when` and `as`.
    """

    at: Seconds | None = None
    """When the step is taken, counted from the start of the scenario."""
    when: Observation | None = None
    """What the step waits for."""
    after: Seconds = 0.0
    """How long after `when` the step is taken."""
    times: int = Field(1, ge=1)
    """How often a step with `when` is taken at most."""
    optional: bool = False
    """The run does not fail if the step is never taken."""
    as_: str | None = Field(None, alias="as", min_length=1)
    """A name for the leg on which `when` was seen."""

    call: CallIn | None = None
    """A call comes in."""
    request: AppRequest | None = None
    """The application receives an HTTP request."""

    @model_validator(mode="after")
    def _one_anchor_one_act(self) -> Self:
        if (self.at is None) == (self.when is None):
            raise ValueError("a step has either at or when")
        if len(self.given()) > 1 or (self.act is None and self.as_ is None):
            raise ValueError(f"give exactly one of {', '.join(self.possible())}")
        if self.as_ is not None and self.when is None:
            raise ValueError("as names the leg of when; a call is named inside: call: {as: …}")
        return self

    @classmethod
    def possible(cls) -> tuple[str, ...]:
        return ("call", *super().possible(), "request")


class Expectation(Observation):
    """Something that must be seen, or must `never` be."""

    count: int | None = Field(None, ge=0, strict=True)
    """How often it is seen, exactly; unset: at least once."""
    at_least: int | None = Field(None, ge=0, strict=True)
    """How often it is seen at least."""
    at_most: int | None = Field(None, ge=0, strict=True)
    """How often it is seen at most."""
    never: bool = False
    """It is not seen at all."""
    within: Duration | None = None
    """Virtual time until it is seen, from the previous item of `in_order`, the leg's first event, or the start."""

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if self.never and (self.count is not None or self.at_least is not None or self.at_most is not None):
            raise ValueError("never is a count already")
        if self.count is not None and (self.at_least is not None or self.at_most is not None):
            raise ValueError("count is exact; leave out at_least and at_most")
        if self.at_least == 0 and self.at_most is None:
            raise ValueError("at_least 0 expects nothing; give at_most too")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least} and at_most {self.at_most} can never both be")
        return self


class InOrder(Model):
    """What must be seen in this order; other entries may lie between."""

    in_order: tuple[Expectation, ...] = Field(min_length=1)
    """What is seen, in this order."""

    @model_validator(mode="after")
    def _all_are_seen(self) -> Self:
        if any(one.never or {one.count, one.at_most, one.at_least} != {None} for one in self.in_order):
            raise ValueError("what is in order is seen once each; never and counts stand outside")
        return self


def _kind_of(given: Any) -> str:
    return (
        "InOrder" if isinstance(given, InOrder) or (isinstance(given, dict) and "in_order" in given) else "Expectation"
    )


Expected = Annotated[
    Annotated[Expectation, Tag("Expectation")] | Annotated[InOrder, Tag("InOrder")], Discriminator(_kind_of)
]


class ScenarioModel(Model):
    """One file. `params` have been filled in, `use` has been merged and `matrix` been spread out before."""

    version: Literal[1]
    """The version of the format."""
    scenario: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    """The name of the scenario."""
    about: str | None = None
    """What the scenario shows, for people."""
    strict: bool = False
    """A command that nothing expects fails the run."""
    seed: int | None = None
    """Makes ids and durations by lot the same in every run."""
    parties: Mapping[str, Party] = {}
    """The far ends, by a key of your own."""
    faults: tuple[ScenarioFault, ...] = ()
    """What goes wrong, and when."""
    timeline: tuple[TimelineStep, ...] = ()
    """What happens from outside."""
    expect: tuple[Expected, ...] = ()
    """What the application has to do."""

    @model_validator(mode="after")
    def _parties_are_apart(self) -> Self:
        for one, other in clashes(self.parties):
            where = "connector" if self.parties[other].kind == "siprec_recorder" else "number"
            raise WrongPart(f"{other} has the same {where} as {one}", ("parties", other))
        return self

    @model_validator(mode="after")
    def _callers_are_known(self) -> Self:
        for index, step in enumerate(self.timeline):
            from_ = step.call and step.call.from_
            if from_ and from_ not in self.parties and not _is_address(from_):
                known = ", ".join(self.parties) or "there are none"
                wording = f'call from "{from_}": neither a party ({known}) nor a number'
                raise WrongPart(wording, ("timeline", index, "call", "from"))
        return self


def _is_address(text: str) -> bool:
    return text.startswith(("+", "sip:", "sips:", "tel:")) or text.isdigit() or "@" in text or text == "anonymous"
