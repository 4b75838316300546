"""Conferences and participants over HTTP."""

from __future__ import annotations

import pytest
from wire import Api

DIAL = {"to": "+15550003333", "from": "+15550002222", "connection_id": "1"}


@pytest.fixture
async def call(api: Api) -> str:
    return await api.answered()


@pytest.fixture
async def room(api: Api, call: str) -> str:
    """The id of the conference `desk`, with one participant."""
    made = await api.post("/v2/conferences", call_control_id=call, name="desk")
    assert made.status == 200
    return str(made.data["id"])


async def test_a_conference_is_read_by_its_id_also_when_it_is_over(api: Api, room: str):
    assert (await api.get(f"/v2/conferences/{room}")).data["status"] == "in_progress"
    assert (await api.post(f"/v2/conferences/{room}/actions/end")).data == {"result": "ok"}
    over = (await api.get(f"/v2/conferences/{room}")).data
    assert (over["status"], over["end_reason"]) == ("completed", "ended_via_api")


async def test_the_response_to_create_leaves_before_its_webhooks(api: Api, call: str, receiver):
    made = await api.post("/v2/conferences", call_control_id=call, name="desk")
    assert not [one for one in receiver.received if "conference" in str(one)]
    assert made.status == 200


async def test_commands_name_it_by_id_or_by_name(api: Api, room: str):
    assert (await api.post("/v2/conferences/desk/actions/mute")).status == 200
    assert (await api.post(f"/v2/conferences/{room}/actions/unmute")).status == 200
    assert (await api.get("/v2/conferences/desk")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v2/conferences/none", 404, "90058"),
        ("GET", "/v2/conferences/none/participants", 404, "90058"),
        ("POST", "/v2/conferences/none/actions/mute", 404, "90058"),
        ("POST", "/v2/conferences/desk/actions/dance", 404, "10005"),
        ("POST", "/v2/conferences/desk/actions/join", 422, "10004"),
    ],
)
async def test_refusals(api: Api, room: str, method: str, path: str, status: int, code: str):
    answer = await api.send(method, path)
    assert (answer.status, answer.json["errors"][0]["code"]) == (status, code)


async def test_lists_are_filtered_ordered_and_paged(api: Api, room: str):
    short = await api.post(
        "/v2/conferences",
        call_control_id=await api.answered(),
        name="short",
        duration_minutes=5,
        region="Europe",
        start_conference_on_create=False,
    )
    ids = [room, short.data["id"]]

    async def found(**query: str | int) -> list[str]:
        return [one["id"] for one in (await api.get("/v2/conferences", **query)).data]

    assert await found() == ids
    assert await found(**{"filter[name]": "short"}) == ids[1:]
    assert await found(**{"filter[status]": "in_progress"}) == ids[:1]
    assert await found(region="Europe") == ids[1:]
    assert await found(**{"page[size]": 1, "page[number]": 2}) == ids[1:]
    assert await found(**{"page[limit]": 1, "page[after]": room}) == ids[1:]
    assert await found(**{"filter[type]": "command"}) == []


async def test_participants_are_listed_read_and_changed(api: Api, room: str, call: str):
    path = f"/v2/conferences/{room}/participants"
    (listed,) = (await api.get(path)).data
    assert (listed["call_control_id"], listed["conference"]) == (call, {"id": room, "name": "desk"})
    assert (await api.get(path, **{"filter[muted]": "true"})).data == []
    assert len((await api.get(path, **{"filter[whispering]": "false"})).data) == 1
    assert (await api.get(path, **{"filter[on_hold]": "maybe"})).status == 422
    (by_id, by_label) = [(await api.get(f"{path}/{one}")).data for one in (listed["id"], call)]
    assert by_id == by_label
    assert (by_id["conference_id"], by_id["label"]) == (room, call)
    assert (await api.get(f"{path}/none")).status == 404
    change = {"end_conference_on_exit": True, "soft_end_conference_on_exit": False, "beep_enabled": "always"}
    changed = (await api.send("PATCH", f"{path}/{call}", json=change)).data
    assert changed["end_conference_on_exit"]
    assert (await api.send("PATCH", f"{path}/{call}", json={})).data["end_conference_on_exit"]


async def test_the_state_says_who_hears_whom(api: Api, room: str, call: str):
    other = await api.answered()
    await api.post(f"/v2/conferences/{room}/actions/join", call_control_id=other, mute=True)
    state = (await api.get("/_emulator/state")).data
    (shown,) = state["conferences"]
    assert [(one["call_control_id"], one["hears"]) for one in shown["participants"]] == [(call, []), (other, [call])]
    assert {one["conference"] for one in state["calls"]} == {room}


async def test_the_coverage_has_the_commands_of_conferences(api: Api):
    paths = {row["path"] for row in (await api.get("/_emulator/coverage")).data["commands"]}
    assert "/conferences/{id}/actions/join" in paths


# -- adopting -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def adopting(api: Api) -> Api:
    await api.send("PATCH", "/_emulator/settings", json={"adopt": True})
    return api


async def test_adopting_shows_one_of_everything(adopting: Api):
    (only,) = (await adopting.get("/v2/conferences")).data
    assert len((await adopting.get(f"/v2/conferences/{only['id']}/participants")).data) == 1
    assert (await adopting.get("/v2/conferences/id")).data["id"] == "id"
    assert (await adopting.get("/v2/conferences/id/participants/me")).data["call_control_id"] == "me"


async def test_adopting_repairs_what_stands_in_the_way(adopting: Api):
    async def do(action: str, **body: object) -> None:
        answer = await adopting.post(f"/v2/conferences/room/actions/{action}", **body)
        assert answer.status == 200, answer.json

    me = {"call_control_id": "v3:me"}
    await do("leave", **me)
    await do("join", **me)
    await do("join", **me)
    await do("mute", call_control_ids=["v3:one", "v3:two"])
    await do("record_stop", recording_id="unknown")
    await do("end")
    await do("join", **me)
    await do("end")
    await do("hold")
    await do("end")
    assert len((await adopting.get("/v2/conferences/room/participants")).data) == 1
    for _ in range(2):
        assert (await adopting.post("/v2/conferences", name="Business", **me)).status == 200


async def test_adopting_makes_room_and_fills_the_empty(adopting: Api, call: str):
    made = await adopting.post("/v2/conferences", name="small", call_control_id=call, max_participants=2)
    path = f"/v2/conferences/{made.data['id']}"
    for one in ("v3:b", "v3:c"):
        assert (await adopting.post(f"{path}/actions/join", call_control_id=one)).status == 200
    config = {"id": made.data["id"]}
    for _ in range(2):
        dialled = await adopting.post(
            "/v2/calls",
            **{"to": "+15550003333", "from": "+15550002222", "connection_id": "1"},
            conference_config=config,
        )
        assert dialled.status == 200
        await adopting.post(f"{path}/actions/end")
    config["id"] = "00000000-0000-4000-8000-000000000000"
    dialled = await adopting.post("/v2/calls", **DIAL, conference_config=config)
    assert dialled.status == 200
