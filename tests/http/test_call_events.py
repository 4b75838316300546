"""The list of what happened on calls: commands and webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wire import CALLER, CONNECTION, OUR_NUMBER, Api

from telnyx_emulator.core.context import wire_time

NOBODY = pytest.mark.settings(webhook_url="http://127.0.0.1:9/", webhook_attempts=1)


async def events(api: Api, **query: str) -> list[dict[str, Any]]:
    return (await api.get("/v2/call_events", **query)).data


async def names(api: Api, **query: str) -> list[tuple[str, str]]:
    return [(one["type"], one["name"]) for one in await events(api, **query)]


STORY = [("webhook", "call.initiated"), ("command", "answer"), ("webhook", "call.answered")]


async def test_commands_and_webhooks_are_listed_in_order(api: Api) -> None:
    id = await api.answered()
    assert await names(api) == STORY
    first, command, _ = await events(api)
    leg = (await api.get(f"/v2/calls/{id}")).data
    for event in (first, command):
        assert (event["record_type"], event["call_leg_id"]) == ("call_event", leg["call_leg_id"])
        assert event["call_session_id"] == leg["call_session_id"]
    assert first["metadata"]["event"]["payload"]["call_control_id"] == id
    assert (first["metadata"]["attempt"], first["metadata"]["status"]) == (1, "delivered")
    assert first["event_timestamp"] == first["metadata"]["event"]["occurred_at"]
    assert command["metadata"] == {"status": 200, "body": {}}


async def test_what_belongs_to_no_call_is_not_listed(api: Api) -> None:
    await api.dial(to="nobody")
    await api.act("v3:nobody", "answer")
    assert await names(api) == []


ALL, NONE = STORY, list[tuple[str, str]]()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"filter[type]": "command"}, STORY[1:2]),
        ({"filter[name]": "call.answered"}, STORY[2:]),
        ({"filter[from]": CALLER}, ALL),
        ({"filter[to]": OUR_NUMBER}, ALL),
        ({"filter[to]": CALLER}, NONE),
        ({"filter[connection_id]": CONNECTION}, ALL),
        ({"filter[connection_id][eq]": "1"}, NONE),
        ({"filter[application_name][contains]": "APP-"}, ALL),
        ({"filter[application_name][contains]": "other"}, NONE),
        ({"filter[outbound.outbound_voice_profile_id]": "1"}, NONE),
        ({"filter[product]": "call_control"}, ALL),
        ({"filter[product]": "fax"}, NONE),
        ({"filter[failed]": "false"}, ALL),
        ({"filter[failed]": "true"}, NONE),
        ({"filter[status]": "init"}, STORY[:1]),
        ({"filter[status]": "completed"}, NONE),
        ({"filter[leg_id]": "1"}, NONE),
        ({"filter[occurred_at][gt]": "2020-01-01T00:00:00Z"}, ALL),
        ({"filter[occurred_at][lt]": "2020-01-01"}, NONE),
        ({"filter[occurred_at]": "2020-01-01"}, NONE),
        ({"page[size]": "1", "page[number]": "2"}, STORY[1:2]),
    ],
)
async def test_the_list_has_what_its_filters_ask_for(
    api: Api, query: dict[str, str], found: list[tuple[str, str]]
) -> None:
    await api.answered()
    assert await names(api, **query) == found


async def test_a_call_that_is_forgotten_is_still_found_by_its_webhooks(api: Api) -> None:
    id = await api.answered()
    await api.do(id, "hangup")
    await api.advance(700)
    assert (await api.get(f"/v2/calls/{id}")).status == 404
    webhooks = [("webhook", name) for name in ("call.initiated", "call.answered", "call.hangup")]
    assert await names(api, **{"filter[from]": CALLER}) == webhooks


@NOBODY
async def test_webhooks_that_were_not_taken_have_failed(api: Api) -> None:
    await api.answered()
    assert await names(api, **{"filter[failed]": "true"}) == [STORY[0], STORY[2]]


async def test_a_refused_command_has_failed(api: Api) -> None:
    await api.act(await api.incoming(), "speak")
    assert await names(api, **{"filter[failed]": "true"}) == [("command", "speak")]


async def test_without_a_leg_or_session_only_a_day_is_looked_back(api: Api) -> None:
    id = await api.incoming()
    leg = api.world.world.calls[id].leg_id
    api.world.clock.advance(timedelta(hours=25).total_seconds())
    await api.rest()
    listed = await names(api)
    assert ("webhook", "call.initiated") not in listed
    assert ("webhook", "call.initiated") in await names(api, **{"filter[leg_id]": leg})


async def test_times_are_compared_as_times(api: Api) -> None:
    await api.answered()
    now = wire_time(api.world.clock.now())
    assert await names(api, **{"filter[occurred_at][lte]": now}) == STORY
    shifted = api.world.clock.now().astimezone().isoformat()
    assert await names(api, **{"filter[occurred_at][gte]": shifted}) == STORY


@pytest.mark.parametrize(
    "query",
    [
        {"filter[occurred_at][gt]": "2020-01-01", "filter[occurred_at][lt]": "2021-01-01"},
        {"filter[occurred_at][gt]": "yesterday"},
        {"filter[colour]": "red"},
    ],
)
async def test_filters_that_make_no_sense_are_10031(api: Api, query: dict[str, str]) -> None:
    await api.answered()
    assert (await api.get("/v2/call_events", **query)).refusal == (422, "10031")


@pytest.mark.settings(adopt=True)
async def test_where_everything_is_adopted_there_is_an_event(api: Api) -> None:
    (event,) = await events(api)
    assert (event["type"], event["name"]) == ("command", "answer")
    both = {"filter[occurred_at][gt]": "2020-01-01", "filter[occurred_at][lt]": "2999-01-01"}
    assert len(await events(api, **both)) == 1
