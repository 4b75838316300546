"""The administration as Python."""

from __future__ import annotations

import pytest

from telnyx_emulator import Emulator, EmulatorClient, EmulatorError


def client_of(running: Emulator, key: str | None = "KEY_client") -> EmulatorClient:
    return EmulatorClient(running.url, key)


def test_a_call_comes_in_and_the_far_end_acts(running: Emulator) -> None:
    client = client_of(running)
    call = client.incoming_call(from_="+15550001111", to="+15550002222", caller_name=None)
    assert (call["from"], call["to"], call["state"]) == ("+15550001111", "+15550002222", "ringing")
    ended = client.act(call["call_control_id"], "hangup", cause=None)
    assert (ended["call_control_id"], ended["state"]) == (call["call_control_id"], "ended")


def test_get_and_post_give_the_data(running: Emulator) -> None:
    client = client_of(running)
    assert client.get("ready")["ready"] is True
    assert client.post("clock/advance", {"seconds": 5})["elapsed"] == 5
    assert client.post("reset") == {"result": "ok"}


def test_without_a_key_it_is_the_only_world(running: Emulator) -> None:
    call = client_of(running).incoming_call(from_="+15550001111")
    (shown,) = client_of(running, None).get("state")["calls"]
    assert shown["call_control_id"] == call["call_control_id"]


@pytest.mark.parametrize("suffix", ["", "/", "/v2", "/v2/"])
def test_the_url_may_be_the_one_for_sdks(running: Emulator, suffix: str) -> None:
    assert EmulatorClient(running.url + suffix, "KEY_client").get("ready")["ready"] is True


def test_a_refusal_is_an_error_with_its_status_and_every_detail(running: Emulator) -> None:
    client = client_of(running)
    with pytest.raises(EmulatorError, match=r"There is no call nobody in this world\.") as missing:
        client.act("nobody", "hangup")
    assert missing.value.status == 404
    with pytest.raises(EmulatorError, match=r"persona.*; .*|.*; .*") as several:
        client.incoming_call(to=5, nonsense=1)
    assert several.value.status == 422


def test_where_nobody_answers_the_error_says_what_to_start() -> None:
    with pytest.raises(
        EmulatorError, match=r"no emulator answers at http://127\.0\.0\.1:1 .*telnyx-emulator serve"
    ) as no:
        EmulatorClient("http://127.0.0.1:1").get("ready")
    assert no.value.status == 0


def test_a_proxy_in_the_environment_is_not_asked(running: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert client_of(running).get("ready")["ready"] is True
