"""A world as a whole: ready, key, settings, state, and a new beginning."""

from __future__ import annotations

import pytest
from wire import CALLER, CONNECTION, OUR_NUMBER, Api, Receiver

from telnyx_emulator import Emulator, __version__


async def test_ready_tells_the_version(api: Api) -> None:
    assert (await api.with_key(None).get("/_emulator/ready")).data == {"ready": True, "version": __version__}


async def test_the_state_shows_calls_applications_and_settings(api: Api, receiver: Receiver) -> None:
    id = await api.answered()
    await api.do(id, "speak", payload="a long story", voice="female", client_state="YQ==")
    await api.do(id, "speak", payload="and another", voice="female")
    state = (await api.get("/_emulator/state")).data
    (call,) = state["calls"]
    assert (call["call_control_id"], call["state"], call["direction"]) == (id, "answered", "incoming")
    assert (call["from"], call["to"], call["connection_id"]) == (CALLER, OUR_NUMBER, CONNECTION)
    assert call["client_state"] == "YQ=="
    speaking = [(one["name"], one["waiting"]) for one in call["going_on"]]
    assert speaking == [("speak", False), ("speak", True)]
    assert call["parameters"]["speak"]["payload"] == "and another"
    assert [one["id"] for one in state["applications"]] == [CONNECTION]
    assert state["settings"]["webhook_url"] == receiver.url


async def test_settings_change_only_what_is_named(api: Api, receiver: Receiver) -> None:
    changed = await api.patch("/_emulator/settings", failover_url="http://127.0.0.1:9/f", strict=True)
    assert changed.data == {
        "webhook_url": receiver.url, "failover_url": "http://127.0.0.1:9/f", "adopt": False, "strict": True,
        "settle": 0.0, "grace": 1.0, "seed": None,
    }  # fmt: skip
    cleared = await api.patch("/_emulator/settings", failover_url=None)
    assert cleared.data == {**changed.data, "failover_url": None}
    assert (await api.get("/_emulator/settings")).data == cleared.data


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"webhook_url": "nonsense"}, "10003", "/webhook_url"),
        ({"adopt": "perhaps"}, "10026", "/adopt"),
        ({"grace": 61}, "10033", "/grace"),
        ({"webhok_url": "http://127.0.0.1"}, "10015", "/webhok_url"),
    ],
)
async def test_settings_refuse_what_does_not_fit_or_exist(
    api: Api, body: dict[str, object], code: str, pointer: str
) -> None:
    answer = await api.patch("/_emulator/settings", **body)
    assert answer.refusal == (422, code)
    assert answer.error["source"] == {"pointer": pointer}


async def test_a_world_has_a_settle_time_of_its_own_which_a_reset_keeps(api: Api) -> None:
    assert (await api.patch("/_emulator/settings", settle=0.2)).data["settle"] == 0.2
    await api.post("/_emulator/reset")
    assert api.world.clock.settle == 0.2
    assert api.with_key("another").world.clock.settle == 0.0


async def test_a_world_has_a_grace_of_its_own_which_a_reset_keeps(api: Api) -> None:
    assert (await api.patch("/_emulator/settings", grace=3)).data["grace"] == 3
    await api.post("/_emulator/reset")
    assert (await api.get("/_emulator/settings")).data["grace"] == 3
    assert (await api.with_key("another").get("/_emulator/settings")).data["grace"] == 1


async def test_a_seed_holds_from_the_next_reset_on(api: Api) -> None:
    await api.patch("/_emulator/settings", seed=7)
    await api.post("/_emulator/reset")
    first = await api.incoming()
    await api.post("/_emulator/reset")
    assert await api.incoming() == first


async def test_a_dropped_world_is_gone_with_its_settings(api: Api, receiver: Receiver) -> None:
    call = await api.incoming()
    await api.patch("/_emulator/settings", webhook_url=None, strict=True)
    assert (await api.delete("/_emulator/world")).data == {"result": "ok"}
    assert (await api.act(call, "answer")).refusal == (422, "90015")
    settings = (await api.get("/_emulator/settings")).data
    assert (settings["webhook_url"], settings["strict"]) == (receiver.url, False)


async def test_dropping_a_world_leaves_others_alone(api: Api) -> None:
    call = await api.incoming()
    await api.with_key("another").delete("/_emulator/world")
    assert (await api.get(f"/v2/calls/{call}")).status == 200


async def test_adopt_can_be_switched_on_for_a_world_or_one_request(api: Api) -> None:
    headers, body = {"x-emulator-adopt": "1"}, {"payload": "a", "voice": "b"}
    assert (await api.send("POST", "/v2/calls/v3:one/actions/speak", json=body, headers=headers)).status == 200
    assert (await api.act("v3:two", "speak", payload="a", voice="b")).status == 422
    await api.patch("/_emulator/settings", adopt=True)
    assert (await api.act("v3:two", "speak", payload="a", voice="b")).status == 200


async def test_the_coverage_lists_every_command_with_its_webhooks(api: Api) -> None:
    shown = (await api.get("/_emulator/coverage")).data
    (speak,) = [row for row in shown["commands"] if row["path"] == "/calls/{call_control_id}/actions/speak"]
    assert (speak["method"], speak["webhooks"]) == ("POST", ["call.speak.started", "call.speak.ended"])
    assert "payload" in speak["parameters"]
    assert speak["descriptions"]["payload"] == "The text to say, or SSML."
    assert speak["descriptions"].keys() == set(speak["parameters"])
    assert shown["numbers"]["+15550100486"]["persona"] == "busy"


async def test_an_unknown_part_of_the_administration_is_10005(api: Api) -> None:
    assert (await api.get("/_emulator/nothing")).refusal == (404, "10005")


async def test_the_emulator_knows_its_urls(emulator: Emulator) -> None:
    assert emulator.url == f"http://127.0.0.1:{emulator.port}"
    assert emulator.base_url == f"{emulator.url}/v2"
    assert emulator.port != 0
