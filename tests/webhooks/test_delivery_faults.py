"""Webhooks that go wrong on purpose, as the application sees them, and what the log says of each."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from wire import Api, Reaction, Received, Receiver

from telnyx_emulator import Emulator

pytestmark = pytest.mark.usefixtures("in_order")


async def arm(api: Api, event: str, fault: dict[str, Any], when: dict[str, Any] | None = None, **more: Any) -> None:
    answer = await api.post(
        "/_emulator/faults", when={"delivered": event, **(when or {})}, do={"delivery": fault}, **more
    )
    assert answer.status == 201, answer.json


async def lines(api: Api) -> list[dict[str, Any]]:
    return (await api.get("/_emulator/journal", kind="delivery")).data


async def log(api: Api, event: str) -> dict[str, Any]:
    (found,) = await api.deliveries(**{"filter[event_type]": event})
    return found


class TestDrop:
    async def test_it_never_comes_and_its_successors_do(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"drop": True})
        await api.answered()
        await api.advance(60)
        assert receiver.names == ["call.answered"]

    async def test_the_log_says_by_which_fault(self, api: Api) -> None:
        await arm(api, "call.initiated", {"drop": True}, name="lost post")
        await api.answered()
        line = (await lines(api))[0]
        assert (line["name"], line["result"], line["fault"], line["attempts"]) == (
            "call.initiated", "dropped", "lost post", 0,
        )  # fmt: skip
        delivery = await log(api, "call.initiated")
        (attempt,) = delivery["attempts"]
        assert (delivery["status"], attempt["status"]) == ("failed", "failed")
        assert attempt["detail"] == "Dropped by the fault 'lost post'."

    async def test_a_retry_can_be_dropped_too(self, api: Api, receiver: Receiver) -> None:
        receiver.on("call.initiated", 500)
        await arm(api, "call.initiated", {"drop": True}, {"attempt": 2})
        await api.incoming()
        await api.rest()
        await api.advance(60)
        assert receiver.names == ["call.initiated"]
        delivery = await log(api, "call.initiated")
        assert [attempt["status"] for attempt in delivery["attempts"]] == ["failed", "failed"]
        assert (await lines(api))[-1]["result"] == "dropped"

    async def test_many_in_a_row_are_dropped_as_well(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.dtmf.received", {"drop": True})
        id = await api.answered()
        with api.world.outbox.gate() as gate:
            await api.post(f"/_emulator/calls/{id}/press", digits="5" * 500, every=0.001)
            api.world.clock.advance(1)
        gate.open()
        await api.do(id, "hangup")
        await api.rest()
        assert receiver.names == ["call.initiated", "call.answered", "call.hangup"]


class TestDelay:
    async def test_it_leaves_later_and_others_overtake_it(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"delay": "2s"})
        await api.answered()
        assert receiver.names == ["call.answered"]
        await api.advance(1.9)
        assert receiver.names == ["call.answered"]
        await api.advance(0.1)
        assert receiver.names == ["call.answered", "call.initiated"]
        assert receiver.received[1].attempt == 1

    async def test_it_holds_nothing_while_it_waits(self, api: Api) -> None:
        await arm(api, "call.initiated", {"delay": "2s"})
        await api.incoming()
        await api.rest()
        assert api.world.clock.holders() == []

    async def test_each_attempt_is_delayed_if_each_matches(self, api: Api, receiver: Receiver) -> None:
        receiver.on("call.initiated", 500, 200)
        await arm(api, "call.initiated", {"delay": "2s"})
        await api.incoming()
        await api.advance(4.9)
        assert len(receiver.received) == 1
        await api.advance(0.1)
        assert [one.attempt for one in receiver.received] == [1, 2]

    async def test_it_can_be_drawn_by_lot(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"delay": {"between": ["2s", "3s"]}})
        await api.incoming()
        await api.advance(1.9)
        assert receiver.names == []
        await api.advance(1.2)
        assert receiver.names == ["call.initiated"]


class TestDuplicate:
    async def test_it_comes_again_with_the_same_id(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"duplicate": 2})
        await api.answered()
        assert receiver.names == ["call.initiated"] * 3 + ["call.answered"]
        assert len({one.json["data"]["id"] for one in receiver.got("call.initiated")}) == 1
        assert {one.attempt for one in receiver.received} == {1}

    async def test_a_delay_lies_before_each_copy_and_holds_up_nobody(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"duplicate": 2, "delay": "150ms"})
        await api.answered()
        assert receiver.names == ["call.initiated", "call.answered"]
        await api.advance(0.15)
        assert receiver.names[2:] == ["call.initiated"]
        assert api.world.clock.holders() == []
        await api.advance(0.14)
        assert len(receiver.received) == 3
        await api.advance(0.01)
        assert receiver.names[2:] == ["call.initiated"] * 2
        await api.advance(60)
        assert len(receiver.received) == 4

    @pytest.mark.settings(clock="auto")
    async def test_no_jump_goes_past_a_copy_that_is_due(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"duplicate": 3, "delay": "1s"})
        await api.post("/_emulator/calls", **{"from": "+15550100911"})
        assert (await api.post("/_emulator/wait", webhook="call.hangup")).status == 200
        copies = [line["at"] for line in await lines(api) if line.get("copy")]
        assert copies == [1.0, 2.0, 3.0]

    async def test_copies_follow_what_was_taken_and_not_what_failed(self, api: Api, receiver: Receiver) -> None:
        receiver.on("call.initiated", 500, 200)
        await arm(api, "call.initiated", {"duplicate": 1}, {"attempt": 1})
        await api.incoming()
        await api.rest()
        assert [one.attempt for one in receiver.received] == [1]
        await api.advance(1)
        assert [one.attempt for one in receiver.received] == [1, 2, 2]

    async def test_a_refused_copy_is_not_tried_again(self, api: Api, receiver: Receiver) -> None:
        receiver.on("call.initiated", 200, 500)
        await arm(api, "call.initiated", {"duplicate": 1})
        await api.incoming()
        await api.advance(60)
        assert len(receiver.received) == 2
        delivery = await log(api, "call.initiated")
        assert delivery["status"] == "delivered"
        assert [attempt["status"] for attempt in delivery["attempts"]] == ["failed", "delivered"]

    async def test_the_journal_tells_copies_from_attempts(self, api: Api) -> None:
        await arm(api, "call.initiated", {"duplicate": 1}, name="twice")
        await api.incoming()
        await api.rest()
        told = [(line["attempt"], line.get("copy"), line["fault"]) for line in await lines(api)]
        assert told == [(1, None, "twice"), (1, 1, "twice")]

    async def test_copies_are_no_further_matches(self, api: Api) -> None:
        await arm(api, "call.initiated", {"duplicate": 1})
        await api.incoming()
        await api.advance(60)
        assert (await api.get("/_emulator/faults")).data[0]["matched"] == 1


class TestReorder:
    async def test_as_many_later_ones_go_first(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"reorder": 2})
        id = await api.answered()
        await api.do(id, "speak", payload="hello", voice="female")
        await api.do(id, "hangup")
        await api.rest()
        assert receiver.names == [
            "call.answered", "call.speak.started", "call.initiated", "call.speak.ended", "call.hangup",
        ]  # fmt: skip

    async def test_if_fewer_follow_it_leaves_after_a_second_without_any(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"reorder": 5})
        id = await api.answered()
        await api.advance(0.9)
        await api.do(id, "speak", payload="hello", voice="female", command_id="x")
        await api.do(id, "playback_stop")
        await api.rest()
        assert api.world.clock.holders() == []
        await api.advance(0.9)
        assert "call.initiated" not in receiver.names
        await api.advance(0.1)
        assert receiver.names[-1] == "call.initiated"

    async def test_others_of_its_session_only_can_pass(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"reorder": 1}, times=1)
        await api.incoming()
        await api.incoming()
        await api.rest()
        await api.advance(0.5)
        assert len(receiver.received) == 1
        await api.advance(0.5)
        assert len(receiver.received) == 2

    async def test_what_is_dropped_has_not_passed(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"reorder": 1})
        await arm(api, "call.answered", {"drop": True})
        id = await api.answered()
        assert receiver.names == []
        await api.do(id, "hangup")
        await api.rest()
        assert receiver.names == ["call.hangup", "call.initiated"]

    async def test_several_that_let_others_pass_go_in_their_own_order(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"reorder": 9})
        await arm(api, "call.answered", {"reorder": 9})
        await api.answered()
        await api.advance(1)
        assert receiver.names == ["call.initiated", "call.answered"]

    async def test_a_retry_lets_others_pass_too(self, api: Api, receiver: Receiver) -> None:
        receiver.on("call.initiated", 500, 200)
        await arm(api, "call.initiated", {"reorder": 1}, {"attempt": 2})
        id = await api.answered()
        await api.advance(1)
        assert receiver.names == ["call.initiated", "call.answered"]
        await api.do(id, "hangup")
        await api.rest()
        assert receiver.names[2:] == ["call.hangup", "call.initiated"]

    async def test_bridging_takes_it_along(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"reorder": 4}, {"where": {"direction": "outgoing"}})
        first = await api.answered()
        second = await api.dialled()
        await api.rest()
        await api.advance(0.9)
        await api.do(first, "bridge", call_control_id=second, play_ringtone=True)
        await api.advance(5)
        assert "call.bridged" in receiver.names
        assert [one.payload["direction"] for one in receiver.got("call.initiated")] == ["incoming", "outgoing"]
        assert api.world.clock.holders() == []


ENDINGS = {
    "refused": (None, "Cannot connect to host"),
    "timeout": (None, "no answer within 2 s"),
    "tls_error": (None, "CertificateError"),
    "http_500": (500, None),
    "http_404": (404, None),
}


class TestAsIf:
    @pytest.mark.parametrize("how", ["refused", "timeout", "tls_error", "http_500"])
    async def test_it_is_tried_again_as_ever(self, api: Api, receiver: Receiver, how: str) -> None:
        await arm(api, "call.initiated", {"as_if": how}, {"attempt": {"lte": 2}})
        await api.incoming()
        await api.rest()
        assert receiver.names == []
        await api.advance(1)
        await api.advance(2)
        assert [one.attempt for one in receiver.received] == [3]
        assert (await log(api, "call.initiated"))["status"] == "delivered"

    async def test_a_404_is_final(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"as_if": "http_404"})
        await api.incoming()
        await api.advance(60)
        assert receiver.names == []
        delivery = await log(api, "call.initiated")
        assert (delivery["status"], len(delivery["attempts"])) == ("failed", 1)
        assert [line.get("result") for line in await lines(api)] == [None, "failed"]

    @pytest.mark.parametrize("how", ENDINGS)
    async def test_the_attempt_is_logged_like_a_real_one(self, api: Api, how: str) -> None:
        await arm(api, "call.initiated", {"as_if": how}, name="down")
        await api.incoming()
        await api.rest()
        line, (status, error) = (await lines(api))[0], ENDINGS[how]
        assert (line["attempt"], line["status"], line["fault"]) == (1, status, "down")
        assert error is None or error in line["error"]
        (delivery,) = api.world.outbox.log
        assert "telnyx-signature-ed25519" in delivery.attempts[0].request_headers

    async def test_the_failover_url_is_next_when_all_attempts_failed(self, api: Api, receiver: Receiver) -> None:
        await api.patch("/_emulator/settings", failover_url=f"{receiver.origin}/failover")
        await arm(api, "call.initiated", {"as_if": "timeout"}, {"meta": {"url": receiver.url}})
        await api.incoming()
        await api.advance(10)
        assert [(one.path, one.attempt) for one in receiver.received] == [("/failover", 4)]

    @pytest.mark.settings(webhook_timeout=60)
    async def test_a_time_out_takes_no_real_time(self, api: Api) -> None:
        await arm(api, "call.initiated", {"as_if": "timeout"})
        await api.incoming()
        await api.advance(60)
        assert all(line["latency_ms"] < 60_000 for line in await lines(api) if "latency_ms" in line)


def verify(webhook: Received, public_key: str) -> None:
    """As applications do; raises BadSignatureError."""
    import base64

    signed = f"{webhook.headers['telnyx-timestamp']}|".encode() + webhook.signed
    VerifyKey(base64.b64decode(public_key)).verify(
        signed, base64.b64decode(webhook.headers["telnyx-signature-ed25519"])
    )


class TestSignature:
    async def test_a_missing_one_leaves_both_headers_out(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"signature": "missing"})
        await api.answered()
        assert not {"telnyx-signature-ed25519", "telnyx-timestamp"} & {
            name.lower() for name in receiver.one("call.initiated").headers
        }
        assert "telnyx-timestamp" in receiver.one("call.answered").headers

    async def test_a_wrong_key_does_not_verify(self, api: Api, receiver: Receiver, emulator: Emulator) -> None:
        await arm(api, "call.initiated", {"signature": "wrong_key"})
        await api.answered()
        verify(receiver.one("call.answered"), emulator.public_key)
        with pytest.raises(BadSignatureError):
            verify(receiver.one("call.initiated"), emulator.public_key)

    async def test_a_stale_one_is_correct_and_ten_minutes_old(
        self, api: Api, receiver: Receiver, emulator: Emulator
    ) -> None:
        await arm(api, "call.initiated", {"signature": "stale"})
        await api.answered()
        stale, fresh = receiver.received
        verify(stale, emulator.public_key)
        assert 595 < int(fresh.headers["telnyx-timestamp"]) - int(stale.headers["telnyx-timestamp"]) < 605


class TestWhere:
    async def test_the_payload_and_the_leg_decide(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"drop": True}, {"where": {"from": {"regex": "7777$"}}})
        await api.incoming(**{"from": "+15550007777"})
        second = await api.incoming()
        await arm(api, "call.answered", {"drop": True}, {"leg": second})
        await api.do(second, "answer")
        await api.rest()
        assert [one.payload["from"] for one in receiver.received] == ["+15550001111"]

    async def test_another_world_is_not_disturbed(self, api: Api, receiver: Receiver) -> None:
        other = api.with_key("KEY_of_somebody_else")
        await arm(api, "call.initiated", {"drop": True})
        await other.incoming()
        await other.rest()
        assert receiver.names == ["call.initiated"]

    async def test_a_reset_forgets_what_was_put_off(self, api: Api, receiver: Receiver) -> None:
        await arm(api, "call.initiated", {"delay": "1s"}, times=1)
        await arm(api, "call.initiated", {"reorder": 1}, times=1)
        await api.incoming()
        await api.incoming()
        await api.rest()
        await api.post("/_emulator/reset")
        await api.advance(60)
        assert receiver.names == []

    async def test_the_journal_tells_of_each_strike(self, api: Api) -> None:
        await arm(api, "call.initiated", {"delay": "1s"}, name="slow post")
        id = await api.incoming()
        (line,) = (await api.get("/_emulator/journal", kind="injection")).data
        assert (line["name"], line["plane"], line["on"]) == ("slow post", "delivery", "call.initiated")
        assert (line["effect"], line["call_control_id"]) == ({"delay": "1s"}, id)


async def test_a_slow_receiver_does_not_upset_the_order_of_copies(api: Api, receiver: Receiver) -> None:
    receiver.on("call.initiated", Reaction(delay=0.02))
    await arm(api, "call.initiated", {"duplicate": 3})
    await api.answered()
    assert receiver.names == ["call.initiated"] * 4 + ["call.answered"]


@pytest.mark.settings(seed=7)
async def test_every_event_comes_to_an_end(api: Api, receiver: Receiver) -> None:
    """Whatever is armed: each is delivered, failed or dropped, and nothing holds the clock."""
    for fault in (
        {"delay": "3s"},
        {"reorder": 2},
        {"duplicate": 2, "delay": "1s"},
        {"as_if": "refused"},
        {"drop": True},
    ):
        await arm(api, "call.dtmf.received", fault, chance=0.3)
    id = await api.answered()
    await api.post(f"/_emulator/calls/{id}/press", digits="0123456789" * 4, every=0.2)
    await api.advance(120)
    await asyncio.sleep(0)
    statuses = [delivery.status for delivery in api.world.outbox.log]
    assert len(statuses) == 42
    assert {"delivered", "dropped"} <= set(statuses) <= {"delivered", "dropped", "failed"}
    assert api.world.clock.holders() == []
    assert api.world.outbox._queues == {}
