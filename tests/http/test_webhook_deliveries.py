"""What became of the webhooks, as the API shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from wire import Api, Receiver


def types(deliveries: list[dict[str, Any]]) -> list[str]:
    return [delivery["webhook"]["event_type"] for delivery in deliveries]


async def failed_and_delivered(api: Api, receiver: Receiver) -> str:
    """A call whose `call.answered` was refused for good; ended a minute later."""
    receiver.on("call.answered", 404)
    id = await api.answered()
    await api.advance(60)
    await api.do(id, "hangup")
    await api.rest()
    return id


async def test_a_delivery_shows_the_event_and_every_attempt_the_latest_first(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 503, 200)
    id = await api.incoming()
    await api.advance(1)
    (shown,) = await api.deliveries()
    assert (shown["record_type"], shown["status"], shown["user_id"]) == (
        "webhook_delivery", "delivered", api.world.world.user_id,
    )  # fmt: skip
    assert shown["webhook"] == receiver.received[0].json["data"]
    assert shown["webhook"]["payload"]["call_control_id"] == id
    last, first = shown["attempts"]
    assert (first["status"], first["http"]["response"]["status"]) == ("failed", 503)
    assert (last["status"], last["http"]["response"]["status"], last["errors"]) == ("delivered", 200, [])
    assert shown["started_at"] <= first["finished_at"] <= last["started_at"] <= shown["finished_at"]
    assert last["http"]["request"]["url"] == receiver.url
    sent = dict(last["http"]["request"]["headers"])
    assert sent["telnyx-signature-ed25519"] == receiver.received[1].headers["telnyx-signature-ed25519"]
    assert last["http"]["response"]["body"] == "thank you"
    assert ["Content-Length", "9"] in last["http"]["response"]["headers"]


async def test_one_is_read_by_its_id_in_any_case(api: Api) -> None:
    await api.answered()
    for shown in await api.deliveries():
        assert (await api.get(f"/v2/webhook_deliveries/{shown['id'].upper()}")).data == shown


async def test_an_unknown_delivery_is_10005(api: Api) -> None:
    assert (await api.get("/v2/webhook_deliveries/none")).refusal == (404, "10005")


@pytest.mark.settings(webhook_url=None)
async def test_an_event_without_a_url_failed_and_says_why(api: Api) -> None:
    await api.incoming()
    (shown,) = await api.deliveries()
    (attempt,) = shown["attempts"]
    assert (shown["status"], attempt["status"]) == ("failed", "failed")
    assert "--webhook-url" in attempt["detail"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["call.hangup", "call.answered", "call.initiated"]),
        ({"filter[status][eq]": "failed"}, ["call.answered"]),
        ({"filter[status]": "failed"}, ["call.answered"]),
        ({"filter[status][eq]": "delivered"}, ["call.hangup", "call.initiated"]),
        ({"filter[event_type]": "call.answered"}, ["call.answered"]),
        ({"filter[event_type]": "call_hangup, call.answered"}, ["call.hangup", "call.answered"]),
        ({"filter[event_type]": "call.bridged"}, []),
        ({"filter[webhook][contains]": "normal_clearing"}, ["call.hangup"]),
        ({"filter[attempts][contains]": "HTTP 404"}, ["call.answered"]),
        ({"filter[status][eq]": "delivered", "filter[event_type]": "call.initiated"}, ["call.initiated"]),
        ({"page[size]": 1, "page[number]": 2}, ["call.answered"]),
    ],
)
async def test_filters(api: Api, receiver: Receiver, query: dict[str, Any], found: list[str]) -> None:
    await failed_and_delivered(api, receiver)
    assert types(await api.deliveries(**query)) == found


@pytest.mark.parametrize("attribute", ["started_at", "finished_at"])
async def test_filters_by_time_take_their_bounds_in(api: Api, receiver: Receiver, attribute: str) -> None:
    await failed_and_delivered(api, receiver)
    hangup, answered, _ = await api.deliveries()
    assert types(await api.deliveries(**{f"filter[{attribute}][gte]": hangup[attribute]})) == ["call.hangup"]
    assert types(await api.deliveries(**{f"filter[{attribute}][lte]": answered[attribute]})) == [
        "call.answered",
        "call.initiated",
    ]
    assert await api.deliveries(**{f"filter[{attribute}][lte]": "2000-01-01"}) == []
    assert len(await api.deliveries(**{f"filter[{attribute}][gte]": "2000-01-01T00:00:00+02:00"})) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filter[status][eq]", "pending"),
        ("filter[started_at][gte]", "yesterday"),
        ("filter[finished_at][lte]", ""),
        ("filter[colour]", "red"),
        ("filter[status][contains]", "failed"),
    ],
)
async def test_a_filter_that_does_not_exist_or_fit_is_10031(api: Api, name: str, value: str) -> None:
    answer = await api.get("/v2/webhook_deliveries", **{name: value})
    assert answer.refusal == (422, "10031")
    assert answer.error["source"] == {"parameter": name}


async def test_a_delivery_under_way_is_not_listed_yet(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500, 200)
    await api.incoming()
    await api.rest()
    assert await api.deliveries() == []
    await api.advance(1)
    assert json.dumps(types(await api.deliveries())) == '["call.initiated"]'


@pytest.mark.settings(journal_size=2)
async def test_the_log_keeps_the_latest(api: Api) -> None:
    id = await api.answered()
    await api.do(id, "hangup")
    await api.rest()
    assert types(await api.deliveries()) == ["call.hangup", "call.answered"]
