"""What a webhook looks like when it arrives."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from wire import Api, Received, Receiver

from telnyx_emulator import Emulator

pytestmark = pytest.mark.usefixtures("in_order")


def verify(received: Received, public_key: str) -> None:
    stamp, signature = received.headers["telnyx-timestamp"], received.headers["telnyx-signature-ed25519"]
    message = stamp.encode() + b"|" + received.signed
    VerifyKey(base64.b64decode(public_key)).verify(message, base64.b64decode(signature, validate=True))


def assert_sorted(value: Any) -> None:
    if isinstance(value, dict):
        assert list(value) == sorted(value)
        for inner in value.values():
            assert_sorted(inner)
    if isinstance(value, list):
        for inner in value:
            assert_sorted(inner)


async def test_the_headers_are_the_vendor_s_and_no_others(api: Api, receiver: Receiver) -> None:
    await api.incoming()
    await api.rest()
    (webhook,) = receiver.received
    assert webhook.method == "POST"
    assert webhook.headers["content-type"] == "application/json"
    assert webhook.headers["user-agent"] == "telnyx-webhooks"
    assert re.fullmatch(r"\d{10}", webhook.headers["telnyx-timestamp"])
    assert len(base64.b64decode(webhook.headers["telnyx-signature-ed25519"], validate=True)) == 64
    transport = {"host", "accept", "accept-encoding", "content-length", "connection"}
    assert {name.lower() for name in webhook.headers} - transport == {
        "content-type",
        "user-agent",
        "telnyx-timestamp",
        "telnyx-signature-ed25519",
    }


@pytest.mark.settings(epoch="2031-05-01T00:00:00Z")
async def test_the_timestamp_is_real_time_whatever_the_virtual_clock_says(api: Api, receiver: Receiver) -> None:
    await api.incoming()
    await api.rest()
    (webhook,) = receiver.received
    assert abs(int(webhook.headers["telnyx-timestamp"]) - time.time()) < 10
    assert webhook.json["data"]["occurred_at"].startswith("2031-05-01T00:00:00")


async def test_the_signature_covers_the_raw_bytes(api: Api, receiver: Receiver, emulator: Emulator) -> None:
    id = await api.answered(caller_name="Zoë “quoted” \\ / 北京")
    await api.do(id, "hangup")
    await api.rest()
    assert receiver.names == ["call.initiated", "call.answered", "call.hangup"]
    for webhook in receiver.received:
        verify(webhook, emulator.public_key)
    webhook.body += b" "
    with pytest.raises(BadSignatureError):
        verify(webhook, emulator.public_key)


@pytest.mark.settings(signing_key=base64.b64encode(b"k" * 32).decode())
async def test_another_signing_key_signs_and_is_published(api: Api, receiver: Receiver) -> None:
    await api.incoming()
    await api.rest()
    verify(receiver.received[0], (await api.get("/_emulator/public-key")).data["public_key"])


async def test_keys_are_alphabetical_at_every_level(api: Api, receiver: Receiver) -> None:
    id = await api.answered(headers=[{"name": "X-Shop", "value": "7"}])
    await api.do(id, "speak", payload="hello", voice="female")
    await api.advance(5)
    await api.do(id, "hangup")
    await api.rest()
    assert "call.speak.ended" in receiver.names
    for webhook in receiver.received:
        assert list(webhook.json) == ["data", "meta"]
        assert list(webhook.json["data"]) == ["event_type", "id", "occurred_at", "payload", "record_type"]
        assert_sorted(webhook.json)


async def test_the_envelope_names_the_event_and_where_it_was_sent(api: Api, receiver: Receiver) -> None:
    await api.incoming()
    await api.rest()
    (webhook,) = receiver.received
    assert webhook.json["meta"] == {"attempt": 1, "delivered_to": receiver.url}
    data = webhook.json["data"]
    assert data["record_type"] == "event"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", data["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", data["occurred_at"])


async def test_with_get_the_signed_json_stands_in_the_query(api: Api, receiver: Receiver, emulator: Emulator) -> None:
    await api.dialled(
        webhook_url=f"{receiver.origin}/get?shop=a%26b&x=1", webhook_url_method="GET", client_state="a+/="
    )
    await api.rest()
    (webhook,) = receiver.received
    assert (webhook.method, webhook.body) == ("GET", b"")
    assert "content-type" not in webhook.headers
    assert {"shop": "a&b", "x": "1"}.items() <= webhook.query.items()
    assert webhook.json["meta"]["delivered_to"] == f"{receiver.origin}/get?shop=a%26b&x=1"
    assert webhook.payload["client_state"] == "a+/="
    verify(webhook, emulator.public_key)


async def test_a_retry_is_the_same_event_signed_anew(
    api: Api, receiver: Receiver, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.on("call.initiated", 500, 200)
    await api.incoming()
    await api.rest()
    now = api.world.clock.real_now()
    monkeypatch.setattr(api.world.clock, "real_now", lambda: now.replace(year=now.year + 1))
    await api.advance(1)
    first, second = receiver.received
    assert first.json["data"] == second.json["data"]
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.headers["telnyx-timestamp"] < second.headers["telnyx-timestamp"]
    assert first.headers["telnyx-signature-ed25519"] != second.headers["telnyx-signature-ed25519"]
    verify(second, emulator.public_key)
