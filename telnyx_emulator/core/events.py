"""What happened, as the application is told: one class per webhook type.

An event lists the payload fields beyond those that every event of a call has (see `Call.emit`). Only fields
that are given are sent, an explicit None as null, so a field that live payloads lack is simply not given.
Values are checked against the vendor's enums: an SDK silently mistypes a webhook that strays from them.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

AnyHeaders = list[dict[str, str]]
QualityStats = dict[str, dict[str, str]]


class Event(BaseModel):
    """One webhook's own fields. `parties`: whether the payload also names `from` and `to`."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: ClassVar[str]
    parties: ClassVar[bool] = True
    registry: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls, name: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if name:
            if name in Event.registry:
                raise TypeError(f"{name} is declared twice")
            cls.name = name
            Event.registry[name] = cls

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


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


class DtmfReceived(Event, name="call.dtmf.received"):
    """A key was pressed at the other end; one event per key."""

    digit: str


class SipInfoReceived(Event, name="call.sip_info.received"):
    """The bridged leg was sent a SIP INFO. The vendor names this event but has no schema for it."""

    body: str
    content_type: str


class SpeakStarted(Event, name="call.speak.started"):
    parties = False
    speak_id: str


class SpeakEnded(Event, name="call.speak.ended"):
    """After a stop the status is `completed`: the vendor's enum has no `cancelled` here."""

    parties = False
    speak_id: str
    status: Literal["completed", "call_hangup", "cancelled_amd"]


class PlaybackStarted(Event, name="call.playback.started"):
    parties = False
    overlay: bool
    media_url: str | None = None
    media_name: str | None = None


class PlaybackEnded(Event, name="call.playback.ended"):
    parties = False
    overlay: bool
    status: Literal["file_not_found", "call_hangup", "unknown", "cancelled", "cancelled_amd", "completed", "failed"]
    status_detail: str | None = None
    media_url: str | None = None
    media_name: str | None = None


class GatherEnded(Event, name="call.gather.ended"):
    """The digits that were pressed, without the terminating one."""

    digits: str
    gather_id: str
    status: Literal["valid", "invalid", "call_hangup", "cancelled", "cancelled_amd", "timeout"]


class ReferStarted(Event, name="call.refer.started"):
    sip_notify_response: int


class ReferCompleted(Event, name="call.refer.completed"):
    sip_notify_response: int


class ReferFailed(Event, name="call.refer.failed"):
    sip_notify_response: int


class SiprecStarted(Event, name="siprec.started"):
    """The recording server took the session. SIPREC events have no `call.` prefix."""

    parties = False


class SiprecStopped(Event, name="siprec.stopped"):
    parties = False
    hangup_cause: str


class SiprecFailed(Event, name="siprec.failed"):
    parties = False
    failure_cause: str


class MachineDetectionEnded(Event, name="call.machine.detection.ended"):
    result: Literal["human", "machine", "not_sure"]


class MachineGreetingEnded(Event, name="call.machine.greeting.ended"):
    result: Literal["beep_detected", "ended", "not_sure"]


class MachinePremiumDetectionEnded(Event, name="call.machine.premium.detection.ended"):
    result: Literal["human_residence", "human_business", "machine", "silence", "fax_detected", "not_sure"]


class MachinePremiumGreetingEnded(Event, name="call.machine.premium.greeting.ended"):
    result: Literal["beep_detected", "no_beep_detected"]
