"""Credential connections: SIP accounts with user name and password. They are stored and shown, not registered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from telnyx_emulator.commands.types import NonBlank, Url
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import ResourceRecord

from .. import Reply, RequestContext, Route
from ..filters import contains, equals, nothing
from .call_control_applications import DtmfType, Site, WebhookSeconds
from .crud import Body, Resource, maker

UserName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{4,32}$")]
Password = Annotated[str, Field(min_length=8, max_length=128)]
Preference = Literal["disabled", "unrestricted", "internal"]
Direction = Literal["inbound", "outbound", "both", "disabled"]


class CredentialConnection(ResourceRecord):
    """A SIP account of an older kind than applications: phones would register with it."""

    record_type: str = "credential_connection"
    id: str
    connection_name: str
    user_name: str
    password: str
    active: bool = True
    anchorsite_override: str = "Latency"
    call_cost_in_webhooks: bool = False
    default_on_hold_comfort_noise_enabled: bool = False
    dtmf_type: str = "RFC 2833"
    encode_contact_header_enabled: bool = False
    encrypted_media: str | None = None
    inbound: dict[str, Any] = Field({})
    noise_suppression: str = "disabled"
    onnet_t38_passthrough_enabled: bool = False
    outbound: dict[str, Any] = Field({})
    rtcp_settings: dict[str, Any] = Field({})
    sip_uri_calling_preference: str | None = None
    tags: list[str] = Field([])
    webhook_api_version: str = "2"
    webhook_event_failover_url: str | None = ""
    webhook_event_url: str | None = None
    webhook_timeout_secs: int | None = None

    @property
    def profile_id(self) -> str | None:
        """The outbound voice profile that its calls go out by."""
        given: str | None = self.outbound.get("outbound_voice_profile_id")
        return given


class ConnectionUpdate(Body):
    """What can be said about a connection; what is inside its objects is not looked into."""

    connection_name: NonBlank = ""
    """The name of the connection."""
    user_name: UserName = ""
    """The user name for SIP."""
    password: Password = ""
    """The password for SIP."""
    active: bool = True
    """Whether the connection may be used."""
    anchorsite_override: Site = "Latency"
    """The site that handles the media."""
    android_push_credential_id: str | None = None
    """The credential for push messages to Android."""
    bridge_generate_comfort_noise_on_cn: bool = False
    """Fill silence in bridges with noise when the other side announces it."""
    call_cost_in_webhooks: bool = False
    """Send the cost of each leg in a webhook."""
    conversation_persistence: bool = False
    """Keep conversations."""
    default_on_hold_comfort_noise_enabled: bool = False
    """Fill silence on hold with noise."""
    dtmf_type: DtmfType = "RFC 2833"
    """How keys are sent."""
    encode_contact_header_enabled: bool = False
    """Encode the SIP Contact header."""
    encrypted_media: Literal["SRTP"] | None = None
    """How media is encrypted; null: not at all."""
    inbound: dict[str, Any] = Field({})
    """Settings of incoming calls."""
    ios_push_credential_id: str | None = None
    """The credential for push messages to iOS."""
    jitter_buffer: dict[str, Any] = Field({})
    """Settings of the jitter buffer."""
    noise_suppression: Direction = "disabled"
    """Which direction of the audio is cleaned."""
    noise_suppression_details: dict[str, Any] = Field({})
    """Settings of the noise suppression."""
    onnet_t38_passthrough_enabled: bool = False
    """Pass fax (T.38) on within the platform."""
    outbound: dict[str, Any] = Field({})
    """Settings of outgoing calls."""
    rtcp_settings: dict[str, Any] = Field({})
    """Settings of RTCP."""
    sip_uri_calling_preference: Preference | None = None
    """Which callers may call the SIP URI of the connection."""
    tags: list[str] = Field([])
    """Labels of the connection."""
    webhook_api_version: Literal["1", "2", "texml"] = "2"
    """The version of the webhooks' form."""
    webhook_event_failover_url: Url | Literal[""] | None = ""
    """Where a webhook goes that `webhook_event_url` did not accept."""
    webhook_event_url: Url | Literal[""] | None = None
    """Where webhooks go."""
    webhook_timeout_secs: WebhookSeconds | None = None
    """How long an answer to a webhook is waited for, in seconds."""


class ConnectionBody(ConnectionUpdate):
    """A new one needs a name and credentials."""

    connection_name: NonBlank
    """The name of the connection."""
    user_name: UserName
    """The user name for SIP."""
    password: Password
    """The password for SIP."""


def kept(world: World) -> dict[str, CredentialConnection]:
    return world.records.setdefault("credential_connections", {})  # type: ignore[return-value]


def _invent(world: World, key: str) -> dict[str, Any]:
    """With a user name and password that are made up."""
    user_name, password = world.ids.random.randbytes(8).hex(), world.ids.random.randbytes(12).hex()
    return {"id": key, "connection_name": f"connection-{key}", "user_name": f"user{user_name}", "password": password}


CONNECTION_FILTERS = {
    "filter[connection_name][contains]": contains("connection_name"),
    "filter[fqdn]": nothing,
    "filter[outbound_voice_profile_id]": equals("profile_id"),
    "filter[outbound.outbound_voice_profile_id]": equals("profile_id"),
}
CONNECTION_SORTS = ("created_at", "connection_name", "active")
"""Of connections of all kinds."""

CONNECTIONS = Resource(
    path="/credential_connections",
    kept=kept,
    create=maker(CredentialConnection, kept, _invent),
    body=ConnectionBody,
    update=ConnectionUpdate,
    new_key=lambda world: world.ids.connection_id(),
    filters=CONNECTION_FILTERS,
    sorts=CONNECTION_SORTS,
)


async def check_registration(request: RequestContext) -> Reply:
    """`POST /credential_connections/{id}/actions/check_registration_status`: there are no registrations."""
    connection = CONNECTIONS.find(request)
    status = {
        "record_type": "registration_status",
        "ip_address": None,
        "last_registration": None,
        "port": None,
        "sip_username": connection.user_name,
        "status": "Not Registered",
        "transport": None,
        "user_agent": None,
    }
    return Reply({"data": status})


ROUTES = [
    *CONNECTIONS.routes(),
    Route("POST", "/credential_connections/{id}/actions/check_registration_status", check_registration),
]
