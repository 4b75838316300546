"""Conferences: legs join and leave, take the floor, and are on hold."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.call import bridging
from telnyx_emulator.core.call.ending import end_conference, leave_conference, leave_queue
from telnyx_emulator.core.events.conferences import ConferenceFloorChanged, ParticipantJoined
from telnyx_emulator.core.leg import MAX_DURATION_SECS
from telnyx_emulator.core.model import Call, Conference, HoldAudio, Participant
from telnyx_emulator.core.time.lanes import HOLD_AUDIO
from telnyx_emulator.core.time.tasks import Activity


def open_conference(creator: Call, name: str, *, seconds: float = MAX_DURATION_SECS, **options: Any) -> Conference:
    """A new room that expires after `seconds` (four hours at most); `options` are those of `Conference`."""
    seconds = min(seconds, MAX_DURATION_SECS)
    made = Conference(creator, name, seconds=seconds, **options)
    made.expiry = made.world.clock.call_later(seconds, lambda: end_conference(made, "time_exceeded"), background=True)
    return made


def join(conference: Conference, call: Call, **options: Any) -> Participant:
    """Let a leg in; it leaves a bridge, a queue, or another conference for it. `options`: those of `Participant`."""
    if call.participant is not None:
        leave_conference(call.participant)
    with bridging.parted(call):
        leave_queue(call, "bridged")
        one = admit(conference, call, **options)
        conference.emit(ParticipantJoined, call)
        hearing.beep_in(one, "on_enter")
        hold_music(one)
    return one


def admit(conference: Conference, call: Call, **options: Any) -> Participant:
    """Let a leg in that is nowhere else, without a word."""
    now = conference.world.clock.now()
    one = Participant(conference, call, conference.world.ids.uuid4(), now, now, **options)
    conference.participants[call.id] = call.participant = one
    conference.world.merge_sessions(conference.session, call.session)
    return one


def dismiss(conference: Conference, call: Call) -> None:
    """Take a leg out without a word; the conference goes on whichever leg it was."""
    if conference.participants.pop(call.id, None) is not None:
        call.participant = None


def start(conference: Conference) -> None:
    """The participants that waited are on hold no longer, unless they were put on hold by a command."""
    if conference.started:
        return
    conference.started = True
    conference.touch()
    for one in tuple(conference.participants.values()):
        hold_music(one)


def hold_music(one: Participant) -> None:
    """Begin or end what a participant on hold hears."""
    audio = one.hold_audio if one.held and one.hold_audio.content else one.conference.hold_audio
    if not one.on_hold:
        one.call.tasks.stop(HOLD_AUDIO, "cancelled")
    elif audio.content and not one.call.tasks.active(HOLD_AUDIO):
        one.call.follow(_play_on_hold(one.call, audio), HOLD_AUDIO, "hold_audio")


def take_floor(call: Call) -> None:
    """The far end of a leg begins to speak; told when the room can hear it, and it spoke not last."""
    one = call.participant
    if one is not None and one.can_talk and one.conference.floor is not one:
        one.conference.floor = one
        one.conference.emit(ConferenceFloorChanged, call)


def _play_on_hold(call: Call, audio: HoldAudio) -> Activity:
    data = call.world.waves.get(audio.content)
    with hearing.audible([(call, "outbound")], "audio", audio.content, None, data=data):
        yield None
