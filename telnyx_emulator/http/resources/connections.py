"""Connections of all kinds at a glance, and how many there are."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import Application

from ..filters import contains, equals, nothing, ordered, wanted
from ..paging import page
from ..reply import Reply
from ..request_context import RequestContext
from ..routes import Route
from . import credential_connections
from .call_control_applications import APPLICATIONS
from .credential_connections import CredentialConnection

Connection = Application | CredentialConnection

PAGE_SIZE = 250
GLOBAL_LIMIT = 1000
KINDS = (
    "external_connections", "fax_connections", "fqdn_connections", "ip_connections",
    "microsoft_teams_sbc_connections", "mobile_voice_connections", "operator_connect_connections",
    "texml_applications", "third_party_provider_connections", "uac_connections", "zoom_sbc_connections",
)  # fmt: skip
"""Kinds of connections that there are none of here."""

FILTERS = {
    "filter[connection_name][contains]": contains("connection_name"),
    "filter[fqdn]": nothing,
    "filter[outbound_voice_profile_id]": equals("profile_id"),
    "filter[outbound.outbound_voice_profile_id]": equals("profile_id"),
}
SORTS = ("created_at", "connection_name", "active")


async def list_connections(request: RequestContext) -> Reply:
    """`GET /connections`, the latest first unless `sort` says otherwise."""
    APPLICATIONS.all(request)  # where everything is adopted there is at least one
    everything = sorted(_all(request.tenant.world).values(), key=lambda one: one.created_at)
    found = ordered(request, wanted(request, everything, FILTERS), SORTS, "-created_at")
    return Reply(page(found, request.query, show, PAGE_SIZE))


async def retrieve(request: RequestContext) -> Reply:
    """`GET /connections/{connection_id}`"""
    world, id = request.tenant.world, request.params["connection_id"]
    found = _all(world).get(id) or (world.application(id) if request.adopts else None)
    if found is None:
        raise ResourceNotFound
    return Reply({"data": show(found)})


async def count(request: RequestContext) -> Reply:
    """`GET /connections/count`"""
    world = request.tenant.world
    counts = dict.fromkeys(KINDS, 0)
    counts["call_control_applications"] = len(world.applications)
    counts["credential_connections"] = len(credential_connections.kept(world))
    limits = {"global_limit": GLOBAL_LIMIT}
    return Reply({"data": {"record_type": "connections_count", "counts": counts, "limits": limits}})


def show(connection: Connection) -> dict[str, Any]:
    """What connections of all kinds have in common."""
    names = (
        "id", "record_type", "active", "anchorsite_override", "connection_name", "created_at", "updated_at", "tags",
        "webhook_api_version", "webhook_event_failover_url", "webhook_event_url",
    )  # fmt: skip
    shown = {name: getattr(connection, name) for name in names}
    return shown | ({"outbound_voice_profile_id": connection.profile_id} if connection.profile_id else {})


def _all(world: World) -> dict[str, Connection]:
    return {**world.applications, **credential_connections.kept(world)}


ROUTES = [
    Route("GET", "/connections", list_connections),
    Route("GET", "/connections/count", count),
    Route("GET", "/connections/{connection_id}", retrieve),
]
