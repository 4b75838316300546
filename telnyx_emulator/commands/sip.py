"""SIP beyond the call itself: tones, INFO, REFER and SIPREC."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.activities import dtmf, siprec
from telnyx_emulator.core.activities.refer import TRYING, refer
from telnyx_emulator.core.errors import UnknownAssociation
from telnyx_emulator.core.events.calls import CallHangup
from telnyx_emulator.core.events.media import DtmfReceived
from telnyx_emulator.core.events.sip import (
    ReferCompleted,
    ReferFailed,
    ReferStarted,
    SipInfoReceived,
    SiprecFailed,
    SiprecStarted,
    SiprecStopped,
)
from telnyx_emulator.core.far_end.behaviour import SipOutcome, Siprec, refer_outcome
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import DTMF, REFER, SIPREC
from telnyx_emulator.core.time.tasks import Activity, Lane

from .base import CallCommand, Outcome
from .fields import HeaderFields, SipAuthFields
from .types import NonBlank, SipUri, Tones
from .validation import Coded, Refusal

INFO_BYTES = 1400


class SendDtmf(CallCommand, action="send_dtmf"):
    """Send tones. The far end hears them; a bridged leg reports each as `call.dtmf.received`."""

    digits: Tones
    """The keys to send; `w` waits 0.5 seconds, `W` waits 1 second."""
    duration_millis: Annotated[int, Field(ge=100, le=500), Coded("90027")] = 250
    """How long each tone lasts, in milliseconds."""

    example: ClassVar[dict[str, Any]] = {"digits": "1"}
    emits = (DtmfReceived,)
    lane: ClassVar[Lane | None] = DTMF

    def run(self, call: Call) -> Activity:
        return dtmf.send(call, self.digits, self.duration_millis / 1000)


class SendSipInfo(CallCommand, action="send_sip_info"):
    """Send a SIP INFO. A bridged leg reports it; otherwise the far end simply has it."""

    body: str
    """The content of the message."""
    content_type: Annotated[NonBlank, Field(pattern=r"^[\w.+-]+/[\w.+-]+(\s*;.*)?$")]
    """The media type of the content, such as `application/json`."""

    example: ClassVar[dict[str, Any]] = {"body": "{}", "content_type": "application/json"}
    emits = (SipInfoReceived,)

    def rules(self) -> Iterator[Refusal]:
        if len(self.body.encode()) > INFO_BYTES:
            yield Refusal("10025", "/body", f"The body can be {INFO_BYTES} bytes long, but was longer.")

    def run(self, call: Call) -> None:
        if call.peer is None:
            call.far_end_act("receives_sip_info", body=self.body, content_type=self.content_type)
        else:
            received = SipInfoReceived(body=self.body, content_type=self.content_type)
            call.peer.emit(received, client_state=call.peer.client_state)


class ReferOutcome(Outcome):
    """How the far end answers the request to call another address."""

    sip: Annotated[int, Field(ge=200, le=699)] | None = None
    """The final SIP status: below 300 `call.refer.completed` and this leg is over, else `call.refer.failed`."""
    after: Seconds | None = None
    """How long that takes."""

    def of(self, usual: SipOutcome, world: World) -> SipOutcome:
        """What is given, and otherwise as usual."""
        after = usual.after if self.after is None else world.draw(self.after)
        return SipOutcome(self.sip or usual.sip, after)


class Refer(SipAuthFields, HeaderFields, CallCommand, action="refer"):
    """Ask the far end to call another address instead (SIP REFER). If it does, this leg is over."""

    sip_address: SipUri
    """The SIP URI that the far end is to call."""

    example: ClassVar[dict[str, Any]] = {"sip_address": "sip:bob@example.com"}
    emits = (ReferStarted, ReferCompleted, ReferFailed, CallHangup)
    outcomes = ReferOutcome
    lane: ClassVar[Lane | None] = REFER

    def run_with(self, call: Call, outcome: ReferOutcome | None) -> Activity:
        usual = refer_outcome(call.far_end, call.world.addresses.far_end_at(self.sip_address))
        settled = usual if outcome is None else outcome.of(usual, call.world)
        yield from refer(call, self.sip_address, settled, partial(_notified, call))


def _notified(call: Call, sip: int) -> None:
    kind = ReferStarted if sip == TRYING else ReferCompleted if sip < 300 else ReferFailed
    call.emit(kind(sip_notify_response=sip))


class SiprecOutcome(Outcome):
    """The recording server does not take the session, or does not stay."""

    failure_cause: Annotated[str, Field(min_length=1)] | None = None
    """Why, a Q.850 reason such as `no_answer`: in `siprec.failed`, or if it `drops_after` in `siprec.stopped`."""
    after: Seconds | None = None
    """How long it takes to connect, or to fail."""
    drops_after: Seconds | None = None
    """How long after its start the server ends the session: `siprec.stopped`."""

    def of(self, usual: Siprec, world: World) -> Siprec:
        """What is given, and otherwise as usual."""
        drops_after = usual.drops_after if self.drops_after is None else world.draw(self.drops_after)
        usual_failure = usual.failure if self.drops_after is None else None
        after = usual.after if self.after is None else world.draw(self.after)
        return Siprec(self.failure_cause or usual_failure, after, drops_after)


class SiprecStart(CallCommand, action="siprec_start"):
    """Send a copy of the call to a recording server. Which servers fail is a matter of the connector's name."""

    connector_name: str | None = None
    """The name of the SIPREC connector."""
    include_metadata_custom_headers: bool = False
    """Send own headers of the call with the metadata."""
    secure: bool = False
    """Encrypt the copy of the media."""
    session_timeout_secs: int = 1800
    """How often the session is refreshed, in seconds."""
    sip_transport: Literal["udp", "tcp", "tls"] = "udp"
    """The transport of SIP."""
    siprec_track: Literal["inbound_track", "outbound_track", "both_tracks"] = "both_tracks"
    """Which direction of the audio is sent."""

    example: ClassVar[dict[str, Any]] = {"connector_name": "recorder"}
    emits = (SiprecStarted, SiprecStopped, SiprecFailed)
    outcomes = SiprecOutcome
    lane: ClassVar[Lane | None] = SIPREC

    def rules(self) -> Iterator[Refusal]:
        if self.session_timeout_secs != 0 and self.session_timeout_secs < 90:
            detail = "The value is outside of allowed range: at least 90, or 0 to disable."
            yield Refusal("10033", "/session_timeout_secs", detail)

    def check(self, call: Call) -> None:
        world = call.world
        if world.strict and self.connector_name not in world.siprec_connectors:
            raise UnknownAssociation(pointer="/connector_name")

    def run_with(self, call: Call, outcome: SiprecOutcome | None) -> Activity:
        session = call.world.addresses.siprec_at(self.connector_name or "")
        if outcome is not None:
            session = outcome.of(session, call.world)
        if self.connector_name:
            call.world.siprec_connector(self.connector_name)
        connection = yield from siprec.connect(session)
        _tell_connection(call, connection, session)
        if connection == "connected":
            cause = yield from siprec.stay(session)
            call.emit(SiprecStopped(hangup_cause=cause))


def _tell_connection(call: Call, connection: siprec.Connection, session: Siprec) -> None:
    """One that was cancelled never began: nothing to report."""
    if connection == "failed":
        call.emit(SiprecFailed(failure_cause=session.failure or ""))
    elif connection == "connected":
        call.emit(SiprecStarted())


class SiprecStop(CallCommand, action="siprec_stop"):
    """End the recording sessions of the leg; harmless when there is none."""

    emits = (SiprecStopped,)

    def run(self, call: Call) -> None:
        call.tasks.stop(SIPREC, "cancelled")
