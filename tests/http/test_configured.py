"""Things that are configured: created, read, listed, changed and deleted, one kind like the other."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from wire import Api

URL = "https://example.com/hook"


class Kind(NamedTuple):
    """A kind of thing: what creating takes, what a change can be, and the statuses."""

    path: str
    key: str
    body: dict[str, Any]
    change: dict[str, Any]
    created: int = 201
    deleted: int = 200
    update_by: str = "PATCH"
    named: str = ""
    listed: bool = True


KINDS = [
    Kind(
        "/v2/call_control_applications",
        "id",
        {"application_name": "router", "webhook_event_url": URL},
        {"application_name": "other", "webhook_event_url": URL, "tags": ["a"]},
    ),
    Kind("/v2/outbound_voice_profiles", "id", {"name": "office"}, {"name": "home", "enabled": False}, created=200),
    Kind(
        "/v2/siprec_connectors",
        "name",
        {"name": "mine", "host": "siprec.example.com", "port": 5060},
        {"name": "mine", "host": "other.example.com", "port": 5061},
        deleted=204,
        update_by="PUT",
        listed=False,
    ),
    Kind(
        "/v2/dialogflow_connections",
        "connection_id",
        {"service_account": {"type": "a"}, "environment": "test"},
        {"service_account": {"type": "b"}, "environment": "live"},
        deleted=204,
        update_by="PUT",
        named="123",
        listed=False,
    ),
    Kind(
        "/v2/credential_connections",
        "id",
        {"connection_name": "phone", "user_name": "someuser1", "password": "secret-secret"},
        {"active": False, "connection_name": "desk"},
    ),
    Kind("/v2/telephony_credentials", "id", {"connection_id": "123"}, {"name": "mine"}),
]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.path.rpartition("/")[2])


async def create(api: Api, kind: Kind) -> Any:
    answer = await api.post(f"{kind.path}/{kind.named}", **kind.body)
    assert answer.status == kind.created
    return answer.data


def place(kind: Kind, made: Any) -> str:
    return f"{kind.path}/{made[kind.key]}"


@kinds
async def test_what_was_created_can_be_read(api: Api, kind: Kind) -> None:
    made = await create(api, kind)
    assert (await api.get(place(kind, made))).data == made
    assert made["record_type"]


@kinds
async def test_what_was_given_and_not_secret_is_shown(api: Api, kind: Kind) -> None:
    made = await create(api, kind)
    shown = {name: value for name, value in kind.body.items() if name in made and name != "service_account"}
    assert shown.items() <= made.items()


@kinds
async def test_a_change_is_seen_and_leaves_the_rest_as_it_was(api: Api, kind: Kind) -> None:
    made = await create(api, kind)
    await api.advance(5)
    changed = (await api.send(kind.update_by, place(kind, made), json=kind.change)).data
    assert (await api.get(place(kind, made))).data == changed
    different = {name for name in made if made[name] != changed[name]}
    assert different <= {*kind.change, "updated_at"}
    assert different & kind.change.keys()


@kinds
async def test_what_was_deleted_is_gone(api: Api, kind: Kind) -> None:
    made = await create(api, kind)
    answer = await api.delete(place(kind, made))
    assert (answer.status, answer.json) == (kind.deleted, None if kind.deleted == 204 else {"data": made})
    for method in ("GET", kind.update_by, "DELETE"):
        body = {"json": kind.change} if method == kind.update_by else {}
        assert (await api.send(method, place(kind, made), **body)).refusal == (404, "10005")


@kinds
async def test_a_list_has_what_was_created(api: Api, kind: Kind) -> None:
    if not kind.listed:
        assert (await api.get(kind.path)).status in (404, 405)
        return
    made = [await create(api, kind) for _ in range(3)]
    listed = await api.get(kind.path, **{"page[size]": 2})
    assert listed.data == [made[2], made[1]]
    numbers = {"page_number": 1, "page_size": 2, "total_pages": 2, "total_results": 3}
    assert listed.json["meta"].items() >= numbers.items()


@kinds
async def test_where_everything_is_adopted_unknown_keys_are_known(api: Api, kind: Kind) -> None:
    api.world.adopt = True
    if kind.listed:
        assert len((await api.get(kind.path)).data) == 1
    assert (await api.get(f"{kind.path}/some")).data["record_type"]
    assert (await api.send(kind.update_by, f"{kind.path}/more", json=kind.change)).status == 200
    assert (await api.delete(f"{kind.path}/other")).status == kind.deleted
    assert [await create(api, kind) for _ in range(2)]


@kinds
async def test_an_empty_body_names_what_is_missing(api: Api, kind: Kind) -> None:
    answer = await api.post(f"{kind.path}/{kind.named}")
    assert {error["code"] for error in answer.json["errors"]} == {"10004"}
    missing = {error["source"]["pointer"][1:] for error in answer.json["errors"]}
    assert missing <= kind.body.keys()


@pytest.mark.parametrize(
    ("path", "body", "code", "pointer"),
    [
        ("call_control_applications", {"application_name": "a", "webhook_event_url": "nowhere"}, "10003", None),
        ("call_control_applications", {"webhook_timeout_secs": 31}, "10033", "/webhook_timeout_secs"),
        ("call_control_applications", {"webhook_api_version": "3"}, "10032", "/webhook_api_version"),
        ("call_control_applications", {"inbound": {"channel_limit": "x"}}, "10026", "/inbound/channel_limit"),
        ("siprec_connectors", {"port": 70_000}, "10033", "/port"),
        ("dialogflow_connections/1", {"service_account": {}, "dialogflow_api": "xx"}, "100001", "/dialogflow_api"),
        ("dialogflow_connections/1", {"service_account": {}, "dialogflow_api": "cx"}, "10004", "/location"),
        ("credential_connections", {"user_name": "a b"}, "10015", "/user_name"),
        ("credential_connections", {"password": "short"}, "10025", "/password"),
    ],
)
async def test_values_that_do_not_fit_are_refused(
    api: Api, path: str, body: dict[str, Any], code: str, pointer: str | None
) -> None:
    answer = await api.post(f"/v2/{path}", **body)
    found = [(error["code"], error["source"]["pointer"]) for error in answer.json["errors"]]
    assert (code, pointer or "/webhook_event_url") in found
    assert answer.status == 422


async def test_a_name_can_be_taken_only_once(api: Api) -> None:
    connector = {"name": "mine", "host": "siprec.example.com", "port": 5060}
    await api.post("/v2/siprec_connectors", **connector)
    answer = await api.post("/v2/siprec_connectors", **connector)
    assert answer.refusal == (422, "10012")
    assert answer.error["source"] == {"pointer": "/name"}
    await api.post("/v2/siprec_connectors", **(connector | {"name": "other"}))
    taken = await api.put("/v2/siprec_connectors/other", **connector)
    assert taken.refusal == (422, "10012")


async def test_a_connector_can_get_another_name(api: Api) -> None:
    connector = {"name": "mine", "host": "siprec.example.com", "port": 5060}
    await api.post("/v2/siprec_connectors", **connector)
    assert (await api.put("/v2/siprec_connectors/mine", **(connector | {"name": "yours"}))).data["name"] == "yours"
    assert (await api.get("/v2/siprec_connectors/mine")).status == 404
    assert (await api.get("/v2/siprec_connectors/yours")).status == 200


async def test_unknown_fields_are_reported_and_not_stored(api: Api) -> None:
    answer = await api.post(
        "/v2/call_control_applications", application_name="a", webhook_event_url=URL, aktive=False, id="5"
    )
    assert answer.data.keys() & {"aktive"} == set()
    assert answer.data["id"] != "5"
    (first, _) = (await api.get("/_emulator/journal?kind=warning")).data
    assert first["detail"] == "unknown parameter 'aktive', did you mean 'active'?"


@pytest.mark.settings(strict=True)
async def test_unknown_fields_are_refused_where_only_what_exists_counts(api: Api) -> None:
    answer = await api.post("/v2/call_control_applications", application_name="a", webhook_event_url=URL, aktive=False)
    assert answer.refusal == (422, "10015")


@pytest.mark.settings(strict=True)
async def test_what_was_created_can_be_used_where_only_what_exists_counts(api: Api) -> None:
    assert (await api.dial()).refusal == (422, "10015")
    made = await api.post("/v2/call_control_applications", application_name="a", webhook_event_url=URL)
    assert (await api.dial(connection_id=made.data["id"])).status == 200


async def test_null_clears_what_may_be_null_and_says_nothing_elsewhere(api: Api) -> None:
    path, given = "/v2/call_control_applications", {"application_name": "a", "webhook_event_url": URL}
    made = (await api.post(path, **given, webhook_timeout_secs=5, active=False)).data
    changed = (await api.patch(f"{path}/{made['id']}", **given, webhook_timeout_secs=None, active=None)).data
    assert (changed["webhook_timeout_secs"], changed["active"]) == (None, False)


# -- lists -----------------------------------------------------------------------------------------------------------


async def applications(api: Api, *names: str) -> None:
    for name in names:
        await api.post("/v2/call_control_applications", application_name=name, webhook_event_url=URL)


async def listed(api: Api, **query: str) -> list[str]:
    answer = await api.get("/v2/call_control_applications", **query)
    return [one["application_name"] for one in answer.data]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("created_at", ["bob", "alice", "carol"]),
        ("-created_at", ["carol", "alice", "bob"]),
        ("connection_name", ["alice", "bob", "carol"]),
        ("-connection_name", ["carol", "bob", "alice"]),
        ("active", ["bob", "alice", "carol"]),
    ],
)
async def test_a_list_is_sorted_as_it_is_asked_for(api: Api, sort: str, names: list[str]) -> None:
    await applications(api, "bob", "alice", "carol")
    assert await listed(api, sort=sort) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"filter[application_name][contains]": "ALI"}, ["alice"]),
        ({"filter[outbound.outbound_voice_profile_id]": "9"}, []),
        ({"filter[outbound.outbound_voice_profile_id][eq]": "9"}, []),
        ({"page_size": "1"}, ["alice"]),
    ],
)
async def test_a_list_has_what_its_filters_ask_for(api: Api, query: dict[str, str], names: list[str]) -> None:
    await applications(api, "bob", "alice")
    assert await listed(api, **query) == names


@pytest.mark.parametrize(
    "query",
    [
        {"filter[application_name][contains]": "al"},
        {"filter[application_name]": "alice"},
        {"filter[colour]": "1"},
        {"sort": "colour"},
    ],
)
async def test_a_filter_that_there_is_not_is_10031(api: Api, query: dict[str, str]) -> None:
    await applications(api, "alice")
    answer = await api.get("/v2/call_control_applications", **query)
    assert answer.refusal == (422, "10031")
    assert answer.error["source"] == {"parameter": next(iter(query))}


async def test_where_everything_is_adopted_a_strange_filter_only_warns(api: Api) -> None:
    api.world.adopt = True
    await applications(api, "alice")
    strange = {"filter[colour]": "1", "filter[application_name][contains]": "x", "sort": "colour"}
    assert await listed(api, **strange) == ["alice"]
    assert len((await api.get("/_emulator/journal?kind=warning")).data) == 3


async def test_applications_have_cursors_and_the_filters_of_events_too(api: Api) -> None:
    await applications(api, "alice", "bob", "carol")
    assert await listed(api, **{"page[limit]": "1", "filter[status]": "init"}) == ["carol"]
    first = await api.get("/v2/call_control_applications", **{"page[limit]": "1"})
    after = first.json["meta"]["cursors"]["after"]
    assert await listed(api, **{"page[limit]": "1", "page[after]": after}) == ["bob"]
    assert await listed(api, **{"filter[connection_id]": first.data[0]["id"]}) == ["carol"]
