"""A leg comes, is answered, bridged, held, and goes."""

from __future__ import annotations

from typing import Literal

from .base import Event

AnyHeaders = list[dict[str, str]]
QualityStats = dict[str, dict[str, str]]


class CallInitiated(Event, name="call.initiated"):
    """A leg exists: the caller rings (`parked`), or a dialled party is being called (`bridging`)."""

    direction: Literal["incoming", "outgoing"]
    state: Literal["parked", "bridging"]
    calling_party_type: Literal["pstn", "sip"]
    from_sip_uri: str | None = None
    to_sip_uri: str | None = None
    start_time: str | None = None
    caller_id_name: str | None = None
    connection_codecs: str | None = None
    offered_codecs: str | None = None
    custom_headers: AnyHeaders | None = None
    sip_headers: AnyHeaders | None = None


class CallAnswered(Event, name="call.answered"):
    """Media flows. Live payloads carry neither `state` nor `direction`."""

    start_time: str
    calling_party_type: Literal["pstn", "sip"]
    codec: str
    sampling_rate: int
    stream_url: str | None = None
    stream_track: Literal["inbound_track", "outbound_track", "both_tracks"] | None = None
    custom_headers: AnyHeaders | None = None
    sip_headers: AnyHeaders | None = None


class CallBridged(Event, name="call.bridged"):
    """This leg and another hear one another; each leg gets one, and none names its peer."""

    start_time: str
    calling_party_type: Literal["pstn", "sip"]


HangupCause = Literal[
    "call_rejected", "normal_clearing", "originator_cancel", "timeout", "time_limit",
    "user_busy", "not_found", "no_answer", "unspecified",
]  # fmt: skip
HangupSource = Literal["caller", "callee", "unknown"]


class CallHangup(Event, name="call.hangup"):
    """The leg is over. `hangup_source` is relative to this leg, not to the application."""

    start_time: str
    end_time: str
    calling_party_type: Literal["pstn", "sip"]
    hangup_cause: HangupCause
    hangup_source: HangupSource
    sip_hangup_cause: str
    call_quality_stats: QualityStats | None
    telnyx_error: None
    custom_headers: AnyHeaders | None = None
    sip_headers: AnyHeaders | None = None


class CallHold(Event, name="call.hold"):
    """The remote party put us on hold (re-INVITE)."""


class CallUnhold(Event, name="call.unhold"):
    """The remote party came back."""
