"""Conferences and those who are in them: read, listed, and what can be changed about a participant."""

from __future__ import annotations

import operator
from typing import Any

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.commands.conferences import describe
from telnyx_emulator.core.conference.refusals import UnknownConference
from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.core.model import Beep, Conference, Participant, wire_millis

from .. import auto_create
from ..filters import Filter, compares, equals, nothing, wanted
from ..paging import cursor_page
from ..reply import Reply
from ..request_context import RequestContext
from ..routes import Route


async def list_conferences(request: RequestContext) -> Reply:
    """`GET /conferences`, the one that may last longest first."""
    world = request.tenant.world
    if not world.conferences and request.adopts:
        auto_create.conference(world, world.ids.uuid4())
    found = wanted(request, world.conferences.values(), FILTERS)
    if region := request.query.get("region"):
        found = [one for one in found if one.region == region]
    found.sort(key=lambda one: one.expires_at, reverse=True)
    return Reply(cursor_page(found, request.query, describe, lambda one: one.id, request.path))


async def retrieve(request: RequestContext) -> Reply:
    """`GET /conferences/{id}`, also when it is over."""
    return Reply({"data": describe(_conference(request))})


async def list_participants(request: RequestContext) -> Reply:
    """`GET /conferences/{conference_id}/participants`: those who are in it, in the order in which they came."""
    conference = _conference(request)
    if not conference.participants and request.adopts:
        conference = auto_create.participant(conference, request.tenant.world.ids.call_control_id()).conference
    found = wanted(request, conference.participants.values(), PARTICIPANT_FILTERS)
    return Reply(cursor_page(found, request.query, describe_in_list, lambda one: one.id, request.path))


async def retrieve_participant(request: RequestContext) -> Reply:
    """`GET /conferences/{id}/participants/{participant_id}`"""
    return Reply({"data": describe_participant(_participant(request))})


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
    one = _participant(request)
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


def _conference(request: RequestContext) -> Conference:
    """The conference that the path names, by its id alone."""
    world = request.tenant.world
    id = request.params.get("id") or request.params["conference_id"]
    found = world.conferences.get(id)
    return request.existing(found, lambda: auto_create.conference(world, id), UnknownConference)


def _participant(request: RequestContext) -> Participant:
    """The participant that the path names, by its id or its label."""
    conference, id = _conference(request), request.params["participant_id"]
    return request.existing(conference.find(id), lambda: auto_create.participant(conference, id), ResourceNotFound)


def _true_or_false(attribute: str) -> Filter:
    """Whether an attribute is true, or not empty."""
    value = operator.attrgetter(attribute)

    def prepare(text: str) -> Any:
        if text.lower() not in ("true", "false"):
            raise ValueError("it must be true or false")
        return lambda item: bool(value(item)) is (text.lower() == "true")

    return prepare


FILTERS: dict[str, Filter] = {
    "filter[name]": equals("name"),
    "filter[status]": equals("status"),
    "filter[connection_id]": equals("connection_id"),
    "filter[application_session_id]": equals("session.id"),
    "filter[leg_id]": equals("creator.leg_id"),
    "filter[from]": equals("creator.from_"),
    "filter[to]": equals("creator.to"),
    **{
        f"filter[occurred_at][{name}]": compares(getattr(operator, compare), operator.attrgetter("created_at"))
        for name, compare in {"gt": "gt", "gte": "ge", "lt": "lt", "lte": "le"}.items()
    },
    "filter[occurred_at]": compares(operator.eq, operator.attrgetter("created_at")),
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
}
"""The last few are about calls; no conference has such a thing."""

PARTICIPANT_FILTERS: dict[str, Filter] = {
    "filter[muted]": _true_or_false("muted"),
    "filter[on_hold]": _true_or_false("on_hold"),
    "filter[whispering]": _true_or_false("whispering"),
}

ROUTES = [
    Route("GET", "/conferences", list_conferences),
    Route("GET", "/conferences/{id}", retrieve),
    Route("GET", "/conferences/{conference_id}/participants", list_participants),
    Route("GET", "/conferences/{id}/participants/{participant_id}", retrieve_participant),
    Route("PATCH", "/conferences/{id}/participants/{participant_id}", change_participant),
]
