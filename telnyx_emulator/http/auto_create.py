"""Auto-create, the adopt mode: what a request names and does not exist is created. See also `state_fixups`.

It is for running documentation snippets and SDK test suites verbatim. No command knows of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson

from telnyx_emulator.core.audio.sound import Sound
from telnyx_emulator.core.call import bridging
from telnyx_emulator.core.call.ending import leave_conference, leave_queue
from telnyx_emulator.core.conference import rooms
from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, Conference, Participant, Queue, QueuePlace, World
from telnyx_emulator.core.ports import Published
from telnyx_emulator.core.recording.files import keep, store, transcribe
from telnyx_emulator.core.recording.recorder import LegRecorder
from telnyx_emulator.core.recording.recording import Recording, RecordingOptions, RecordingTranscription, Take
from telnyx_emulator.core.resources.media_file import DEFAULT_TTL_SECS, MediaFile
from telnyx_emulator.webhooks import Delivery

CALLER, CALLED = "+15550001111", "+15559990000"
GREETING = "Hello."
QUEUE, QUEUE_SIZE = "adopted", 300


def call(world: World, id: str, connection_id: str | None = None, answered: bool = True) -> Call:
    """A leg under a given id: an incoming one that was answered just now, without webhooks."""
    adopted = Call(
        world,
        "incoming",
        from_=CALLER,
        to=CALLED,
        connection_id=world.application(connection_id).id,
        far_end=PERSONAS["human"],
        id=id,
    )
    if answered:
        adopted.state, adopted.answered_at = State.ANSWERED, world.clock.elapsed()
    adopted.warn("adopted", detail=f"{id} was unknown, so a call was made of it")
    return adopted


def _up(world: World, id: str) -> Call:
    """The leg of that id; one that has ended makes room for a new one."""
    found = world.calls.get(id)
    if found is not None and found.state is not State.ENDED:
        return found
    world.calls.pop(id, None)
    return call(world, id)


def delivery(world: World, id: str) -> Delivery:
    """An example of a past delivery: it was never sent, and does not pretend to have been taken."""
    leg, now = call(world, world.ids.call_control_id()), wire_time(world.clock.now())
    payload = {"call_control_id": leg.id, "call_leg_id": leg.leg_id, "call_session_id": leg.session.id}
    data: dict[str, Any] = {
        "event_type": "call.hold",
        "id": world.ids.uuid4(),
        "occurred_at": now,
        "payload": payload,
    }
    event = Published(
        0, data["id"], id, "call.hold", now, world.clock.elapsed(), orjson.dumps({**data, "record_type": "event"}),
        leg.session, leg.leg_id, leg.id, None, None,
    )  # fmt: skip
    return Delivery(event, [], [], 0.0, world.clock.now(), "no_url")


def recording(world: World, id: str) -> Recording:
    """A second of speech that was recorded just now, without webhooks."""
    leg, now = call(world, world.ids.call_control_id()), world.clock.elapsed()
    made = LegRecorder(leg, RecordingOptions(), id).recording
    made.began, made.ended, made.spans = now - 1.0, now, [(now - 1.0, now)]
    made.takes.append(Take("inbound", Sound("speech", GREETING, now - 1.0, 1.0, ended=now)))
    keep(world, made)
    store(world, made)
    return made


def transcription(world: World, id: str) -> RecordingTranscription:
    """What is said in a recording that was made up as well."""
    made = transcribe(world, recording(world, world.ids.uuid4()), id)
    made.completed = True
    return made


def queue(world: World, name: str) -> Queue:
    """A queue under a given name."""
    world.warn("adopted", detail=f"there was no queue {name}, so one was made")
    return Queue(world, name, QUEUE_SIZE, explicit=True)


def queued(queue: Queue, id: str) -> QueuePlace:
    """A call that waits in a queue, without webhooks of its own; it leaves whatever it was in before."""
    waiting = _up(queue.world, id)
    leave_queue(waiting, "leave")
    with bridging.parted(waiting):
        return queue.add(waiting)


def conference(world: World, id: str) -> Conference:
    """A conference under a given id, with one participant, without webhooks."""
    creator = call(world, world.ids.call_control_id())
    made = rooms.open_conference(creator, id, id=id)
    rooms.admit(made, creator)
    return made


def participant(conference: Conference, id: str) -> Participant:
    """A participant of a conference, by its id or that of its call."""
    world = conference.world
    leg = _up(world, id)
    if leg.participant is not None:
        leave_conference(leg.participant)
    if conference.over:
        world.forget_conference(conference)
        conference = rooms.open_conference(leg, conference.name, id=conference.id)
    return rooms.admit(conference, leg)


def emptied(queue: Queue) -> Queue:
    """A queue that all calls had to leave."""
    for place in tuple(queue.line):
        leave_queue(place.call, "leave")
    return queue


def media(world: World, name: str) -> MediaFile:
    """Three seconds of audio that are known by their URL alone."""
    now = world.clock.now()
    until = now + timedelta(seconds=DEFAULT_TTL_SECS)
    made = world.media[name] = MediaFile(name, "audio/mpeg", None, None, now, now, until)
    return made
