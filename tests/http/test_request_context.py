"""Bodies: what clients send, and what is wrong with what they send."""

from __future__ import annotations

from typing import Any

import pytest
from wire import Answer, Api

JSON = {"content-type": "application/json"}


async def send(api: Api, body: bytes | None, content_type: str | None, path: str = "/v2/calls") -> Answer:
    headers = {} if content_type is None else {"content-type": content_type}
    return await api.send("POST", path, data=body, headers=headers, skip_auto_headers=["content-type"])


@pytest.mark.parametrize("body", [None, b"", b"  \n", b"{}"])
@pytest.mark.parametrize(
    "content_type",
    [None, "application/json", "application/json; charset=utf-8", "text/plain", "application/octet-stream", "odd;;="],
)
async def test_an_empty_body_is_an_empty_object_whatever_the_content_type(
    api: Api, body: bytes | None, content_type: str | None
) -> None:
    id = await api.incoming()
    assert (await send(api, body, content_type, f"/v2/calls/{id}/actions/answer")).data == {"result": "ok"}


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_json_is_read_under_a_wrong_content_type(api: Api, content_type: str | None) -> None:
    id = await api.incoming()
    await send(api, b'{"client_state": "YQ=="}', content_type, f"/v2/calls/{id}/actions/answer")
    assert (await api.get(f"/v2/calls/{id}")).data["client_state"] == "YQ=="


@pytest.mark.parametrize(
    "body", [b"{", b"{'a': 1}", b"to=%2B1555", b'{"a": NaN}', b'"\\ud800"', b"[" * 300 + b"]" * 300]
)
async def test_broken_json_is_10023(api: Api, body: bytes) -> None:
    assert (await send(api, body, "application/json")).refusal == (400, "10023")


async def test_what_is_nested_too_deep_to_be_shown_again_is_10023(api: Api) -> None:
    id = await api.answered()
    deep = b'{"client_state": "YQ==", "more": ' + b"[" * 250 + b"]" * 250 + b"}"
    assert (await send(api, deep, "application/json", f"/v2/calls/{id}/actions/speak")).refusal == (400, "10023")
    fine = b'{"more": ' + b"[" * 150 + b"]" * 150 + b"}"
    assert (await send(api, fine, "application/json", f"/v2/calls/{id}/actions/answer")).status == 200
    assert (await api.get("/_emulator/journal")).status == 200
    assert (await api.get("/_emulator/state")).status == 200


@pytest.mark.parametrize(
    ("body", "position"), [(b"\xff", 0), (b'{"a": "\xc3("}', 7), (b'{"a": "ok", "b": "\xe2\x82', 18)]
)
async def test_bytes_that_are_not_utf_8_are_10028_with_their_position(api: Api, body: bytes, position: int) -> None:
    answer = await send(api, body, "application/json")
    assert answer.refusal == (400, "10028")
    assert answer.error["detail"] == f"Error decoding request body at position {position}"
    assert answer.error["meta"]["url"].endswith("/10028")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true"])
async def test_json_that_is_no_object_is_10015(api: Api, body: bytes) -> None:
    assert (await send(api, body, "application/json")).refusal == (400, "10015")


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_a_form_is_10029(api: Api, content_type: str) -> None:
    assert (await send(api, b"to=%2B15550003333", content_type)).refusal == (415, "10029")


async def test_all_problems_come_at_once_each_with_its_pointer(api: Api) -> None:
    answer = await api.dial(
        to="5550003333", timeout_secs=4, time_limit_secs="x", client_state="%", webhook_url="ftp://a"
    )
    assert answer.status == 422
    found = {error["source"]["pointer"]: error["code"] for error in answer.json["errors"]}
    assert found == {
        "/to": "10016",
        "/timeout_secs": "90028",
        "/time_limit_secs": "90029",
        "/client_state": "90017",
        "/webhook_url": "10003",
    }
    assert all(error["title"] and error["detail"] for error in answer.json["errors"])


async def test_pointers_lead_into_lists_and_escape_as_json_pointers_do(api: Api) -> None:
    headers = [{"name": "X-Fine", "value": "1"}, {"name": "X-Bad", "value": 5}]
    answer = await api.dial(custom_headers=headers, webhook_retries_policies={"call.a/b~c": {"retries_ms": ["x"]}})
    pointers = {error["source"]["pointer"] for error in answer.json["errors"]}
    assert pointers == {"/custom_headers/1/value", "/webhook_retries_policies/call.a~1b~0c/retries_ms/0"}


async def test_missing_parameters_are_each_named(api: Api) -> None:
    answer = await api.post("/v2/calls")
    found = {error["source"]["pointer"]: error["code"] for error in answer.json["errors"]}
    assert found == {"/to": "10004", "/from": "10004", "/connection_id": "10004"}


@pytest.mark.parametrize(
    "fields",
    [
        {"timeout_secs": "30", "time_limit_secs": "60"},
        {"timeout_secs": 0},
        {"client_state": None, "webhook_url": None},
        {"client_state": "-_8="},
        {"from": "conf"},
        {"something_new": {"a": [1]}},
    ],
)
async def test_what_real_clients_send_is_accepted(api: Api, fields: dict[str, Any]) -> None:
    assert (await api.dial(**fields)).status == 200


async def test_a_null_client_state_leaves_the_old_one(api: Api) -> None:
    id = await api.incoming()
    await api.do(id, "answer", client_state="YQ==")
    await api.do(id, "answer", client_state=None)
    assert (await api.get(f"/v2/calls/{id}")).data["client_state"] == "YQ=="


async def test_the_same_command_id_again_gives_the_same_answer_and_does_nothing(api: Api) -> None:
    first = await api.dial(command_id="once")
    again = await api.dial(command_id="once")
    assert again.raw == first.raw
    assert len(api.world.world.calls) == 1
