"""Webhooks against the vendor's contract: what they may carry, and what they really carry."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from document import Document
from openapi import FACTS
from simulation import CONNECTION, Simulation, example_of

from telnyx_emulator.commands import CallCommand, ConferenceCommand
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.ports import Published
from telnyx_emulator.scenarios.subjects import fields_of_event
from telnyx_emulator.webhooks import envelope

UNDESCRIBED = {"call.payment.completed", "call.payment.progress", "call.sip_info.received"}
"""Events that the contract has no schema for: the vendor names them in a text, or they are the emulator's own."""

BARE = {"conference.floor.changed"}
"""Events that the document has without the envelope: they are sent like all others."""

DESCRIBED = [name for name in Event.registry if name not in BARE and Document(FACTS).has_webhook(name)]

LIVE_ONLY = {
    "call.initiated": {"calling_party_type", "from_sip_uri", "to_sip_uri"},
    "call.answered": {"calling_party_type", "codec", "sampling_rate", "stream_track", "stream_url"},
    "call.bridged": {"calling_party_type", "start_time"},
    "call.conversation.ended": {"messages"},
    "call.hangup": {"calling_party_type", "end_time", "telnyx_error"},
    "call.gather.ended": {"gather_id"},
    "call.recording.saved": {"call_control_id", "end_time", "format", "recording_id", "start_time"},
    "call.speak.started": {"speak_id"},
    "conference.participant.joined": {"occurred_at"},  # in the payload as well, like in other conference events
    "conference.participant.left": {"occurred_at"},
    "conference.recording.saved": {"occurred_at"},
    "call.speak.ended": {"speak_id"},
    "streaming.started": {"stream_id"},
    "streaming.stopped": {"stream_id"},
}
"""Fields that real webhooks have and the document does not mention."""

NEVER_SENT = {
    "call.initiated": {
        # Results of screening, and tags of numbers: nothing here screens, and numbers are not configured.
        "call_screening_result",
        "shaken_stir_attestation",
        "shaken_stir_validated",
        "tags",
    },
    "call.answered": {"state", "tags"},  # real ones have no state
    "call.hangup": {"state", "tags"},
}
"""Fields of the document that are not sent."""

OFTEN_NULL = {"client_state"}
"""Fields that are null on the real wire, whereas the document has them as strings only."""

BASE = {"call_control_id", "call_leg_id", "call_session_id", "client_state", "connection_id"}


def fields_of(event: type[Event]) -> set[str]:
    legs = BASE if event.legs else {"connection_id"}
    return (
        set(event.model_fields)
        | legs - (set() if event.leg_id else {"call_leg_id"})
        | ({"from", "to"} if event.parties else set())
    )


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_webhook_has_the_fields_of_the_document_and_of_the_real_wire(document: Document, name: str):
    described, ours = document.payload(name).keys(), fields_of(Event.registry[name])
    assert ours - described == LIVE_ONLY.get(name, set())
    assert described - ours == NEVER_SENT.get(name, set())


@pytest.mark.parametrize("name", DESCRIBED)
def test_values_stay_inside_the_documents_enums(document: Document, name: str):
    schema = Event.registry[name].model_json_schema()
    for field, described in document.payload(name).items():
        if "enum" in described and field in schema["properties"]:
            given = schema["properties"][field]
            assert set(given.get("enum", [given.get("const")])) <= set(described["enum"]), field


@pytest.mark.parametrize("name", sorted(UNDESCRIBED))
def test_what_is_said_to_have_no_schema_has_none(document: Document, name: str):
    assert not document.has_webhook(name)


@pytest.mark.parametrize("name", sorted(Event.registry.keys() - UNDESCRIBED))
def test_the_webhook_exists(name: str):
    assert name in {*DESCRIBED, *BARE}, f"the contract has no event {name}: name it in UNDESCRIBED of this file"


# -- real ones ---------------------------------------------------------------------------------------------------


class Recorder(Simulation):
    """A world that keeps its webhooks as they would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.webhooks: list[dict[str, Any]] = []

    def event(self, published: Published) -> None:
        super().event(published)
        self.webhooks.append(json.loads(envelope(published.data, 1, "https://example.com/webhooks")))


def every_command_is_given_its_example(world: Recorder) -> None:
    """Enough for the webhooks that a new command causes by itself."""
    for action, kind in CallCommand.registry.items():
        call = world.ready_for(action)
        with suppress(AssertionError, ApiError):  # another test says what is wrong with the example
            world.do(call, action, **example_of(kind, world.dialled()))
        world.advance(60)
        if call.state is not State.ENDED:
            verbs.hang_up(call)
    for action, kind in ConferenceCommand.registry.items():
        guest = world.answered()
        room = world.conference(*() if action == "join" else (guest,), name=action)
        with suppress(AssertionError, ApiError):
            world.confer(room, action, **example_of(kind, guest))
        world.advance(60)


def calls_end(world: Recorder) -> None:
    """In all the ways in which they can."""
    for number in ("0404", "0480", "0486", "0603", "0910"):
        world.dial(f"+1555010{number}", custom_headers=[{"name": "X-Test", "value": "1"}])
        world.advance(60)
    world.dial("sip:someone@example.com", sip_headers=[{"name": "User-to-User", "value": "1"}], timeout_secs=5)
    verbs.hang_up(world.incoming(caller_name="Jane Doe", headers=[{"name": "X-Test", "value": "1"}]))
    world.do(world.incoming(), "reject", cause="USER_BUSY")
    world.do(world.dial(), "hangup")
    world.dial(time_limit_secs=30)
    world.advance(60)


def prompts_and_keys(world: Recorder) -> None:
    call = world.answered()
    world.do(call, "speak", payload="Hello.", voice="female", client_state="bWVudQ==")
    world.do(call, "playback_start", audio_url="https://example.com/music.mp3")
    world.advance(60)
    world.do(call, "playback_start", media_name="music", loop="infinity")
    world.do(call, "playback_stop")
    world.account.audio["https://example.com/none.mp3"] = "HTTP 404"
    world.do(call, "playback_start", audio_url="https://example.com/none.mp3")
    world.do(call, "gather", maximum_digits=2)
    verbs.press(call, "12")
    world.do(call, "gather_using_audio", media_name="menu")
    verbs.hold(call)
    verbs.unhold(call)
    verbs.hang_up(call)


def legs_and_servers(world: Recorder) -> None:
    call, other = world.bridged()
    world.do(call, "send_sip_info", body="<ok/>", content_type="application/xml")
    world.do(call, "siprec_start", connector_name="fails-no-answer")
    world.do(call, "siprec_start", connector_name="recorder")
    world.do(call, "refer", sip_address="sip:fails-603@example.com")
    world.advance(10)
    world.do(other, "refer", sip_address="sip:fine@example.com")
    world.advance(10)


def machines(world: Recorder) -> None:
    for mode in ("premium", "detect", "detect_beep", "detect_words", "greeting_end"):
        for number in ("0901", "0902", "0903", "0911"):
            world.dial(f"+1555010{number}", answering_machine_detection=mode)
    world.advance(60)


def a_call_waits(world: Recorder) -> None:
    """And leaves the queue for every reason there is."""
    calls = [world.answered() for _ in range(5)]
    for call in calls:
        world.do(call, "enqueue", queue_name="support", max_wait_time_secs=60)
        world.advance(5)
    world.do(world.dialled(), "bridge", queue="support")
    world.do(calls[1], "bridge", call_control_id=world.dial().id, play_ringtone=True)
    world.do(calls[2], "leave_queue")
    verbs.hang_up(calls[3])
    world.advance(60)


def calls_are_paid_for(world: Recorder) -> None:
    world.account.application(CONNECTION).call_cost_in_webhooks = True
    verbs.hang_up(world.answered())
    verbs.hang_up(world.incoming())
    world.advance(1)


def calls_are_recorded(world: Recorder) -> None:
    for format, channels in (("wav", "single"), ("mp3", "dual")):
        call = world.answered()
        world.do(call, "record_start", format=format, channels=channels, transcription=True)
        world.do(call, "record_start", format=format, channels=channels, custom_file_name="fails-backend")
        verbs.say(call, "Hello.")
        verbs.hang_up(call)
    world.advance(10)


def media_leaves_the_call(world: Recorder) -> None:
    call = world.answered()
    world.do(call, "streaming_start", stream_url="wss://nowhere.invalid/", stream_track="both_tracks")
    world.advance(2)
    world.do(call, "streaming_start", enable_dialogflow=True)
    world.advance(2)
    world.do(call, "fork_start", rx="udp:192.0.2.1:9000", tx="udp:192.0.2.1:9001")
    world.do(call, "fork_stop")
    engine = {"transcription_engine": "B", "transcription_engine_config": {"interim_results": True}}
    world.do(call, "transcription_start", transcription_tracks="both", **engine)
    verbs.say(call, "Hello, I would like to know when you are open.")
    world.advance(10)
    number = world.dialled(stream_url="wss://example.com/media", transcription=True)
    world.do(number, "hangup")


def somebody_talks_with_an_ai(world: Recorder) -> None:
    call, wanted = world.answered(), {"properties": {"age": {"type": "integer"}}, "required": ["age"]}
    asked = {"send_partial_results": True, "send_message_history_updates": True}
    world.do(call, "gather_using_ai", parameters=wanted, greeting="How old are you?", **asked)
    verbs.say(call, "I am 42")
    world.advance(20)
    world.do(call, "gather_using_ai", parameters=wanted)
    world.advance(20)
    world.do(call, "ai_assistant_start", assistant={"id": "assistant-1"}, greeting="Hello?")
    world.do(call, "ai_assistant_stop")
    world.do(call, "conversation_relay_start", url="wss://fails-503.example.com")
    world.advance(20)


def voices_are_looked_into(world: Recorder) -> None:
    for number in ("+15550003333", "+15550100904", "+15550100905", "+15550100906"):
        world.dial(number, deepfake_detection={"enabled": True})
    world.advance(60)


def somebody_pays(world: Recorder) -> None:
    call = world.answered()
    world.do(call, "pay", amount=12.5, payment_token="tok_1")
    world.advance(5)
    world.do(call, "pay", payment_method="ach-debit", max_attempts=1)
    world.advance(60)


def people_confer(world: Recorder) -> None:
    """In four ways of ending it."""
    guests = [world.answered() for _ in range(2)]
    room = world.conference(*guests)
    for channels in ("single", "dual"):
        world.confer(room, "record_start", format="mp3", channels=channels)
    for heard_by in ([], [guests[0].id]):
        world.confer(room, "speak", payload="Hello.", voice="female", call_control_ids=heard_by)
        world.confer(room, "play", audio_url="https://example.com/music.mp3", call_control_ids=heard_by)
        world.confer(room, "play", media_name="music", call_control_ids=heard_by)
    verbs.say(guests[0], "Hello.")
    world.advance(20)
    world.confer(room, "end")
    verbs.hang_up(world.conference(name="alone").creator)
    room = world.conference(world.answered(), name="hosted", duration_minutes=1)
    room.participants[room.creator.id].ends = True
    verbs.hang_up(room.creator)
    world.conference(name="short", duration_minutes=1)
    world.advance(60)


STORIES = (
    every_command_is_given_its_example,
    people_confer,
    calls_are_recorded,
    calls_end,
    prompts_and_keys,
    legs_and_servers,
    machines,
    a_call_waits,
    calls_are_paid_for,
    media_leaves_the_call,
    somebody_talks_with_an_ai,
    voices_are_looked_into,
    somebody_pays,
)


@cache
def webhooks() -> dict[str, list[dict[str, Any]]]:
    """All that is sent in all stories, by type."""
    found: dict[str, list[dict[str, Any]]] = {}
    for story in STORIES:
        world = Recorder()
        story(world)
        for webhook in world.webhooks:
            found.setdefault(webhook["data"]["event_type"], []).append(webhook)
    return found


def without_known_nulls(webhook: dict[str, Any]) -> dict[str, Any]:
    data = webhook["data"]
    payload = {name: value for name, value in data["payload"].items() if value is not None or name not in OFTEN_NULL}
    return {**webhook, "data": {**data, "payload": payload}}


def test_the_stories_have_every_webhook_in_them():
    missing = Event.registry.keys() - webhooks().keys()
    assert not missing, f"no example of a command causes {missing}: let one of the STORIES in this file do so"


@pytest.mark.parametrize("name", DESCRIBED)
def test_real_webhooks_are_valid_against_the_documents_schema(document: Document, name: str):
    faults = [document.webhook_faults(name, without_known_nulls(webhook)) for webhook in webhooks().get(name, ())]
    assert faults == [[]] * len(faults)


@pytest.mark.parametrize("name", Event.registry)
def test_real_webhooks_carry_no_field_that_their_class_does_not_declare(name: str):
    for webhook in webhooks().get(name, ()):
        assert webhook["data"]["payload"].keys() <= fields_of(Event.registry[name])


@pytest.mark.parametrize("name", Event.registry)
def test_tests_may_look_for_every_field_that_real_webhooks_carry(name: str):
    for webhook in webhooks().get(name, ()):
        assert webhook["data"]["payload"].keys() <= set(fields_of_event(name))
