"""From a webhook that does not verify to the reason."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from telnyx_emulator.signing import Signer

from . import keys
from .headers import FRESH_SECS, Flaw, find, judge_timestamp, read_signature, timestamps
from .history import history
from .spellings import RAW, READ_ONCE, parsed, spellings
from .webhook import SIGNATURE, TIMESTAMP, SentWebhook, message, verifies

CONFIGURED: Final = "the configured key"


@dataclass(slots=True)
class Verification:
    """Whether an SDK would take the webhook, and all that is wrong or remarkable; the first one matters most."""

    valid: bool
    problems: list[Flaw] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {
            "valid": self.valid,
            "problems": [{"problem": one.problem, "advice": one.advice} for one in self.problems],
        }


def explain(
    headers: Mapping[str, str],
    body: bytes,
    public_key: str | None = None,
    *,
    now: float,
    tolerance: float = FRESH_SECS,
    server_key: str | None = None,
    sent: Sequence[SentWebhook] = (),
) -> Verification:
    """Verify as SDKs do and say why it fails.

    `public_key`: what the application has configured; without it the `server_key`, else the development key.
    `now`, `tolerance`: Unix time and real seconds. `sent`: what an emulator has sent, the newest first.
    """
    problems: list[Flaw] = []
    signature, timestamp = (_header(headers, name, problems) for name in (SIGNATURE, TIMESTAMP))
    key = keys.read(public_key if public_key is not None else server_key or Signer().public_key)
    if key.problem is not None:
        problems.append(Flaw(key.problem, key.advice))
    raw = None
    if signature is not None:
        raw, wrong = read_signature(signature)
        problems += [wrong] if wrong else []
    if timestamp is not None and raw is not None:
        known = _known(key.raw, server_key)
        check = Check(raw, timestamp, body, known)
        if not check.holds(CONFIGURED):
            problems = [*check.reasons(signature or "", sent), *problems]
    if timestamp is not None and (stale := judge_timestamp(timestamp, now, tolerance)):
        problems.append(stale)
    return Verification(not any(problem.fatal for problem in problems), problems)


def _header(headers: Mapping[str, str], name: str, problems: list[Flaw]) -> str | None:
    value, problem = find(headers, name)
    if problem is not None:
        problems.append(problem)
    return value


def _known(configured: bytes | None, server_key: str | None) -> dict[str, bytes]:
    """The keys that may have signed, by what they are called; each once, the configured one first."""
    named = {CONFIGURED: configured}
    if server_key:
        named["the key of this emulator"] = keys.read(server_key).raw
    named["the development key"] = keys.read(Signer().public_key).raw
    found: dict[str, bytes] = {}
    for name, raw in named.items():
        if raw is not None and raw not in found.values():
            found[name] = raw
    return found


@dataclass(slots=True)
class Check:
    """A signature that is held against keys, timestamps and spellings."""

    signature: bytes
    timestamp: str
    body: bytes
    keys: dict[str, bytes]

    def holds(self, key: str) -> bool:
        return key in self.keys and verifies(self.keys[key], message(self.timestamp, self.body), self.signature)

    def reasons(self, signature: str, sent: Sequence[SentWebhook]) -> Iterator[Flaw]:
        """Why it does not hold: what explains it for certain, else what the history tells, else a guess."""
        told = [*history(signature, self.timestamp, self.body, sent)]
        if told and told[0].certain:
            yield from (one.problem for one in told)
            return
        found = next(chain(self._of_another_key(), self._of_another_form(), self._joined_otherwise()), None)
        if found is not None:
            yield from found
        elif told:
            yield from (one.problem for one in told)
        else:
            yield self._unknown()

    def _signer(self, signed: bytes) -> str | None:
        """The name of the key that this was signed with."""
        return next((name for name, raw in self.keys.items() if verifies(raw, signed, self.signature)), None)

    def _of_another_key(self) -> Iterator[list[Flaw]]:
        signed = message(self.timestamp, self.body)
        name = self._signer(signed)
        if name is not None:
            yield [self._wrong_key(name)]
        configured = self.keys.get(CONFIGURED)
        if configured is not None and verifies(keys.of_private(configured), signed, self.signature):
            public = base64.b64encode(keys.of_private(configured)).decode()
            yield [Flaw("The private key is configured where the public one belongs.", f"Set {_set(public)}")]

    def _of_another_form(self) -> Iterator[list[Flaw]]:
        for stamp in timestamps(self.timestamp):
            name = self._signer(message(stamp, self.body))
            if name is not None and stamp != self.timestamp:
                yield [*self._other_key(name)]
            for spelling in spellings(self.body):
                name = self._signer(message(stamp, spelling.body))
                if name is not None:
                    yield [Flaw(spelling.problem, spelling.advice), *self._other_key(name)]

    def _joined_otherwise(self) -> Iterator[list[Flaw]]:
        stamp = self.timestamp.encode()
        joined = {
            "`body|timestamp`": self.body + b"|" + stamp,
            "timestamp and body with nothing between them": stamp + self.body,
            "`timestamp.body`": stamp + b"." + self.body,
            "the body alone": self.body,
            "body and timestamp with nothing between them": self.body + stamp,
        }
        for what, signed in joined.items():
            if self._signer(signed) is not None:
                yield [Flaw(f"What was signed is {what}.", "Sign and verify `timestamp|body`.")]

    def _other_key(self, name: str) -> Iterator[Flaw]:
        if name != CONFIGURED:
            yield self._wrong_key(name)

    def _wrong_key(self, name: str) -> Flaw:
        public = base64.b64encode(self.keys[name]).decode()
        return Flaw(f"It was signed with {name}, but another public key is configured.", f"Set {_set(public)}")

    def _unknown(self) -> Flaw:
        if not self.body.strip():
            return Flaw("The body is empty, and the signature does not fit it.", READ_ONCE)
        if parsed(self.body) is None:
            return Flaw("The body is no JSON, and the signature does not fit it.", RAW)
        envelope = parsed(self.body)
        if (
            isinstance(envelope, dict)
            and "data" not in envelope
            and {"event_type", "call_control_id"} & envelope.keys()
        ):
            return Flaw("This is a part of the body, without the envelope `data` and `meta`.", RAW)
        return Flaw(
            "The signature fits neither this body in any usual spelling, nor a known key.",
            f"The body is another one, or was changed, or another party signed it. {RAW}",
        )


def _set(public: str) -> str:
    return f"TELNYX_PUBLIC_KEY={public}"
