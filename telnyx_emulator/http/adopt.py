"""The adopt mode: whatever a request names exists. State errors are mended in `repairs`.

It is for running documentation snippets and SDK test suites verbatim. No command knows of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson

from telnyx_emulator.core import bridging
from telnyx_emulator.core.account import Account, Published, wire_time
from telnyx_emulator.core.call import Call, State
from telnyx_emulator.core.conference import Conference, Participant
from telnyx_emulator.core.far_end import PERSONAS
from telnyx_emulator.core.media_file import DEFAULT_TTL_SECS, MediaFile
from telnyx_emulator.core.queue import Place, Queue, leave
from telnyx_emulator.core.recorder import Recorder
from telnyx_emulator.core.recording import Options, Recording, Take, Transcription, keep, store, transcribe
from telnyx_emulator.core.sounds import Sound
from telnyx_emulator.webhooks import Delivery

CALLER, CALLED = "+15550001111", "+15559990000"
GREETING = "Hello."
QUEUE, QUEUE_SIZE = "adopted", 300


def call(account: Account, id: str, connection_id: str | None = None, answered: bool = True) -> Call:
    """A leg under an id of somebody's choice: an incoming one that was answered just now, without webhooks."""
    adopted = Call(
        account,
        "incoming",
        from_=CALLER,
        to=CALLED,
        connection_id=account.application(connection_id).id,
        far_end=PERSONAS["human"],
        id=id,
    )
    if answered:
        adopted.state, adopted.answered_at = State.ANSWERED, account.clock.elapsed()
    adopted.note("warning", "adopted", detail=f"{id} was unknown, so a call was made of it")
    return adopted


def delivery(account: Account, id: str) -> Delivery:
    """An example of a past delivery: it was never sent, and does not pretend to have been taken."""
    leg, now = call(account, account.ids.call_control_id()), wire_time(account.clock.now())
    payload = {"call_control_id": leg.id, "call_leg_id": leg.leg_id, "call_session_id": leg.session.id}
    data: dict[str, Any] = {
        "event_type": "call.hold",
        "id": account.ids.uuid4(),
        "occurred_at": now,
        "payload": payload,
    }
    event = Published(
        0, data["id"], "call.hold", now, account.clock.elapsed(), orjson.dumps({**data, "record_type": "event"}),
        leg.session, leg.leg_id, leg.id, None, None,
    )  # fmt: skip
    return Delivery(id, event, [], [], 0.0, now, now, "no_url")


def recording(account: Account, id: str) -> Recording:
    """A second of speech that was recorded just now, without webhooks."""
    leg, now = call(account, account.ids.call_control_id()), account.clock.elapsed()
    made = Recorder(leg, Options(), id).recording
    made.began, made.ended, made.spans = now - 1.0, now, [(now - 1.0, now)]
    made.takes.append(Take("inbound", Sound("speech", GREETING, now - 1.0, 1.0, ended=now)))
    keep(account, made)
    store(account, made)
    return made


def transcription(account: Account, id: str) -> Transcription:
    """What is said in a recording that was made up as well."""
    made = transcribe(account, recording(account, account.ids.uuid4()), id)
    made.completed = True
    return made


def queue(account: Account, name: str) -> Queue:
    """A queue under a name of somebody's choice."""
    account.note("warning", "adopted", detail=f"there was no queue {name}, so one was made")
    return Queue(account, name, QUEUE_SIZE, explicit=True)


def queued(queue: Queue, id: str) -> Place:
    """A call that waits in a queue, without webhooks of its own; it leaves whatever it was in before."""
    account = queue.account
    waiting = account.calls.get(id)
    if waiting is None or waiting.state is State.ENDED:
        account.calls.pop(id, None)
        waiting = call(account, id)
    leave(waiting, "leave")
    with bridging.parted(waiting):
        return queue.add(waiting)


def conference(account: Account, id: str) -> Conference:
    """A conference under an id of somebody's choice, with one participant, without webhooks."""
    creator = call(account, account.ids.call_control_id())
    made = Conference(creator, id, id=id)
    made.admit(creator)
    return made


def participant(conference: Conference, id: str) -> Participant:
    """Somebody in a conference, by the participant's id or that of the call."""
    account = conference.account
    leg = account.calls.get(id)
    if leg is None or leg.state is State.ENDED:
        account.calls.pop(id, None)
        leg = call(account, id)
    if leg.participant is not None:
        leg.participant.leave()
    if conference.over:
        account.forget_conference(conference)
        conference = Conference(leg, conference.name, id=conference.id)
    return conference.admit(leg)


def emptied(queue: Queue) -> Queue:
    """A queue that everybody had to leave."""
    for place in tuple(queue.line):
        leave(place.call, "leave")
    return queue


def media(account: Account, name: str) -> MediaFile:
    """Three seconds of audio that are known by their URL alone."""
    now = account.clock.now()
    until = now + timedelta(seconds=DEFAULT_TTL_SECS)
    made = account.media[name] = MediaFile(name, "audio/mpeg", None, None, now, now, until)
    return made
