"""Queues against the vendor's contract."""

from __future__ import annotations

import pytest
from distil import fingerprint
from document import Document
from wire import Api

QUEUE, CALL = "/queues/{queue_name}", "/queues/{queue_name}/calls/{call_control_id}"


@pytest.fixture
async def call(api: Api) -> str:
    """A call that waits in the queue `support`."""
    id = await api.answered()
    await api.do(id, "enqueue", queue_name="support")
    await api.advance(5)
    return id


async def test_queues(document: Document, api: Api, call: str):
    made = await api.post("/v2/queues", queue_name="sales")
    resized = await api.post("/v2/queues/sales", max_size=7)
    for method, path, answer in [
        ("POST", "/queues", made),
        ("POST", QUEUE, resized),
        ("GET", QUEUE, await api.get("/v2/queues/support")),
        ("GET", "/queues", await api.get("/v2/queues", **{"page[size]": 1})),
    ]:
        assert answer.status == 200
        assert document.answer_faults(method, path, answer.status, answer.json) == [], path


async def test_calls_in_queues(document: Document, api: Api, call: str):
    one = await api.get(f"/v2/queues/support/calls/{call}")
    assert document.answer_faults("GET", CALL, one.status, one.json) == []
    all_of_them = await api.get("/v2/queues/support/calls")
    assert len(all_of_them.data) == 1
    assert document.answer_faults("GET", f"{QUEUE}/calls", all_of_them.status, all_of_them.json) == []


async def test_refusals(document: Document, api: Api, call: str):
    for method, path, answer in [
        ("POST", "/queues", await api.post("/v2/queues", queue_name="support")),
        ("POST", "/queues", await api.post("/v2/queues")),
        ("POST", QUEUE, await api.post("/v2/queues/nobody", max_size=7)),
        ("GET", QUEUE, await api.get("/v2/queues/nobody")),
        ("GET", CALL, await api.get("/v2/queues/support/calls/nobody")),
        ("POST", "/calls/{call_control_id}/actions/enqueue", await api.act(call, "enqueue", queue_name="support")),
        ("POST", "/calls/{call_control_id}/actions/enqueue", await api.act(call, "enqueue")),
    ]:
        assert answer.status >= 400
        assert document.answer_faults(method, path, answer.status, answer.json) == [], path


async def test_refusals_read_as_in_the_examples_of_the_document(document: Document, api: Api, call: str):
    unprocessable = "UnprocessableEntityResponse"
    not_empty = await api.delete("/v2/queues/support")
    wanted = document.refusal("BadRequestResponse", "queue_not_empty")
    assert (not_empty.status, fingerprint(not_empty.json)) == (400, wanted)
    again = await api.act(call, "enqueue", queue_name="support")
    wanted = document.refusal(unprocessable, "call_already_in_queue")
    assert (again.status, fingerprint(again.json)) == (422, wanted)
    await api.post("/v2/queues/support", max_size=1)
    full = await api.act(await api.answered(), "enqueue", queue_name="support")
    assert (full.status, fingerprint(full.json)) == (422, document.refusal(unprocessable, "queue_full"))


async def test_what_has_no_content(document: Document, api: Api, call: str):
    for method, path, body in [
        ("PATCH", f"/v2/queues/support/calls/{call}", {"keep_after_hangup": True}),
        ("DELETE", f"/v2/queues/support/calls/{call}", None),
        ("DELETE", "/v2/queues/support", None),
    ]:
        answer = await api.send(method, path, json=body)
        assert (answer.status, answer.raw) == (204, b"")
    assert document.has("PATCH", CALL)
    assert document.has("DELETE", CALL)
    assert document.has("DELETE", QUEUE)
