"""Commands to conferences: what they do, what they refuse, and what is told."""

import re

import pytest
from simulation import CALLEE, Simulation

from telnyx_emulator.commands.validation import InvalidParameters
from telnyx_emulator.core.call.ending import end_conference
from telnyx_emulator.core.conference import rooms
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call, Conference

JOINED, LEFT, ENDED = "conference.participant.joined", "conference.participant.left", "conference.ended"
STATE, OTHER_STATE = "b25l", "dHdv"
TWO_KINDS_OF_MUSIC = {"hold_audio_url": "http://a.example", "hold_media_name": "b"}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def room(world: Simulation) -> Conference:
    return world.conference()


def join(world: Simulation, room: Conference, **options: object) -> Call:
    """A new leg in the conference."""
    call = world.answered()
    world.confer(room, "join", call_control_id=call.id, **options)
    return call


# -- making -------------------------------------------------------------------------------------------------------


def test_creating_tells_that_it_exists_and_that_the_leg_is_in_it(world: Simulation):
    call = world.answered()
    made = world.create("/conferences", call_control_id=call.id, name="Business", client_state=STATE)
    assert world.events() == ["conference.created", JOINED]
    assert (made["record_type"], made["name"], made["status"]) == ("conference", "Business", "in_progress")
    assert made["ended_by"] == {"call_control_id": None, "call_session_id": None}
    assert (made["created_at"], made["expires_at"]) == ("2026-01-01T00:00:00.000Z", "2026-01-01T04:00:00.000Z")
    assert world.payload("conference.created") == {
        "call_control_id": call.id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session.id,
        "client_state": STATE,
        "conference_id": made["id"],
        "connection_id": call.connection_id,
        "occurred_at": "2026-01-01T00:00:00.000Z",
    }


def test_a_name_can_be_used_again_when_the_conference_is_over(world: Simulation, room: Conference):
    call = world.answered()
    (entry,) = world.refusal(None, "/conferences", call_control_id=call.id, name=room.name)
    assert (entry["code"], entry["title"]) == ("90033", "Unable to execute command")
    world.confer(room, "end")
    assert world.create("/conferences", call_control_id=call.id, name=room.name)["id"] != room.id


@pytest.mark.parametrize(
    ("leg", "code"),
    [(lambda world: "v3:none", "90015"), (lambda world: world.incoming().id, "90034"), ("ended", "90018")],
)
def test_only_an_answered_leg_can_make_or_join_one(world: Simulation, room: Conference, leg, code: str):
    if leg == "ended":
        call = world.answered()
        verbs.hang_up(call)
        id = call.id
    else:
        id = leg(world)
    assert world.code(None, "/conferences", call_control_id=id, name="new") == code
    assert world.code(room, "join", call_control_id=id) == code


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("/conferences", {"call_control_id": "x", "name": "n", **TWO_KINDS_OF_MUSIC}),
        ("/conferences", {"call_control_id": "x", "name": "n", "max_participants": 1}),
        ("/calls", {"to": CALLEE, "from": CALLEE, "connection_id": "1", "conference_config": TWO_KINDS_OF_MUSIC}),
    ],
)
def test_what_does_not_fit_is_refused(world: Simulation, action: str, body: dict[str, object]):
    with pytest.raises(InvalidParameters):
        world.create(action, **body)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("hold", {"audio_url": "http://a.example", "media_name": "b"}),
        ("join", {"call_control_id": "x", "hold_audio_url": "http://a.example", "hold_media_name": "b"}),
        ("play", {}),
        ("unhold", {}),
        ("update", {"call_control_id": "x"}),
    ],
)
def test_what_does_not_fit_a_conference_is_refused(world: Simulation, room: Conference, action, body):
    with pytest.raises(InvalidParameters):
        world.confer(room, action, **body)


# -- who is in it -------------------------------------------------------------------------------------------------


def test_joining_and_leaving(world: Simulation, room: Conference):
    call = join(world, room, mute=True, client_state=OTHER_STATE)
    assert world.payload(JOINED)["call_control_id"] == call.id
    assert room.participants[call.id].muted
    assert call.client_state == OTHER_STATE
    world.confer(room, "leave", call_control_id=call.id)
    assert call.participant is None
    assert world.payload(LEFT, call)["call_control_id"] == call.id
    assert not room.over


def test_conference_events_carry_the_creators_client_state(world: Simulation):
    call = world.answered()
    made = world.create("/conferences", call_control_id=call.id, name="n", client_state=STATE)
    room = world.account.conferences[made["id"]]
    join(world, room, client_state=OTHER_STATE)
    assert {payload["client_state"] for payload in world.payloads(JOINED)} == {STATE}
    world.confer(room, "record_stop", client_state=OTHER_STATE)
    assert call.client_state == OTHER_STATE


def test_nobody_joins_twice_or_beyond_the_limit(world: Simulation):
    room = world.conference(max_participants=2)
    assert world.code(room, "join", call_control_id=room.creator.id) == "90044"
    join(world, room)
    (entry,) = world.refusal(room, "join", call_control_id=world.answered().id)
    assert entry["code"] == "90032"
    assert entry["detail"] == "The maximum allowed value of `max_participants` has been reached at 2."


def test_a_conference_that_is_over_takes_no_commands(world: Simulation, room: Conference):
    world.confer(room, "end")
    assert world.payload(ENDED)["reason"] == "host_left"
    assert room.end_reason == "ended_via_api"
    assert world.code(room, "end") == "90019"


def test_a_repeated_command_id_has_no_effect(world: Simulation, room: Conference):
    call = join(world, room, command_id="1")
    assert world.confer(room, "join", call_control_id=call.id, command_id="1") == {"result": "ok"}
    assert len(world.payloads(JOINED)) == 1


def test_commands_about_others_than_participants_are_refused(world: Simulation, room: Conference):
    stranger, gone = world.answered(), world.answered()
    verbs.hang_up(gone)
    assert world.code(room, "leave", call_control_id=stranger.id) == "90015"
    assert world.code(room, "leave", call_control_id="v3:none") == "90015"
    assert world.code(room, "leave", call_control_id=gone.id) == "90018"
    (entry,) = world.refusal(room, "mute", call_control_ids=[stranger.id])
    assert entry["source"] == {"pointer": "/call_control_ids"}


def test_an_empty_conference_has_nobody_to_mute(world: Simulation, room: Conference):
    rooms.dismiss(room, room.creator)
    rooms.dismiss(room, room.creator)
    assert world.code(room, "mute") == "90033"


def test_mute_and_hold_have_no_webhooks(world: Simulation, room: Conference):
    for action in ("mute", "unmute", "hold"):
        world.confer(room, action)
    world.confer(room, "unhold", call_control_ids=[room.creator.id])
    assert world.events() == []


def test_unknown_parameters_are_warned_of(world: Simulation, room: Conference):
    world.confer(room, "mute", whom="all")
    assert [note.name for note in world.notes("warning")] == ["conference_mute"]
    assert room.parameters["mute"] == {"whom": "all"}


def test_in_a_strict_world_hold_music_has_to_exist(world: Simulation, room: Conference):
    world.account.strict = True
    call = world.answered()
    assert world.code(None, "/conferences", call_control_id=call.id, name="n", hold_media_name="m") == "10017"
    assert world.code(room, "join", call_control_id=call.id, hold_media_name="m") == "10017"
    assert world.code(room, "hold", media_name="m") == "10017"
    assert world.code(room, "play", media_name="m") == "10017"
    assert world.code(room, "gather_using_audio", call_control_id=room.creator.id, media_name="m") == "10017"


# -- dialling into one --------------------------------------------------------------------------------------------


def test_a_dialled_leg_joins_while_it_rings(world: Simulation, room: Conference):
    call = world.dial(conference_config={"id": room.id, "mute": True})
    assert world.events() == ["call.initiated", JOINED]
    assert room.participants[call.id].muted
    world.advance(1)
    assert world.events() == ["call.initiated", JOINED, "call.answered"]


def test_without_early_media_it_joins_when_it_is_answered(world: Simulation, room: Conference):
    world.dial(conference_config={"conference_name": room.name, "early_media": False})
    world.advance(1)
    assert world.events() == ["call.initiated", "call.answered", JOINED]


def test_of_several_legs_the_one_that_answers_joins(world: Simulation, room: Conference):
    world.dial(["+15550100480", CALLEE], conference_config={"id": room.id})
    world.advance(1)
    assert len(world.payloads(JOINED)) == 1


@pytest.mark.parametrize("config", [{"conference_name": "new", "start_conference_on_create": False}, {}])
def test_a_conference_that_is_not_there_yet_is_made(world: Simulation, config: dict[str, object]):
    call = world.dial(conference_config=config)
    assert world.events() == ["call.initiated", "conference.created", JOINED]
    (made,) = world.account.conferences.values()
    assert made.creator is call
    assert made.name == config.get("conference_name", made.name)
    assert re.fullmatch(r"new|[0-9a-f-]{36}", made.name)


def test_dialling_into_what_is_unknown_over_or_full_is_refused(world: Simulation):
    body = {"to": CALLEE, "from": CALLEE, "connection_id": "1"}
    room = world.conference(max_participants=2)
    join(world, room)
    assert world.code(None, "/calls", **body, conference_config={"id": UNKNOWN}) == "90058"
    assert world.code(None, "/calls", **body, conference_config={"id": room.id}) == "90032"
    world.confer(room, "end")
    assert world.code(None, "/calls", **body, conference_config={"id": room.id}) == "90019"


@pytest.mark.parametrize("happens", ["it ends", "it is full"])
def test_a_leg_that_is_answered_too_late_joins_nothing(world: Simulation, happens: str):
    room = world.conference(max_participants=2)
    call = world.dial(conference_config={"id": room.id, "early_media": False})
    if happens == "it ends":
        end_conference(room, "ended_via_api")
    else:
        join(world, room)
    world.advance(1)
    assert call.participant is None
