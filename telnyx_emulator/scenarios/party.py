"""The far ends of a scenario, and how they behave by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from telnyx_emulator.commands.detection import AmdBehaviour
from telnyx_emulator.commands.types import Tones
from telnyx_emulator.core.events.calls import HangupCause
from telnyx_emulator.core.far_end.addresses import Parties
from telnyx_emulator.core.far_end.behaviour import CAUSE_CODES, PERSONAS, SILENCE, FarEnd, ScriptedAct, Siprec, bare
from telnyx_emulator.core.model import World
from telnyx_emulator.core.time.durations import Seconds

from .names import known
from .observation import Model, Observation

BUILTIN = "builtin:"
Sip = Annotated[int, Field(ge=100, le=699)]
Failure = Annotated[int, Field(ge=300, le=699)]
RejectCause = Annotated[str, AfterValidator(known("cause", CAUSE_CODES))]


def _persona(name: str) -> str:
    return known("persona", PERSONAS)(name.removeprefix(BUILTIN))


Persona = Annotated[str, AfterValidator(_persona), WithJsonSchema({"title": "persona"})]
"""The name of a behaviour; `builtin:` may stand before it."""


class AnswerBehaviour(Model):
    """The party answers."""

    after: Seconds = 1.0
    """How long it rings first."""


class RejectBehaviour(Model):
    """The party refuses, with a SIP status or a word such as `busy`; with neither, it declines.

    Of a status and a word the status is on the wire, and the word, if it is one of the vendor's, is the hangup cause.
    """

    sip: Failure | None = None
    """The SIP status of the refusal."""
    cause: RejectCause | None = None
    """The refusal as a word, such as `busy`; unset, without a status: `declined`."""
    after: Seconds = 1.0
    """How long it rings first."""

    def of(self, far_end: FarEnd) -> FarEnd:
        """The same far end, refusing."""
        sip = self.sip or CAUSE_CODES[self.cause or "declined"]
        cause = next((one for one in get_args(HangupCause) if one == self.cause), None)
        return replace(far_end, rejects=sip, cause=cause)


class ReferBehaviour(Model):
    """How a REFER is answered: by the far end itself, from 300 on, or as the new target takes the call."""

    sip: Sip = 200
    """The final SIP status of the REFER; from 300 on the far end declines."""
    after: Seconds = 1.0
    """How long the answer takes."""


class SiprecBehaviour(Model):
    """How a recording server takes a session."""

    accept: bool = True
    """Whether the server takes the session."""
    failure_cause: str = "no_answer"
    """Why the server refuses or ends the session: a Q.850 reason."""
    after: Seconds | None = None
    """How long it takes to connect, or to fail; unset: as usual."""
    drops_after: Seconds | None = None
    """How long after its start the server ends the session; unset: never."""

    @model_validator(mode="after")
    def _takes_it_or_not(self) -> Self:
        if not self.accept and self.drops_after is not None:
            raise ValueError("a server that does not accept cannot drop a session")
        return self

    def siprec(self, world: World) -> Siprec:
        """What becomes of one session."""
        after = None if self.after is None else world.draw(self.after)
        if not self.accept:
            return Siprec(self.failure_cause, after)
        if self.drops_after is None:
            return Siprec(None, after)
        cause = self.failure_cause if "failure_cause" in self.model_fields_set else None
        return Siprec(cause, after, world.draw(self.drops_after))


class Act(Model):
    """What a far end does on a leg."""

    leg: str | None = None
    """The name of the leg; unset: the one of `when`, else the only leg there is."""


class SayAct(Act):
    """Words of the far end."""

    text: str = Field(min_length=1)
    """The words."""
    confidence: float = Field(0.95, ge=0, le=1)
    """How sure a transcription of them is, from 0 to 1."""


class PressAct(Act):
    """Keys that the far end presses."""

    digits: Tones
    """The keys; `w` waits 0.5 seconds, `W` waits 1 second."""
    every: Seconds = 0.25
    """The time from key to key."""


class HangupAct(Act):
    """How the far end hangs up."""

    cause: HangupCause | None = None
    """The `hangup_cause` in the webhook."""
    sip: Sip | None = None
    """The SIP status in the webhook."""


class RejectAct(Act):
    """How the far end refuses."""

    cause: RejectCause | None = None
    """The refusal as a word, such as `busy`; unset, without a status: `declined`."""
    sip: Failure | None = None
    """The SIP status of the refusal."""


class Acts(Model):
    """What a far end can do to a leg: at most one of these at a time."""

    answer: Act | None = None
    """The far end answers."""
    reject: RejectAct | None = None
    """The far end refuses the call."""
    press: PressAct | None = None
    """The far end presses keys."""
    say: SayAct | None = None
    """The far end speaks."""
    hold: Act | None = None
    """The far end puts the application on hold."""
    unhold: Act | None = None
    """The far end ends the hold."""
    hangup: HangupAct | None = None
    """The far end hangs up."""

    def given(self) -> list[str]:
        """The names of the acts that are given."""
        return [name for name in self.possible() if getattr(self, name) is not None]

    @classmethod
    def possible(cls) -> tuple[str, ...]:
        """The names of all acts there are."""
        return tuple(Acts.model_fields)

    @property
    def act(self) -> str | None:
        """The name of what is to be done."""
        return next(iter(self.given()), None)


class Reaction(Acts):
    """One act of a party whenever something happens on one of its legs."""

    when: Observation
    """What the party reacts to, on one of its legs."""
    after: Seconds = 0.0
    """How long the reaction takes."""
    times: int | None = Field(None, ge=1)
    """How often the party reacts at most; unset: always."""

    @model_validator(mode="after")
    def _one_act(self) -> Self:
        if len(self.given()) != 1:
            raise ValueError(f"give exactly one of {', '.join(self.possible())}")
        return self


class Party(Model):
    """A far end at a number or SIP address, or a recording server.

    The behaviour begins with that of a persona; all other keys change it.
    """

    kind: Literal["caller", "person", "machine", "fax", "sip", "siprec_recorder"] = "person"
    """What the far end is; a `siprec_recorder` is a recording server."""
    about: str | None = None
    """A text about the party, for people."""
    persona: Persona | None = None
    """The behaviour to begin with; all other keys change it. Unset: as the kind says, else `human`."""
    number: str | None = Field(None, min_length=1)
    """The phone number or SIP address of the party; unset: the party only calls."""
    name: str | None = None
    """The caller's name that is shown."""
    connector: str | None = None
    """The SIPREC connector that leads to this recording server; unset: all connectors do."""
    patience: Seconds | None = None
    """How long an incoming call rings before the party gives up."""
    answer: AnswerBehaviour | None = None
    """The party answers."""
    reject: RejectBehaviour | None = None
    """The party refuses calls."""
    hangs_up_after: Seconds | None = None
    """How long after the answer the party hangs up."""
    presses: Tones | None = None
    """Keys to press after each prompt."""
    voice: Literal["human", "synthetic", "silent", "no_media"] | None = None
    """What is heard from the party."""
    amd: AmdBehaviour | None = None
    """What answering machine detection finds."""
    refer: ReferBehaviour | None = None
    """How the party answers a REFER."""
    siprec: SiprecBehaviour | None = None
    """How the recording server takes a session."""
    reacts: tuple[Reaction, ...] = ()
    """What the party does when something happens on one of its legs."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.answer is not None and self.reject is not None:
            raise ValueError("a party answers or rejects, not both")
        if self.kind == "siprec_recorder":
            if strange := self.model_fields_set & OF_LEGS:
                raise ValueError(f"a siprec_recorder is at no leg: it has no {', '.join(sorted(strange))}")
        elif strange := self.model_fields_set & OF_RECORDERS:
            raise ValueError(f"{', '.join(sorted(strange))} belongs to a party of kind siprec_recorder")
        return self

    @property
    def base(self) -> FarEnd:
        """Where its behaviour begins."""
        return PERSONAS[self.persona or USUAL.get(self.kind, "human")]

    def far_end(self, key: str, world: World) -> FarEnd:
        """Its behaviour on one leg: what is given, else its persona's. Ranges differ from leg to leg."""
        far_end = replace(self.base, name=key, about=self.about or self.base.about)
        if self.answer is not None:
            far_end = replace(far_end, rings=world.draw(self.answer.after), rejects=None, refused=False)
        if self.reject is not None:
            far_end = replace(self.reject.of(far_end), rings=world.draw(self.reject.after), refused=False)
        if self.patience is not None:
            far_end = replace(far_end, patience=world.draw(self.patience))
        return self._once_answered(far_end, world)

    def siprec_session(self, world: World) -> Siprec:
        """What becomes of one session with it, if it is a recording server."""
        return self.base.siprec or Siprec() if self.siprec is None else self.siprec.siprec(world)

    def _once_answered(self, far_end: FarEnd, world: World) -> FarEnd:
        if self.voice is not None:
            quiet = self.voice in ("silent", "no_media")
            far_end = replace(far_end, voice=self.voice, greeting=SILENCE if quiet else far_end.greeting)
        if self.amd is not None:
            far_end = self.amd.of(far_end, world)
        if self.hangs_up_after is not None:
            far_end = far_end.with_habit(ScriptedAct("answer", "hangup", world.draw(self.hangs_up_after)))
        if self.presses is not None:
            far_end = far_end.with_habit(ScriptedAct("heard", "press", text=self.presses))
        if self.refer is not None:
            far_end = replace(far_end, refer=self.refer.sip, refer_after=world.draw(self.refer.after))
        return far_end


OF_RECORDERS: Final = frozenset({"siprec", "connector"})
OF_LEGS: Final = frozenset(Party.model_fields) - OF_RECORDERS - {"kind", "about", "persona"}
USUAL: Final = {"machine": "voicemail", "fax": "fax"}
"""The personas of kinds that are not human."""


def clashes(parties: Mapping[str, Party]) -> Iterator[tuple[str, str]]:
    """Keys of parties that are where one of them is already, or lead to by the same connector."""
    taken: dict[tuple[str, str | None], str] = {}
    for key, party in parties.items():
        place = ("connector", party.connector) if party.kind == "siprec_recorder" else ("number", _address(party))
        if place != ("number", None) and taken.setdefault(place, key) != key:
            yield taken[place], key


def install(parties: Mapping[str, Party], world: World) -> Parties:
    """Put parties where they belong in a world: at their numbers, and behind connectors. One without any only calls."""
    recorders = {party.connector: party for party in parties.values() if party.kind == "siprec_recorder"}
    far_ends = {address: (key, party) for key, party in parties.items() if (address := _address(party))}
    installed = Parties(
        {address: partial(party.far_end, key, world) for address, (key, party) in far_ends.items()},
        {connector: partial(party.siprec_session, world) for connector, party in recorders.items()},
    )
    world.addresses.put(installed)
    return installed


def remove(installed: Parties, world: World) -> None:
    """Take them away again; legs that exist keep their far ends. Harmless when they are gone already."""
    world.addresses.remove(installed)


def _address(party: Party) -> str | None:
    return bare(party.number) if party.number else None
