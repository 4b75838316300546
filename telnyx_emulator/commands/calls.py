"""Answering, refusing, ending and connecting calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from telnyx_emulator.core.call import answering, bridging, ending
from telnyx_emulator.core.call.answering import Begin
from telnyx_emulator.core.call.dialling import until_answered
from telnyx_emulator.core.errors import (
    AlreadyBridged,
    InvalidCallControlId,
    InvalidCommand,
    NotAnswered,
    NotInQueue,
    NotSupervising,
    QueuedCallEnded,
    Unprocessable,
)
from telnyx_emulator.core.events.calls import CallAnswered, CallBridged, CallHangup, HangupCause
from telnyx_emulator.core.events.queues import CallDequeued
from telnyx_emulator.core.events.recording import RecordingSaved
from telnyx_emulator.core.events.streaming import Transcription
from telnyx_emulator.core.leg import MuteDtmf, State
from telnyx_emulator.core.model import Call, Supervision
from telnyx_emulator.core.time.tasks import Activity

from .ai import ANSWER_EVENTS, AssistantFields
from .base import CallCommand
from .fields import MEDIA, HangsUp, HeaderFields, SoundFields, WebhookFields, together
from .recording import RecordedOutcome, RecordFields
from .streaming import STREAM_EVENTS, StreamedOutcome, StreamFields
from .transcription import TranscriptionFields
from .types import RequiredClientState, Uuid
from .validation import Refusal, needed


class AnswerOutcome(HangsUp, StreamedOutcome, RecordedOutcome):
    """The call is answered, but something that begins with it fails, or the caller goes."""


class Answer(
    WebhookFields,
    HeaderFields,
    RecordFields,
    StreamFields,
    TranscriptionFields,
    AssistantFields,
    SoundFields,
    CallCommand,
    action="answer",
):
    """Take an incoming call. It is answered when the response arrives; answering again only updates the leg."""

    billing_group_id: Uuid | None = None
    """The billing group of the call."""

    emits = (CallAnswered, *STREAM_EVENTS, Transcription, *ANSWER_EVENTS)
    outcomes = AnswerOutcome
    needs = State.RINGING

    def rules(self) -> Iterator[Refusal]:
        yield from self.assistant_rules()
        yield from self.silence_rules(self.transcription)

    def check(self, call: Call) -> None:
        if not call.incoming:
            raise InvalidCommand

    def run_with(self, call: Call, outcome: AnswerOutcome | None) -> dict[str, Any]:
        if override := self.override():
            call.override = override if call.override is None else call.override.then(override)
        if outcome is not None:
            outcome.act(call)
        if call.state is not State.RINGING:
            if outcome is not None and outcome.model_fields_set - {"hangs_up_after"}:
                call.warn("outcome", detail="the call was answered already: nothing begins that could fail")
            return {}
        call.custom_headers = self.headers("custom_headers") or call.custom_headers
        call.sip_headers = self.headers("sip_headers") or call.sip_headers
        streaming = self.streaming(call, outcome)
        recording = self.recording(call, outcome)
        begins = [
            self.conversing(call),
            self.voice_check(call),
            self.transcribing(call),
            streaming,
            recording.begin,
        ]
        answering.answer(call, begins)
        return recording.response


REJECTIONS: dict[str, tuple[HangupCause, str]] = {
    "CALL_REJECTED": ("call_rejected", "603"),
    "USER_BUSY": ("user_busy", "486"),
    "NOT_FOUND": ("not_found", "404"),
    "TEMPORARILY_UNAVAILABLE": ("no_answer", "480"),
}


class Reject(CallCommand, action="reject"):
    """Refuse an incoming call that still rings."""

    cause: Literal["CALL_REJECTED", "USER_BUSY", "NOT_FOUND", "TEMPORARILY_UNAVAILABLE"]
    """Why the call is refused; it decides the `hangup_cause` and the SIP status."""

    example: ClassVar[dict[str, Any]] = {"cause": "USER_BUSY"}
    emits = (CallHangup,)
    needs = State.RINGING

    def check(self, call: Call) -> None:
        if not call.incoming:
            raise InvalidCommand("Call reject command cannot be issued for outbound calls.")
        if call.state is State.ANSWERED:
            raise InvalidCommand("Call reject command cannot be issued for answered calls.")

    def run(self, call: Call) -> None:
        cause, sip = REJECTIONS[self.cause]
        ending.end(call, cause, "callee", sip)


class Hangup(HeaderFields, CallCommand, action="hangup"):
    """End the leg, whether it talks or still rings."""

    reason: str | None = None
    """The text of the SIP Reason header."""

    emits = (CallHangup, RecordingSaved)
    needs = State.RINGING

    def rules(self) -> Iterator[Refusal]:
        text = self.reason or ""
        if any(char in '"\\' or ord(char) < 32 or 127 <= ord(char) < 160 or ord(char) > 0xFFFF for char in text):
            detail = "The reason must not contain quotes, backslashes, control characters or emoji."
            yield Refusal("10015", "/reason", detail)

    def run(self, call: Call) -> None:
        ending.hang_up(call)


class ClientStateUpdate(CallCommand, action="client_state_update"):
    """Set the state that every later webhook of the leg carries."""

    client_state: RequiredClientState
    """Base64 text that every later webhook of the leg carries."""

    example: ClassVar[dict[str, Any]] = {"client_state": "bmV3"}
    method = "PUT"
    needs = State.RINGING

    def run(self, call: Call) -> None:
        """Nothing more: `client_state` is stored with every command."""


RINGTONES = Literal[
    "at", "au", "be", "bg", "br", "ch", "cl", "cn", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hu", "il",
    "in", "it", "jp", "lt", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt", "ru", "se", "sg", "th", "tw", "uk",
    "us-old", "us", "ve", "za",
]  # fmt: skip


class BridgeOutcome(HangsUp, RecordedOutcome):
    """The legs are connected, but the far end of the other one hangs up, or the recording fails."""


class Bridge(RecordFields, CallCommand, action="bridge"):
    """Connect this leg with another one. An incoming leg that still rings is answered by it."""

    call_control_id: str | None = None
    """The leg to connect with."""
    queue: str | None = None
    """The queue whose first call to connect with."""
    video_room_id: Uuid | None = None
    """The video room to connect with; refused, since video rooms are not emulated."""
    video_room_context: str | None = None
    """A text about the video room."""
    park_after_unbridge: Literal["self"] | None = None
    """`self`: this leg stays parked when the other one hangs up; unset: it is hung up."""
    hold_after_unbridge: bool = False
    """This leg stays on hold when the other one hangs up."""
    prevent_double_bridge: bool = False
    """Refuse the command if the other leg is bridged already."""
    mute_dtmf: MuteDtmf = "none"
    """Which leg's keys the other leg does not hear."""
    play_ringtone: Annotated[bool, MEDIA] = False
    """Play a ringtone to this leg until the other one answers."""
    ringtone: Annotated[RINGTONES, MEDIA] = "us"
    """The country whose ringtone is played."""

    example: ClassVar[dict[str, Any]] = {"call_control_id": "v3:other-leg"}
    emits = (CallAnswered, CallBridged, CallDequeued)
    outcomes = BridgeOutcome
    needs = State.RINGING

    def rules(self) -> Iterator[Refusal]:
        if not (self.call_control_id or self.queue or self.video_room_id):
            yield needed("call_control_id")
        for second in ("queue", "video_room_id"):
            if self.call_control_id and getattr(self, second):
                yield together("call_control_id", second)
        if self.queue and self.video_room_id:
            yield together("queue", "video_room_id")

    def check(self, call: Call) -> None:
        if self.video_room_id:
            raise Unprocessable("Video rooms are not emulated.", pointer="/video_room_id")
        other = self._other(call)
        if self.prevent_double_bridge and other.peer not in (None, call):
            raise AlreadyBridged
        ringing = [leg for leg in (call, other) if leg.state is State.RINGING]
        waits_for_other = self.play_ringtone and not other.incoming and other in ringing
        if len(ringing) == 2 or any(not leg.incoming for leg in ringing if leg is not other or not waits_for_other):
            raise NotAnswered(self.action)

        if other.state is State.ENDED:
            # The only refusal that changes something: a queued call that has ended leaves the queue by it.
            ending.leave_queue(other, "hangup")
            raise QueuedCallEnded(f"Call {other.id} from {other.from_} to {other.to} has hung up; call it back.")

    def run_with(self, call: Call, outcome: BridgeOutcome | None) -> Activity | None:
        other = self._other(call)
        recording = self.recording(call, outcome)
        begins = [recording.begin, None if outcome is None else partial(outcome.act, other)]
        call.mute_dtmf = self.mute_dtmf
        if self.park_after_unbridge:
            call.after_unbridge = "park"
        elif self.hold_after_unbridge:
            call.after_unbridge = "hold"
        else:
            call.after_unbridge = "hangup"
        if other.state is State.RINGING and not other.incoming:
            ending.leave_queue(call, "bridging-in-process")
            return self._when_answered(call, other, begins)
        connect(call, other, begins)
        return None

    def _other(self, call: Call) -> Call:
        """The leg to connect with: a call by its id, or the first one in the queue."""
        if self.queue:
            queue = call.world.queues.get(self.queue)
            place = queue.first(besides=call) if queue else None
            if place is None:
                detail = f"The queue '{self.queue}' is empty, there is no call to bridge with."
                raise NotInQueue(detail, pointer="/queue")
            return place.call
        other = call.world.calls.get(self.call_control_id or "")
        if other is None or other.state is State.ENDED or other is call:
            raise InvalidCallControlId
        return other

    def _when_answered(self, call: Call, other: Call, begins: list[Begin | None]) -> Activity:
        """Play a ringtone until the other leg is answered; its end ends the wait."""
        yield from until_answered(other)
        stolen = self.prevent_double_bridge and other.peer is not None
        if other.state is State.ANSWERED and not stolen:
            connect(call, other, begins)


def connect(call: Call, other: Call, begins: Iterable[Begin | None] = ()) -> None:
    """Bridge two legs; an incoming one that still rings is answered by it. Then begins each of `begins`, in order."""
    for leg in (call, other):
        if leg.state is State.RINGING and leg.incoming:
            answering.answer(leg)
    bridging.bridge(call, other)
    answering.begin_all(begins)


class SwitchSupervisorRole(CallCommand, action="switch_supervisor_role"):
    """Change which side hears the supervisor; only for a leg that was dialled to supervise another one."""

    example: ClassVar[dict[str, Any]] = {"role": "monitor"}

    role: Literal["barge", "whisper", "monitor"]
    """`barge`: both sides hear the supervisor; `whisper`: only the supervised leg does; `monitor`: neither."""

    def check(self, call: Call) -> None:
        if call.supervision is None:
            raise NotSupervising

    def run(self, call: Call) -> None:
        supervision = call.supervision
        call.supervision = supervision and Supervision(supervision.call, self.role)
