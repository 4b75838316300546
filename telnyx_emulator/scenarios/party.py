"""Who is at the other end, and how they behave by themselves."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from telnyx_emulator.commands.types import Tones
from telnyx_emulator.core.durations import Seconds
from telnyx_emulator.core.far_end import PERSONAS

from .names import known
from .observation import Model, Observation

BUILTIN = "builtin:"
Sip = Annotated[int, Field(ge=100, le=699)]
Failure = Annotated[int, Field(ge=300, le=699)]


def _persona(name: str) -> str:
    return known("persona", PERSONAS)(name.removeprefix(BUILTIN))


class AnswerBehaviour(Model):
    """It picks up, `after` ringing so long."""

    after: Seconds = 1.0


class RejectBehaviour(Model):
    """It refuses, with a SIP status or a word such as `busy`, `after` ringing so long."""

    sip: Failure | None = None
    cause: str | None = None
    after: Seconds = 1.0


class GreetingBehaviour(Model):
    """How a greeting ends: so long after the detector has spoken, and how the detector takes it."""

    ends_after: Seconds = 5.0
    result: Literal["beep_detected", "no_beep_detected", "ended", "not_sure"] = "ended"


class AmdBehaviour(Model):
    """What answering machine detection finds, and so long after the answer; the greeting is a machine's."""

    result: str = "human"
    after: Seconds = 3.0
    greeting: GreetingBehaviour | None = None


class ReferBehaviour(Model):
    """How it answers a REFER."""

    sip: Sip = 200
    after: Seconds = 1.0


class SiprecBehaviour(Model):
    """How a recording server takes a session. `drops_after`: it accepts, and goes away so much later."""

    accept: bool = True
    failure_cause: str = "no_answer"
    after: Seconds | None = None
    drops_after: Seconds | None = None


class Say(Model):
    text: str = Field(min_length=1)
    confidence: float = Field(0.95, ge=0, le=1)


class Press(Model):
    """`every`: from key to key."""

    digits: Tones
    every: Seconds = 0.25


class Hangup(Model):
    cause: str | None = None
    sip: Sip | None = None


class Reject(Model):
    cause: str | None = None
    sip: Failure | None = None


class Nothing(Model):
    """An act without parameters."""


class Acts(Model):
    """What a far end can do to a leg: at most one of these at a time."""

    answer: Nothing | None = None
    reject: Reject | None = None
    press: Press | None = None
    say: Say | None = None
    hold: Nothing | None = None
    unhold: Nothing | None = None
    hangup: Hangup | None = None


class Reaction(Acts):
    """Whenever something happens on a leg of this party, it does one thing, `after` so long; `times` at most."""

    when: Observation
    after: Seconds = 0.0
    times: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _one_act(self) -> Self:
        given = [name for name in Acts.model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(Acts.model_fields)}")
        return self


class Party(Model):
    """Somebody at a number or SIP address, or a recording server.

    `persona` is where one begins (`human` unless the kind says otherwise); everything else changes it.
    """

    kind: Literal["caller", "person", "machine", "fax", "sip", "siprec_recorder"] = "person"
    about: str | None = None
    persona: Annotated[str, AfterValidator(_persona)] | None = None
    number: str | None = Field(None, min_length=1)
    name: str | None = None
    """The caller's name that is shown."""
    connector: str | None = None
    """A recording server is meant by the connector of this name only; unset: by all."""
    patience: Seconds | None = None
    answer: AnswerBehaviour | None = None
    reject: RejectBehaviour | None = None
    hangs_up_after: Seconds | None = None
    presses: Tones | None = None
    """Pressed after each prompt."""
    voice: Literal["human", "synthetic", "silent", "no_media"] | None = None
    amd: AmdBehaviour | None = None
    refer: ReferBehaviour | None = None
    siprec: SiprecBehaviour | None = None
    reacts: tuple[Reaction, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.answer is not None and self.reject is not None:
            raise ValueError("a party answers or rejects, not both")
        if self.siprec is not None and self.kind != "siprec_recorder":
            raise ValueError("siprec belongs to a party of kind siprec_recorder")
        if self.connector is not None and self.kind != "siprec_recorder":
            raise ValueError("connector belongs to a party of kind siprec_recorder")
        return self
