"""Conferences against the vendor's contract."""

from __future__ import annotations

import pytest
from distil import fingerprint
from document import Document
from wire import Api

ROOM, PARTICIPANT = "/conferences/{id}", "/conferences/{id}/participants/{participant_id}"
NULL = {"after", "before", "call_control_id", "call_session_id", "end_reason", "next", "previous"}
"""Fields that are null as long as there is nothing to say, whereas the document has them as strings only."""


@pytest.fixture
async def call(api: Api) -> str:
    return await api.answered()


@pytest.fixture
async def room(api: Api, call: str) -> str:
    return str((await api.post("/v2/conferences", call_control_id=call, name="desk")).data["id"])


def without_known_nulls(part: object) -> object:
    if isinstance(part, dict):
        known = {name: value for name, value in part.items() if value is not None or name not in NULL}
        return {name: without_known_nulls(value) for name, value in known.items()}
    return [without_known_nulls(one) for one in part] if isinstance(part, list) else part


async def test_answers(document: Document, api: Api, room: str, call: str):
    for method, path, answer in [
        ("POST", "/conferences", await api.post("/v2/conferences", call_control_id=call, name="other")),
        ("GET", "/conferences", await api.get("/v2/conferences")),
        ("GET", ROOM, await api.get(f"/v2/conferences/{room}")),
    ]:
        assert answer.status == 200
        assert document.answer_faults(method, path, 200, without_known_nulls(answer.json)) == [], path


async def test_participants(document: Document, api: Api, room: str, call: str):
    own = f"/v2/conferences/{room}/participants"
    for method, path, answer in [
        ("GET", "/conferences/{conference_id}/participants", await api.get(own)),
        ("GET", PARTICIPANT, await api.get(f"{own}/{call}")),
        ("PATCH", PARTICIPANT, await api.send("PATCH", f"{own}/{call}", json={"end_conference_on_exit": True})),
        ("POST", f"{ROOM}/actions/mute", await api.post(f"/v2/conferences/{room}/actions/mute")),
    ]:
        assert answer.status == 200
        assert document.answer_faults(method, path, 200, without_known_nulls(answer.json)) == [], path


async def test_refusals_read_as_in_the_examples_of_the_document(document: Document, api: Api, room: str, call: str):
    unprocessable = "UnprocessableEntityResponse"
    clash = await api.post("/v2/conferences", call_control_id=call, name="desk")
    wanted = document.refusal(unprocessable, "conference_name_conflict")
    assert (clash.status, fingerprint(clash.json)) == (422, wanted)
    small = await api.post("/v2/conferences", call_control_id=await api.answered(), name="s", max_participants=2)
    join = f"/v2/conferences/{small.data['id']}/actions/join"
    await api.post(join, call_control_id=await api.answered())
    full = await api.post(join, call_control_id=await api.answered())
    (error,) = full.json["errors"]
    of_a_hundred = {"errors": [error | {"detail": error["detail"].replace("2", "100")}]}
    assert fingerprint(of_a_hundred) == document.refusal(unprocessable, "max_participants_reached")
    await api.post(f"/v2/conferences/{room}/actions/end")
    over = await api.post(f"/v2/conferences/{room}/actions/mute")
    wanted = document.refusal(unprocessable, "conference_already_ended")
    assert (over.status, fingerprint(over.json)) == (422, wanted)
    unknown = await api.get("/v2/conferences/none")
    wanted = document.refusal("NotFoundResponse", "conference_not_found")
    assert (unknown.status, fingerprint(unknown.json)) == (404, wanted)
