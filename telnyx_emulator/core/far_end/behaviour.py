"""The other side: the person, machine or SIP peer that a leg of ours talks to, and what it does by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from telnyx_emulator.core.events.calls import HangupCause
from telnyx_emulator.core.events.detection import AnyDetected, AnyGreetingEnd

SIP_CAUSES: Final[dict[int, HangupCause]] = {
    403: "call_rejected",
    404: "not_found",
    408: "no_answer",
    480: "no_answer",
    486: "user_busy",
    600: "user_busy",
    603: "call_rejected",
}
"""SIP answers and the vendor's hangup causes; every other failure is `unspecified`."""

CAUSE_CODES: Final[dict[str, int]] = {
    "busy": 486,
    "call_rejected": 603,
    "declined": 603,
    "forbidden": 403,
    "no_answer": 480,
    "not_found": 404,
    "timeout": 408,
    "unavailable": 503,
    "unspecified": 500,
    "user_busy": 486,
}
"""The words that may stand for a SIP answer in `fails-<cause>`."""

MAGIC_PREFIX: Final = "+1555010"
SCHEME = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
NOWHERE = re.compile(r"^\w+://[^/?#]*\.invalid(?:[:/?#]|$)", re.IGNORECASE)
FAILS = re.compile(r"(?:^|[:@/])fails-([a-z0-9_-]+)", re.IGNORECASE)


def cause_of(sip: int) -> HangupCause:
    """The hangup cause of a SIP failure."""
    return SIP_CAUSES.get(sip, "unspecified")


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is heard first after the answer; times in seconds from the answer, `beep` from the greeting's end."""

    kind: Literal["human", "machine", "fax", "silence"] = "human"
    starts: float = 0.3
    seconds: float = 1.0
    words: int = 1
    beep: float | None = None


@dataclass(frozen=True, slots=True)
class SipOutcome:
    """How a SIP request of ours ends: the final status, and after how many seconds."""

    sip: int
    after: float

    @property
    def succeeded(self) -> bool:
        return self.sip < 300


@dataclass(frozen=True, slots=True)
class Finding:
    """What answering machine detection finds, whatever can be heard, in any of the vendor's words.

    `after`: seconds from the answer. `greeting`: how a machine's greeting ends, `ends_after` that many seconds
    later; None: it is not settled.
    """

    result: AnyDetected
    after: float
    greeting: AnyGreetingEnd | None = None
    ends_after: float = 5.0


@dataclass(frozen=True, slots=True)
class ScriptedAct:
    """Something that a far end does by itself, `after` so many seconds.

    `on`: when the leg is answered, a prompt begins (`prompt`) or was heard to its end (`heard`), or a key of ours
    is heard (`key`). `text`: what it says then, or the keys that it presses.
    """

    on: Literal["answer", "prompt", "heard", "key"]
    act: Literal["hangup", "hold", "unhold", "press", "say"]
    after: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Siprec:
    """How a recording server takes a session. `failure`: why it does not, a Q.850 reason, None: it does.

    `after`: seconds until either is known, None: as long as usual. `drops_after`: how long a session lasts that it
    took, None: as long as we like; `failure` is then why it ends.
    """

    failure: str | None = None
    after: float | None = None
    drops_after: float | None = None


@dataclass(frozen=True, slots=True)
class FarEnd:
    """A behaviour, shared by all legs that have it. Times are virtual seconds.

    `rings`: how long until it reacts to a call, None: never by itself. `rejects`: the SIP status it then
    refuses with, None: it answers; `cause`: the hangup cause then, None: the one of the status. `refused`: the
    platform does not even dial (403, D38). `patience`: how long a caller lets it ring. `greeting`: what is heard of
    it first, if we called; `amd`: what a detector makes of it, None: what it hears. `habits`: what it does later.
    `refer`: its answer to a REFER, `refer_after` so long, None: as long as the other one rings. `siprec`: how it
    takes a recording session, if it is a server for them. `voice`: what its voice is like, if it has one.
    """

    name: str
    about: str
    rings: float | None = 1.0
    rejects: int | None = None
    cause: HangupCause | None = None
    refused: bool = False
    patience: float = 120.0
    greeting: Greeting = Greeting()
    amd: Finding | None = None
    habits: tuple[ScriptedAct, ...] = ()
    refer: int = 200
    refer_after: float | None = None
    siprec: Siprec | None = None
    voice: Literal["human", "synthetic", "silent", "no_media"] = "human"

    def with_habit(self, habit: ScriptedAct) -> FarEnd:
        """The same with one habit more, instead of the one that has it do the same on the same occasion."""
        others = [one for one in self.habits if (one.on, one.act) != (habit.on, habit.act)]
        return replace(self, habits=(*others, habit))


HUMAN = Greeting()
VOICEMAIL = Greeting("machine", seconds=5.0, words=13)
SILENCE = Greeting("silence", seconds=0.0, words=0)
FAX = Greeting("fax", 0.5, 3.0, 0)
MENU = "Welcome. For sales, press one. For support, press two."

PERSONAS: Final[dict[str, FarEnd]] = {
    persona.name: persona
    for persona in (
        FarEnd("human", "rings 1 s, answers, says hello and listens"),
        FarEnd("manual", "rings until it is told to answer or reject", rings=None),
        FarEnd("busy", "is busy (SIP 486)", rejects=486),
        FarEnd("no_answer", "rings 10 s, then gives up (SIP 480)", rings=10.0, rejects=480),
        FarEnd("declined", "declines (SIP 603)", rejects=603),
        FarEnd("not_found", "does not exist (SIP 404)", rejects=404),
        FarEnd("unallocated", "has an unallocated number (SIP 404)", rejects=404),
        FarEnd("refused", "may not be dialled: 403 with D38", refused=True),
        FarEnd("answers_after_3", "answers after 3 s", rings=3.0),
        FarEnd("answers_after_20", "answers after 20 s", rings=20.0),
        FarEnd("voicemail", "a machine: 5 s of greeting, then a beep", greeting=replace(VOICEMAIL, beep=0.5)),
        FarEnd("voicemail_no_beep", "a machine: 5 s of greeting, no beep", greeting=VOICEMAIL),
        FarEnd("fax", "a fax machine", greeting=FAX),
        FarEnd("synthetic_voice", "speaks with a voice made by a machine", voice="synthetic"),
        FarEnd("silent", "answers and never says a word", greeting=SILENCE, voice="silent"),
        FarEnd("no_media", "answers and sends no audio at all", greeting=SILENCE, voice="no_media"),
        FarEnd("hangs_up", "hangs up 10 s after the answer", habits=(ScriptedAct("answer", "hangup", 10.0),)),
        FarEnd("impatient", "hangs up 1.5 s after a prompt begins", habits=(ScriptedAct("prompt", "hangup", 1.5),)),
        FarEnd("presses_1", "presses 1 after each prompt", habits=(ScriptedAct("heard", "press", text="1"),)),
        FarEnd(
            "presses_1234", "presses 1234# after each prompt", habits=(ScriptedAct("heard", "press", text="1234#"),)
        ),
        FarEnd(
            "holds",
            "puts us on hold 5 s after the answer, and comes back 15 s later",
            habits=(ScriptedAct("answer", "hold", 5.0), ScriptedAct("answer", "unhold", 20.0)),
        ),
        FarEnd(
            "ivr",
            "a phone menu: says what there is to press, and thanks for each key",
            greeting=SILENCE,
            amd=Finding("machine", 3.0),
            habits=(
                ScriptedAct("answer", "say", 0.5, MENU),
                ScriptedAct("key", "say", 0.5, "Thank you. One moment, please."),
            ),
        ),
        FarEnd("refer_declined", "declines every REFER (SIP 603)", refer=603),
        FarEnd("recorder_fails", "a SIPREC server that does not answer", siprec=Siprec("no_answer")),
        FarEnd("recorder_drops", "a SIPREC server that goes away after 30 s", siprec=Siprec(drops_after=30.0)),
    )
}

MAGIC_NUMBERS: Final[dict[str, str]] = {
    "0003": "answers_after_3",
    "0020": "answers_after_20",
    "0403": "refused",
    "0404": "not_found",
    "0480": "no_answer",
    "0486": "busy",
    "0603": "declined",
    "0901": "voicemail",
    "0902": "voicemail_no_beep",
    "0903": "fax",
    "0904": "synthetic_voice",
    "0905": "silent",
    "0906": "no_media",
    "0907": "impatient",
    "0908": "holds",
    "0909": "ivr",
    "0910": "hangs_up",
    "0911": "presses_1",
    "0912": "presses_1234",
    "0913": "refer_declined",
    "0920": "recorder_fails",
    "0921": "recorder_drops",
}
"""The last four digits of +1555010…, and who answers there."""


def bare(address: str) -> str:
    """An address without what varies in writing it: scheme, parameters, digits to be pressed, capitals."""
    return re.split(r"[;,?]", SCHEME.sub("", address.strip()))[0].strip().lower()


def far_end_at(address: str) -> FarEnd:
    """Who is at a number or SIP address: magic ones have their own behaviour, all others are human."""
    persona = _magic(address)
    if persona is None and (sip := failing_code(address)) is not None:
        return FarEnd(address, f"fails with SIP {sip}", rejects=sip)
    return persona or PERSONAS["human"]


def refer_outcome(far_end: FarEnd, target: FarEnd) -> SipOutcome:
    """How a REFER ends: the far end of the leg may decline it, else it is as the target takes its call."""
    refused = 403 if target.refused else target.rejects
    sip = far_end.refer if far_end.refer >= 300 else refused or far_end.refer
    return SipOutcome(sip, far_end.refer_after if far_end.refer_after is not None else target.rings or 1.0)


def siprec_at(connector: str) -> Siprec:
    """What becomes of a session with this connector: magic ones have a behaviour of their own, all others work."""
    persona = _magic(connector)
    if persona is not None and persona.siprec is not None:
        return persona.siprec
    if persona is not None and (persona.refused or persona.rejects):
        return Siprec(cause_of(persona.rejects or 403))
    match = FAILS.search(connector)
    if match is None:
        return Siprec()
    word = match[1].lower().replace("-", "_")
    return Siprec(cause_of(int(word)) if word.isdigit() else word)


def stream_failure(url: str) -> str | None:
    """Why a WebSocket URL does not answer, judged by its name alone (`fails-<reason>`, `.invalid`), or None."""
    match = FAILS.search(url)
    if match is None:
        return "connection_failed" if NOWHERE.search(url) else None
    word = match[1].lower().replace("-", "_")
    return "connection_failed" if word.isdigit() else word


def failing_code(address: str) -> int | None:
    """The SIP status in `fails-<code or cause>`, as in `sip:fails-603@example.com`."""
    match = FAILS.search(address)
    if match is None:
        return None
    word = match[1].lower().replace("-", "_")
    if word.isdigit():
        return int(word) if 300 <= int(word) <= 699 else 500
    return CAUSE_CODES.get(word, 500)


def _magic(address: str) -> FarEnd | None:
    start = address.find(MAGIC_PREFIX)
    digits = address[start + len(MAGIC_PREFIX) :][:4] if start >= 0 else ""
    name = MAGIC_NUMBERS.get(digits)
    return PERSONAS[name] if name else None
