"""Parties as far ends: what is written about them, and what they then do."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from simulation import Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import PERSONAS, FarEnd, Siprec
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call
from telnyx_emulator.scenarios.model import ScenarioModel
from telnyx_emulator.scenarios.party import Party, install, remove

NUMBER = "+15551230001"


@pytest.fixture
def world() -> Iterator[Simulation]:
    world = Simulation()
    yield world
    assert world.notes("fault") == []


def party(**written: Any) -> Party:
    return Party.model_validate({"number": NUMBER} | written)


def far_end(**written: Any) -> FarEnd:
    return party(**written).far_end("bob", Simulation().account)


def dialled(world: Simulation, **written: Any) -> Call:
    """A leg towards a party, at once after it was dialled."""
    install({"bob": party(**written)}, world.account)
    return world.dial(NUMBER, timeout_secs=100, answering_machine_detection="greeting_end")


def ended(world: Simulation, call: Call) -> tuple[float | None, str, str]:
    payload = world.payload("call.hangup", call)
    return call.ended_at, payload["hangup_cause"], payload["sip_hangup_cause"]


# -- who it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "persona"),
    [
        ({}, "human"),
        ({"kind": "caller"}, "human"),
        ({"kind": "sip"}, "human"),
        ({"kind": "machine"}, "voicemail"),
        ({"kind": "fax"}, "fax"),
        ({"kind": "machine", "persona": "voicemail_no_beep"}, "voicemail_no_beep"),
        ({"persona": "builtin:busy"}, "busy"),
    ],
)
def test_a_party_begins_as_a_persona(written, persona):
    base = PERSONAS[persona]
    ours = far_end(**written)
    assert (ours.name, ours.about) == ("bob", base.about)
    assert (ours.greeting, ours.rejects, ours.habits) == (base.greeting, base.rejects, base.habits)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"persona": "bussy"}, 'unknown persona "bussy", did you mean "busy"'),
        ({"answer": {}, "reject": {}}, "answers or rejects, not both"),
        ({"reject": {"cause": "bussy"}}, 'unknown cause "bussy", did you mean "busy"'),
        ({"reject": {"sip": 200}}, "greater than or equal to 300"),
        ({"siprec": {}}, "siprec belongs to a party of kind siprec_recorder"),
        ({"connector": "mine"}, "connector belongs to a party of kind siprec_recorder"),
        ({"kind": "siprec_recorder"}, "a siprec_recorder is at no leg: it has no number"),
        ({"kind": "siprec_recorder", "refer": {}}, "it has no number, refer"),
        ({"amd": {"result": "human", "greeting": {"ends_after": "3s"}}}, "only a machine has a greeting"),
        ({"amd": {"results": "human"}}, "Extra inputs"),
    ],
)
def test_a_party_that_cannot_be_is_refused(written, complaint):
    with pytest.raises(ValidationError, match=complaint):
        party(**written)


def test_a_server_that_does_not_accept_has_no_session_to_drop():
    with pytest.raises(ValidationError, match="cannot drop a session"):
        Party.model_validate({"kind": "siprec_recorder", "siprec": {"accept": False, "drops_after": "3s"}})


# -- how it takes calls ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"reject": {}}, (1, "call_rejected", "603")),
        ({"reject": {"cause": "busy", "after": "3s"}}, (3, "user_busy", "486")),
        ({"reject": {"sip": 503}}, (1, "unspecified", "503")),
        ({"reject": {"cause": "timeout"}}, (1, "timeout", "408")),
        ({"reject": {"sip": 480, "cause": "not_found"}}, (1, "not_found", "480")),
        ({"persona": "human", "reject": {"sip": 404}}, (1, "not_found", "404")),
        ({"persona": "hangs_up", "answer": {"after": "2s"}}, (12, "normal_clearing", "200")),
        ({"persona": "hangs_up", "hangs_up_after": "5s"}, (6, "normal_clearing", "200")),
    ],
)
def test_how_a_call_to_a_party_ends(world, written, expected):
    call = dialled(world, **written)
    world.advance(99)
    assert ended(world, call) == expected


@pytest.mark.parametrize("persona", ["busy", "refused", "manual"])
def test_who_answers_does_so_whatever_the_persona_does(world, persona):
    call = dialled(world, persona=persona, answer={"after": "4s"})
    world.advance(3.9)
    assert call.state is State.RINGING
    world.advance(0.2)
    assert call.state is State.ANSWERED


def test_ranges_differ_from_leg_to_leg_and_not_from_run_to_run():
    rings = []
    for _ in range(2):
        world = Simulation(seed=3)
        install({"bob": party(answer={"after": {"between": ["1s", "60s"]}})}, world.account)
        rings.append([world.account.addresses.far_end_at(NUMBER).rings for _ in range(3)])
    assert rings[0] == rings[1]
    assert len(set(rings[0])) == 3


def test_a_caller_has_patience(world):
    install({"bob": party(patience="7s")}, world.account)
    call = verbs.ring_in(
        world.account,
        from_=NUMBER,
        to="+15559990000",
        connection_id="1",
        far_end=world.account.addresses.far_end_at(NUMBER),
    )
    world.advance(60)
    assert ended(world, call) == (7, "originator_cancel", "487")


# -- once it talks -----------------------------------------------------------------------------------------------


def test_a_machine_is_found_and_its_greeting_ends_exactly_when_it_is_written(world):
    greeting = {"ends_after": "6s", "result": "beep_detected"}
    call = dialled(world, answer={"after": "18s"}, amd={"result": "machine", "after": "3s", "greeting": greeting})
    world.advance(60)
    found = [(seen.at, seen.name, seen.payload.get("result")) for seen in world.seen if "machine" in seen.name]
    assert call.answered_at == 18
    assert found == [
        (21, "call.machine.detection.ended", "machine"),
        (27, "call.machine.greeting.ended", "beep_detected"),
    ]


def test_a_party_presses_keys_after_each_prompt(world):
    call = dialled(world, presses="42#")
    world.advance(1)
    world.do(call, "gather_using_speak", payload="Your age?", voice="female")
    world.advance(10)
    assert world.payload("call.gather.ended")["digits"] == "42"


@pytest.mark.parametrize(
    ("voice", "greeting"),
    [("synthetic", "human"), ("human", "human"), ("silent", "silence"), ("no_media", "silence")],
)
def test_who_has_no_voice_does_not_greet(voice, greeting):
    ours = far_end(voice=voice)
    assert (ours.voice, ours.greeting.kind) == (voice, greeting)


def test_a_party_answers_a_refer_in_its_own_way(world):
    call = dialled(world, refer={"sip": 603, "after": "800ms"})
    world.advance(2)
    world.forget()
    world.do(call, "refer", sip_address="sip:agent@example.com")
    world.advance(10)
    started, failed = (seen for seen in world.seen if "refer" in seen.name)
    assert (failed.name, failed.payload["sip_notify_response"]) == ("call.refer.failed", 603)
    assert round(failed.at - started.at, 3) == 0.8


def test_a_refer_to_a_party_ends_as_that_takes_the_call(world):
    install({"agent": Party.model_validate({"number": "sip:agent@pbx", "reject": {"sip": 486}})}, world.account)
    world.do(world.answered(), "refer", sip_address="sip:agent@pbx;transport=tcp")
    world.advance(10)
    assert world.payload("call.refer.failed")["sip_notify_response"] == 486


# -- recording servers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "session"),
    [
        ({"siprec": {"accept": False, "failure_cause": "no_answer", "after": "4s"}}, Siprec("no_answer", 4.0)),
        ({"siprec": {"accept": False}}, Siprec("no_answer")),
        ({"siprec": {"after": "2s"}}, Siprec(None, 2.0)),
        ({"siprec": {"drops_after": "30s"}}, Siprec(None, None, 30.0)),
        ({"siprec": {"drops_after": "30s", "failure_cause": "user_busy"}}, Siprec("user_busy", None, 30.0)),
        ({"persona": "recorder_fails"}, Siprec("no_answer")),
        ({}, Siprec()),
    ],
)
@pytest.mark.parametrize("connector", [None, "mine"])
def test_a_recording_server_takes_a_session_as_it_is_written(world, written, session, connector):
    server = Party.model_validate({"kind": "siprec_recorder", "connector": connector} | written)
    install({"recorder": server}, world.account)
    assert world.account.addresses.siprec_at("mine") == session
    assert world.account.addresses.siprec_at("fails-486") == (Siprec("user_busy") if connector else session)


# -- coming and going --------------------------------------------------------------------------------------------


def test_parties_come_and_go_together(world):
    installed = install({"bob": party(), "nobody": Party(), "recorder": Party(kind="siprec_recorder")}, world.account)
    assert world.account.addresses.far_end_at(f"sip:{NUMBER}@sip.example.com").name == "bob"
    remove(installed, world.account)
    remove(installed, world.account)
    assert world.account.addresses.far_end_at(NUMBER) is PERSONAS["human"]


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ({"number": NUMBER}, {"number": f"tel:{NUMBER}"}, "number"),
        ({"kind": "siprec_recorder"}, {"kind": "siprec_recorder"}, "connector"),
        (
            {"kind": "siprec_recorder", "connector": "mine"},
            {"kind": "siprec_recorder", "connector": "mine"},
            "connector",
        ),
    ],
)
def test_no_two_parties_are_at_the_same_place(one, other, where):
    written = {"version": 1, "scenario": "s", "parties": {"one": one, "other": other}}
    with pytest.raises(ValidationError, match=f"other has the same {where} as one"):
        ScenarioModel.model_validate(written)


def test_parties_without_a_number_are_nowhere_and_never_in_each_others_way():
    ScenarioModel.model_validate({"version": 1, "scenario": "s", "parties": {"one": {}, "other": {}}})
