"""The other side: the person, machine or SIP peer that a leg of ours talks to, and what it does by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

SIP_CAUSES: Final[dict[int, str]] = {
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
NOWHERE = re.compile(r"^\w+://[^/?#]*\.invalid(?:[:/?#]|$)", re.IGNORECASE)
FAILS = re.compile(r"(?:^|[:@/])fails-([a-z0-9_-]+)", re.IGNORECASE)


def cause_of(sip: int) -> str:
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
class Outcome:
    """How a SIP request of ours ends: the final status, and after how many seconds."""

    sip: int
    after: float

    @property
    def succeeded(self) -> bool:
        return self.sip < 300


@dataclass(frozen=True, slots=True)
class FarEnd:
    """A behaviour, shared by all legs that have it. Times are virtual seconds.

    `rings`: how long until it reacts to a call, None: never by itself. `rejects`: the SIP status it then
    refuses with, None: it answers. `refused`: the platform does not even dial (403, D38). `patience`: how
    long a caller lets it ring. `presses`: digits pressed after each prompt. `hangs_up_after`: counted from
    the answer. `refer`: its answer to a REFER. `voice`: what is heard of it, if anything.
    """

    name: str
    about: str
    rings: float | None = 1.0
    rejects: int | None = None
    refused: bool = False
    patience: float = 120.0
    greeting: Greeting = Greeting()
    presses: str = ""
    hangs_up_after: float | None = None
    refer: int = 200
    voice: Literal["human", "synthetic", "silent", "no_media"] = "human"


VOICEMAIL = Greeting("machine", seconds=5.0, words=13)
SILENCE = Greeting("silence", seconds=0.0, words=0)

PERSONAS: Final[dict[str, FarEnd]] = {
    persona.name: persona
    for persona in (
        FarEnd("human", "rings 1 s, answers, says hello and listens"),
        FarEnd("manual", "rings until it is told to answer or reject", rings=None),
        FarEnd("busy", "is busy (SIP 486)", rejects=486),
        FarEnd("no_answer", "rings 10 s, then gives up (SIP 480)", rings=10.0, rejects=480),
        FarEnd("declined", "declines (SIP 603)", rejects=603),
        FarEnd("not_found", "does not exist (SIP 404)", rejects=404),
        FarEnd("refused", "may not be dialled: 403 with D38", refused=True),
        FarEnd("answers_after_3", "answers after 3 s", rings=3.0),
        FarEnd("answers_after_20", "answers after 20 s", rings=20.0),
        FarEnd("voicemail", "a machine: 5 s of greeting, then a beep", greeting=replace(VOICEMAIL, beep=0.5)),
        FarEnd("voicemail_no_beep", "a machine: 5 s of greeting, no beep", greeting=VOICEMAIL),
        FarEnd("fax", "a fax machine", greeting=Greeting("fax", 0.5, 3.0, 0)),
        FarEnd("synthetic_voice", "speaks with a voice made by a machine", voice="synthetic"),
        FarEnd("silent", "answers and never says a word", greeting=SILENCE, voice="silent"),
        FarEnd("no_media", "answers and sends no audio at all", greeting=SILENCE, voice="no_media"),
        FarEnd("hangs_up", "hangs up 10 s after the answer", hangs_up_after=10.0),
        FarEnd("presses_1", "presses 1 after each prompt", presses="1"),
        FarEnd("refer_declined", "declines every REFER (SIP 603)", refer=603),
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
    "0910": "hangs_up",
    "0911": "presses_1",
}
"""The last four digits of +1555010…, and who answers there."""


def far_end_at(address: str) -> FarEnd:
    """Who is at a number or SIP address: magic ones have their own behaviour, all others are human."""
    persona = _magic(address)
    if persona is None and (sip := failing_code(address)) is not None:
        return FarEnd(address, f"fails with SIP {sip}", rejects=sip)
    return persona or PERSONAS["human"]


def refer_outcome(target: str, far_end: FarEnd) -> Outcome:
    """How a REFER to `target` ends: as the target's name says, else as the far end of the leg likes it."""
    sip = failing_code(target)
    persona = _magic(target)
    if sip is None and persona is not None:
        sip = 403 if persona.refused else persona.rejects
        return Outcome(sip or far_end.refer, persona.rings or 1.0)
    return Outcome(sip or far_end.refer, 1.0)


def siprec_failure(connector: str) -> str | None:
    """Why a session with this connector fails (a Q.850 reason), or None: it works."""
    persona = _magic(connector)
    if persona is not None and (persona.refused or persona.rejects):
        return cause_of(persona.rejects or 403)
    match = FAILS.search(connector)
    if match is None:
        return None
    word = match[1].lower().replace("-", "_")
    return cause_of(int(word)) if word.isdigit() else word


def stream_failure(url: str) -> str | None:
    """Why nobody answers at a WebSocket URL, judged by its name alone (`fails-<reason>`, `.invalid`), or None."""
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
