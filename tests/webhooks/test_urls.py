"""Which URL a webhook goes to."""

from __future__ import annotations

import pytest
from wire import CONNECTION, Api, Receiver

pytestmark = pytest.mark.usefixtures("in_order")


def places(receiver: Receiver) -> list[tuple[str, str]]:
    return [(webhook.name, webhook.path) for webhook in receiver.received]


async def test_the_server_s_url_is_the_last_resort(api: Api, receiver: Receiver) -> None:
    await api.answered()
    assert places(receiver) == [("call.initiated", "/webhooks"), ("call.answered", "/webhooks")]


async def test_the_application_s_url_wins_over_the_server_s(api: Api, receiver: Receiver) -> None:
    api.world.world.application(CONNECTION).webhook_event_url = f"{receiver.origin}/app"
    await api.incoming()
    await api.incoming(connection_id="7")
    await api.rest()
    assert sorted(places(receiver)) == [("call.initiated", "/app"), ("call.initiated", "/webhooks")]


async def test_the_leg_s_url_wins_over_the_application_s_for_all_its_events(api: Api, receiver: Receiver) -> None:
    api.world.world.application(CONNECTION).webhook_event_url = f"{receiver.origin}/app"
    id = await api.dialled(webhook_url=f"{receiver.origin}/leg?tenant=a%2Fb&n=1")
    await api.advance(1)
    await api.do(id, "hangup")
    await api.rest()
    assert places(receiver) == [(f"call.{name}", "/leg") for name in ("initiated", "answered", "hangup")]
    for webhook in receiver.received:
        assert webhook.query == {"tenant": "a/b", "n": "1"}


async def test_a_url_given_with_answer_holds_from_then_on(api: Api, receiver: Receiver) -> None:
    id = await api.incoming()
    await api.do(id, "answer", webhook_url=f"{receiver.origin}/leg")
    await api.do(id, "hangup")
    await api.rest()
    assert places(receiver) == [("call.initiated", "/webhooks"), ("call.answered", "/leg"), ("call.hangup", "/leg")]


@pytest.mark.parametrize("many", [False, True])
async def test_a_url_for_one_event_type_wins_over_all_others(api: Api, receiver: Receiver, many: bool) -> None:
    url = f"{receiver.origin}/answered"
    await api.dialled(webhook_url=f"{receiver.origin}/leg", webhook_urls={"call.answered": [url] if many else url})
    await api.advance(1)
    assert places(receiver) == [("call.initiated", "/leg"), ("call.answered", "/answered")]


@pytest.mark.settings(webhook_attempts=1, failover_url="http://127.0.0.1:1/never")
async def test_of_several_urls_for_one_type_the_next_is_tried_after_the_first(api: Api, receiver: Receiver) -> None:
    receiver.on("/one", 500)
    receiver.on("/two", 500)
    urls = [f"{receiver.origin}/one", f"{receiver.origin}/two"]
    await api.dialled(webhook_urls={"call.initiated": urls})
    await api.advance(0)
    assert places(receiver) == [("call.initiated", "/one"), ("call.initiated", "/two")]
    assert [webhook.attempt for webhook in receiver.received] == [1, 2]
    assert [webhook.json["meta"]["delivered_to"] for webhook in receiver.received] == urls
    (delivery,) = await api.deliveries()
    assert delivery["status"] == "failed"


async def test_the_method_of_the_urls_by_type_is_their_own(api: Api, receiver: Receiver) -> None:
    await api.dialled(webhook_urls={"call.answered": f"{receiver.origin}/a"}, webhook_urls_method="GET")
    await api.advance(1)
    assert [(webhook.name, webhook.method) for webhook in receiver.received] == [
        ("call.initiated", "POST"),
        ("call.answered", "GET"),
    ]


async def test_the_leg_of_a_transfer_inherits_the_url(api: Api, receiver: Receiver) -> None:
    id = await api.incoming()
    await api.do(id, "answer", webhook_url=f"{receiver.origin}/leg")
    await api.do(id, "transfer", to="+15550003333")
    await api.advance(1)
    assert {path for name, path in places(receiver)[1:]} == {"/leg"}
    assert [name for name, _ in places(receiver)[2:]] == [
        "call.initiated", "call.answered", "call.bridged", "call.bridged",
    ]  # fmt: skip


@pytest.mark.settings(dial_override_skips_initiated=True)
async def test_dial_s_own_url_may_begin_after_call_initiated(api: Api, receiver: Receiver) -> None:
    await api.dialled(webhook_url=f"{receiver.origin}/leg")
    await api.advance(1)
    assert places(receiver) == [("call.initiated", "/webhooks"), ("call.answered", "/leg")]


@pytest.mark.settings(webhook_url=None)
async def test_without_any_url_the_journal_says_so_and_nothing_else_stops(api: Api) -> None:
    id = await api.answered()
    assert (await api.get(f"/v2/calls/{id}")).data["is_alive"] is True
    entries = (await api.get("/_emulator/journal", kind="delivery")).data
    assert [(entry["name"], entry["result"]) for entry in entries] == [
        ("call.initiated", "no_url"),
        ("call.answered", "no_url"),
    ]


async def test_a_url_set_while_the_server_runs_holds_for_the_next_event(api: Api, receiver: Receiver) -> None:
    id = await api.incoming()
    await api.patch("/_emulator/settings", webhook_url=f"{receiver.origin}/later")
    await api.do(id, "answer")
    await api.rest()
    assert places(receiver) == [("call.initiated", "/webhooks"), ("call.answered", "/later")]


async def test_an_override_without_a_url_changes_only_what_it_names(api: Api, receiver: Receiver) -> None:
    id = await api.incoming()
    await api.do(id, "answer", webhook_url=f"{receiver.origin}/leg", webhook_url_method="GET")
    await api.do(id, "answer", webhook_urls={"call.hangup": f"{receiver.origin}/over"})
    await api.do(id, "speak", payload="hello", voice="female")
    await api.do(id, "hangup")
    await api.rest()
    methods = {(webhook.name, webhook.path): webhook.method for webhook in receiver.received}
    assert methods[("call.speak.started", "/leg")] == "GET"
    assert methods[("call.hangup", "/over")] == "POST"
