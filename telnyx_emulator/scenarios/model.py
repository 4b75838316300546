"""A scenario: parties, faults, timeline and expectations, each of which works alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from telnyx_emulator.core.time.durations import Duration, Seconds

from .fault import Fault
from .names import WrongPart
from .observation import Model, Observation
from .party import Acts, Hangup, Nothing, Party, Persona, Press, Reject, Say, clashes


class CallIn(Model):
    """Somebody calls the application. `from`: a party, or a number; without it somebody with a believable one."""

    from_: str | None = Field(None, alias="from", min_length=1)
    to: str = "+15559990000"
    as_: str | None = Field(None, alias="as", min_length=1)
    connection_id: str | None = None
    caller_name: str | None = None
    headers: dict[str, str] | None = None
    persona: Persona | None = None


class OnLeg(Model):
    """Something that is done to a leg, by its name; unset: the only leg there is, or the one of `when`."""

    leg: str | None = None


class AnswerLeg(OnLeg):
    """The far end picks up."""


class RejectLeg(OnLeg, Reject):
    """The far end refuses."""


class PressOnLeg(OnLeg, Press):
    """The far end presses keys."""


class SayOnLeg(OnLeg, Say):
    """The far end speaks."""


class HoldLeg(OnLeg):
    """The far end puts us on hold."""


class UnholdLeg(OnLeg):
    """The far end comes back."""


class HangupLeg(OnLeg, Hangup):
    """The far end hangs up."""


class AppRequest(Model):
    """A request to the application, below its own URL: how else would it dial?"""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    path: str = Field("/", pattern="^/")
    json_: Any = Field(None, alias="json")
    headers: dict[str, str] | None = None


class Step(Model):
    """One thing that happens from outside: at a virtual instant (`at`), or `when` something was seen, `after` so long.

    `as` names the leg on which the awaited thing happened; it may be all that a step does. `times`: how often a
    step with `when` may be taken, once unless said otherwise.
    """

    at: Seconds | None = None
    when: Observation | None = None
    after: Seconds = 0.0
    times: int = Field(1, ge=1)
    optional: bool = False
    as_: str | None = Field(None, alias="as", min_length=1)

    call: CallIn | None = None
    answer: AnswerLeg | None = None
    reject: RejectLeg | None = None
    press: PressOnLeg | None = None
    say: SayOnLeg | None = None
    hold: HoldLeg | None = None
    unhold: UnholdLeg | None = None
    hangup: HangupLeg | None = None
    request: AppRequest | None = None

    @model_validator(mode="after")
    def _one_anchor_one_act(self) -> Self:
        if (self.at is None) == (self.when is None):
            raise ValueError("a step has either at or when")
        acts = [name for name in ACTS if getattr(self, name) is not None]
        if len(acts) > 1 or (not acts and self.as_ is None):
            raise ValueError(f"give exactly one of {', '.join(ACTS)}")
        if self.as_ is not None and self.when is None:
            raise ValueError("as names the leg of when; a call is named inside: call: {as: …}")
        return self

    @property
    def act(self) -> str | None:
        return next((name for name in ACTS if getattr(self, name) is not None), None)


ACTS = ("call", *Acts.model_fields, "request")


class Expectation(Observation):
    """Something that must be seen, or must `never` be.

    `count`: exactly so often (unset: at least once). `within`: virtual time, counted from the previous item of
    `in_order`, else from the leg's first event, else from the start.
    """

    count: int | None = Field(None, ge=0, strict=True)
    at_least: int | None = Field(None, ge=0, strict=True)
    at_most: int | None = Field(None, ge=0, strict=True)
    never: bool = False
    within: Duration | None = None

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
    """Things that must be seen one after the other; others may lie between them."""

    in_order: tuple[Expectation, ...] = Field(min_length=1)

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


class Scenario(Model):
    """One file. `params` have been filled in, `use` has been merged and `matrix` been spread out before."""

    version: Literal[1]
    scenario: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    about: str | None = None
    strict: bool = False
    """A command that nothing expects fails the run."""
    seed: int | None = None
    parties: Mapping[str, Party] = {}
    faults: tuple[Fault, ...] = ()
    timeline: tuple[Step, ...] = ()
    expect: tuple[Expected, ...] = ()

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
                told = f'call from "{from_}": neither a party ({known}) nor a number'
                raise WrongPart(told, ("timeline", index, "call", "from"))
        return self


def _is_address(text: str) -> bool:
    return text.startswith(("+", "sip:", "sips:", "tel:")) or text.isdigit() or "@" in text or text == "anonymous"


__all__ = ["ACTS", "Expectation", "InOrder", "Nothing", "Scenario", "Step"]
