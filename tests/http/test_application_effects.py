"""What is configured takes effect: on calls, webhooks and refusals."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from wire import OUR_NUMBER, Api, Receiver


async def application(api: Api, receiver: Receiver, **fields: Any) -> str:
    given = {"application_name": "router", "webhook_event_url": f"{receiver.origin}/app"} | fields
    return (await api.post("/v2/call_control_applications", **given)).data["id"]


async def test_webhooks_go_to_the_url_of_the_application(api: Api, receiver: Receiver) -> None:
    id = await application(api, receiver)
    await api.incoming(connection_id=id)
    await api.rest()
    assert receiver.one("call.initiated").path == "/app"
    given = {"application_name": "router", "webhook_event_url": f"{receiver.origin}/new"}
    await api.patch(f"/v2/call_control_applications/{id}", **given)
    await api.incoming(connection_id=id)
    await api.rest()
    assert [webhook.path for webhook in receiver.got("call.initiated")] == ["/app", "/new"]


async def test_after_its_own_url_the_failover_url_of_the_application_is_tried(api: Api, receiver: Receiver) -> None:
    receiver.on("/app", 500)
    id = await application(api, receiver, webhook_event_failover_url=f"{receiver.origin}/failover")
    await api.incoming(connection_id=id)
    await api.advance(10)
    assert [webhook.path for webhook in receiver.received] == ["/app"] * 3 + ["/failover"]


async def test_version_1_is_stored_and_shown_and_warned_about(api: Api, receiver: Receiver) -> None:
    id = await application(api, receiver, webhook_api_version="1")
    assert (await api.get(f"/v2/call_control_applications/{id}")).data["webhook_api_version"] == "1"
    (warning,) = (await api.get("/_emulator/journal?kind=warning")).data
    assert "webhook_api_version" in warning["detail"]


async def test_without_a_version_it_is_2(api: Api, receiver: Receiver) -> None:
    id = await application(api, receiver)
    assert (await api.get(f"/v2/call_control_applications/{id}")).data["webhook_api_version"] == "2"


async def test_an_inactive_application_refuses_dials_as_the_platform_does(api: Api, receiver: Receiver) -> None:
    answer = await api.dial(connection_id=await application(api, receiver, active=False))
    assert answer.status == 403
    assert answer.json["telnyx_error"] == {"error_code": "D16"}
    assert answer.json["errors"][0]["code"] == "10010"
    assert answer.json["data"]["call_control_id"].startswith("v3:")


async def test_a_disabled_profile_refuses_dials(api: Api, receiver: Receiver) -> None:
    profile = (await api.post("/v2/outbound_voice_profiles", name="office", enabled=False)).data["id"]
    id = await application(api, receiver, outbound={"outbound_voice_profile_id": profile})
    assert (await api.dial(connection_id=id)).json["telnyx_error"] == {"error_code": "D15"}
    assert (await api.get(f"/v2/outbound_voice_profiles/{profile}")).data["connections_count"] == 1


@pytest.mark.settings(adopt=True)
async def test_where_everything_is_adopted_nothing_is_disabled(api: Api, receiver: Receiver) -> None:
    profile = (await api.post("/v2/outbound_voice_profiles", name="office", enabled=False)).data["id"]
    outbound = {"outbound_voice_profile_id": profile}
    id = await application(api, receiver, active=False, outbound=outbound)
    assert (await api.dial(connection_id=id)).status == 200


@pytest.mark.settings(adopt=True, strict=True)
async def test_where_everything_is_adopted_media_and_connectors_are_made_beforehand(api: Api) -> None:
    id = await api.answered(connection_id=None)
    await api.do(id, "playback_start", media_name="greeting")
    await api.do(id, "siprec_start", connector_name="mine")
    state = (await api.get("/_emulator/state")).data
    assert (state["media"], state["siprec_connectors"]) == (["greeting"], ["mine"])


async def test_what_a_call_cost_is_told_if_the_application_wants_to_know(api: Api, receiver: Receiver) -> None:
    id = await application(api, receiver, call_cost_in_webhooks=True)
    call = await api.answered(connection_id=id)
    await api.do(call, "hangup")
    await api.advance(1)
    cost = receiver.one("call.cost")
    assert (cost.path, cost.payload["total_cost"], cost.payload["call_control_id"]) == ("/app", "0.0055", call)


async def test_an_incoming_call_that_gets_no_command_in_time_is_hung_up(api: Api, receiver: Receiver) -> None:
    id = await application(api, receiver, first_command_timeout=True, first_command_timeout_secs=10)
    await api.incoming(connection_id=id)
    await api.advance(11)
    assert receiver.one("call.hangup").payload["hangup_cause"] == "timeout"


# -- numbers ---------------------------------------------------------------------------------------------------------


async def test_a_bound_number_says_by_which_application_a_call_comes_in(api: Api, receiver: Receiver) -> None:
    await application(api, receiver)
    second = await application(api, receiver)
    bound = (await api.patch(f"/v2/phone_numbers/{OUR_NUMBER}", connection_id=second)).data
    assert (bound["phone_number"], bound["connection_id"], bound["connection_name"]) == (OUR_NUMBER, second, "router")
    call = (await api.post("/_emulator/calls", to=OUR_NUMBER)).data
    assert call["connection_id"] == second
    assert (await api.get("/_emulator/state")).data["numbers"] == {OUR_NUMBER: second}


async def test_a_number_is_known_by_its_digits_and_by_its_id_once_it_is_bound(api: Api) -> None:
    assert (await api.get(f"/v2/phone_numbers/{OUR_NUMBER}")).refusal == (404, "10005")
    assert (await api.patch("/v2/phone_numbers/123", connection_id="1")).refusal == (404, "10005")
    bound = (await api.patch(f"/v2/phone_numbers/{OUR_NUMBER}", connection_id="1")).data
    for key in (OUR_NUMBER, bound["id"]):
        assert (await api.get(f"/v2/phone_numbers/{key}")).data == bound
    changed = (await api.patch(f"/v2/phone_numbers/{bound['id']}", connection_id=None, tags=["a"])).data
    assert (changed["connection_id"], changed["tags"]) == (None, ["a"])
    assert (await api.delete(f"/v2/phone_numbers/{bound['id']}")).status == 200
    assert (await api.get("/v2/phone_numbers")).data == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 1),
        ({"filter[connection_id]": "1"}, 1),
        ({"filter[connection_id]": "2"}, 0),
        ({"filter[phone_number]": "555"}, 1),
        ({"filter[tag]": "mine"}, 1),
        ({"filter[tag]": "yours"}, 0),
        ({"filter[without_tags]": "true"}, 0),
    ],
)
async def test_numbers_are_listed_with_filters(api: Api, query: dict[str, str], count: int) -> None:
    await api.patch(f"/v2/phone_numbers/{OUR_NUMBER}", connection_id="1", tags=["mine"])
    assert len((await api.get("/v2/phone_numbers", **query)).data) == count


# -- connections -----------------------------------------------------------------------------------------------------


async def test_connections_of_all_kinds_are_one_list_the_latest_first(api: Api, receiver: Receiver) -> None:
    first = await application(api, receiver)
    await api.advance(1)
    account = {"connection_name": "phone", "user_name": "someuser1", "password": "secret-secret"}
    second = (await api.post("/v2/credential_connections", **account)).data["id"]
    listed = (await api.get("/v2/connections")).data
    assert [(one["id"], one["record_type"], one["connection_name"]) for one in listed] == [
        (second, "credential_connection", "phone"),
        (first, "call_control_application", "router"),
    ]
    assert (await api.get(f"/v2/connections/{first}")).data == listed[1]
    assert (await api.get("/v2/connections/9")).refusal == (404, "10005")
    counts = (await api.get("/v2/connections/count")).data["counts"]
    assert (counts["call_control_applications"], counts["credential_connections"], counts["fqdn_connections"]) == (
        1,
        1,
        0,
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"filter[connection_name][contains]": "rout"}, 1),
        ({"filter[connection_name][contains]": "nobody"}, 0),
        ({"filter[fqdn]": "example.com"}, 0),
        ({"filter[outbound_voice_profile_id]": "7"}, 1),
        ({"filter[outbound.outbound_voice_profile_id]": "8"}, 0),
        ({"sort": "connection_name"}, 1),
    ],
)
async def test_connections_are_listed_with_filters(
    api: Api, receiver: Receiver, query: dict[str, str], count: int
) -> None:
    await application(api, receiver, outbound={"outbound_voice_profile_id": "7"})
    listed = await api.get("/v2/connections", **query)
    assert (len(listed.data), listed.json["meta"]["page_size"]) == (count, 250)


@pytest.mark.settings(adopt=True)
async def test_where_everything_is_adopted_there_is_a_connection(api: Api) -> None:
    assert len((await api.get("/v2/connections")).data) == 1
    assert (await api.get("/v2/connections/none")).data["id"] == "none"


async def test_nobody_registers_with_a_credential_connection(api: Api) -> None:
    account = {"connection_name": "phone", "user_name": "someuser1", "password": "secret-secret"}
    id = (await api.post("/v2/credential_connections", **account)).data["id"]
    path = f"/v2/credential_connections/{id}/actions/check_registration_status"
    assert (await api.post(path)).data["status"] == "Not Registered"


# -- credentials and engines -----------------------------------------------------------------------------------------


async def test_a_token_is_a_bare_text_signed_with_the_password(api: Api) -> None:
    made = (await api.post("/v2/telephony_credentials", connection_id="123", tag="mine")).data
    assert made["resource_id"] == "connection:123"
    path = f"/v2/telephony_credentials/{made['id']}/token"
    async with api._session.post(api._emulator.url + path, headers=api.headers) as response:
        assert (response.status, response.content_type) == (201, "text/plain")
        signed, _, signature = (await response.text()).rpartition(".")
    expected = hmac.digest(made["sip_password"].encode(), signed.encode(), hashlib.sha256)
    assert base64.urlsafe_b64decode(signature + "=") == expected
    claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    assert (claims["sub"], claims["exp"] - claims["iat"]) == (made["id"], 86_400)


async def test_a_credential_expires_by_the_clock_of_its_world(api: Api) -> None:
    now = api.world.clock.now()
    expires = now.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    await api.post("/v2/telephony_credentials", connection_id="1", expires_at="2999-01-01T00:00:00Z")
    await api.post("/v2/telephony_credentials", connection_id="2", expires_at=expires)
    await api.advance(2)
    listed = (await api.get("/v2/telephony_credentials")).data
    assert [one["expired"] for one in listed] == [True, False]
    active = (await api.get("/v2/telephony_credentials", **{"filter[status]": "active"})).data
    assert [one["resource_id"] for one in active] == ["connection:1"]


async def test_the_engines_of_noise_suppression_can_be_started(api: Api) -> None:
    id = await api.answered()
    for engine in (await api.get("/v2/noise_suppression_engines")).data:
        await api.do(id, "suppression_start", noise_suppression_engine=engine["value"])
    assert (await api.get("/_emulator/journal?kind=warning")).data == []


async def test_calls_to_an_application_that_is_not_active_are_refused(api: Api) -> None:
    made = await api.post(
        "/v2/call_control_applications", application_name="a", webhook_event_url="http://127.0.0.1:9/", active=False
    )
    assert (await api.post("/_emulator/calls", connection_id=made.data["id"])).refusal == (422, "10027")


async def test_a_number_of_a_deleted_application_is_refused_where_all_is_strict(api: Api) -> None:
    made = await api.post(
        "/v2/call_control_applications", application_name="a", webhook_event_url="http://127.0.0.1:9/"
    )
    await api.patch("/v2/phone_numbers/+15559990000", connection_id=made.data["id"])
    api.world.set_strict(True)
    await api.delete(f"/v2/call_control_applications/{made.data['id']}")
    assert (await api.post("/_emulator/calls", to="+15559990000")).refusal == (422, "10015")
