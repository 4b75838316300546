"""Who is at the other end, and how they behave by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from telnyx_emulator.commands.detection import AmdBehaviour
from telnyx_emulator.commands.types import Tones
from telnyx_emulator.core.events import HangupCause
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


Persona = Annotated[str, AfterValidator(_persona)]
"""How somebody behaves; `builtin:` may stand before it."""


class AnswerBehaviour(Model):
    """It picks up, `after` ringing so long."""

    after: Seconds = 1.0


class RejectBehaviour(Model):
    """It refuses, with a SIP status or a word such as `busy` (declined unless said otherwise), `after` ringing so long.

    Of a status and a word the status is on the wire, and the word, if it is one of the vendor's, is the hangup cause.
    """

    sip: Failure | None = None
    cause: RejectCause | None = None
    after: Seconds = 1.0

    def of(self, far_end: FarEnd) -> FarEnd:
        """The same far end, refusing."""
        sip = self.sip or CAUSE_CODES[self.cause or "declined"]
        cause = next((one for one in get_args(HangupCause) if one == self.cause), None)
        return replace(far_end, rejects=sip, cause=cause)


class ReferBehaviour(Model):
    """How it answers when it is asked to call somebody else: by itself, from 300 on, or as that one takes the call."""

    sip: Sip = 200
    after: Seconds = 1.0


class SiprecBehaviour(Model):
    """How a recording server takes a session. `drops_after`: it accepts, and goes away so much later.

    `failure_cause`: why not, or why it goes; a Q.850 reason.
    """

    accept: bool = True
    failure_cause: str = "no_answer"
    after: Seconds | None = None
    drops_after: Seconds | None = None

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


class Say(Model):
    text: str = Field(min_length=1)
    confidence: float = Field(0.95, ge=0, le=1)


class Press(Model):
    """`every`: from key to key."""

    digits: Tones
    every: Seconds = 0.25


class Hangup(Model):
    cause: HangupCause | None = None
    sip: Sip | None = None


class Reject(Model):
    cause: RejectCause | None = None
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
    persona: Persona | None = None
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
