"""What is heard in conferences, and a day at a support desk."""

import pytest
from simulation import Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, Conference
from telnyx_emulator.core.recording.recording import Recording

JOINED, LEFT, ENDED = "conference.participant.joined", "conference.participant.left", "conference.ended"
SPOKEN = {"payload": "Welcome to the conference.", "voice": "female"}
MUSIC = "http://example.com/music.mp3"
SAVED = "conference.recording.saved"


@pytest.fixture
def guest(world: Simulation) -> Call:
    return world.answered()


@pytest.fixture
def room(world: Simulation, guest: Call) -> Conference:
    return world.conference(guest)


def test_what_all_hear_is_told_once_and_names_no_leg(world: Simulation, room: Conference):
    world.confer(room, "speak", **SPOKEN)
    world.confer(room, "play", audio_url=MUSIC)
    world.advance(30)
    kinds = ["speak.started", "speak.ended", "playback.started", "playback.ended"]
    assert world.events() == [f"conference.{kind}" for kind in kinds]
    assert world.payload("conference.speak.started") == {
        "conference_id": room.id,
        "connection_id": room.connection_id,
        "creator_call_session_id": room.creator.session.id,
        "occurred_at": "2026-01-01T00:00:00.000Z",
    }
    assert world.payload("conference.playback.ended")["media_url"] == MUSIC


def test_what_some_hear_is_told_of_each(world: Simulation, room: Conference, guest: Call):
    both = [room.creator.id, guest.id]
    world.confer(room, "speak", call_control_ids=both, **SPOKEN)
    world.confer(room, "play", call_control_ids=both, media_name="song")
    world.advance(30)
    for call in (room.creator, guest):
        kinds = ["speak.started", "speak.ended", "playback.started", "playback.ended"]
        assert world.events(call) == [f"conference.participant.{kind}" for kind in kinds]
    assert world.payload("conference.participant.playback.ended", guest)["media_name"] == "song"


@pytest.mark.parametrize("named", [True, False])
def test_stop_is_harmless_when_nothing_is_heard(world: Simulation, room: Conference, guest: Call, named: bool):
    world.confer(room, "stop", **({"call_control_ids": [guest.id]} if named else {}))
    assert world.seen == []


def test_stop_ends_what_is_heard_and_what_waits(world: Simulation, room: Conference, guest: Call):
    world.confer(room, "play", audio_url=MUSIC, loop="infinity")
    world.confer(room, "play", audio_url=MUSIC)
    world.confer(room, "play", audio_url=MUSIC, call_control_ids=[guest.id])
    world.forget()
    world.confer(room, "stop", call_control_ids=[guest.id])
    assert world.events() == ["conference.participant.playback.ended"]
    world.confer(room, "stop")
    assert world.events()[1:] == ["conference.playback.ended"]


def test_leaving_and_hanging_up_end_what_is_heard(world: Simulation, room: Conference, guest: Call):
    both = [room.creator.id, guest.id]
    world.confer(room, "speak", call_control_ids=both, **SPOKEN)
    world.forget()
    world.confer(room, "leave", call_control_id=guest.id)
    assert world.events() == ["conference.participant.speak.ended", LEFT]
    verbs.hang_up(room.creator)
    assert world.events()[2:] == ["conference.participant.speak.ended", "call.hangup", LEFT, ENDED]


def test_audio_that_cannot_be_had_is_over_at_once(world: Simulation, room: Conference):
    world.account.audio[MUSIC] = "HTTP 404"
    world.confer(room, "play", audio_url=MUSIC)
    world.advance(0)
    assert world.events() == ["conference.playback.started", "conference.playback.ended"]
    assert [note.detail["detail"] for note in world.notes("warning")] == ["HTTP 404"]


def test_tones_are_heard_by_the_far_ends_and_reported_by_the_legs(world: Simulation, room: Conference, guest: Call):
    world.confer(room, "send_dtmf", digits="1w2")
    world.advance(2)
    assert [payload["digit"] for payload in world.payloads("call.dtmf.received", guest)] == ["1", "2"]
    assert len(world.payloads("call.dtmf.received")) == 4
    assert [note.detail["digits"] for note in world.notes("far_end", guest)] == ["1", "2"]


def test_digits_are_gathered_from_one_participant(world: Simulation, room: Conference, guest: Call):
    body = {"call_control_id": guest.id, "audio_url": MUSIC, "gather_id": "mine", "maximum_digits": 2}
    world.confer(room, "gather_using_audio", client_state="bWVudQ==", **body)
    verbs.press(guest, "12")
    world.advance(1)
    ended = world.payload("call.gather.ended")
    assert (ended["digits"], ended["status"], ended["gather_id"]) == ("12", "valid", "mine")
    assert ended["client_state"] == guest.client_state == "bWVudQ=="
    assert world.payload("call.playback.ended")["status"] == "cancelled"


def test_a_key_need_not_interrupt_the_prompt(world: Simulation, room: Conference, guest: Call):
    body = {"call_control_id": guest.id, "audio_url": MUSIC, "stop_playback_on_dtmf": False, "maximum_digits": 2}
    world.confer(room, "gather_using_audio", **body)
    verbs.press(guest, "1")
    assert "call.playback.ended" not in world.events()
    world.advance(3)
    assert world.payload("call.playback.ended")["status"] == "completed"
    verbs.press(guest, "2")
    assert world.payload("call.gather.ended")["digits"] == "12"


def test_the_first_key_may_have_a_time_of_its_own(world: Simulation, room: Conference, guest: Call):
    body = {"call_control_id": guest.id, "audio_url": MUSIC, "initial_timeout_millis": 1000, "maximum_tries": 1}
    world.confer(room, "gather_using_audio", **body)
    world.advance(5)
    assert world.payload("call.gather.ended")["status"] == "timeout"


def test_one_that_still_rings_cannot_press_keys(world: Simulation, room: Conference):
    call = world.dial(conference_config={"id": room.id})
    assert world.code(room, "gather_using_audio", call_control_id=call.id, audio_url=MUSIC) == "90034"


# -- recording ----------------------------------------------------------------------------------------------------


def recorded(recording: Recording) -> list[tuple[str, str]]:
    """Which channel has which words."""
    return [(take.track, take.sound.content) for take in recording.takes]


def test_the_creator_is_on_one_channel_and_the_others_on_the_other(world: Simulation, room: Conference, guest: Call):
    world.confer(room, "record_start", format="wav", channels="dual")
    verbs.say(room.creator, "I made this")
    verbs.say(guest, "I came later")
    world.confer(room, "speak", **SPOKEN)
    world.advance(10)
    world.confer(room, "record_stop")
    world.advance(1)
    saved = world.payload(SAVED)
    assert (saved["channels"], saved["format"], saved["conference_id"]) == ("dual", "wav", room.id)
    assert saved["recording_urls"].keys() == {"wav"}
    assert "call_leg_id" not in saved
    recording = world.account.recordings[saved["recording_id"]]
    assert (recording.source, recording.conference_id) == ("conference", room.id)
    assert recorded(recording) == [
        ("inbound", "I made this"),
        ("outbound", "I came later"),
        ("outbound", "Welcome to the conference."),
    ]


def test_a_recording_ends_with_the_conference(world: Simulation, room: Conference):
    world.confer(room, "record_start", format="mp3", play_beep=True)
    assert room.recorders
    world.advance(3)
    world.confer(room, "end")
    world.advance(1)
    saved = world.payload(SAVED)
    assert (saved["channels"], saved["recording_ended_at"][:19]) == ("single", "2026-01-01T00:00:03")
    assert room.recorders is None


def test_a_recording_is_named_or_all_are_meant(world: Simulation, room: Conference):
    for _ in range(2):
        world.confer(room, "record_start", format="mp3")
    first, second = room.recorders or ()
    world.confer(room, "record_pause", recording_id=first.recording.id)
    assert (first.paused, second.paused) == (True, False)
    world.confer(room, "record_resume")
    world.confer(room, "record_stop", recording_id=first.recording.id)
    assert room.recorders == [second]
    assert world.code(room, "record_stop", recording_id="none") == "10005"


# -- a story ------------------------------------------------------------------------------------------------------


def heard_by(room: Conference, speaker: Call) -> set[str]:
    """The call ids that hear what this far end says."""
    speaking = room.participants[speaker.id]
    return {one.call.id for one in room.participants.values() if one.hears(speaking)}


def test_a_support_desk(world: Simulation):
    customer, agent, boss = world.answered(), world.dialled(), world.dialled("+15550004444")
    world.do(customer, "enqueue", queue_name="support")
    made = world.create("/conferences", call_control_id=agent.id, name="desk")
    room = world.account.conferences[made["id"]]
    world.confer(room, "record_start", format="wav", channels="dual")
    world.confer(room, "join", call_control_id=customer.id)
    assert heard_by(room, customer) == {agent.id}
    verbs.say(customer, "My phone is broken")
    world.advance(5)

    world.confer(room, "join", call_control_id=boss.id, supervisor_role="monitor")
    assert (heard_by(room, boss), heard_by(room, agent)) == (set(), {customer.id, boss.id})
    whisper = {"supervisor_role": "whisper", "whisper_call_control_ids": [agent.id]}
    world.confer(room, "update", call_control_id=boss.id, **whisper)
    assert heard_by(room, boss) == {agent.id}
    verbs.say(boss, "Offer a new one")
    world.advance(5)
    world.confer(room, "update", call_control_id=boss.id, supervisor_role="barge")
    assert heard_by(room, boss) == {agent.id, customer.id}

    world.confer(room, "hold", call_control_ids=[customer.id])
    assert heard_by(room, agent) == {boss.id}
    world.confer(room, "record_pause")
    verbs.say(agent, "What a day")
    world.advance(5)
    world.confer(room, "unhold", call_control_ids=[customer.id])
    world.confer(room, "record_resume")
    world.confer(room, "mute", call_control_ids=[boss.id])
    assert heard_by(room, boss) == set()
    verbs.say(agent, "You get a new one")
    world.advance(5)

    room.participants[agent.id].ends = True
    world.confer(room, "leave", call_control_id=agent.id)
    world.advance(1)
    assert world.events() == [
        "call.enqueued", "conference.created", JOINED, "call.dequeued", JOINED,
        "conference.floor.changed", JOINED, "conference.floor.changed",
        LEFT, "call.hangup", LEFT, "call.hangup", LEFT, ENDED, SAVED,
    ]  # fmt: skip
    assert (agent.state, customer.state, room.end_reason) == (State.ANSWERED, State.ENDED, "host_left")
    recording = world.account.recordings[world.payload(SAVED)["recording_id"]]
    assert recording.text() == "My phone is broken You get a new one"
    assert recorded(recording)[0] == ("outbound", "My phone is broken")
