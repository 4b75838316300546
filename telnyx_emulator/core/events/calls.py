"""A leg comes, is answered, bridged, held, and goes."""

from __future__ import annotations

from typing import Literal

from .base import Event

AnyHeaders = list[dict[str, str]]
QualityStats = dict[str, dict[str, str]]


class CallInitiated(Event, name="call.initiated"):
    """A leg exists: the caller rings (`parked`), or a dialled party is being called (`bridging`)."""

    direction: Literal["incoming", "outgoing"]
    """Whether the leg comes in or goes out."""
    state: Literal["parked", "bridging"]
    """`parked` for an incoming leg, `bridging` for an outgoing one."""
    calling_party_type: Literal["pstn", "sip"]
    """Whether the far end is on the phone network or on SIP."""
    from_sip_uri: str | None = None
    """The SIP URI of the caller, if the call is on SIP."""
    to_sip_uri: str | None = None
    """The SIP URI that was called, if the call is on SIP."""
    start_time: str | None = None
    """When the leg began, in ISO 8601."""
    caller_id_name: str | None = None
    """The caller's name."""
    connection_codecs: str | None = None
    """The codecs of the connection, separated by commas."""
    offered_codecs: str | None = None
    """The codecs that the caller offers, separated by commas."""
    custom_headers: AnyHeaders | None = None
    """Own SIP headers of the call."""
    sip_headers: AnyHeaders | None = None
    """Standard SIP headers of the call."""


class CallAnswered(Event, name="call.answered"):
    """Media flows. Live payloads carry neither `state` nor `direction`."""

    start_time: str
    """When the leg began, in ISO 8601."""
    calling_party_type: Literal["pstn", "sip"]
    """Whether the far end is on the phone network or on SIP."""
    codec: str
    """The codec of the call."""
    sampling_rate: int
    """The sampling rate of the codec, in hertz."""
    stream_url: str | None = None
    """The WebSocket URL that receives the media."""
    stream_track: Literal["inbound_track", "outbound_track", "both_tracks"] | None = None
    """Which direction of the audio is streamed."""
    custom_headers: AnyHeaders | None = None
    """Own SIP headers of the call."""
    sip_headers: AnyHeaders | None = None
    """Standard SIP headers of the call."""


class CallBridged(Event, name="call.bridged"):
    """This leg and another hear one another; each leg gets one, and none names its peer."""

    start_time: str
    """When the leg began, in ISO 8601."""
    calling_party_type: Literal["pstn", "sip"]
    """Whether the far end is on the phone network or on SIP."""


HangupCause = Literal[
    "call_rejected", "normal_clearing", "originator_cancel", "timeout", "time_limit",
    "user_busy", "not_found", "no_answer", "unspecified",
]  # fmt: skip
HangupSource = Literal["caller", "callee", "unknown"]


class CallHangup(Event, name="call.hangup"):
    """The leg is over. `hangup_source` is relative to this leg, not to the application."""

    start_time: str
    """When the leg began, in ISO 8601."""
    end_time: str
    """When the leg ended, in ISO 8601."""
    calling_party_type: Literal["pstn", "sip"]
    """Whether the far end is on the phone network or on SIP."""
    hangup_cause: HangupCause
    """Why the leg ended."""
    hangup_source: HangupSource
    """Which side of this leg ended it."""
    sip_hangup_cause: str
    """The SIP status of the end, as text."""
    call_quality_stats: QualityStats | None
    """Figures about the audio of both directions; null for a leg that was not answered."""
    telnyx_error: None
    """Always null."""
    custom_headers: AnyHeaders | None = None
    """Own SIP headers of the call."""
    sip_headers: AnyHeaders | None = None
    """Standard SIP headers of the call."""


class CallHold(Event, name="call.hold"):
    """The remote party put us on hold (re-INVITE)."""


class CallUnhold(Event, name="call.unhold"):
    """The remote party came back."""
