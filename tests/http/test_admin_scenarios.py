"""Scenarios by the administration: begun, looked at, ended; and what the application is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from wire import KEY, OUR_NUMBER, Api, Reaction, Receiver

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.scenarios.problems import InvalidScenario

CUSTOMER = "+15551230001"
CALL = {"at": "1s", "call": {"from": CUSTOMER, "to": OUR_NUMBER, "as": "caller"}}
ANSWERED = {"webhook": "call.answered", "leg": "caller"}
YAML = """
version: 1
scenario: calls-in
params: { after: 1s }
timeline:
  - { at: "${after}", call: { from: "+15551230001", to: "+15550002222" } }
"""


def scenario(**sections: object) -> dict[str, object]:
    return {"version": 1, "scenario": "calls-in"} | sections


async def begun(api: Api, **sections: object) -> dict[str, object]:
    answer = await api.put("/_emulator/scenarios", **scenario(**sections))
    assert answer.status == 201, answer.json
    return answer.data


async def test_a_scenario_is_performed_as_soon_as_it_is_put(api: Api, receiver: Receiver) -> None:
    shown = await begun(api, timeline=[CALL], expect=[ANSWERED])
    assert (shown["scenario"], shown["ended"]) == ("calls-in", False)
    assert shown["pending_steps"] == [{"at": "1s", "call": {"from": CUSTOMER, "to": OUR_NUMBER, "as": "caller"}}]
    await api.advance(1)
    assert receiver.names == ["call.initiated"]
    (shown,) = (await api.get("/_emulator/scenarios")).data
    assert shown["pending_steps"] == []
    assert list(shown["legs"]) == ["caller"]


async def test_its_end_tells_the_final_verdicts_and_what_was_never_used(api: Api) -> None:
    fault = {"name": "no dial", "when": {"command": "dial"}, "do": {"api": {"status": 500}}}
    await begun(api, timeline=[CALL], faults=[fault], expect=[ANSWERED, {"webhook": "call.hangup", "never": True}])
    await api.advance(1)
    standing = (await api.get("/_emulator/scenarios/calls-in")).data
    assert [one["status"] for one in standing["verdicts"]] == ["pending", "pending"]
    ended = (await api.delete("/_emulator/scenarios/calls-in")).data
    assert [one["status"] for one in ended["verdicts"]] == ["failed", "met"]
    assert ended["verdicts"][0]["expectation"] == ANSWERED
    assert [(one["name"], one["fired"], one["unused"]) for one in ended["faults"]] == [("no dial", 0, True)]
    assert (await api.get("/_emulator/scenarios")).data == []
    assert (await api.dial()).status == 200


async def test_one_of_the_same_name_takes_its_place(api: Api, receiver: Receiver) -> None:
    await begun(api, timeline=[CALL])
    await begun(api, timeline=[CALL | {"at": "2s"}])
    await api.advance(5)
    assert receiver.names == ["call.initiated"]
    assert len((await api.get("/_emulator/scenarios")).data) == 1


async def test_all_end_at_once(api: Api) -> None:
    await begun(api)
    await begun(api, scenario="other")
    assert [one["scenario"] for one in (await api.delete("/_emulator/scenarios")).data] == ["calls-in", "other"]
    assert (await api.get("/_emulator/scenarios/other")).status == 404


async def test_yaml_with_other_values(api: Api, receiver: Receiver) -> None:
    answer = await api.put("/_emulator/scenarios", yaml=YAML, set={"after": "3s"})
    assert answer.status == 201, answer.json
    await api.advance(2)
    assert receiver.names == []
    await api.advance(1)
    assert receiver.names == ["call.initiated"]


async def test_a_builtin_one(api: Api) -> None:
    answer = await api.put("/_emulator/scenarios", use="builtin:refer-declined", set={"sip": 486})
    assert answer.data["scenario"] == "refer-declined"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (scenario(fualts=[]), 'did you mean "faults"?'),
        ({"yaml": YAML.replace("timeline", "tiemline")}, 'yaml:5: unknown key "tiemline", did you mean "timeline"?'),
        ({"yaml": YAML + "use: [ /etc/passwd ]"}, "files are not read here"),
        ({"use": "/etc/passwd"}, "Only scenarios that come with the package can be named"),
        ({"use": "builtin:refer-decline"}, 'did you mean "refer-declined"?'),
        ({"use": "builtin:refer-declined"}, "one variant is performed at a time, set one of sip=403"),
        (scenario(faults=[{"when": ANSWERED, "do": {"media": {"loss": 0.1}}}]), "media faults cannot be performed yet"),
        ({"yaml": YAML, "sett": {}}, "sett"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_begins(api: Api, body: dict[str, object], told: str) -> None:
    answer = await api.put("/_emulator/scenarios", **body)
    assert answer.status == 422
    assert told in str(answer.json["errors"])
    assert (await api.get("/_emulator/scenarios")).data == []


async def test_a_reset_ends_them(api: Api, receiver: Receiver) -> None:
    fault = {"when": {"command": "dial"}, "do": {"api": {"status": 500}}}
    await begun(api, timeline=[CALL], faults=[fault])
    await api.post("/_emulator/reset")
    await api.advance(5)
    assert receiver.names == []
    assert (await api.dial()).status == 200


async def test_faults_of_a_scenario_stay_in_their_world(api: Api) -> None:
    await begun(api, faults=[{"when": {"command": "dial"}, "do": {"api": {"status": 503}}}])
    assert (await api.with_key("KEY_other").dial()).status == 200
    assert (await api.dial()).status == 503


# -- what the application is asked for ---------------------------------------------------------------------------


def request(**more: object) -> list[dict[str, object]]:
    return [{"at": "1s", "request": {"path": "/dial", "json": {"to": CUSTOMER}} | more}]


async def asked(api: Api) -> dict[str, object]:
    entries = (await api.get("/_emulator/journal", kind="state")).data
    (entry,) = [entry for entry in entries if entry["name"] == "app_request"]
    return entry


async def test_the_application_is_asked_where_its_webhooks_go(api: Api, receiver: Receiver) -> None:
    receiver.on("/dial", 201)
    await begun(api, timeline=request(headers={"x-trace": "7"}))
    await api.advance(1)
    (got,) = receiver.received
    assert (got.method, got.path, got.body) == ("POST", "/dial", b'{"to": "%s"}' % CUSTOMER.encode())
    assert got.headers["x-trace"] == "7"
    assert "authorization" not in got.headers
    assert ((await asked(api))["path"], (await asked(api))["status"]) == ("/dial", 201)


async def test_the_clock_waits_for_its_answer(api: Api, receiver: Receiver) -> None:
    receiver.on("/dial", Reaction(delay=0.1))
    await begun(api, timeline=request())
    await api.world.advance(1)
    (holder,) = api.world.clock.busy_with()
    assert holder.startswith("your application's answer to POST /dial")
    await api.rest()
    assert (await asked(api))["status"] == 200


async def test_an_application_that_is_gone_is_told(api: Api) -> None:
    api.world.webhook_url = "http://127.0.0.1:1/webhooks"
    await begun(api, timeline=request())
    await api.advance(1)
    assert str((await asked(api))["error"]).startswith("ClientConnectorError: ")


@pytest.mark.settings(webhook_url=None)
async def test_without_any_url_nobody_can_be_asked(api: Api) -> None:
    await begun(api, timeline=request())
    await api.advance(1)
    assert (await asked(api))["error"] == "it is not known where the application is: give a webhook URL"


# -- what every world performs -----------------------------------------------------------------------------------


async def test_every_fresh_world_performs_the_scenarios_of_the_server(tmp_path: Path, receiver: Receiver) -> None:
    file = tmp_path / "calls-in.yaml"
    file.write_text(YAML)
    settings = Settings(port=0, clock="manual", settle=0, webhook_url=receiver.url, scenarios=(str(file),))
    async with Emulator(settings) as emulator:
        for key in (KEY, "KEY_other"):
            world = emulator.world(key)
            await world.advance(1)
            await world.rest()
        assert receiver.names == ["call.initiated"] * 2
        world.reset()
        await world.advance(1)
        await world.rest()
        assert receiver.names == ["call.initiated"] * 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (YAML.replace("version: 1", ""), "no version"),
        (YAML + "matrix: { after: [1s, 2s] }", "one variant is performed at a time"),
        (
            YAML + "faults: [ { when: { webhook: call.answered }, do: { media: { loss: 0.1 } } } ]",
            "media faults cannot be performed yet",
        ),
    ],
)
async def test_a_server_whose_scenario_cannot_be_performed_does_not_start(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "calls-in.yaml"
    file.write_text(text)
    with pytest.raises(InvalidScenario, match=told):
        Emulator(Settings(scenarios=(str(file),)))


@pytest.mark.settings(one_world=True)
async def test_every_key_can_mean_the_same_world(api: Api) -> None:
    call = await api.incoming()
    assert (await api.with_key("KEY_other").act(call, "answer")).status == 200
