"""A receiver that does not take its webhooks: tried again, somewhere else, or given up."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from wire import CONNECTION, Api, Reaction, Receiver

pytestmark = pytest.mark.usefixtures("in_order")

DOWN = "http://127.0.0.1:1/webhooks"


def attempts(receiver: Receiver, name: str = "call.initiated") -> list[int]:
    return [webhook.attempt for webhook in receiver.got(name)]


async def outcome(api: Api) -> tuple[str, list[int | None]]:
    """What the delivery log says about the only webhook: its status, and the HTTP statuses in order."""
    (delivery,) = await api.deliveries()
    tries = [attempt["http"].get("response", {}).get("status") for attempt in reversed(delivery["attempts"])]
    return delivery["status"], tries


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_is_success(api: Api, receiver: Receiver, status: int) -> None:
    receiver.on("call.initiated", status)
    await api.incoming()
    await api.advance(60)
    assert await outcome(api) == ("delivered", [status])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422, 451])
@pytest.mark.settings(failover_url=DOWN)
async def test_other_4xx_are_final_and_do_not_fail_over(api: Api, receiver: Receiver, status: int) -> None:
    receiver.on("call.initiated", status)
    await api.incoming()
    await api.advance(60)
    assert await outcome(api) == ("failed", [status])


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_408_429_and_5xx_are_tried_three_times_with_the_backoff_on_the_virtual_clock(
    api: Api, receiver: Receiver, status: int
) -> None:
    receiver.on("call.initiated", status)
    await api.incoming()
    await api.rest()
    seen = [attempts(receiver)]
    for seconds in (0.9, 0.2, 1.7, 0.3, 60):
        await api.advance(seconds)
        seen.append(attempts(receiver))
    assert seen == [[1], [1], [1, 2], [1, 2], [1, 2, 3], [1, 2, 3]]
    assert await outcome(api) == ("failed", [status] * 3)


async def test_a_retry_that_is_taken_ends_the_matter(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500, 429, 204)
    await api.incoming()
    await api.advance(60)
    assert attempts(receiver) == [1, 2, 3]
    assert await outcome(api) == ("delivered", [500, 429, 204])


@pytest.mark.settings(webhook_attempts=5, webhook_backoff=(0.5, 4))
async def test_the_last_backoff_is_repeated_for_more_attempts(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500)
    await api.incoming()
    await api.advance(60)
    (delivery,) = await api.deliveries()
    began = [float(attempt["started_at"][17:-1]) for attempt in reversed(delivery["attempts"])]
    gaps = [round((later - earlier) % 60, 3) for earlier, later in pairwise(began)]
    assert gaps == [0.5, 4, 4, 4]


@pytest.mark.settings(webhook_url=DOWN)
async def test_a_receiver_that_is_down_is_tried_until_given_up(api: Api) -> None:
    id = await api.incoming()
    await api.advance(60)
    status, tries = await outcome(api)
    assert (status, tries) == ("failed", [None] * 3)
    (delivery,) = await api.deliveries()
    assert "Connect" in delivery["attempts"][0]["detail"]
    assert (await api.get(f"/v2/calls/{id}")).data["is_alive"] is True


@pytest.mark.settings(webhook_timeout=0.05)
async def test_a_receiver_that_never_answers_times_out_in_real_time_and_is_tried_again(
    api: Api, receiver: Receiver
) -> None:
    receiver.on("call.initiated", Reaction(until=asyncio.Event()), 200)
    await api.incoming()
    await api.rest()
    api.world.outbox.log[0].timeout = 60  # for the second one, however busy this computer is
    await api.advance(1)
    assert await outcome(api) == ("delivered", [None, 200])
    (delivery,) = await api.deliveries()
    assert delivery["attempts"][1]["detail"] == "no answer within 0.05 s"


@pytest.mark.settings(webhook_timeout=60)
async def test_a_slow_receiver_within_the_timeout_is_fine(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", Reaction(delay=0.05))
    await api.incoming()
    await api.rest()
    assert await outcome(api) == ("delivered", [200])


async def test_the_application_s_timeout_wins(api: Api, receiver: Receiver) -> None:
    api.world.world.application(CONNECTION).webhook_timeout_secs = 0.05
    receiver.on("call.initiated", Reaction(until=asyncio.Event()), 200)
    await api.incoming()
    await api.rest()
    api.world.outbox.log[0].timeout = 60  # for the second one, however busy this computer is
    await api.advance(1)
    (delivery,) = await api.deliveries()
    assert delivery["attempts"][1]["detail"] == "no answer within 0.05 s"


async def test_a_connection_that_is_dropped_is_tried_again(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", Reaction(drop=True), 200)
    await api.incoming()
    await api.advance(1)
    assert await outcome(api) == ("delivered", [None, 200])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_with_the_same_method_body_and_signature(
    api: Api, receiver: Receiver, status: int
) -> None:
    receiver.on("/webhooks", Reaction(status, location="/moved?x=1"))
    await api.incoming()
    await api.rest()
    first, second = receiver.received
    assert [(one.method, one.path) for one in (first, second)] == [("POST", "/webhooks"), ("POST", "/moved")]
    assert second.query == {"x": "1"}
    assert second.body == first.body
    assert second.headers["telnyx-signature-ed25519"] == first.headers["telnyx-signature-ed25519"]
    assert await outcome(api) == ("delivered", [200])


async def test_three_redirects_are_followed_and_a_fourth_is_a_failure(api: Api, receiver: Receiver) -> None:
    for step in range(4):
        receiver.on(f"/{step}", Reaction(302, location=f"/{step + 1}"))
    await api.dialled(webhook_url=f"{receiver.origin}/1")
    await api.rest()
    assert [one.path for one in receiver.received] == ["/1", "/2", "/3", "/4"]
    assert await outcome(api) == ("delivered", [200])
    receiver.received.clear()
    await api.dialled(webhook_url=f"{receiver.origin}/0", webhook_retries_policies={"call.initiated": {}})
    await api.rest()
    assert [one.path for one in receiver.received] == ["/0", "/1", "/2", "/3"]
    (delivery, _) = await api.deliveries()
    assert (delivery["status"], delivery["attempts"][0]["detail"]) == ("failed", "more than 3 redirects")


@pytest.mark.parametrize("location", [None, "http://[", "ftp://127.0.0.1/"])
async def test_a_redirect_to_nowhere_is_a_failed_attempt(api: Api, receiver: Receiver, location: str | None) -> None:
    receiver.on("call.initiated", Reaction(302, location=location), 200)
    await api.incoming()
    await api.advance(1)
    assert await outcome(api) == ("delivered", [302, 200])


async def test_after_the_first_url_the_failover_url_gets_as_many_attempts(api: Api, receiver: Receiver) -> None:
    api.world.failover_url = f"{receiver.origin}/failover"
    receiver.on("call.initiated", 500)
    await api.incoming()
    await api.advance(60)
    assert [(one.path, one.attempt) for one in receiver.received] == [
        ("/webhooks", 1), ("/webhooks", 2), ("/webhooks", 3), ("/failover", 4), ("/failover", 5), ("/failover", 6),
    ]  # fmt: skip
    assert receiver.received[3].json["meta"]["delivered_to"] == f"{receiver.origin}/failover"
    assert await outcome(api) == ("failed", [500] * 6)


@pytest.mark.parametrize("leg", [{}, {"webhook_url_method": "GET"}])
async def test_the_application_s_failover_url_stands_behind_the_leg_s_url(
    api: Api, receiver: Receiver, leg: dict[str, Any]
) -> None:
    api.world.world.application(CONNECTION).webhook_event_failover_url = f"{receiver.origin}/failover"
    receiver.on("/leg", 503)
    await api.dialled(webhook_url=f"{receiver.origin}/leg", **leg)
    await api.advance(3)
    assert [one.path for one in receiver.got("call.initiated")] == ["/leg"] * 3 + ["/failover"]
    assert receiver.got("call.initiated")[3].method == "POST"


@pytest.mark.parametrize(
    ("millis", "seconds"), [([], []), ([100], [0.1]), ([100, 300, 0, 59_000], [0.1, 0.4, 0.4, 59.4])]
)
async def test_a_policy_of_the_leg_says_when_an_event_is_tried_again(
    api: Api, receiver: Receiver, millis: list[int], seconds: list[float]
) -> None:
    receiver.on("call.initiated", 500)
    await api.dialled(webhook_retries_policies={"call.initiated": {"retries_ms": millis}})
    await api.advance(70)
    entries = (await api.get("/_emulator/journal", kind="delivery")).data
    tried = [entry["at"] for entry in entries if entry["name"] == "call.initiated" and "attempt" in entry]
    assert tried == [0, *seconds]


async def test_a_policy_binds_no_other_event(api: Api, receiver: Receiver) -> None:
    receiver.on("call.answered", 500)
    await api.dialled(webhook_retries_policies={"call.initiated": {"retries_ms": []}})
    await api.advance(60)
    assert attempts(receiver, "call.answered") == [1, 2, 3]


async def test_every_event_ends_somehow_and_other_calls_are_not_affected(api: Api, receiver: Receiver) -> None:
    bad, good = await api.dialled(webhook_url=DOWN), await api.dialled()
    await api.advance(1)
    for id in (bad, good):
        await api.do(id, "hangup")
    await api.rest()
    assert receiver.names == ["call.initiated", "call.answered", "call.hangup"]
    await api.advance(60)
    ends = {(one["webhook"]["payload"]["call_control_id"], one["status"]) for one in await api.deliveries()}
    assert ends == {(bad, "failed"), (good, "delivered")}
    assert len(await api.deliveries()) == len(api.world.events()) == 6


async def test_the_journal_has_each_attempt_with_its_status_or_error(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", 500, Reaction(drop=True), 200)
    id = await api.incoming()
    await api.advance(60)
    entries = [entry for entry in (await api.get("/_emulator/journal", kind="delivery")).data if "attempt" in entry]
    tries = [entry for entry in entries if entry["name"] == "call.initiated"]
    assert [(one["attempt"], one["status"], bool(one["error"]), one["at"]) for one in tries] == [
        (1, 500, False, 0), (2, None, True, 1), (3, 200, False, 3),
    ]  # fmt: skip
    assert {(one["url"], one["call_control_id"]) for one in tries} == {(receiver.url, id)}
