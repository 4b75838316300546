"""Conferences: who hears whom, who speaks, and in which order they end."""

import pytest
from simulation import Simulation

from telnyx_emulator.core.call.ending import end_conference, leave_conference
from telnyx_emulator.core.conference import rooms
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, Conference

JOINED, LEFT, ENDED = "conference.participant.joined", "conference.participant.left", "conference.ended"


def audible(conference: Conference) -> set[tuple[str, str]]:
    """Pairs of (who hears, whom), as the last two digits of their numbers in the room."""
    names = {one.call.id: str(n) for n, one in enumerate(conference.participants.values())}
    present = conference.participants.values()
    return {(names[a.call.id], names[b.call.id]) for a in present for b in present if a.hears(b)}


EVERYBODY = {(a, b) for a in "012" for b in "012" if a != b}


@pytest.fixture
def others(world: Simulation) -> list[Call]:
    return [world.answered(from_="+15550000001"), world.answered(from_="+15550000002")]


@pytest.fixture
def room(world: Simulation, others: list[Call]) -> Conference:
    """Three people: the creator (0), and two more."""
    return world.conference(*others)


def test_everybody_hears_everybody_else(room: Conference):
    assert audible(room) == EVERYBODY


def test_whoever_is_muted_is_heard_by_nobody_and_hears_all(world: Simulation, room: Conference, others: list[Call]):
    world.confer(room, "mute", call_control_ids=[others[0].id])
    assert audible(room) == {pair for pair in EVERYBODY if pair[1] != "1"}
    world.confer(room, "unmute")
    assert audible(room) == EVERYBODY


def test_whoever_is_on_hold_neither_hears_nor_is_heard(world: Simulation, room: Conference, others: list[Call]):
    world.confer(room, "hold", call_control_ids=[others[0].id])
    assert audible(room) == {("0", "2"), ("2", "0")}
    world.confer(room, "unhold", call_control_ids=[others[0].id])
    assert audible(room) == EVERYBODY


@pytest.mark.parametrize(
    ("role", "whispers", "heard_by"),
    [
        ("monitor", None, ""),
        ("whisper", ["1"], "1"),
        ("whisper", None, ""),
        ("barge", None, "01"),
        ("none", None, "01"),
    ],
)
def test_a_supervisor_is_heard_by_whom_the_role_says_and_hears_all(world, room, others, role, whispers, heard_by):
    whispers = whispers and [others[0].id]
    fields = {"whisper_call_control_ids": whispers} if whispers else {}
    world.confer(room, "update", call_control_id=others[1].id, supervisor_role=role, **fields)
    assert audible(room) == {pair for pair in EVERYBODY if pair[1] != "2"} | {(one, "2") for one in heard_by}


def test_people_in_two_conferences_do_not_hear_one_another(world: Simulation, room: Conference):
    other = world.conference(name="other")
    (one,), first = other.participants.values(), next(iter(room.participants.values()))
    assert not one.hears(first)


def test_before_it_starts_all_are_on_hold(world: Simulation, others: list[Call]):
    room = world.conference(others[0], start_conference_on_create=False)
    assert (room.status, audible(room)) == ("init", set())
    world.confer(room, "join", call_control_id=others[1].id, start_conference_on_enter=True)
    assert (room.status, audible(room)) == ("in_progress", EVERYBODY)


def test_whoever_was_put_on_hold_stays_so_when_it_starts(world: Simulation, others: list[Call]):
    room = world.conference(start_conference_on_create=False)
    world.confer(room, "join", call_control_id=others[0].id, hold=True)
    rooms.start(room)
    rooms.start(room)
    assert [one.on_hold for one in room.participants.values()] == [False, True]


def test_participants_are_found_by_their_own_id_or_that_of_the_call(room: Conference, others: list[Call]):
    one = room.participants[others[0].id]
    assert room.find(one.id) is room.find(others[0].id) is one
    assert room.find("nobody") is None


def test_only_a_whisperer_with_an_audience_is_whispering(world: Simulation, room: Conference, others: list[Call]):
    one = room.participants[others[0].id]
    assert not one.whispering
    world.confer(room, "update", call_control_id=one.call.id, supervisor_role="whisper")
    assert not one.whispering
    one.whispers = (others[1].id,)
    assert one.whispering


# -- speaking -----------------------------------------------------------------------------------------------------


def test_the_floor_is_the_speakers(world: Simulation, room: Conference, others: list[Call]):
    verbs.say(others[0], "Hello")
    verbs.say(others[0], "again")
    world.advance(10)
    verbs.say(others[1], "Hi")
    changes = world.payloads("conference.floor.changed")
    assert [change["call_control_id"] for change in changes] == [others[0].id, others[1].id]
    leave_conference(others[1].participant)
    assert room.floor is None


@pytest.mark.parametrize("role", ["monitor", "whisper"])
def test_a_supervisor_whom_not_all_hear_does_not_take_the_floor(world, room, others, role):
    world.confer(room, "update", call_control_id=others[0].id, supervisor_role=role)
    verbs.say(others[0], "psst")
    world.confer(room, "mute", call_control_ids=[others[1].id])
    verbs.say(others[1], "hm")
    assert world.events() == []


def test_speech_and_keys_reach_the_legs_of_those_who_hear(world: Simulation, room: Conference, others: list[Call]):
    world.confer(room, "hold", call_control_ids=[others[1].id])
    heard: list[tuple[Call, str]] = []
    for call in (room.creator, *others):
        call.listeners = [lambda track, sound, call=call: heard.append((call, track))]
    verbs.press(others[0], "1")
    assert set(heard) == {(others[0], "inbound"), (room.creator, "outbound")}
    heard.clear()
    verbs.say(others[0], "Hello")
    assert set(heard) == {(others[0], "inbound"), (room.creator, "outbound")}


# -- coming and going ---------------------------------------------------------------------------------------------


def test_a_hangup_is_told_before_the_leaving_and_that_before_the_end(world: Simulation):
    room = world.conference()
    verbs.hang_up(room.creator)
    assert world.events() == ["call.hangup", LEFT, ENDED]
    assert world.payload(ENDED)["reason"] == "all_left"
    assert (room.status, room.end_reason, room.ended_by) == ("completed", "all_left", room.creator)


def test_a_host_who_hangs_up_takes_the_others_along(world: Simulation, room: Conference, others: list[Call]):
    room.participants[room.creator.id].ends = True
    verbs.hang_up(room.creator)
    assert world.events() == ["call.hangup", LEFT, "call.hangup", LEFT, "call.hangup", LEFT, ENDED]
    assert world.payload(ENDED)["reason"] == "host_left"
    assert all(call.state is State.ENDED for call in others)


def test_a_soft_end_leaves_the_others_on_the_line(world: Simulation, room: Conference, others: list[Call]):
    room.participants[room.creator.id].soft_ends = True
    world.confer(room, "leave", call_control_id=room.creator.id)
    assert world.events() == [LEFT, LEFT, LEFT, ENDED]
    assert all(call.state is State.ANSWERED and call.participant is None for call in others)


def test_it_ends_after_four_hours(world: Simulation, room: Conference):
    for one in (call for call in room.participants.values()):
        one.call.limit(None)
    world.advance(4 * 3600)
    assert world.payload(ENDED)["reason"] == "time_exceeded"
    assert room.ended_by is None


def test_it_ends_when_its_own_time_is_over(world: Simulation):
    room = world.conference(duration_minutes=2)
    world.advance(119)
    assert world.events() == []
    world.advance(1)
    assert world.events() == ["call.hangup", LEFT, ENDED]
    end_conference(room, "host_left")
    assert room.end_reason == "time_exceeded"


def test_what_goes_on_in_the_room_ends_before_it(world: Simulation, room: Conference):
    world.confer(room, "speak", payload="word " * 100, voice="female")
    world.forget()
    world.confer(room, "end")
    assert world.events()[-2:] == ["conference.speak.ended", ENDED]


def test_joining_another_conference_leaves_the_first(world: Simulation, room: Conference, others: list[Call]):
    second = world.conference(name="second")
    world.confer(second, "join", call_control_id=others[0].id)
    assert world.events() == [LEFT, JOINED]
    assert [payload["conference_id"] for payload in (world.payload(LEFT), world.payload(JOINED))] == [
        room.id,
        second.id,
    ]


def test_joining_leaves_a_queue_and_a_bridge(world: Simulation, room: Conference):
    waiting = world.answered()
    world.do(waiting, "enqueue", queue_name="q")
    world.forget()
    world.confer(room, "join", call_control_id=waiting.id)
    assert world.events() == ["call.dequeued", JOINED]
    assert world.payload("call.dequeued")["reason"] == "bridged"
    call, other = world.bridged()
    world.confer(room, "join", call_control_id=call.id)
    assert world.events() == [JOINED, "call.hangup"]
    assert other.state is State.ENDED


def test_a_bridge_and_a_queue_take_a_leg_out(world: Simulation, room: Conference, others: list[Call]):
    world.do(others[0], "bridge", call_control_id=world.dialled().id)
    assert world.events() == [LEFT, "call.bridged", "call.bridged"]
    world.forget()
    world.do(others[1], "enqueue", queue_name="q")
    assert world.events() == [LEFT, "call.enqueued"]


def test_the_participants_share_one_order_of_delivery(world: Simulation, room: Conference, others: list[Call]):
    assert {call.session.root() for call in others} == {room.creator.session.root()}


def test_beeps_are_heard_as_the_conference_and_the_participant_say(world: Simulation, others: list[Call]):
    room = world.conference(beep_enabled="on_enter")
    beeps: list[str] = []
    room.listeners = [lambda track, sound: beeps.append(sound.kind) if sound.ended else None]
    world.confer(room, "join", call_control_id=others[0].id)
    assert beeps == ["beep"]
    world.confer(room, "join", call_control_id=others[1].id, beep_enabled="never")
    world.confer(room, "leave", call_control_id=others[0].id)
    assert beeps == ["beep"]
    world.confer(room, "leave", call_control_id=others[1].id, beep_enabled="on_exit")
    assert beeps == ["beep", "beep"]


def test_those_on_hold_hear_music(world: Simulation, others: list[Call]):
    room = world.conference(start_conference_on_create=False, hold_audio_url="http://example.com/wait.mp3")
    call = others[0]
    world.confer(room, "join", call_control_id=call.id)
    assert [sound.content for _, sound in call.sounding or ()] == ["http://example.com/wait.mp3"]
    rooms.start(room)
    assert call.sounding is None
    world.confer(room, "hold", call_control_ids=[call.id], media_name="own")
    assert [sound.content for _, sound in call.sounding or ()] == ["own"]
    world.confer(room, "leave", call_control_id=call.id)
    assert call.sounding is None


# -- many ---------------------------------------------------------------------------------------------------------


def test_two_hundred_participants_hear_one_another(world: Simulation):
    room = world.conference(*(world.answered() for _ in range(199)))
    assert len(room.participants) == 200
    assert sum(a.hears(b) for a in room.participants.values() for b in room.participants.values()) == 200 * 199
    world.confer(room, "end")
    names = world.events()
    assert (names.count("call.hangup"), names.count(LEFT), names[-1]) == (200, 200, ENDED)


def test_a_thousand_conferences_stay_apart_and_old_ones_are_forgotten(world: Simulation):
    rooms = [world.conference(name=f"room {n}") for n in range(1000)]
    for room in rooms:
        assert [one.call for one in room.participants.values()] == [room.creator]
    for room in rooms:
        end_conference(room, "ended_via_api")
    assert len(world.account.conferences) == 1000
    end_conference(world.conference(name="one more"), "ended_via_api")
    assert rooms[0].id not in world.account.conferences
    assert world.account.conference("room 0") is None
    again = world.conference(name="room 1")
    world.account.forget_conference(rooms[1])
    assert world.account.conference("room 1") is again
