"""Requests that go wrong on purpose, as clients see them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from wire import Answer, Api, Receiver, until

from telnyx_emulator import Emulator

SPEAK: dict[str, Any] = {"payload": "hello", "voice": "female"}


async def arm(api: Api, when: dict[str, Any], fault: dict[str, Any], **more: Any) -> str:
    return (await api.post("/_emulator/faults", when=when, do={"api": fault}, **more)).data["id"]


async def spoken(api: Api, fault: dict[str, Any], **more: Any) -> Answer:
    """The answer to a command that goes wrong."""
    await arm(api, {"command": "speak"}, fault, **more)
    return await api.act(await api.answered(), "speak", **SPEAK)


async def lines(api: Api, kind: str) -> list[dict[str, Any]]:
    return (await api.get("/_emulator/journal", kind=kind)).data


class TestRefusals:
    @pytest.mark.parametrize(
        ("fault", "status", "code", "title"),
        [
            ({"status": 429}, 429, "10011", "Too many requests"),
            ({"code": "10011"}, 429, "10011", "Too many requests"),
            ({"retry_after": "1s"}, 429, "10011", "Too many requests"),
            ({"status": 422, "code": "10011"}, 422, "10011", "Media encryption not supported for PSTN calls"),
            ({"status": 500}, 500, "10007", "Internal server error"),
            ({"status": 503}, 503, "10007", "Service unavailable"),
            ({"status": 502}, 502, "10007", "Internal server error"),
            ({"code": "10007"}, 500, "10007", "Internal server error"),
            ({"status": 400}, 400, "10015", "Bad Request"),
            ({"status": 422}, 422, "10027", "Unprocessable Entity"),
            ({"status": 422, "code": "10015"}, 422, "10015", "Bad Request"),
            ({"status": 408}, 408, "10008", "Request timeout"),
            ({"status": 418}, 418, "10015", "Bad Request"),
            ({"status": 401}, 401, "10009", "Authentication failed"),
            ({"code": "90018"}, 422, "90018", "Call has already ended"),
            ({"code": "90012"}, 422, "90012", "Invalid value for voice"),
            ({"code": "90058"}, 404, "90058", "Invalid conference_id"),
            ({"code": "10037"}, 503, "10037", "Service unavailable"),
            ({"code": "77777"}, 422, "77777", "Unprocessable Entity"),
            ({"status": 503, "code": "77777"}, 503, "77777", "Service unavailable"),
        ],
    )
    async def test_what_is_left_open_is_as_the_vendor_has_it(
        self, api: Api, fault: dict[str, Any], status: int, code: str, title: str
    ) -> None:
        answer = await spoken(api, fault)
        assert answer.refusal == (status, code)
        assert answer.error["title"] == title
        assert answer.error["detail"]
        assert "x-request-id" in answer.headers

    async def test_title_and_detail_can_be_given(self, api: Api) -> None:
        answer = await spoken(api, {"code": "10007", "title": "Oops", "detail": "Sorry."})
        assert answer.error == {"code": "10007", "title": "Oops", "detail": "Sorry."}

    async def test_nothing_has_been_done(self, api: Api, receiver: Receiver) -> None:
        await spoken(api, {"status": 500})
        await api.rest()
        assert "call.speak.started" not in receiver.names

    @pytest.mark.parametrize(
        ("code", "detail"),
        [("D38", "Connection has no Outbound Profile assigned D38. "), ("D60", "The call was refused D60.")],
    )
    async def test_a_refused_dial_names_a_call_and_the_reason(self, api: Api, code: str, detail: str) -> None:
        await arm(api, {"command": "dial"}, {"code": code})
        answer = await api.dial()
        assert answer.refusal == (403, "10010")
        assert answer.error["detail"].startswith(detail)
        assert answer.json["telnyx_error"] == {"error_code": code}
        assert answer.json["data"]["call_control_id"].startswith("v3:")
        assert "title" not in answer.error

    async def test_the_pause_is_told_in_whole_seconds_and_in_milliseconds(self, api: Api) -> None:
        answer = await spoken(api, {"status": 429, "retry_after": "1100ms"})
        assert (answer.headers["retry-after"], answer.headers["retry-after-ms"]) == ("2", "1100")
        assert answer.headers["x-ratelimit-remaining"] == "0"

    @pytest.mark.parametrize(("given", "header"), [(True, "true"), (False, "false")])
    async def test_whether_to_retry_is_a_header(self, api: Api, given: bool, header: str) -> None:
        answer = await spoken(api, {"status": 409, "should_retry": given})
        assert answer.headers["x-should-retry"] == header
        assert "retry-after" not in answer.headers

    async def test_garbage_is_no_json(self, api: Api) -> None:
        await arm(api, {"request": "GET /calls/*"}, {"garbage": True, "status": 502}, times=1)
        await arm(api, {"request": "GET /calls/*"}, {"garbage": True})
        id = await api.answered()
        for status in (502, 200):
            async with api._session.get(f"{api._emulator.base_url}/calls/{id}", headers=api.headers) as response:
                assert (response.status, response.content_type) == (status, "text/html")
                assert (await response.read()).startswith(b"<html>")


class TestBrokenConnections:
    @pytest.mark.parametrize(
        ("fault", "error"),
        [({"reset": True}, aiohttp.ClientOSError), ({"close": True}, aiohttp.ServerDisconnectedError)],
    )
    async def test_the_connection_ends_instead_of_an_answer(
        self, api: Api, fault: dict[str, Any], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            await spoken(api, fault, times=1)
        assert (await api.act(await api.answered(), "speak", **SPEAK)).status == 200

    async def test_a_reset_is_one_on_the_wire(self, api: Api, emulator: Emulator) -> None:
        await arm(api, {"request": "GET /calls/*"}, {"reset": True})
        reader, writer = await asyncio.open_connection("127.0.0.1", emulator.port)
        writer.write(f"GET /v2/calls/x HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {api.key}\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()

    async def test_a_close_is_an_orderly_end_on_the_wire(self, api: Api, emulator: Emulator) -> None:
        await arm(api, {"request": "GET /calls/*"}, {"close": True})
        reader, writer = await asyncio.open_connection("127.0.0.1", emulator.port)
        writer.write(f"GET /v2/calls/x HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {api.key}\r\n\r\n".encode())
        assert await reader.read() == b""
        writer.close()

    async def test_what_was_carried_out_before_the_reset_has_effect_once(self, api: Api, receiver: Receiver) -> None:
        id = await api.answered()
        await arm(api, {"command": "speak"}, {"reset": True, "carried_out": True}, times=1)
        with pytest.raises(aiohttp.ClientOSError):
            await api.act(id, "speak", **SPEAK, command_id="once")
        await api.do(id, "speak", **SPEAK, command_id="once")
        await api.advance(60)
        assert receiver.names.count("call.speak.started") == 1


class TestCarriedOut:
    async def test_it_is_done_though_the_answer_says_otherwise(self, api: Api, receiver: Receiver) -> None:
        answer = await spoken(api, {"status": 503, "carried_out": True})
        await api.rest()
        assert answer.status == 503
        assert "call.speak.started" in receiver.names

    async def test_what_is_refused_anyhow_goes_wrong_too(self, api: Api) -> None:
        await arm(api, {"command": "speak"}, {"status": 503, "carried_out": True})
        ringing = await api.incoming()
        assert (await api.act(ringing, "speak", **SPEAK)).refusal == (503, "10007")

    async def test_a_refusal_that_is_merely_late_stays_the_same(self, api: Api) -> None:
        await arm(api, {"command": "speak"}, {"latency": "10ms", "carried_out": True})
        ringing = await api.incoming()
        assert (await api.act(ringing, "speak", **SPEAK)).refusal == (422, "90034")
        assert (await lines(api, "command"))[-1]["status"] == 422

    async def test_webhooks_overtake_a_late_answer(self, api: Api, receiver: Receiver) -> None:
        id = await api.answered()
        await arm(api, {"command": "speak"}, {"latency": "60s", "carried_out": True})
        late = asyncio.create_task(api.act(id, "speak", **SPEAK))
        await receiver.arrival(3)
        assert receiver.names[-1] == "call.speak.started"
        assert not late.done()
        late.cancel()

    async def test_a_request_of_another_kind_is_carried_out_too(self, api: Api) -> None:
        await arm(api, {"request": "POST /queues"}, {"status": 500, "carried_out": True})
        assert (await api.post("/v2/queues", queue_name="support")).status == 500
        assert (await api.get("/v2/queues/support")).status == 200
        assert (await api.post("/v2/queues", queue_name="support")).status == 500


class TestLatency:
    async def test_it_is_real_time_and_then_all_is_as_usual(self, api: Api) -> None:
        began = time.monotonic()
        answer = await spoken(api, {"latency": "50ms"})
        assert answer.status == 200
        assert time.monotonic() - began >= 0.05
        assert api.world.clock.elapsed() == 0

    async def test_it_comes_before_a_refusal_too(self, api: Api) -> None:
        began = time.monotonic()
        assert (await spoken(api, {"latency": "50ms", "status": 500})).status == 500
        assert time.monotonic() - began >= 0.05

    async def test_it_holds_the_clock_like_any_open_request(self, api: Api) -> None:
        id = await api.answered()
        await arm(api, {"command": "speak"}, {"latency": "60s"})
        late = asyncio.create_task(api.act(id, "speak", **SPEAK))
        await until(lambda: api.world.clock.busy)
        assert "actions/speak" in api.world.clock.holders()[0]
        late.cancel()

    async def test_a_client_that_gives_up_has_done_nothing_and_is_awaited_back(self, api: Api) -> None:
        id = await api.answered()
        await arm(api, {"command": "speak"}, {"latency": "60s"})
        late = asyncio.create_task(api.act(id, "speak", **SPEAK))
        await until(lambda: api.world.clock.busy)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        await until(lambda: "your client's retry" in str(api.world.clock.holders()))
        assert api.world.events("call.speak.started") == []
        assert len(api.world.clock.holders()) == 1

    async def test_a_reset_of_the_world_ends_it(self, api: Api) -> None:
        id = await api.answered()
        await arm(api, {"command": "speak"}, {"latency": "60s"})
        late = asyncio.create_task(api.act(id, "speak", **SPEAK))
        await until(lambda: api.world.clock.busy)
        await api.post("/_emulator/reset")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await late
        assert (await lines(api, "event,command")) == []
        assert api.world.clock.holders() == []


class TestAwaitedRetries:
    @pytest.mark.parametrize(
        "fault", [{"status": 500}, {"status": 429}, {"code": "10007"}, {"status": 422, "should_retry": True}]
    )
    async def test_the_clock_does_not_jump_before_the_client_is_back(self, api: Api, fault: dict[str, Any]) -> None:
        await spoken(api, fault, times=1)
        assert [holder.partition(",")[0] for holder in api.world.clock.holders()] == ["your client's retry"]
        await api.get("/v2/calls/x")
        assert api.world.clock.holders() == []

    @pytest.mark.parametrize("fault", [{"reset": True}, {"close": True}])
    async def test_nor_after_a_broken_connection(self, api: Api, fault: dict[str, Any]) -> None:
        with pytest.raises(aiohttp.ClientConnectionError):
            await spoken(api, fault)
        await until(lambda: len(api.world.clock.holders()) == 1)
        assert "your client's retry" in api.world.clock.holders()[0]

    @pytest.mark.parametrize("fault", [{"status": 422}, {"status": 503, "should_retry": False}, {"latency": "1ms"}])
    async def test_a_client_that_will_not_come_back_is_not_awaited(self, api: Api, fault: dict[str, Any]) -> None:
        await spoken(api, fault)
        assert "retry" not in str(api.world.clock.holders())

    async def test_several_that_were_refused_are_awaited_as_one(self, api: Api) -> None:
        await arm(api, {"command": "speak"}, {"latency": "30ms", "status": 500})
        id = await api.answered()
        await asyncio.gather(*(api.act(id, "speak", **SPEAK) for _ in range(3)))
        assert [holder.partition(",")[0] for holder in api.world.clock.holders()] == ["your client's retry"]

    async def test_a_request_to_the_administration_is_no_retry(self, api: Api) -> None:
        await spoken(api, {"status": 500})
        await api.get("/_emulator/state")
        assert api.world.clock.busy

    async def test_nobody_is_awaited_for_more_than_two_seconds(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(api.world.retry, "_patience", 0.02)
        await spoken(api, {"status": 500})
        assert api.world.clock.busy
        await until(lambda: not api.world.clock.busy)


class TestRequests:
    async def test_a_star_stands_for_one_segment(self, api: Api) -> None:
        await arm(api, {"request": "GET /calls/*"}, {"status": 503})
        id = await api.answered()
        assert (await api.get(f"/v2/calls/{id}")).status == 503
        assert (await api.get("/v2/calls/nobody")).status == 503
        assert (await api.get("/v2/queues")).status == 200
        assert (await api.act(id, "speak", **SPEAK)).status == 200

    async def test_where_looks_at_the_query(self, api: Api) -> None:
        await arm(api, {"request": "GET /recordings", "where": {"page[number]": "2"}}, {"status": 500})
        assert (await api.get("/v2/recordings")).status == 200
        assert (await api.get("/v2/recordings", **{"page[number]": 2})).status == 500

    async def test_a_request_belongs_to_the_leg_in_its_path(self, api: Api) -> None:
        first, second = await api.answered(), await api.answered()
        await arm(api, {"request": "GET /calls/*", "leg": second}, {"status": 500})
        assert [(await api.get(f"/v2/calls/{id}")).status for id in (first, second)] == [200, 500]

    async def test_a_command_refused_at_the_door_is_not_carried_out(self, api: Api) -> None:
        await arm(api, {"request": "POST /calls/*/actions/*"}, {"status": 503}, times=1)
        id = await api.incoming()
        assert [(await api.act(id, "answer")).status for _ in range(2)] == [503, 200]

    async def test_the_administration_is_never_disturbed(self, api: Api) -> None:
        await arm(api, {"request": "POST /calls"}, {"status": 503})
        assert (await api.post("/_emulator/calls")).status == 201


class TestJournal:
    async def test_a_refused_command_has_the_status_and_error_of_its_answer(self, api: Api) -> None:
        await spoken(api, {"status": 429}, name="busy minute")
        (injection,), command = await lines(api, "injection"), (await lines(api, "command"))[-1]
        assert (command["name"], command["status"], command["errors"][0]["code"]) == ("speak", 429, "10011")
        assert command["body"] == SPEAK
        assert (injection["name"], injection["plane"], injection["on"]) == ("busy minute", "api", "speak")
        assert injection["effect"] == {"status": 429}
        assert injection["leg"] == command["leg"]

    @pytest.mark.parametrize("how", ["reset", "close"])
    async def test_a_broken_connection_has_no_status(self, api: Api, how: str) -> None:
        with pytest.raises(aiohttp.ClientConnectionError):
            await spoken(api, {how: True})
        command = (await lines(api, "command"))[-1]
        assert (command["status"], command["error"]) == (None, how)

    async def test_what_was_carried_out_says_so(self, api: Api) -> None:
        await spoken(api, {"status": 500, "carried_out": True})
        command = (await lines(api, "command"))[-1]
        assert (command["status"], command["carried_out"]) == (500, True)

    async def test_a_fault_of_dial_has_no_leg(self, api: Api) -> None:
        await arm(api, {"command": "dial"}, {"status": 500})
        await api.dial()
        assert (await lines(api, "injection"))[0]["leg"] is None
