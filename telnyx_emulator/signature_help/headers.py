"""The two headers of a webhook: are they there, and do they hold what they should?"""

from __future__ import annotations

import base64
import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from .webhook import SIGNATURE, TIMESTAMP, decoded

FRESH_SECS: Final = 300.0
"""Real seconds that SDKs let a timestamp be off."""


class Flaw(NamedTuple):
    """What is wrong, and what to do about it. `fatal`: no SDK would take it."""

    problem: str
    advice: str
    fatal: bool = True


class Found(NamedTuple):
    """A header as it was meant, if that can be told."""

    value: str | None
    problem: Flaw | None = None


def find(headers: Mapping[str, str], name: str) -> Found:
    """One of the two, also under the names that frameworks and typing errors give it."""
    if name in headers:
        return Found(headers[name].strip())
    for given, value in headers.items():
        if given.strip().lower() == name:
            advice = f"A plain dict is not: pass the framework's own headers, or a dict whose key is `{name}`."
            return Found(value.strip(), Flaw(f"`{given}`: names of headers are case-insensitive.", advice, False))
    for given, value in headers.items():
        bare = given.strip().lower().replace("_", "-").removeprefix("http-").removeprefix("x-")
        if bare == name:
            advice = f"Pass it to the SDK as `{name}`."
            return Found(value.strip(), Flaw(f"The header `{name}` is here as `{given}`.", advice))
    return Found(None, _missing(headers, name))


def _missing(headers: Mapping[str, str], name: str) -> Flaw:
    near = difflib.get_close_matches(name, [given.lower() for given in headers], 1, 0.6)
    if near and near[0] not in (SIGNATURE, TIMESTAMP):
        return Flaw(f"There is no header `{name}`, but there is `{near[0]}`.", f"Read `{name}` instead.")
    advice = "Was it lost in a proxy, a framework or a copy? Every webhook has both headers"
    return Flaw(f"There is no header `{name}`.", f"{advice}, unless a fault took them away.")


def timestamps(text: str) -> Iterator[str]:
    """The timestamp itself, then what it may have been made of."""
    yield text
    if re.fullmatch(r"\d{13}(\.\d+)?|\d{10}\.\d+", text):
        yield text[:10]


def judge_timestamp(text: str, now: float, tolerance: float) -> Flaw | None:
    """`now`: Unix time, in real seconds."""
    if re.fullmatch(r"\d{13}(\.\d+)?", text):
        return Flaw("The timestamp is in milliseconds.", "It is sent in seconds; use the header's text as it is.")
    if not re.fullmatch(r"\d{1,12}", text):
        return Flaw(f"The timestamp {text!r} is no Unix time in whole seconds.", "Use the text of the header as it is.")
    late = now - int(text)
    if abs(late) <= tolerance:
        return None
    if late < 0:
        advice = "The clock of one of the two computers is wrong, or your test has frozen the time."
        return Flaw(f"The timestamp is {-late:.0f} s in the future.", advice)
    advice = "Verify a webhook when it arrives. A stored one can be sent anew, freshly signed: `redeliver`."
    return Flaw(f"The timestamp is {late:.0f} s old, {tolerance:.0f} s are allowed.", advice)


class Signature(NamedTuple):
    """`raw`: the 64 bytes, if they can be told."""

    raw: bytes | None
    problem: Flaw | None = None


def read_signature(text: str) -> Signature:
    """The 64 bytes, if they can be told from what is in the header."""
    as_sent = "Use the text of the header as it is: base64 of 64 bytes, 88 characters that end in `==`."
    raw = decoded(text)
    if raw is not None and len(raw) == 64:
        return Signature(raw)
    if re.fullmatch(r"(0x)?[0-9a-fA-F]{128}", text):
        raw = bytes.fromhex(text.removeprefix("0x"))
        advice = f"It is sent as base64: {base64.b64encode(raw).decode()}"
        return Signature(raw, Flaw("The signature is in hexadecimal.", advice))
    if raw is not None:
        return Signature(None, Flaw(f"The signature has {len(raw)} bytes instead of 64.", as_sent))
    bare = text.strip("'\" \t").replace("-", "+").replace("_", "/").replace(" ", "+").rstrip("=")
    raw = decoded(bare + "=" * (-len(bare) % 4))
    if raw is not None and len(raw) == 64:
        return Signature(raw, Flaw("The signature is not the base64 that was sent, but another form of it.", as_sent))
    return Signature(None, Flaw("The signature is no base64.", as_sent))
