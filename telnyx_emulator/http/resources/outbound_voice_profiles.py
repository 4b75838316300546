"""Outbound voice profiles: how calls go out, and whether they may."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from telnyx_emulator.commands.types import NestedParameters, NonBlank
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import OutboundVoiceProfile

from ..filters import contains
from .crud import Body, Resource, maker


class CallRecording(NestedParameters):
    """Which calls the platform records by itself; here none."""

    call_recording_caller_phone_numbers: list[str] | None = None
    """The callers whose calls are recorded."""
    call_recording_channels: Literal["single", "dual"] = "single"
    """`single` mixes both directions, `dual` has one channel for each."""
    call_recording_format: Literal["wav", "mp3"] = "wav"
    """The format of the files."""
    call_recording_type: Literal["all", "none", "by_caller_phone_number"] = "none"
    """Which calls are recorded."""


class CallingWindow(NestedParameters):
    """Times of day (UTC) at which calls may begin; shown, calls may begin at any time."""

    calls_per_cld: int | None = None
    """How many calls there may be to one number in the window."""
    end_time: str | None = None
    """When the window ends (UTC)."""
    start_time: str | None = None
    """When the window begins (UTC)."""


class ProfileBody(Body):
    """Of all this only `enabled` acts; money is text."""

    name: Annotated[NonBlank, Field(min_length=3)]
    """The name of the profile."""
    billing_group_id: str | None = None
    """The billing group of the calls."""
    call_recording: CallRecording = CallRecording()
    """Which calls are recorded."""
    calling_window: CallingWindow | None = None
    """When calls may begin."""
    concurrent_call_limit: Annotated[int, Field(ge=1)] | None = None
    """How many calls there may be at a time."""
    daily_spend_limit: str | None = None
    """How much money may be spent in a day, as text."""
    daily_spend_limit_enabled: bool = False
    """Whether `daily_spend_limit` holds."""
    enabled: bool = True
    """Whether calls may go out."""
    max_destination_rate: Annotated[float, Field(ge=0)] | None = None
    """The highest price of a minute."""
    service_plan: Literal["global"] = "global"
    """The service plan of the calls."""
    tags: list[str] = Field([])
    """Labels of the profile."""
    traffic_type: Literal["conversational"] = "conversational"
    """The kind of traffic."""
    usage_payment_method: Literal["rate-deck"] = "rate-deck"
    """How calls are paid."""
    whitelisted_destinations: list[str] = Field(["US", "CA"])
    """The countries that may be called, by their codes of two letters."""


def _kept(world: World) -> dict[str, OutboundVoiceProfile]:
    return world.profiles


def show(world: World, profile: OutboundVoiceProfile) -> dict[str, Any]:
    """With the number of applications whose calls go out by it."""
    users = sum(application.profile_id == profile.id for application in world.applications.values())
    return profile.shown() | {"connections_count": users}


PROFILES = Resource(
    path="/outbound_voice_profiles",
    kept=_kept,
    create=maker(OutboundVoiceProfile, _kept, lambda world, key: {"id": key, "name": f"profile-{key}"}),
    body=ProfileBody,
    update=ProfileBody,
    new_key=lambda world: world.ids.connection_id(),
    created=200,
    filters={"filter[name][contains]": contains("name")},
    sorts=("created_at", "enabled", "name", "service_plan", "traffic_type", "usage_payment_method"),
    show=show,
)

ROUTES = [*PROFILES.routes()]
