"""Connections of all kinds at a glance, and how many there are."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import Application

from .. import Reply, RequestContext, Route
from . import credential_connections
from .collection import Collection
from .credential_connections import CONNECTION_FILTERS, CONNECTION_SORTS, CredentialConnection

Connection = Application | CredentialConnection

GLOBAL_LIMIT = 1000
KINDS = (
    "external_connections", "fax_connections", "fqdn_connections", "ip_connections",
    "microsoft_teams_sbc_connections", "mobile_voice_connections", "operator_connect_connections",
    "texml_applications", "third_party_provider_connections", "uac_connections", "zoom_sbc_connections",
)  # fmt: skip
"""Kinds of connections that there are none of here."""


async def count(request: RequestContext) -> Reply:
    """`GET /connections/count`"""
    world = request.tenant.world
    counts = dict.fromkeys(KINDS, 0)
    counts["call_control_applications"] = len(world.applications)
    counts["credential_connections"] = len(credential_connections.kept(world))
    limits = {"global_limit": GLOBAL_LIMIT}
    return Reply({"data": {"record_type": "connections_count", "counts": counts, "limits": limits}})


def show(world: World, connection: Connection) -> dict[str, Any]:
    """What connections of all kinds have in common."""
    names = (
        "id", "record_type", "active", "anchorsite_override", "connection_name", "created_at", "updated_at", "tags",
        "webhook_api_version", "webhook_event_failover_url", "webhook_event_url",
    )  # fmt: skip
    shown = {name: getattr(connection, name) for name in names}
    return shown | ({"outbound_voice_profile_id": connection.profile_id} if connection.profile_id else {})


def _all(world: World) -> dict[str, Connection]:
    everything: dict[str, Connection] = {**world.applications, **credential_connections.kept(world)}
    return dict(sorted(everything.items(), key=lambda item: item[1].created_at))


CONNECTIONS: Collection[World, Connection] = Collection(
    path="/connections",
    key="connection_id",
    kept=_all,
    create=World.application,
    new_key=lambda world: world.ids.connection_id(),
    show=show,
    filters=CONNECTION_FILTERS,
    sorts=CONNECTION_SORTS,
    page_size=250,
)

ROUTES = [*CONNECTIONS.routes(), Route("GET", "/connections/count", count)]
