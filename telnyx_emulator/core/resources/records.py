"""What a world has configured: applications, numbers, connectors and the like, with their fields as on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ResourceRecord(BaseModel):
    """One configured thing. Fields that it does not declare are kept and shown, and nothing acts on them."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    record_type: str
    created_at: str
    updated_at: str

    def change(self, values: dict[str, Any], now: str) -> None:
        """Take new values over. Of an object (such as `outbound`) only the members that are given change."""
        for name, value in values.items():
            old = getattr(self, name, None)
            setattr(self, name, old | value if isinstance(old, dict) and isinstance(value, dict) else value)
        self.updated_at = now

    def shown(self) -> dict[str, Any]:
        """The wire form."""
        return self.model_dump(mode="json")


class Application(ResourceRecord):
    """A Call Control application: what the `connection_id` of a call names.

    Without a URL of its own its webhooks go to the server's. Times are in seconds.
    """

    record_type: str = "call_control_application"
    id: str
    application_name: str
    active: bool = True
    anchorsite_override: str = "Latency"
    call_cost_in_webhooks: bool = False
    dtmf_type: str = "RFC 2833"
    first_command_timeout: bool = False
    first_command_timeout_secs: int = 30
    inbound: dict[str, Any] = Field(
        default_factory=lambda: {
            "channel_limit": None,
            "shaken_stir_enabled": False,
            "sip_subdomain": None,
            "sip_subdomain_receive_settings": "from_anyone",
        }
    )
    outbound: dict[str, Any] = Field(default_factory=lambda: {"channel_limit": None, "outbound_voice_profile_id": None})
    redact_dtmf_debug_logging: bool = False
    tags: list[str] = []
    webhook_api_version: str = "2"
    webhook_event_failover_url: str | None = ""
    webhook_event_url: str | None = None
    webhook_timeout_secs: int | None = None

    @property
    def connection_name(self) -> str:
        """What it is called among connections of all kinds."""
        return self.application_name

    @property
    def profile_id(self) -> str | None:
        """The outbound voice profile that its calls go out by."""
        given: str | None = self.outbound.get("outbound_voice_profile_id")
        return given

    @property
    def patience(self) -> float | None:
        """Seconds that an incoming leg waits for its first command; None: for ever."""
        return float(self.first_command_timeout_secs) if self.first_command_timeout else None


class OutboundVoiceProfile(ResourceRecord):
    """How calls go out. Only `enabled` acts: a simulation bills and limits nothing."""

    record_type: str = "outbound_voice_profile"
    id: str
    name: str
    billing_group_id: str | None = None
    call_recording: dict[str, Any] = Field(
        default_factory=lambda: {
            "call_recording_caller_phone_numbers": [],
            "call_recording_channels": "single",
            "call_recording_format": "wav",
            "call_recording_type": "none",
        }
    )
    calling_window: dict[str, Any] | None = None
    concurrent_call_limit: int | None = None
    connections_count: int = 0
    daily_spend_limit: str | None = None
    daily_spend_limit_enabled: bool = False
    enabled: bool = True
    max_destination_rate: float | None = None
    service_plan: str = "global"
    tags: list[str] = []
    traffic_type: str = "conversational"
    usage_payment_method: str = "rate-deck"
    whitelisted_destinations: list[str] = ["US", "CA"]


class SiprecConnector(ResourceRecord):
    """A recording server that copies of calls are sent to; whether it works is a matter of its name."""

    record_type: str = "siprec_connector"
    name: str
    host: str = "siprec.telnyx.com"
    port: int = 5060
    app_subdomain: str | None = None


class PhoneNumber(ResourceRecord):
    """A number of the world. Calls to it come in by the connection that it is bound to."""

    record_type: str = "phone_number"
    id: str
    phone_number: str
    connection_id: str | None = None
    billing_group_id: str | None = None
    country_iso_alpha2: str = "US"
    customer_reference: str | None = None
    deletion_lock_enabled: bool = False
    external_pin: str | None = None
    hd_voice_enabled: bool = False
    phone_number_type: str = "local"
    purchased_at: str
    source_type: str | None = None
    status: str = "active"
    tags: list[str] = []
