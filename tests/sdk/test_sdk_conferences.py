"""Conferences by way of the SDK: the documentation's own calls, validated strictly, and what an application sees."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from stage import FALLBACK, Application
from telnyx import Telnyx
from telnyx.resources.conferences import actions
from wire import Api

from telnyx_emulator.commands import ConferenceCommand

CALL = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"
LEAVING = "c46e06d7-b78f-4b13-96b6-c576af9640ff"
CONFERENCE = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"

METHODS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "end": ("end_conference", CONFERENCE, {}),
    "gather_using_audio": ("gather_dtmf_audio", CONFERENCE, {"call_control_id": CALL}),
    "hold": ("hold", "id", {}),
    "join": ("join", "id", {"call_control_id": CALL}),
    "leave": ("leave", "id", {"call_control_id": LEAVING}),
    "mute": ("mute", "id", {}),
    "play": ("play", "id", {}),
    "record_pause": ("record_pause", "id", {}),
    "record_resume": ("record_resume", "id", {}),
    "record_start": ("record_start", "id", {"format": "wav"}),
    "record_stop": ("record_stop", "id", {}),
    "send_dtmf": ("send_dtmf", CONFERENCE, {"digits": "1234#"}),
    "speak": ("speak", "id", {"payload": "Say this to participants", "voice": "female"}),
    "stop": ("stop", "id", {}),
    "unhold": ("unhold", "id", {"call_control_ids": [CALL]}),
    "unmute": ("unmute", "id", {}),
    "update": ("update", "id", {"call_control_id": CALL, "supervisor_role": "whisper"}),
}
"""The SDK's method for each command, and the documentation's values."""


def call_it(strict: Telnyx, action: str) -> str:
    method, id, arguments = METHODS[action]
    return getattr(strict.conferences.actions, method)(id=id, **arguments).data.result


def test_every_command_of_the_sdk_is_called_here():
    known = set(re.findall(r"/conferences/{id}/actions/(\w+)", inspect.getsource(actions)))
    missing = known & ConferenceCommand.registry.keys() - METHODS.keys()
    assert not missing, f"name the SDK's method for {missing} in METHODS of this file"


@pytest.mark.parametrize("action", METHODS)
def test_every_documented_command_works_by_itself(strict: Telnyx, action: str):
    assert call_it(strict, action) == "ok"


def test_the_documented_commands_work_in_any_order(strict: Telnyx):
    for action in [*METHODS, *reversed(METHODS)]:
        assert call_it(strict, action) == "ok"


def test_the_documented_reads(strict: Telnyx):
    assert strict.conferences.list().data[0].record_type == "conference"
    for _ in range(2):
        assert strict.conferences.create(call_control_id=CALL, name="Business").data.name == "Business"
    assert strict.conferences.retrieve(id="id").data.id == "id"
    (participant,) = strict.conferences.list_participants(conference_id="conference_id").data
    assert participant.record_type == "participant"
    one = strict.conferences.retrieve_participant(participant_id="participant_id", id=CONFERENCE)
    assert (one.data.conference_id, one.data.status) == (CONFERENCE, "joined")
    changed = strict.conferences.update_participant(
        participant_id="participant_id", id=CONFERENCE, end_conference_on_exit=True
    )
    assert changed.data.end_conference_on_exit is True


async def test_a_change_of_the_floor_is_sent_like_all_others(application: Application, far_end: Api):
    call = await far_end.incoming()
    await application.calls.actions.answer(call)
    await application.client.conferences.create(call_control_id=call, name="desk")
    await far_end.until("conference.participant.joined")
    await far_end.verb(call, "say", text="Hello")
    await far_end.until("conference.floor.changed")
    (received,) = [one for one in application.received if one.name == "conference.floor.changed"]
    assert type(received.event).__name__ == FALLBACK
    assert received.raw["data"].keys() == {"event_type", "id", "occurred_at", "payload", "record_type"}


async def test_a_conference_can_be_made_and_left_by_webhooks_alone(application: Application, far_end: Api):
    conferences = application.client.conferences

    @application.on("call.answered")
    async def confer(call):
        open_ones = (await conferences.list(extra_query={"filter[name]": "desk"})).data
        if open_ones:
            await conferences.actions.join(open_ones[0].id, call_control_id=call.call_control_id)
        else:
            await conferences.create(call_control_id=call.call_control_id, name="desk")

    calls = []
    for _ in range(2):
        calls.append(await far_end.incoming())
        await application.calls.actions.answer(calls[-1])
        await far_end.until("conference.participant.joined")
    for call in calls:
        await far_end.verb(call, "hangup")
        await far_end.until("conference.participant.left")
    await far_end.until("conference.ended")
    assert application.names()[-5:] == [
        "call.hangup",
        "conference.participant.left",
        "call.hangup",
        "conference.participant.left",
        "conference.ended",
    ]
