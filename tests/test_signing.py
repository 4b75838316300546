"""The key pair of the webhooks."""

from __future__ import annotations

import base64

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from telnyx_emulator.signing import DEVELOPMENT_KEY, Signer


def verify(signer: Signer, message: bytes, signature: str) -> None:
    VerifyKey(base64.b64decode(signer.public_key)).verify(message, base64.b64decode(signature))


def test_timestamp_bar_body_is_signed() -> None:
    signer = Signer()
    headers = signer.headers(b'{"a":"\xc3\xa4"}', 1_700_000_000)
    assert headers["telnyx-timestamp"] == "1700000000"
    verify(signer, b'1700000000|{"a":"\xc3\xa4"}', headers["telnyx-signature-ed25519"])


@pytest.mark.parametrize("message", [b'1700000001|{"a":1}', b'1700000000|{"a":2}', b'1700000000{"a":1}'])
def test_nothing_else_verifies(message: bytes) -> None:
    signer = Signer()
    signature = signer.headers(b'{"a":1}', 1_700_000_000)["telnyx-signature-ed25519"]
    with pytest.raises(BadSignatureError):
        verify(signer, message, signature)


def test_the_development_pair_is_everybody_s_and_never_changes() -> None:
    assert Signer().public_key == Signer(DEVELOPMENT_KEY).public_key
    assert len(base64.b64decode(Signer().public_key)) == 32
    assert base64.b64decode(DEVELOPMENT_KEY) == b"telnyx_emulator development key!"


def test_new_keys_are_usable_and_different() -> None:
    first, second = Signer.new_key(), Signer.new_key()
    assert first != second
    assert Signer(first).public_key != Signer(second).public_key


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(b"x" * 31).decode(), "x" * 44, "ä" * 44])
def test_a_key_that_is_none_says_how_to_make_one(key: str) -> None:
    with pytest.raises(ValueError, match="keys --new"):
        Signer(key)
