"""Call Control applications: what calls belong to, and where their webhooks go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from telnyx_emulator.commands.types import NestedParameters, NonBlank, Url
from telnyx_emulator.core.model import World

from ..filters import anything, contains, equals
from .crud import Body, Resource

Site = Literal[
    "Latency", "Chicago, IL", "Ashburn, VA", "San Jose, CA", "London, UK", "Chennai, IN",
    "Amsterdam, Netherlands", "Toronto, Canada", "Sydney, Australia", "Vancouver, Canada", "Frankfurt, Germany",
]  # fmt: skip
DtmfType = Literal["RFC 2833", "Inband", "SIP INFO"]
ApiVersion = Literal["1", "2"]
WebhookSeconds = Annotated[int, Field(ge=0, le=30)]
Channels = Annotated[int, Field(ge=1)]


class Inbound(NestedParameters):
    """Limits and addresses for calls that come in: shown, nothing is limited here."""

    channel_limit: Channels | None = None
    """How many incoming calls there may be at a time."""
    shaken_stir_enabled: bool = False
    """Check the signatures of callers' numbers."""
    sip_subdomain: str | None = None
    """The SIP subdomain of the application."""
    sip_subdomain_receive_settings: Literal["only_my_connections", "from_anyone"] = "from_anyone"
    """Which callers may call the subdomain."""


class Outbound(NestedParameters):
    """By which profile calls go out; one that is not enabled refuses them."""

    channel_limit: Channels | None = None
    """How many outgoing calls there may be at a time."""
    outbound_voice_profile_id: str | None = None
    """The outbound voice profile of the calls."""


class ApplicationBody(Body):
    """What can be said about an application when it is created; times in seconds."""

    application_name: NonBlank
    """The name of the application."""
    webhook_event_url: Url
    """Where webhooks go."""
    active: bool = True
    """Whether the application may be used."""
    anchorsite_override: Site = "Latency"
    """The site that handles the media."""
    call_cost_in_webhooks: bool = False
    """Send the cost of each leg in a webhook."""
    dtmf_type: DtmfType = "RFC 2833"
    """How keys are sent."""
    first_command_timeout: bool = False
    """Hang an incoming call up if no command follows `call.initiated`."""
    first_command_timeout_secs: Annotated[int, Field(ge=1)] = 30
    """How long the first command is waited for, in seconds."""
    inbound: Inbound = Inbound()
    """Settings of incoming calls."""
    outbound: Outbound = Outbound()
    """Settings of outgoing calls."""
    redact_dtmf_debug_logging: bool = False
    """Leave keys out of the platform's logs."""
    webhook_api_version: ApiVersion = "2"
    """The version of the webhooks' form."""
    webhook_event_failover_url: Url | Literal[""] | None = ""
    """Where a webhook goes that `webhook_event_url` did not accept."""
    webhook_timeout_secs: WebhookSeconds | None = None
    """How long an answer to a webhook is waited for, in seconds; unset: as the server has it."""

    def remarks(self) -> Iterator[str]:
        yield from super().remarks()
        if self.webhook_api_version == "1":
            yield "webhook_api_version: 1 is stored and shown; webhooks are sent in version 2 all the same"


class ApplicationUpdate(ApplicationBody):
    """An update can also set tags; name and URL have to be given again."""

    tags: list[str] = Field([])
    """Labels of the application."""


# The vendor describes one set of filters for applications and call events; these are about events.
FOREIGN_FILTERS = (
    "application_session_id", "failed", "from", "leg_id", "name", "occurred_at", "occurred_at][gt",
    "occurred_at][gte", "occurred_at][lt", "occurred_at][lte", "product", "status", "to", "type",
)  # fmt: skip


APPLICATIONS = Resource(
    path="/call_control_applications",
    kept=lambda world: world.applications,
    create=World.application,
    body=ApplicationBody,
    update=ApplicationUpdate,
    new_key=lambda world: world.ids.connection_id(),
    filters={
        "filter[application_name][contains]": contains("application_name"),
        "filter[outbound.outbound_voice_profile_id]": equals("profile_id"),
        "filter[connection_id]": equals("id"),
        **{f"filter[{name}]": anything for name in FOREIGN_FILTERS},
    },
    cursors="id",
    sorts=("created_at", "connection_name", "active"),
)

ROUTES = [*APPLICATIONS.routes()]
