"""Call Control applications: what calls belong to, and where their webhooks go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from telnyx_emulator.commands.types import NonBlank, Part, Url
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import Application

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


class Inbound(Part):
    """Limits and addresses for calls that come in: shown, nothing is limited here."""

    channel_limit: Channels | None = None
    shaken_stir_enabled: bool = False
    sip_subdomain: str | None = None
    sip_subdomain_receive_settings: Literal["only_my_connections", "from_anyone"] = "from_anyone"


class Outbound(Part):
    """By which profile calls go out; one that is not enabled refuses them."""

    channel_limit: Channels | None = None
    outbound_voice_profile_id: str | None = None


class ApplicationBody(Body):
    """What can be said about an application when it is created; times in seconds."""

    application_name: NonBlank
    webhook_event_url: Url
    active: bool = True
    anchorsite_override: Site = "Latency"
    call_cost_in_webhooks: bool = False
    dtmf_type: DtmfType = "RFC 2833"
    first_command_timeout: bool = False
    first_command_timeout_secs: Annotated[int, Field(ge=1)] = 30
    inbound: Inbound = Inbound()
    outbound: Outbound = Outbound()
    redact_dtmf_debug_logging: bool = False
    webhook_api_version: ApiVersion = "2"
    webhook_event_failover_url: Url | Literal[""] | None = ""
    webhook_timeout_secs: WebhookSeconds | None = None

    def remarks(self) -> Iterator[str]:
        yield from super().remarks()
        if self.webhook_api_version == "1":
            yield "webhook_api_version: 1 is stored and shown; webhooks are sent in version 2 all the same"


class ApplicationUpdate(ApplicationBody):
    """An update can also set tags; name and URL have to be given again."""

    tags: list[str] = Field([])


# The vendor describes one set of filters for applications and call events; these are about events.
FOREIGN_FILTERS = (
    "application_session_id", "failed", "from", "leg_id", "name", "occurred_at", "occurred_at][gt",
    "occurred_at][gte", "occurred_at][lt", "occurred_at][lte", "product", "status", "to", "type",
)  # fmt: skip


def _named(world: World, key: str) -> Application:
    return world.application(key)


APPLICATIONS = Resource(
    path="/call_control_applications",
    kept=lambda world: world.applications,
    make=_named,
    body=ApplicationBody,
    update=ApplicationUpdate,
    new_key=lambda world: world.ids.connection_id(),
    filters={
        "filter[application_name][contains]": contains("application_name"),
        "filter[outbound.outbound_voice_profile_id]": equals("profile_id"),
        "filter[connection_id]": equals("id"),
        **{f"filter[{name}]": anything for name in FOREIGN_FILTERS},
    },
    cursors=True,
    sorts=("created_at", "connection_name", "active"),
)

ROUTES = [*APPLICATIONS.routes()]
