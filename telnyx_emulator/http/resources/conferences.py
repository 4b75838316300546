"""Conferences and those who are in them: read, listed, and what can be changed about a participant."""

from __future__ import annotations

import operator
from typing import Any

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.commands.conferences import describe
from telnyx_emulator.core.conference.refusals import UnknownConference
from telnyx_emulator.core.model import Beep, Conference, Participant, World, wire_millis

from .. import Reply, RequestContext, Route, auto_create
from ..filters import Filter, equal, equals, moments, nothing
from .collection import Collection


class ParticipantChange(Parameters):
    """What becomes of the conference when the participant leaves, and when it beeps."""

    beep_enabled: Beep | None = None
    """When a beep is heard for the participant."""
    end_conference_on_exit: bool | None = None
    """The conference ends, and all legs are hung up, when the participant leaves."""
    soft_end_conference_on_exit: bool | None = None
    """The conference ends when the participant leaves; the other legs stay up."""


async def change_participant(request: RequestContext) -> Reply:
    """`PATCH /conferences/{id}/participants/{participant_id}`; only what is named changes."""
    one = PARTICIPANTS.find(request)
    change = request.parse(ParticipantChange, request.body(), one.call)
    one.beep = change.beep_enabled or one.beep
    if change.end_conference_on_exit is not None:
        one.ends = change.end_conference_on_exit
    if change.soft_end_conference_on_exit is not None:
        one.soft_ends = change.soft_end_conference_on_exit
    one.touch()
    return Reply({"data": describe_participant(one)})


def describe_in_list(one: Participant) -> dict[str, Any]:
    """A participant as lists show it."""
    conference = {"id": one.conference.id, "name": one.conference.name}
    return {"record_type": "participant", "conference": conference} | _described(one)


def describe_participant(one: Participant) -> dict[str, Any]:
    """A participant by itself; nothing gives it a label but its call id."""
    return {"conference_id": one.conference.id, "label": one.call.id} | _described(one)


def _described(one: Participant) -> dict[str, Any]:
    return {
        "id": one.id,
        "call_control_id": one.call.id,
        "call_leg_id": one.call.leg_id,
        "created_at": wire_millis(one.created_at),
        "updated_at": wire_millis(one.updated_at),
        "status": "joined",
        "muted": one.muted,
        "on_hold": one.on_hold,
        "end_conference_on_exit": one.ends,
        "soft_end_conference_on_exit": one.soft_ends,
        "whisper_call_control_ids": list(one.whispers),
    }


def _true_or_false(attribute: str) -> Filter:
    """Whether an attribute is true, or not empty."""
    value = operator.attrgetter(attribute)

    def prepare(text: str) -> Any:
        if text.lower() not in ("true", "false"):
            raise ValueError("it must be true or false")
        return lambda item: bool(value(item)) is (text.lower() == "true")

    return prepare


FILTERS: dict[str, Filter] = {
    **equal("name", "status", "connection_id"),
    "filter[application_session_id]": equals("session.id"),
    "filter[leg_id]": equals("creator.leg_id"),
    "filter[from]": equals("creator.from_"),
    "filter[to]": equals("creator.to"),
    **moments("occurred_at", operator.attrgetter("created_at")),
    **dict.fromkeys(
        (
            "filter[application_name][contains]",
            "filter[failed]",
            "filter[outbound.outbound_voice_profile_id]",
            "filter[product]",
            "filter[type]",
        ),
        nothing,
    ),
    "region": lambda region: lambda one: not region or one.region == region,
}
"""Those that find nothing are about calls; no conference has such a thing."""

PARTICIPANT_FILTERS = {f"filter[{name}]": _true_or_false(name) for name in ("muted", "on_hold", "whispering")}


def _conferences(world: World) -> dict[str, Conference]:
    """The one that may last longest first."""
    return dict(sorted(world.conferences.items(), key=lambda item: item[1].expires_at, reverse=True))


CONFERENCES: Collection[World, Conference] = Collection(
    path="/conferences",
    kept=_conferences,
    create=auto_create.conference,
    show=lambda world, conference: describe(conference),
    unknown=UnknownConference,
    filters=FILTERS,
    cursors="id",
)


PARTICIPANTS: Collection[Conference, Participant] = Collection(
    path="/conferences/{id}/participants",
    key="participant_id",
    owner=CONFERENCES.find,
    kept=lambda conference: conference.participants,
    also_by="id",
    create=auto_create.participant,
    new_key=lambda world: world.ids.call_control_id(),
    show=lambda conference, one: describe_participant(one),
    show_listed=lambda conference, one: describe_in_list(one),
    filters=PARTICIPANT_FILTERS,
    cursors="id",
)

ROUTES = [
    *CONFERENCES.routes(),
    *PARTICIPANTS.routes(),
    Route("PATCH", "/conferences/{id}/participants/{participant_id}", change_participant),
]
