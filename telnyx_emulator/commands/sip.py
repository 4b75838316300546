"""SIP beyond the call itself: tones, INFO, REFER and SIPREC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core import keys
from telnyx_emulator.core.call import Call
from telnyx_emulator.core.errors import UnknownAssociation
from telnyx_emulator.core.events import (
    CallHangup,
    DtmfReceived,
    ReferCompleted,
    ReferFailed,
    ReferStarted,
    SipInfoReceived,
    SiprecFailed,
    SiprecStarted,
    SiprecStopped,
)
from telnyx_emulator.core.far_end import refer_outcome, siprec_failure
from telnyx_emulator.core.lanes import DTMF, REFER, SIPREC
from telnyx_emulator.core.process import Lane, Process, Stopped

from .base import CallCommand
from .fields import HeaderFields, SipAuthFields
from .types import NonBlank, SipUri, Tones
from .validation import Coded, Refusal

INFO_BYTES = 1400
SIPREC_CONNECTS_SECS = 0.5
SIPREC_FAILS_SECS = 4.0


class SendDtmf(CallCommand, action="send_dtmf"):
    """Send tones. The far end hears them; a bridged leg reports each as `call.dtmf.received`."""

    digits: Tones
    duration_millis: Annotated[int, Field(ge=100, le=500), Coded("90027")] = 250

    emits = (DtmfReceived,)
    lane: ClassVar[Lane | None] = DTMF

    def run(self, call: Call) -> Process:
        return keys.send(call, self.digits, self.duration_millis / 1000)


class SendSipInfo(CallCommand, action="send_sip_info"):
    """Send a SIP INFO. A bridged leg reports it; otherwise the far end simply has it."""

    body: str
    content_type: Annotated[NonBlank, Field(pattern=r"^[\w.+-]+/[\w.+-]+(\s*;.*)?$")]

    emits = (SipInfoReceived,)

    def rules(self) -> Iterator[Refusal]:
        if len(self.body.encode()) > INFO_BYTES:
            yield Refusal("10025", "/body", f"The body can be {INFO_BYTES} bytes long, but was longer.")

    def run(self, call: Call) -> None:
        if call.peer is None:
            call.note("far_end", "receives_sip_info", body=self.body, content_type=self.content_type)
        else:
            received = SipInfoReceived(body=self.body, content_type=self.content_type)
            call.peer.emit(received, client_state=call.peer.client_state)


class Refer(SipAuthFields, HeaderFields, CallCommand, action="refer"):
    """Ask the far end to call somebody else instead (SIP REFER). If it does, this leg is over."""

    sip_address: SipUri

    emits = (ReferStarted, ReferCompleted, ReferFailed, CallHangup)
    lane: ClassVar[Lane | None] = REFER

    def run(self, call: Call) -> Process:
        outcome = refer_outcome(self.sip_address, call.far_end)
        call.note("far_end", "receives_refer", to=self.sip_address)
        call.emit(ReferStarted(sip_notify_response=100))
        try:
            yield outcome.after
        except Stopped:
            return
        if outcome.succeeded:
            call.emit(ReferCompleted(sip_notify_response=outcome.sip))
            call.end("normal_clearing", "callee")
        else:
            call.emit(ReferFailed(sip_notify_response=outcome.sip))


class SiprecStart(CallCommand, action="siprec_start"):
    """Send a copy of the call to a recording server. Which servers fail is a matter of the connector's name."""

    connector_name: str | None = None
    include_metadata_custom_headers: bool = False
    secure: bool = False
    session_timeout_secs: int = 1800
    sip_transport: Literal["udp", "tcp", "tls"] = "udp"
    siprec_track: Literal["inbound_track", "outbound_track", "both_tracks"] = "both_tracks"

    emits = (SiprecStarted, SiprecStopped, SiprecFailed)
    lane: ClassVar[Lane | None] = SIPREC

    def rules(self) -> Iterator[Refusal]:
        if self.session_timeout_secs != 0 and self.session_timeout_secs < 90:
            detail = "The value is outside of allowed range: at least 90, or 0 to disable."
            yield Refusal("10033", "/session_timeout_secs", detail)

    def check(self, call: Call) -> None:
        account = call.account
        if account.strict and self.connector_name not in account.siprec_connectors:
            raise UnknownAssociation(pointer="/connector_name")

    def run(self, call: Call) -> Process:
        failure = siprec_failure(self.connector_name or "")
        if self.connector_name:
            call.account.siprec_connector(self.connector_name)
        try:
            if failure is not None:
                yield SIPREC_FAILS_SECS
                call.emit(SiprecFailed(failure_cause=failure))
                return
            yield SIPREC_CONNECTS_SECS
            call.emit(SiprecStarted())
        except Stopped:
            return  # it never began: nothing to report
        try:
            yield None
        except Stopped:
            call.emit(SiprecStopped(hangup_cause="normal_clearing"))


class SiprecStop(CallCommand, action="siprec_stop"):
    """End the recording sessions of the leg; harmless when there is none."""

    emits = (SiprecStopped,)

    def run(self, call: Call) -> None:
        call.processes.stop(SIPREC, "cancelled")
