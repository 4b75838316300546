"""What an application has in its hands when it verifies: headers and a body, or what it takes for them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

SIGNATURE: Final = "telnyx-signature-ed25519"
TIMESTAMP: Final = "telnyx-timestamp"


@dataclass(frozen=True, slots=True)
class SentWebhook:
    """One attempt to deliver an event, as the emulator remembers it. `data`: the event alone."""

    event: str
    id: str
    data: bytes
    body: bytes
    headers: Mapping[str, str]
    fault: str | None = None
    """By which it was signed wrongly on purpose."""


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header, whatever the case of its name."""
    return next((value for given, value in headers.items() if given.strip().lower() == name), None)


def decoded(text: str | None) -> bytes | None:
    """What is in base64 of the standard alphabet, with padding; None if it is not that."""
    try:
        return base64.b64decode(text or "", validate=True) or None
    except (binascii.Error, ValueError):
        return None


def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this signature of this message was made with the private half of this key. Wrong lengths: no."""
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        VerifyKey(key).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def message(timestamp: str, body: bytes) -> bytes:
    """What is signed."""
    return timestamp.encode() + b"|" + body


def genuine(headers: Mapping[str, str], body: bytes, key: bytes) -> bool:
    """Whether headers and body are as they should be, whatever the time."""
    signature = decoded(header(headers, SIGNATURE)) or b""
    return verifies(key, message(header(headers, TIMESTAMP) or "", body), signature)
