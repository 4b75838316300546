"""Refusals as the SDK raises them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import telnyx
from telnyx import Telnyx

from telnyx_emulator import Emulator, EmulatorClient

AGENT = "+15550003333"


@pytest.fixture
def client(connect: Callable[..., Telnyx], blocking: Emulator) -> Telnyx:
    return connect(blocking)


@pytest.fixture
def ringing(client: Telnyx, blocking: Emulator) -> str:
    """An incoming call that nobody has answered yet."""
    return EmulatorClient(blocking.url, client.api_key).incoming_call().id


def dial(client: Telnyx, to: str = AGENT) -> Any:
    return client.calls.dial(connection_id="2963572552552678752", from_="+15550002222", to=to)


def codes(error: telnyx.APIStatusError) -> list[str]:
    return [entry["code"] for entry in error.body["errors"]]


def test_an_unknown_key_is_an_authentication_error(connect: Callable[..., Telnyx], guarded: Emulator):
    with pytest.raises(telnyx.AuthenticationError) as caught:
        dial(connect(guarded))
    assert codes(caught.value) == ["10009"]


def test_no_key_at_all_is_an_authentication_error(blocking: Emulator, connect: Callable[..., Telnyx]):
    client = connect(blocking)
    client.api_key = None
    with pytest.raises(telnyx.AuthenticationError) as caught:
        dial(client)
    assert codes(caught.value) == ["10009"]


def test_an_unknown_call_that_is_read_is_not_found(client: Telnyx):
    with pytest.raises(telnyx.NotFoundError) as caught:
        client.calls.retrieve_status("v3:nobody")
    assert codes(caught.value) == ["10005"]


def test_a_command_to_an_unknown_call_is_unprocessable(client: Telnyx):
    with pytest.raises(telnyx.UnprocessableEntityError) as caught:
        client.calls.actions.hangup("v3:nobody")
    assert codes(caught.value) == ["90015"]


def test_a_command_to_an_ended_call_is_unprocessable(client: Telnyx, ringing: str):
    client.calls.actions.hangup(ringing)
    with pytest.raises(telnyx.UnprocessableEntityError) as caught:
        client.calls.actions.hangup(ringing)
    assert codes(caught.value) == ["90018"]


def test_speech_on_a_call_that_rings_is_unprocessable(client: Telnyx, ringing: str):
    with pytest.raises(telnyx.UnprocessableEntityError) as caught:
        client.calls.actions.speak(ringing, payload="Hello", voice="female")
    assert codes(caught.value) == ["90034"]
    assert "can't receive speak command" in caught.value.body["errors"][0]["detail"]


def test_the_answer_to_an_own_call_is_unprocessable(client: Telnyx):
    call = dial(client).data.call_control_id
    with pytest.raises(telnyx.UnprocessableEntityError) as caught:
        client.calls.actions.answer(call)
    assert codes(caught.value) == ["90102"]


def test_all_that_is_wrong_with_a_body_is_told_at_once(client: Telnyx, ringing: str):
    with pytest.raises(telnyx.UnprocessableEntityError) as caught:
        client.calls.actions.answer(
            ringing, client_state="not base64!", record_format="ogg", webhook_url="nowhere", stream_codec="PCMU"
        )
    found = {entry["source"]["pointer"]: entry["code"] for entry in caught.value.body["errors"]}
    assert found == {"/client_state": "90017", "/record_format": "10032", "/webhook_url": "10003"}


def test_a_refused_dial_is_a_permission_error_that_names_a_call(client: Telnyx):
    with pytest.raises(telnyx.PermissionDeniedError) as caught:
        dial(client, "+15550100403")
    assert codes(caught.value) == ["10010"]
    assert caught.value.body["telnyx_error"] == {"error_code": "D38"}
    assert caught.value.body["data"]["call_control_id"].startswith("v3:")


def test_too_many_requests_are_a_rate_limit_error(connect: Callable[..., Telnyx], limited: Emulator):
    client = connect(limited, max_retries=0)
    with pytest.raises(telnyx.RateLimitError) as caught:
        [dial(client) for _ in range(3)]
    assert codes(caught.value) == ["10011"]
    assert caught.value.response.headers["retry-after"] == "1"
