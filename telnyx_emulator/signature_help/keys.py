"""Public keys as people configure them, and what is wrong with those that are none."""

from __future__ import annotations

import base64
import re
from typing import Final, NamedTuple

from nacl.signing import SigningKey

from .webhook import decoded

SPKI: Final = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in DER, and so in PEM."""
ADVICE: Final = "`TELNYX_PUBLIC_KEY` is the base64 of 32 bytes, 44 characters that end in `=`"


class Key(NamedTuple):
    """The 32 bytes that were meant, if that can be told, and what is wrong with how they are written."""

    raw: bytes | None
    problem: str | None = None
    advice: str = ""


def read(text: str) -> Key:
    """A public key as it was configured."""
    bare = text.strip().strip("'\"")
    raw = decoded(bare)
    if raw is not None and len(raw) == 32:
        if bare == text:
            return Key(raw)
        return Key(raw, "The public key has spaces or quotes around it.", f"Remove them: {bare}")
    if not bare:
        return Key(None, "The public key is empty.", f"Set it: {ADVICE}.")
    return _pem(bare) or _hex(bare) or _other(bare, raw)


def _written(raw: bytes) -> str:
    return f"Write it as base64: {base64.b64encode(raw).decode()}"


def _pem(text: str) -> Key | None:
    """PEM, or the base64 inside it."""
    private = "PRIVATE KEY" in text
    inside = re.sub(r"-----[A-Z ]+-----|\s|\\n", "", text)
    der = decoded(inside)
    if private:
        return Key(None, "This is a private key in PEM form.", f"Use the public one: {ADVICE}.")
    if der is not None and der.startswith(SPKI) and len(der) == len(SPKI) + 32:
        raw = der[len(SPKI) :]
        form = "in PEM form" if "BEGIN" in text else "wrapped in DER"
        return Key(raw, f"The public key is {form}.", _written(raw))
    return None


def _hex(text: str) -> Key | None:
    if re.fullmatch(r"(0x)?[0-9a-fA-F]{64}", text) is None:
        return None
    raw = bytes.fromhex(text.removeprefix("0x"))
    return Key(raw, "The public key is in hexadecimal.", _written(raw))


def _other(text: str, raw: bytes | None) -> Key:
    if raw is not None:
        hint = " 64 bytes are a private key with its public half behind it." if len(raw) == 64 else ""
        return Key(None, f"The public key has {len(raw)} bytes instead of 32.{hint}", f"{ADVICE}.")
    padded = decoded(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
    if padded is not None and len(padded) == 32:
        return Key(padded, "The public key is url-safe base64, or without its padding.", _written(padded))
    return Key(None, "The public key is no base64.", f"{ADVICE}; a part of it may be missing.")


def of_private(raw: bytes) -> bytes:
    """The public half of a private key of 32 bytes."""
    return bytes(SigningKey(raw).verify_key)
