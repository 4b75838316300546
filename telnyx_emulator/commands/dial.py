"""Outgoing calls: dial and transfer, and what happens on a leg until its answer, and then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator

from telnyx_emulator.core.activities import dtmf
from telnyx_emulator.core.call import dialling, ending
from telnyx_emulator.core.call.answering import Begin
from telnyx_emulator.core.errors import DialRefused, InvalidCallControlId, InvalidConnection, NotAnswered
from telnyx_emulator.core.events.calls import CallAnswered, CallBridged, CallHangup, CallInitiated, HangupCause
from telnyx_emulator.core.events.detection import (
    MachineDetectionEnded,
    MachineGreetingEnded,
    MachinePremiumDetectionEnded,
    MachinePremiumGreetingEnded,
)
from telnyx_emulator.core.events.media import PlaybackEnded, PlaybackStarted
from telnyx_emulator.core.events.streaming import Transcription
from telnyx_emulator.core.far_end.behaviour import CAUSE_CODES, FarEnd
from telnyx_emulator.core.leg import MuteDtmf, State
from telnyx_emulator.core.model import Call, Supervision, World
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import AUDIO, DTMF
from telnyx_emulator.core.time.tasks import Activity

from .ai import ANSWER_EVENTS, AssistantFields
from .base import Answer, CallCommand, WorldCommand
from .calls import connect
from .conferences import ConferenceConfig
from .detection import AmdBehaviour, DetectionConfig, detecting
from .fields import STREAMING, AudioFields, HangsUp, HeaderFields, SipAuthFields, SoundFields, WebhookFields
from .media import play_once
from .recording import RecordedOutcome, RecordFields
from .streaming import STREAM_EVENTS, StreamedOutcome, StreamFields, StreamSetup
from .transcription import TranscriptionFields
from .types import ClientState, Destination, Destinations, NonBlank, TimeLimitSecs, TimeoutSecs, Tones, Uuid, is_sip
from .validation import Refusal, needed

DISPLAY_NAME = re.compile(r"[\w \-~!.+]*")


class TransferOutcome(HangsUp, RecordedOutcome):
    """What becomes of the leg that is dialled; of each of them, if there are several."""

    sip: Annotated[int, Field(ge=200, le=699)] | None = None
    """The final SIP status: 200 it answers, from 300 on it refuses."""
    cause: HangupCause | None = None
    """The `hangup_cause` of a refusal, instead of the one that belongs to the status."""
    after: Seconds | None = None
    """How long it rings first; if that is longer than `timeout_secs`, the call is not answered."""
    hangs_up_after: Seconds | None = None
    """How long after its answer the far end hangs up."""
    amd: AmdBehaviour | None = None
    """What answering machine detection finds."""

    @model_validator(mode="after")
    def _answers_or_refuses(self) -> Self:
        if self.sip is not None and 200 < self.sip < 300:
            raise ValueError("sip is 200, or a failure from 300 on")
        refuses = self.cause is not None if self.sip is None else self.sip >= 300
        if self.cause is not None and not refuses:
            raise ValueError("a cause belongs to a refusal: sip from 300 on")
        talks = self.model_fields_set - {"sip", "cause", "after"}
        if refuses and talks:
            raise ValueError(f"a refused call never gets to {', '.join(sorted(talks))}")
        return self

    def of(self, usual: FarEnd, world: World) -> FarEnd:
        """How the far end takes the call on one leg: as it is given, and otherwise as usual."""
        far_end, sip = usual, self.sip or (self.cause and CAUSE_CODES.get(self.cause, 500))
        if sip:
            far_end = replace(far_end, rejects=sip if sip >= 300 else None, cause=self.cause)
        if self.after is not None:
            far_end = replace(far_end, rings=world.draw(self.after))
        return far_end if self.amd is None else self.amd.of(far_end, world)


class DialOutcome(StreamedOutcome, TransferOutcome):
    """What becomes of the leg that is dialled; of each of them, if there are several."""


class OutboundFields(AudioFields, WebhookFields, HeaderFields, SipAuthFields, RecordFields, SoundFields, BaseModel):
    """What dial and transfer have in common: how to call, how long, and what to do on answer."""

    record_initiated_by: ClassVar[str] = "OutboundAPI"

    send_digits_on_answer: Annotated[Tones | None, Field(max_length=64)] = None
    """Keys to press when the call is answered; `w` waits 0.5 seconds, `W` waits 1 second."""
    from_display_name: Annotated[str, Field(max_length=128)] | None = None
    """The caller's name for the far end."""
    timeout_secs: TimeoutSecs = 30
    """How long the leg rings, in seconds; 0 is the default."""
    time_limit_secs: TimeLimitSecs = 14_400
    """How long the call may last from its answer, in seconds."""
    answering_machine_detection: Literal[
        "premium", "premium_ios_call_screening_detection", "detect", "detect_beep", "detect_words",
        "greeting_end", "disabled",
    ] = "disabled"  # fmt: skip
    """The mode of answering machine detection; `premium` has events of its own."""
    answering_machine_detection_config: DetectionConfig | None = None
    """Thresholds of answering machine detection."""
    media_encryption: Literal["disabled", "SRTP", "DTLS"] = "disabled"
    """How media is encrypted; only for SIP destinations."""
    privacy: Literal["id", "none"] | None = None
    """`id` hides the caller's number."""
    sip_region: Literal["US", "Europe", "Canada", "Australia", "Middle East"] = "US"
    """The region that sends the call out."""
    sip_transport_protocol: Literal["UDP", "TCP", "TLS"] = "UDP"
    """The transport of SIP."""
    diversion: str | None = None
    """The SIP Diversion header: the number that was called first."""
    route_to_mobile: bool = False
    """Send the call by the mobile network."""

    def outbound_rules(self, destinations: list[str]) -> Iterator[Refusal]:
        yield from self.audio_rules()
        if self.from_display_name and not DISPLAY_NAME.fullmatch(self.from_display_name):
            detail = "Only letters, numbers, spaces and -_~!.+ are allowed in from_display_name."
            yield Refusal("10015", "/from_display_name", detail)
        if self.media_encryption != "disabled" and not all(map(is_sip, destinations)):
            detail = f"{self.media_encryption} media encryption is not supported for PSTN calls."
            yield Refusal("10011", "/media_encryption", detail)

    def leg(
        self, world: World, outcome: TransferOutcome | None, *, to: str, from_: str, connection_id: str, **more: Any
    ) -> Call:
        """A new leg towards `to`, not announced yet."""
        far_end = world.addresses.far_end_at(to)
        if outcome is not None:
            far_end = outcome.of(far_end, world)
        call = Call(world, "outgoing", from_=from_, to=to, connection_id=connection_id, far_end=far_end, **more)
        if outcome is not None:
            outcome.act(call)
        call.time_limit = float(self.time_limit_secs)
        call.custom_headers = self.headers("custom_headers")
        call.sip_headers = self.headers("sip_headers")
        return call

    def detecting(self, call: Call, outcome: TransferOutcome | None) -> Begin | None:
        """Begins answering machine detection, if it is asked for."""
        if self.answering_machine_detection != "disabled":
            return detecting(call, self.answering_machine_detection, self.answering_machine_detection_config)
        if outcome is not None and outcome.amd is not None:
            detail = "amd: the command asks for no detection, so that it finds nothing"
            return lambda: call.warn("outcome", detail=detail)
        return None

    def sending_digits(self, call: Call) -> Begin | None:
        """Begins to press the keys that are given, or stand behind the number."""
        digits = self.send_digits_on_answer or call.to.partition(",")[2]
        if not digits or is_sip(call.to):
            return None
        return lambda: call.follow(dtmf.send(call, digits, 0.25), DTMF, "send_digits_on_answer")


OUTBOUND_EVENTS = (
    CallInitiated,
    CallAnswered,
    CallHangup,
    CallBridged,
    MachineDetectionEnded,
    MachineGreetingEnded,
    MachinePremiumDetectionEnded,
    MachinePremiumGreetingEnded,
    PlaybackStarted,
    PlaybackEnded,
)


class Dial(
    OutboundFields, StreamSetup, StreamFields, TranscriptionFields, AssistantFields, WorldCommand, path="/calls"
):
    """Call a number or SIP URI, or several at once: the first one to answer wins, the others are cancelled."""

    to: Destinations
    """The number or SIP URI to call, or a list of them. Keys after a comma are pressed on answer."""
    from_: NonBlank = Field(alias="from")
    """The caller's number or SIP URI."""
    connection_id: NonBlank
    """The application of the call."""
    link_to: str | None = None
    """The `call_control_id` of a leg whose session the new leg joins."""
    bridge_intent: bool = False
    """The leg is meant for a bridge with `link_to`: it is called from the caller's number of that leg."""
    bridge_on_answer: bool = False
    """Bridge the leg with `link_to` when it answers."""
    prevent_double_bridge: bool = False
    """Hang the leg up, instead of bridging it, if `link_to` is bridged already."""
    park_after_unbridge: Literal["self"] | None = None
    """`self`: this leg stays parked when the other one hangs up; unset: it is hung up."""
    retry_on_timeout: bool = True
    """Whether another route is tried after a time-out; `false`: the `hangup_cause` is `no_answer`."""
    supervise_call_control_id: str | None = None
    """The leg to supervise."""
    supervisor_role: Literal["barge", "whisper", "monitor"] = "barge"
    """`barge`: both sides hear the supervisor; `whisper`: only the supervised leg does; `monitor`: neither."""
    billing_group_id: Uuid | None = None
    """The billing group of the call."""
    stream_establish_before_call_originate: Annotated[bool, STREAMING] = False
    """Connect the stream before the leg is called."""
    conference_config: ConferenceConfig | None = None
    """The conference that the leg joins, and how."""

    example: ClassVar[dict[str, Any]] = {
        "to": "+15550003333",
        "from": "+15550002222",
        "connection_id": "2963572552552678752",
    }
    emits = (*OUTBOUND_EVENTS, *STREAM_EVENTS, Transcription, *ANSWER_EVENTS)
    outcomes = DialOutcome

    @property
    def destinations(self) -> list[str]:
        """`to` as a list, also when it did not fit and was let through as it came."""
        return [self.to] if isinstance(self.to, str) else self.to

    def rules(self) -> Iterator[Refusal]:
        yield from self.outbound_rules(self.destinations)
        yield from self.assistant_rules()
        if self.conference_config is not None:
            yield from self.conference_config.hold_audio_rules()
        yield from self.silence_rules(self.transcription)
        if not self.link_to and (self.bridge_intent or self.bridge_on_answer or self.park_after_unbridge):
            yield needed("link_to")

    def check(self, world: World) -> None:
        if world.strict and self.connection_id not in world.applications:
            raise InvalidConnection(pointer="/connection_id")
        world.check_outbound(self.connection_id)
        self.check_media(world)
        if self.conference_config is not None:
            self.conference_config.check(world)
        for name in ("link_to", "supervise_call_control_id"):
            id = getattr(self, name)
            if id and (id not in world.calls or world.calls[id].state is State.ENDED):
                raise InvalidCallControlId(pointer=f"/{name}")
        if any(world.addresses.far_end_at(to).refused for to in self.destinations):
            raise DialRefused(world.ids.call_control_id())

    def run_with(self, world: World, outcome: DialOutcome | None) -> Answer:
        world.application(self.connection_id)
        linked = world.calls.get(self.link_to or "")
        from_ = linked.from_ if linked and self.bridge_intent else self.from_
        legs = [
            self.leg(
                world,
                outcome,
                to=to,
                from_=from_,
                connection_id=self.connection_id,
                session=linked.session if linked else None,
                client_state=self.client_state,
                override=self.override(),
            )
            for to in self.destinations
        ]
        answers = []
        for leg in legs:
            leg.parameters["dial"] = self.given()
            leg.after_unbridge = "park" if self.park_after_unbridge else "hangup"
            streaming = self.streaming(leg, outcome)
            recording = self.recording(leg, outcome)
            answers.append(describe(leg) | {"is_alive": False} | recording.response)
            begins = [
                self.conversing(leg),
                self.voice_check(leg),
                self.transcribing(leg),
                streaming,
                recording.begin,
                self.detecting(leg, outcome),
                self.sending_digits(leg),
                partial(self._answered, leg, legs),
            ]
            dialling.dial(leg, float(self.timeout_secs), begins, self._no_answer)
            if self.conference_config is not None and self.conference_config.early_media and len(legs) == 1:
                self.conference_config.enter(leg)
        return answers[0]

    @property
    def _no_answer(self) -> dialling.NoAnswer:
        return "timeout" if self.retry_on_timeout else "no_answer"

    def _answered(self, leg: Call, legs: list[Call]) -> None:
        for other in legs:
            if other is not leg:
                ending.hang_up(other)
        self._relate(leg)
        if self.conference_config is not None:
            self.conference_config.enter(leg)
        if leg.state is State.ANSWERED and (self.audio_url or self.media_name):
            leg.follow(play_once(leg, self), AUDIO, "audio_on_answer")

    def _relate(self, leg: Call) -> None:
        """Bridge with the linked leg, or listen to the supervised one; either may have ended by now."""
        calls = leg.world.calls
        watched = calls.get(self.supervise_call_control_id or "")
        if watched is not None and watched.state is not State.ENDED:
            leg.supervision = Supervision(watched, self.supervisor_role)
        linked = calls.get(self.link_to or "")
        if not self.bridge_on_answer or linked is None:
            return
        if linked.state is State.RINGING and not linked.incoming:
            leg.follow(self._bridge_when_answered(leg, linked), name="bridge_on_answer")
        else:
            self._bridge(leg, linked)

    def _bridge_when_answered(self, leg: Call, linked: Call) -> Activity:
        """Wait until the linked leg, which was dialled too and still rings, is answered."""
        yield from dialling.until_answered(linked)
        self._bridge(leg, linked)

    def _bridge(self, leg: Call, linked: Call) -> None:
        if linked.state is not State.ENDED and not (self.prevent_double_bridge and linked.peer is not None):
            connect(linked, leg)
        else:
            ending.hang_up(leg)


class Transfer(OutboundFields, CallCommand, action="transfer"):
    """Call a number for this leg, and bridge the two legs on answer. Without an answer this leg stays as it is."""

    to: Destination
    """The number or SIP URI to call. Keys after a comma are pressed on answer."""
    from_: NonBlank | None = Field(default=None, alias="from")
    """The caller's number; unset: the number that was called."""
    target_leg_client_state: ClientState = None
    """Base64 text that webhooks of the new leg carry."""
    early_media: bool = True
    """Let this leg hear the ringing of the new one."""
    mute_dtmf: MuteDtmf = "none"
    """Which leg's keys the other leg does not hear."""
    park_after_unbridge: Literal["self"] | None = None
    """`self`: this leg stays parked when the other one hangs up; unset: it is hung up."""

    example: ClassVar[dict[str, Any]] = {"to": "+15550003333"}
    emits = OUTBOUND_EVENTS
    outcomes = TransferOutcome
    needs = State.RINGING

    def rules(self) -> Iterator[Refusal]:
        yield from self.outbound_rules([self.to])

    def check(self, call: Call) -> None:
        if call.state is State.RINGING and not call.incoming:
            raise NotAnswered(self.action)
        call.world.check_outbound(call.connection_id)
        self.check_media(call.world)
        if call.world.addresses.far_end_at(self.to).refused:
            raise DialRefused(call.world.ids.call_control_id())

    def run_with(self, call: Call, outcome: TransferOutcome | None) -> None:
        leg = self.leg(
            call.world,
            outcome,
            to=self.to,
            from_=self.from_ or call.to,
            connection_id=call.connection_id,
            session=call.session,
            client_state=self.target_leg_client_state,
            override=self.override() or call.override,
        )
        leg.serve(call)
        recording = self.recording(leg, outcome)
        begins = [
            recording.begin,
            self.detecting(leg, outcome),
            self.sending_digits(leg),
            partial(self._answered, call, leg),
        ]
        dialling.dial(leg, float(self.timeout_secs), begins)

    def _answered(self, call: Call, leg: Call) -> None:
        if self.audio_url or self.media_name:
            leg.follow(self._play_then_bridge(call, leg), name="transfer")
        else:
            self._bridge(call, leg)

    def _play_then_bridge(self, call: Call, leg: Call) -> Activity:
        """The new leg hears the announcement before the two are connected."""
        yield leg.follow(play_once(leg, self), AUDIO, "audio_on_answer")
        self._bridge(call, leg)

    def _bridge(self, call: Call, leg: Call) -> None:
        """Until now the leg lived for this call alone; from now on the rules of bridges hold."""
        leg.serve(None)
        connect(call, leg)
        call.mute_dtmf = self.mute_dtmf
        call.after_unbridge = "park" if self.park_after_unbridge else "hangup"


def describe(call: Call) -> Answer:
    """A call as `GET /calls/{id}` and dial show it."""
    shown: Answer = {
        "record_type": "call",
        "call_control_id": call.id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session.id,
        "is_alive": call.state is not State.ENDED,
        "client_state": call.client_state,
        "call_duration": call.duration(),
        "start_time": call.start_time,
    }
    if call.ended_at is not None:
        shown["end_time"] = call.world.wire_instant(call.ended_at)
    return shown
