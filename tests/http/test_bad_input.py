"""A request that is refused changes nothing, and no webhook leaves."""

from __future__ import annotations

from typing import Any

import pytest
from wire import Answer, Api, Receiver

SPEECH = {"payload": "hello", "voice": "female"}
DIAL = {"to": "+15550003333", "from": "+15550002222", "connection_id": "1"}
AUDIO = "https://example.com/a.mp3"


async def state_of(api: Api) -> Any:
    return (await api.get("/_emulator/state")).data


async def refused(api: Api, receiver: Receiver, method: str, path: str, **request: Any) -> Answer:
    """The answer to a request that leaves everything as it was."""
    await api.rest()
    before, arrived = await state_of(api), receiver.names
    answer = await api.send(method, path, **request)
    await api.rest()
    assert answer.status >= 400
    assert await state_of(api) == before
    assert receiver.names == arrived
    return answer


@pytest.mark.parametrize(
    ("action", "body", "code", "pointer"),
    [
        ("send_dtmf", {"digits": "12x"}, "90014", "/digits"),
        ("send_dtmf", {"digits": ""}, "10004", "/digits"),
        ("send_dtmf", {}, "10004", "/digits"),
        ("send_dtmf", {"digits": 12}, "90014", "/digits"),
        ("playback_start", {"audio_url": AUDIO, "loop": 0}, "90009", "/loop"),
        ("playback_start", {"audio_url": AUDIO, "loop": 101}, "90009", "/loop"),
        ("playback_start", {"audio_url": AUDIO, "loop": "forever"}, "90009", "/loop"),
        ("playback_start", {"audio_url": "not a url"}, "10003", "/audio_url"),
        ("playback_start", {}, "10004", "/audio_url"),
        ("speak", SPEECH | {"client_state": "not base64!"}, "90017", "/client_state"),
        ("speak", SPEECH | {"client_state": 7}, "90017", "/client_state"),
        ("speak", SPEECH | {"payload": "x" * 5001}, "90010", "/payload"),
        ("speak", SPEECH | {"payload_type": "html"}, "90011", "/payload_type"),
        ("speak", {"voice": "female"}, "10004", "/payload"),
        ("gather", {"minimum_digits": 0}, "90022", "/minimum_digits"),
        ("gather", {"maximum_digits": 129}, "90023", "/maximum_digits"),
        ("gather", {"valid_digits": "12x"}, "90008", "/valid_digits"),
        ("gather", {"terminating_digit": "##"}, "90007", "/terminating_digit"),
        ("gather", {"timeout_millis": {}}, "90025", "/timeout_millis"),
        ("gather", {"inter_digit_timeout_millis": 120_001}, "90026", "/inter_digit_timeout_millis"),
        ("transfer", {"to": "5550003333"}, "10016", "/to"),
        ("transfer", {"to": "+15550003333", "timeout_secs": 601}, "90028", "/timeout_secs"),
        ("transfer", {"to": "+15550003333", "time_limit_secs": 29}, "90029", "/time_limit_secs"),
        ("transfer", {"to": "+15550003333", "webhook_urls": {"call.ringing": "http://a"}}, "90057", "/webhook_urls"),
        ("transfer", {"to": "+15550003333", "sip_region": "Mars"}, "10032", "/sip_region"),
        ("refer", {"sip_address": "someone"}, "10015", "/sip_address"),
        ("bridge", {}, "10004", "/call_control_id"),
        ("bridge", {"call_control_id": "v3:nobody"}, "90015", "/call_control_id"),
        ("playback_stop", {"stop": "some"}, "90016", "/stop"),
        ("client_state_update", {}, "10004", "/client_state"),
        ("hangup", {"reason": ["x"]}, "10026", "/reason"),
    ],
)  # fmt: skip
async def test_a_bad_parameter_has_the_vendor_s_code_and_pointer(
    api: Api, receiver: Receiver, action: str, body: dict[str, Any], code: str, pointer: str
) -> None:
    id = await api.answered()
    method = "PUT" if action == "client_state_update" else "POST"
    answer = await refused(api, receiver, method, f"/v2/calls/{id}/actions/{action}", json=body)
    assert answer.refusal == (422, code)
    assert answer.error["source"] == {"pointer": pointer}


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"to": "15550003333"}, "10016", "/to"),
        ({"to": "+0123"}, "10016", "/to"),
        ({"to": []}, "10004", "/to"),
        ({"to": 15550003333}, "10026", "/to"),
        ({"to": ["+15550003333,1"]}, "10016", "/to"),
        ({"from": " "}, "10004", "/from"),
        ({"from": {}}, "10026", "/from"),
        ({"timeout_secs": 4}, "90028", "/timeout_secs"),
        ({"answering_machine_detection": "maybe"}, "10032", "/answering_machine_detection"),
        ({"from_display_name": "a" * 129}, "10025", "/from_display_name"),
        ({"bridge_on_answer": True}, "10004", "/link_to"),
        ({"link_to": "v3:nobody"}, "90015", "/link_to"),
        ({"webhook_retries_policies": {"call.hangup": {"retries_ms": [60_001]}}}, "10033", "/webhook_retries_policies"),
        ({"billing_group_id": "x"}, "10006", "/billing_group_id"),
        ({"bridge_intent": "perhaps"}, "10026", "/bridge_intent"),
    ],
)
async def test_a_bad_dial_has_the_vendor_s_code_and_pointer(
    api: Api, receiver: Receiver, change: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await refused(api, receiver, "POST", "/v2/calls", json=DIAL | change)
    assert answer.refusal == (422, code)
    assert answer.error["source"] == {"pointer": pointer}


@pytest.mark.parametrize(("action", "body"), [("speak", SPEECH), ("gather", {}), ("refer", {"sip_address": "sip:a@b"})])
async def test_a_call_that_rings_takes_no_media_commands(
    api: Api, receiver: Receiver, action: str, body: dict[str, Any]
) -> None:
    id = await api.incoming()
    answer = await refused(api, receiver, "POST", f"/v2/calls/{id}/actions/{action}", json=body)
    assert answer.refusal == (422, "90034")
    assert answer.error["detail"].startswith(f"This call can't receive {action} command")
    assert "source" not in answer.error


@pytest.mark.parametrize(
    ("action", "body"), [("speak", SPEECH), ("answer", {}), ("hangup", {}), ("transfer", {"to": "+15550003333"})]
)
async def test_a_call_that_ended_takes_no_commands(
    api: Api, receiver: Receiver, action: str, body: dict[str, Any]
) -> None:
    id = await api.answered()
    await api.do(id, "hangup")
    answer = await refused(api, receiver, "POST", f"/v2/calls/{id}/actions/{action}", json=body)
    assert answer.refusal == (422, "90018")


@pytest.mark.parametrize(("action", "body"), [("answer", {}), ("reject", {"cause": "USER_BUSY"})])
async def test_an_outbound_call_can_be_neither_answered_nor_rejected(
    api: Api, receiver: Receiver, action: str, body: dict[str, Any]
) -> None:
    id = await api.dialled()
    answer = await refused(api, receiver, "POST", f"/v2/calls/{id}/actions/{action}", json=body)
    assert answer.refusal == (422, "90102")


async def test_a_refused_dial_rings_nowhere(api: Api, receiver: Receiver) -> None:
    await api.incoming()
    answer = await refused(api, receiver, "POST", "/v2/calls", json=DIAL | {"to": "+15550100403"})
    assert answer.status == 403


@pytest.mark.parametrize(
    ("body", "refusal"), [(b"{", (400, "10023")), (b"\xff", (400, "10028")), (b"[]", (400, "10015"))]
)
async def test_garbage_does_nothing(api: Api, receiver: Receiver, body: bytes, refusal: tuple[int, str]) -> None:
    id = await api.incoming()
    answer = await refused(api, receiver, "POST", f"/v2/calls/{id}/actions/answer", data=body)
    assert answer.refusal == refusal


async def test_one_bad_parameter_spoils_the_good_ones(api: Api, receiver: Receiver) -> None:
    id = await api.answered()
    body = SPEECH | {"client_state": "YQ==", "loop": 0, "stop": "all"}
    await refused(api, receiver, "POST", f"/v2/calls/{id}/actions/speak", json=body)
    assert (await api.get(f"/v2/calls/{id}")).data["client_state"] is None


async def test_a_refusal_stands_in_the_journal_with_its_status_and_errors(api: Api) -> None:
    id = await api.incoming()
    await api.act(id, "speak", **SPEECH)
    (entry,) = (await api.get("/_emulator/journal", kind="command")).data
    assert (entry["name"], entry["status"], entry["body"]) == ("speak", 422, SPEECH)
    assert [error["code"] for error in entry["errors"]] == ["90034"]
    assert entry["call_control_id"] == id


@pytest.mark.settings(strict=True, connections=("42",))
async def test_strict_refuses_unknown_parameters_and_connections(api: Api, receiver: Receiver) -> None:
    typo = await refused(api, receiver, "POST", "/v2/calls", json=DIAL | {"connection_id": "42", "timeout_sec": 9})
    unknown = await refused(api, receiver, "POST", "/v2/calls", json=DIAL)
    assert (typo.refusal, typo.error["source"]) == ((422, "10015"), {"pointer": "/timeout_sec"})
    assert "timeout_secs" in typo.error["detail"]
    assert (unknown.refusal, unknown.error["source"]) == ((422, "10015"), {"pointer": "/connection_id"})
    assert (await api.dial(connection_id="42")).status == 200
