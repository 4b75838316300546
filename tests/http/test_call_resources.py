"""Reading calls: one by its id, and the live ones of a connection."""

from __future__ import annotations

from wire import CONNECTION, Api


async def test_an_unknown_call_is_10005(api: Api) -> None:
    assert (await api.get("/v2/calls/v3:nobody")).refusal == (404, "10005")


async def test_a_live_call_is_alive_and_has_no_end(api: Api) -> None:
    id = await api.answered()
    await api.do(id, "answer", client_state="YQ==")
    await api.advance(7)
    call = (await api.get(f"/v2/calls/{id}")).data
    assert call["record_type"] == "call"
    assert (call["call_control_id"], call["is_alive"], call["client_state"]) == (id, True, "YQ==")
    assert call["call_duration"] == 7
    assert "end_time" not in call


async def test_an_ended_call_is_shown_for_ten_minutes(api: Api) -> None:
    id = await api.answered()
    await api.advance(3)
    await api.do(id, "hangup")
    call = (await api.get(f"/v2/calls/{id}")).data
    assert (call["is_alive"], call["call_duration"]) == (False, 3)
    assert call["end_time"] > call["start_time"]
    await api.advance(599)
    assert (await api.get(f"/v2/calls/{id}")).status == 200
    await api.advance(2)
    assert (await api.get(f"/v2/calls/{id}")).refusal == (404, "10005")
    assert (await api.act(id, "hangup")).refusal == (422, "90015")


async def test_active_calls_are_the_live_ones_of_that_connection(api: Api) -> None:
    live, over = await api.answered(), await api.incoming()
    await api.incoming(connection_id="7")
    await api.do(over, "hangup")
    (call,) = (await api.get(f"/v2/connections/{CONNECTION}/active_calls")).data
    assert (call["record_type"], call["call_control_id"]) == ("call", live)
    assert set(call) == {
        "record_type", "call_control_id", "call_leg_id", "call_session_id", "call_duration", "client_state",
    }  # fmt: skip
    assert call["client_state"] == ""


async def test_a_connection_that_nobody_used_has_no_calls(api: Api) -> None:
    assert (await api.get("/v2/connections/1/active_calls")).data == []
