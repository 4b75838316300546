"""Answers of the API against the vendor's contract."""

from __future__ import annotations

from typing import Any

import pytest
from document import Document
from wire import CONNECTION, Api

from telnyx_emulator.commands import CallCommand

OFTEN_NULL = {"client_state", "after", "before", "next", "previous"}
"""Members that are null when there is no state or no further page; the document has them as strings only."""


def faults(document: Document, method: str, path: str, answer: Any) -> list[str]:
    return document.answer_faults(method, path, answer.status, without_known_nulls(answer.json))


def without_known_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [without_known_nulls(one) for one in value]
    if isinstance(value, dict):
        members = {name: without_known_nulls(one) for name, one in value.items()}
        return {name: one for name, one in members.items() if one is not None or name not in OFTEN_NULL}
    return value


@pytest.mark.parametrize("more", [{}, {"client_state": "bWVudQ=="}, {"record": "record-from-answer"}])
async def test_a_dial(document: Document, api: Api, more: dict[str, Any]):
    assert faults(document, "POST", "/calls", await api.dial(**more)) == []


async def test_a_refused_dial_is_as_live_and_not_as_documented(document: Document, api: Api):
    answer = await api.dial(to="+15550100403")
    assert answer.status == 403
    assert [fault for fault in faults(document, "POST", "/calls", answer) if "'title' is a required" not in fault] == []


@pytest.mark.parametrize(
    "action", ["speak", "gather", "send_dtmf", "refer", "siprec_start", "client_state_update", "hangup"]
)
async def test_a_command(document: Document, api: Api, action: str):
    answer = await api.act(await api.answered(), action, **CallCommand.registry[action].example)
    method = CallCommand.registry[action].method
    assert answer.data == {"result": "ok"}
    assert faults(document, method, f"/calls/{{call_control_id}}/actions/{action}", answer) == []


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("speak", {"payload": "Hello.", "voice": "female"}),
        ("send_dtmf", {"digits": "not digits"}),
        ("answer", {"client_state": "not base64!", "record_format": "ogg"}),
        ("bridge", {}),
    ],
)
async def test_a_refused_command(document: Document, api: Api, action: str, body: dict[str, Any]):
    answer = await api.act(await api.incoming(), action, **body)
    assert answer.status == 422
    assert faults(document, "POST", f"/calls/{{call_control_id}}/actions/{action}", answer) == []


@pytest.mark.parametrize("state", ["ringing", "answered", "ended"])
async def test_a_call(document: Document, api: Api, state: str):
    call = await (api.incoming() if state == "ringing" else api.answered())
    if state == "ended":
        await api.do(call, "hangup")
    answer = await api.get(f"/v2/calls/{call}")
    assert answer.data["is_alive"] is (state != "ended")
    assert faults(document, "GET", "/calls/{call_control_id}", answer) == []


@pytest.mark.parametrize("query", [{}, {"page[size]": 1}, {"page[limit]": 2}, {"page[number]": 9}])
async def test_active_calls(document: Document, api: Api, query: dict[str, Any]):
    for _ in range(3):
        await api.answered()
    answer = await api.get(f"/v2/connections/{CONNECTION}/active_calls", **query)
    assert faults(document, "GET", "/connections/{connection_id}/active_calls", answer) == []


NOBODY_THERE = pytest.mark.settings(webhook_url="http://127.0.0.1:9/", webhook_attempts=1)
NO_URL = pytest.mark.settings(webhook_url=None)


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("delivered", id="delivered"),
        pytest.param("failed", id="nobody there", marks=NOBODY_THERE),
        pytest.param("failed", id="no url", marks=NO_URL),
    ],
)
async def test_webhook_deliveries(document: Document, api: Api, status: str):
    await api.answered()
    answer = await api.get("/v2/webhook_deliveries")
    assert {delivery["status"] for delivery in answer.data} == {status}
    assert faults(document, "GET", "/webhook_deliveries", answer) == []
    answer = await api.get(f"/v2/webhook_deliveries/{answer.data[0]['id']}")
    assert faults(document, "GET", "/webhook_deliveries/{id}", answer) == []
