"""The front door: keys, headers, limits, and who may come in at all."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from wire import KEY, OUR_NUMBER, Answer, Api

NOBODY = "/v2/calls/v3:nobody"


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer ", "Bearer    ", f"Basic {KEY}", KEY, "Bearer \udcff"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", NOBODY), ("POST", "/v2/calls"), ("GET", "/v2/webhook_deliveries")]
)
async def test_without_a_bearer_key_nothing_is_answered_but_10009(
    api: Api, method: str, path: str, given: str | None
) -> None:
    stranger = api.with_key(None)
    answer = await stranger.send(method, path, headers={} if given is None else {"authorization": given})
    assert answer.refusal == (401, "10009")
    assert answer.error["title"] == "Authentication failed"
    assert answer.error["meta"] == {"url": "https://developers.telnyx.com/docs/overview/errors/10009"}


async def test_the_word_bearer_is_read_in_any_case(api: Api) -> None:
    answer = await api.with_key(None).send("GET", NOBODY, headers={"authorization": f"bEARER   {KEY}"})
    assert answer.status == 404


@pytest.mark.settings(api_keys=("KEY_ours", "KEY_theirs"))
async def test_only_the_listed_keys_exist(api: Api) -> None:
    assert (await api.get(NOBODY)).refusal == (401, "10009")
    assert (await api.with_key("KEY_ours").get(NOBODY)).status == 404
    assert (await api.with_key("KEY_theirs").get(NOBODY)).status == 404


async def test_what_needs_no_key_answers_without_one(api: Api) -> None:
    for path in ("ready", "public-key", "coverage"):
        assert (await api.with_key(None).get(f"/_emulator/{path}")).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/webhook_deliveries", 200),
        ("GET", NOBODY, 404),
        ("POST", "/v2/calls", 422),
        ("POST", "/_emulator/reset", 200),
    ],
)
async def test_successes_and_errors_carry_an_id_and_the_rate_limit(
    api: Api, method: str, path: str, status: int
) -> None:
    first, second = await api.send(method, path), await api.send(method, path)
    assert (first.status, second.status) == (status, status)
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["x-ratelimit-limit"] == "1000"
    assert int(first.headers["x-ratelimit-remaining"]) <= 1000
    assert first.headers["x-ratelimit-reset"] == "1"
    assert first.headers["content-type"] == "application/json"


async def test_errors_before_the_world_is_known_carry_an_id_too(api: Api) -> None:
    answer = await api.with_key(None).get(NOBODY)
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-request-id"])


@pytest.mark.settings(rate_limit=2)
async def test_too_many_requests_are_429_with_the_time_to_wait(api: Api) -> None:
    await api.incoming()
    answers = [await api.get(NOBODY) for _ in range(6)]  # in at most two different seconds
    limited = [answer for answer in answers if answer.status == 429]
    assert len(limited) >= 2
    for answer in limited:
        assert answer.error["code"] == "10011"
        assert answer.headers["retry-after"] == "1"
        assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == ("2", "0")


@pytest.mark.settings(rate_limit=1)
async def test_the_limit_is_each_key_s_own_and_does_not_bind_the_administration(api: Api) -> None:
    for number in range(4):
        assert (await api.with_key(f"KEY_{number}").get(NOBODY)).status == 404
        assert (await api.get("/_emulator/state")).status == 200


async def test_a_body_that_is_too_large_is_413(api: Api) -> None:
    answer = await api.send("POST", "/v2/calls", data=BytesIO(b" " * (1024 * 1024 + 1)))
    assert answer.refusal == (413, "10015")


async def test_a_body_whose_encoding_is_broken_is_400(api: Api) -> None:
    answer = await api.send("POST", "/v2/calls", data=b"{}", headers={"content-encoding": "gzip"})
    assert answer.refusal == (400, "10015")


async def test_a_compressed_body_is_read(api: Api) -> None:
    id = await api.incoming()
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    body = gzip.compress(json.dumps({"client_state": "YQ=="}).encode())
    assert (await api.send("POST", f"/v2/calls/{id}/actions/answer", data=body, headers=headers)).status == 200
    assert (await api.get(f"/v2/calls/{id}")).data["client_state"] == "YQ=="


async def test_a_refused_dial_answers_data_and_errors_together(api: Api) -> None:
    answer = await api.dial(to="+15550100403")
    assert answer.status == 403
    assert set(answer.json) == {"data", "errors", "telnyx_error"}
    assert answer.json["data"]["call_control_id"].startswith("v3:")
    assert (answer.error["code"], answer.json["telnyx_error"]) == ("10010", {"error_code": "D38"})
    assert "title" not in answer.error
    assert "D38" in answer.error["detail"]
    assert (await api.get(f"/v2/calls/{answer.json['data']['call_control_id']}")).status == 404


async def knock(api: Api, **headers: str) -> Answer:
    return await api.send("GET", "/_emulator/state", headers=headers)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:12111", "", "["])
async def test_another_name_for_this_host_is_refused(api: Api, host: str) -> None:
    assert (await knock(api, host=host)).refusal == (403, "10010")


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:99", "[::1]:12111", "telnyx.localhost"])
async def test_names_of_loopback_are_served(api: Api, host: str) -> None:
    assert (await knock(api, host=host)).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://[", "http://localhost.evil.example"])
async def test_a_foreign_origin_is_refused(api: Api, origin: str) -> None:
    assert (await knock(api, origin=origin)).refusal == (403, "10010")


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1"])
async def test_a_page_on_this_machine_is_served(api: Api, origin: str) -> None:
    assert (await knock(api, origin=origin)).status == 200


@pytest.mark.settings(host="0.0.0.0")
async def test_a_server_for_everybody_does_not_look_at_its_name(api: Api) -> None:
    assert (await knock(api, host="emulator.test")).status == 200
    assert (await knock(api, origin="https://evil.example")).status == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("path", ["/_emulator/reset", "//_emulator/reset"])
async def test_the_administration_takes_json_only(api: Api, path: str, kind: str) -> None:
    id = await api.incoming()
    answer = await api.send("POST", path, data=b"{}", headers={"content-type": kind})
    assert answer.refusal == (415, "10029")
    assert (await api.get(f"/v2/calls/{id}")).status == 200


async def test_an_application_s_request_holds_the_clock_while_it_lives_and_the_administration_does_not(
    api: Api,
) -> None:
    id, seen = await api.incoming(), []
    await api.rest()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        seen.extend((await api.get("/_emulator/clock")).data["holders"])
        yield b"}"

    path = f"/v2/calls/{id}/actions/answer"
    await api.send("POST", path, data=slowly())
    assert [holder.partition(",")[0] for holder in seen] == [f"POST {path}"]
    await api.rest()
    assert (await api.get("/_emulator/clock")).data["holders"] == []


async def test_the_vendor_s_pages_and_ours_tell_the_same_public_key(api: Api, emulator: object) -> None:
    shown = (await api.get("/_emulator/public-key")).data["public_key"]
    assert shown == emulator.public_key  # type: ignore[attr-defined]


async def test_the_answer_to_dial_names_the_leg_that_webhooks_name(api: Api, receiver: object) -> None:
    data = (await api.dial(to=OUR_NUMBER)).data
    await api.rest()
    payload = receiver.one("call.initiated").payload  # type: ignore[attr-defined]
    for name in ("call_control_id", "call_leg_id", "call_session_id"):
        assert payload[name] == data[name]
    assert data["is_alive"] is False
