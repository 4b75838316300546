"""Conferences against the vendor's OpenAPI document."""

from __future__ import annotations

import pytest
from vendor import Document
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
    def unprocessable(name: str) -> tuple[int, object]:
        return 422, document.example("UnprocessableEntityResponse", name)

    clash = await api.post("/v2/conferences", call_control_id=call, name="desk")
    assert (clash.status, clash.json) == unprocessable("conference_name_conflict")
    small = await api.post("/v2/conferences", call_control_id=await api.answered(), name="s", max_participants=2)
    join = f"/v2/conferences/{small.data['id']}/actions/join"
    await api.post(join, call_control_id=await api.answered())
    full = await api.post(join, call_control_id=await api.answered())
    (wanted,) = document.example("UnprocessableEntityResponse", "max_participants_reached")["errors"]
    assert full.json == {"errors": [wanted | {"detail": wanted["detail"].replace("100", "2")}]}
    await api.post(f"/v2/conferences/{room}/actions/end")
    over = await api.post(f"/v2/conferences/{room}/actions/mute")
    assert (over.status, over.json) == unprocessable("conference_already_ended")
    unknown = await api.get("/v2/conferences/none")
    assert (unknown.status, unknown.json) == (404, document.example("NotFoundResponse", "conference_not_found"))
