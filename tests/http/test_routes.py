"""Which path leads where."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import quote

import pytest
from wire import CONNECTION, Api

from telnyx_emulator.commands import CallCommand, WorldCommand
from telnyx_emulator.http import admin, resources
from telnyx_emulator.http import api as commands
from telnyx_emulator.http.routes import Route

MANAGED = [*commands.ROUTES, *resources.ROUTES]
SHAPES = ["{}", "/v2{}", "/v2{}/", "{}/", "//v2/{}"]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", MANAGED, ids=name_of)
async def test_every_route_answers_with_and_without_the_version_and_a_trailing_slash(api: Api, route: Route) -> None:
    id = await api.incoming()
    named = {"call_control_id": id, "action": "hold", "connection_id": CONNECTION}
    path = route.path.format_map(defaultdict(lambda: "none", named))
    answers = [await api.send(route.method, shape.format(path)) for shape in SHAPES]
    assert len({answer.status for answer in answers}) == 1
    assert answers[0].status in (200, 404, 422)


@pytest.mark.parametrize("action", sorted(CallCommand.registry))
async def test_every_action_of_an_unknown_call_is_90015_with_its_pointer(api: Api, action: str) -> None:
    answer = await api.act("v3:nobody", action)
    assert answer.refusal == (422, "90015")
    assert answer.error["source"] == {"pointer": "/call_control_id"}


@pytest.mark.parametrize("path", sorted(WorldCommand.registry))
@pytest.mark.parametrize("shape", SHAPES)
async def test_commands_that_make_something_validate_under_every_shape_of_path(api: Api, path: str, shape: str) -> None:
    answer = await api.post(shape.format(path))
    assert answer.status == 422
    assert {error["code"] for error in answer.json["errors"]} == {"10004"}


@pytest.mark.parametrize("encode", [str, quote, lambda id: quote(id, safe=""), lambda id: id.replace(":", "%3a")])
async def test_a_call_control_id_may_be_percent_encoded(api: Api, encode: object) -> None:
    id = await api.incoming()
    path = encode(id)  # type: ignore[operator]
    assert (await api.get(f"/v2/calls/{path}")).data["call_control_id"] == id
    assert (await api.act(path, "answer")).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v2",
        "/v2/",
        "/v2/nothing",
        "/v2/calls/x/y",
        "/v2/calls/x/actions",
        "/v2/v2/calls",
        "/%00/%ff",
        "/v3/calls",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_path_that_does_not_exist_is_10005(api: Api, method: str, path: str) -> None:
    assert (await api.send(method, path)).refusal == (404, "10005")


async def test_an_action_that_does_not_exist_is_10005(api: Api) -> None:
    id = await api.incoming()
    assert (await api.act(id, "dance")).refusal == (404, "10005")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v2/calls", "POST"),
        ("PATCH", "/v2/calls/x", "GET"),
        ("DELETE", "/v2/calls/x/actions/answer", "POST, PUT"),
        ("POST", "/v2/webhook_deliveries", "GET"),
        ("OPTIONS", "/v2/calls", "POST"),
        ("PUT", "/_emulator/clock", "GET, PATCH"),
    ],
)
async def test_a_wrong_method_is_10030_and_told_the_right_ones(api: Api, method: str, path: str, allowed: str) -> None:
    answer = await api.send(method, path)
    assert answer.refusal == (405, "10030")
    assert answer.headers["allow"] == allowed


async def test_an_action_knows_its_own_method(api: Api) -> None:
    id = await api.incoming()
    posted = await api.post(f"/v2/calls/{id}/actions/client_state_update", client_state="YQ==")
    put = await api.put(f"/v2/calls/{id}/actions/answer")
    assert (posted.refusal, posted.headers["allow"]) == ((405, "10030"), "PUT")
    assert (put.refusal, put.headers["allow"]) == ((405, "10030"), "POST")


READ = [one for one in admin.ROUTES if one.method == "GET" and "{" not in one.path]


@pytest.mark.parametrize("route", READ, ids=name_of)
async def test_the_administration_is_not_part_of_the_versioned_api(api: Api, route: Route) -> None:
    assert (await api.get(route.path, format="json")).status == 200
    assert (await api.get(f"/v2{route.path}")).refusal == (404, "10005")
