"""Faults as the SDK meets them: what it repeats by itself, and what it raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import telnyx
from telnyx import Telnyx

from telnyx_emulator import Emulator

AGENT = "+15550003333"


@pytest.fixture
def client(connect: Callable[..., Telnyx], blocking: Emulator) -> Telnyx:
    return connect(blocking)


@pytest.fixture
def admin(client: Telnyx, blocking: Emulator) -> Callable[..., Any]:
    """A request to the administration; returns its `data`."""
    headers = {"authorization": f"Bearer {client.api_key}"}

    def request(method: str, path: str, **body: Any) -> Any:
        return httpx.request(method, f"{blocking.url}/_emulator/{path}", headers=headers, json=body).json()["data"]

    return request


def dial(client: Telnyx, **options: Any) -> Any:
    return client.calls.dial(connection_id="2963572552552678752", from_="+15550002222", to=AGENT, **options)


def statuses(admin: Callable[..., Any]) -> list[int | str]:
    return [line["status"] or line["error"] for line in admin("GET", "journal?kind=command")]


def test_a_429_is_tried_again_after_the_pause_that_it_names(
    client: Telnyx, admin: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    pauses: list[float] = []
    dial(client)
    monkeypatch.setattr("telnyx._base_client.time.sleep", pauses.append)
    admin("POST", "faults", when={"command": "dial"}, do={"api": {"status": 429, "retry_after": "50ms"}}, times=2)
    assert dial(client).data.call_control_id
    assert pauses == [0.05, 0.05]  # its own would be longer
    assert statuses(admin) == [200, 429, 429, 200]


def test_a_broken_connection_is_tried_again_and_dials_once(client: Telnyx, admin: Callable[..., Any]):
    fault = {"reset": True, "carried_out": True}
    admin("POST", "faults", when={"command": "dial"}, do={"api": fault}, times=1)
    assert dial(client, command_id="once").data.call_control_id
    assert statuses(admin) == ["reset", 200]
    assert len(admin("GET", "state")["calls"]) == 1


def test_what_should_not_be_tried_again_is_raised_at_once(client: Telnyx, admin: Callable[..., Any]):
    admin("POST", "faults", when={"command": "dial"}, do={"api": {"status": 503, "should_retry": False}})
    with pytest.raises(telnyx.InternalServerError) as caught:
        dial(client)
    assert caught.value.body["errors"][0]["code"] == "10007"
    assert statuses(admin) == [503]


def test_a_connection_without_an_answer_is_a_connection_error(client: Telnyx, admin: Callable[..., Any]):
    admin("POST", "faults", when={"command": "dial"}, do={"api": {"close": True}})
    with pytest.raises(telnyx.APIConnectionError):
        dial(client.with_options(max_retries=0))


def test_a_late_answer_is_a_timeout(client: Telnyx, admin: Callable[..., Any]):
    admin("POST", "faults", when={"command": "dial"}, do={"api": {"latency": "20s"}})
    with pytest.raises(telnyx.APITimeoutError):
        dial(client.with_options(max_retries=0, timeout=0.1))
    assert admin("GET", "state")["calls"] == []


def test_a_refused_dial_is_a_permission_error(client: Telnyx, admin: Callable[..., Any]):
    admin("POST", "faults", when={"command": "dial"}, do={"api": {"code": "D38"}})
    with pytest.raises(telnyx.PermissionDeniedError) as caught:
        dial(client)
    assert caught.value.body["telnyx_error"] == {"error_code": "D38"}
