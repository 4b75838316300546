"""The key pair that signs webhooks, and how it signs."""

from __future__ import annotations

import base64
from typing import Final

from nacl.signing import SigningKey

DEVELOPMENT_KEY: Final = "dGVsbnl4X2VtdWxhdG9yIGRldmVsb3BtZW50IGtleSE="
"""The private half of the pair that comes with the package: 32 readable bytes. It is not meant to protect anything."""


class Signer:
    """Ed25519 over `timestamp|body`, as Telnyx signs its webhooks."""

    def __init__(self, key: str = DEVELOPMENT_KEY) -> None:
        """`key`: base64 of a 32-byte seed, as `telnyx-emulator keys --new` prints one. Raises ValueError."""
        try:
            seed = base64.b64decode(key, validate=True)
        except ValueError:
            seed = b""
        if len(seed) != 32:
            raise ValueError("a signing key is the base64 of 32 bytes; `telnyx-emulator keys --new` makes one")
        self._key = SigningKey(seed)

    @property
    def public_key(self) -> str:
        """What goes into `TELNYX_PUBLIC_KEY`: base64 of the raw 32 bytes."""
        return base64.b64encode(bytes(self._key.verify_key)).decode()

    def headers(self, body: bytes, timestamp: int) -> dict[str, str]:
        """The two headers for a body that is sent at that Unix time, in whole seconds."""
        stamp = str(timestamp)
        signature = self._key.sign(stamp.encode() + b"|" + body).signature
        return {
            "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
            "telnyx-timestamp": stamp,
        }

    @staticmethod
    def new_key() -> str:
        return base64.b64encode(bytes(SigningKey.generate())).decode()
