"""Sending the media of a call elsewhere: WebSocket streams, Dialogflow, and forked RTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field

from telnyx_emulator.core.activities.stream import stream
from telnyx_emulator.core.audio.stream import Stream, StreamBehaviour
from telnyx_emulator.core.call.answering import Begin
from telnyx_emulator.core.errors import NotForked, StreamingNotUsed, StreamingUsed
from telnyx_emulator.core.events.streaming import (
    ForkStarted,
    ForkStopped,
    StreamingFailed,
    StreamingStarted,
    StreamingStopped,
    StreamTrack,
)
from telnyx_emulator.core.far_end.behaviour import stream_failure
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.core.time.lanes import FORK, STREAM
from telnyx_emulator.core.time.tasks import Activity, Cancelled

from .base import CallCommand, Outcome
from .fields import STREAMING
from .types import NestedParameters, SocketUrl, Target
from .validation import Refusal, needed

STREAM_EVENTS = (StreamingStarted, StreamingStopped, StreamingFailed)

Codec = Literal["PCMU", "PCMA", "G722", "OPUS", "AMR-WB", "L16"]


class StreamOutcome(Outcome):
    """The stream is not connected, or does not last."""

    failure_reason: Annotated[str, Field(min_length=1)] | None = None
    """Why it fails, as `stream.failed` says, such as `connection_failed`."""
    after: Seconds | None = None
    """How long it takes to connect, or to fail."""
    stops_after: Seconds | None = None
    """How long after its start the other end closes the stream (`stream.stopped`), or, with a `failure_reason`,
    the stream breaks (`stream.failed`)."""

    def of(self, usual: StreamBehaviour, world: World) -> StreamBehaviour:
        """What is given, and otherwise as usual."""
        after = usual.after if self.after is None else world.draw(self.after)
        if self.stops_after is None:
            return StreamBehaviour(self.failure_reason or usual.failure, after)
        return StreamBehaviour(self.failure_reason, after, world.draw(self.stops_after))


class StreamedOutcome(Outcome):
    """A stream that begins with the answer may fail."""

    stream: StreamOutcome | None = None
    """What becomes of the media stream that the command asks for."""


class StreamParameters(BaseModel):
    """Where the media goes, and in which form."""

    stream_url: SocketUrl | None = None
    """The WebSocket URL that receives the media."""
    stream_track: StreamTrack = "inbound_track"
    """Which direction of the audio is streamed."""
    stream_codec: Annotated[Codec | Literal["default"], STREAMING] = "default"
    """The codec of the stream; `default` is the call's own."""
    stream_bidirectional_mode: Annotated[Literal["mp3", "rtp"], STREAMING] = "mp3"
    """The form of audio that the WebSocket sends back: MP3 files, or RTP."""
    stream_bidirectional_codec: Annotated[Codec, STREAMING] = "PCMU"
    """The codec of RTP that the WebSocket sends back."""
    stream_bidirectional_target_legs: Annotated[Literal["both", "self", "opposite"], STREAMING] = "opposite"
    """Which legs hear the audio that the WebSocket sends back."""

    @property
    def to_dialogflow(self) -> bool:
        """Whether Dialogflow gets the media; it needs no URL."""
        return False

    @property
    def wanted(self) -> bool:
        """Whether there is a receiver of the media."""
        return bool(self.stream_url or self.to_dialogflow)

    def new_stream(self, call: Call, outcome: StreamOutcome | None) -> Stream:
        """What was asked for, and what becomes of it."""
        url = None if self.to_dialogflow else self.stream_url
        behaviour = None
        if outcome is not None:
            behaviour = outcome.of(StreamBehaviour(url and stream_failure(url)), call.world)
        return Stream(call.world.ids.uuid4(), url, self.stream_track, behaviour)


class DialogflowConfig(NestedParameters):
    """What Dialogflow is asked to do besides."""

    analyze_sentiment: bool = False
    """Analyse the mood of what is said."""
    partial_automated_agent_reply: bool = False
    """Let Dialogflow reply in parts."""


class StreamSetup(StreamParameters):
    """What only dial and streaming_start know about the connection."""

    stream_auth_token: Annotated[str | None, Field(max_length=4000), STREAMING] = None
    """A token that the WebSocket receives to prove where the stream comes from."""
    stream_bidirectional_sampling_rate: Annotated[Literal[8000, 16000, 22050, 24000, 48000], STREAMING] = 8000
    """The sampling rate of RTP that the WebSocket sends back, in hertz."""
    enable_dialogflow: bool = False
    """Stream to Dialogflow instead of a URL."""
    dialogflow_config: Annotated[DialogflowConfig | None, STREAMING] = None
    """Settings of Dialogflow."""

    @property
    def to_dialogflow(self) -> bool:
        return self.enable_dialogflow


class StreamFields(StreamParameters):
    """Media streaming that starts by itself."""

    send_silence_when_idle: Annotated[bool, STREAMING] = False
    """Send silence while the application sends no audio."""

    def streaming(self, call: Call, outcome: StreamedOutcome | None) -> Begin | None:
        """Begins the stream that is asked for; `call.answered` names it already."""
        failing = None if outcome is None else outcome.stream
        if not self.wanted:
            if failing is not None:
                call.warn("outcome", detail="stream: the command asks for none, so that none fails")
            return None
        wanted = call.stream = self.new_stream(call, failing)
        return lambda: call.start(_stream(call, wanted), STREAM, "stream")


class CustomParameter(NestedParameters):
    name: str
    """The name of the parameter."""
    value: str
    """The value of the parameter."""


class StreamingStart(StreamSetup, CallCommand, action="streaming_start"):
    """Stream the call's media to a WebSocket, or to Dialogflow. A call has one stream or fork at a time."""

    custom_parameters: Annotated[list[CustomParameter] | None, STREAMING] = None
    """Own values that the WebSocket receives at the start."""

    example: ClassVar[dict[str, Any]] = {"stream_url": "wss://example.com/media"}
    emits = STREAM_EVENTS
    outcomes = StreamOutcome

    def rules(self) -> Iterator[Refusal]:
        if not self.wanted:
            yield needed("stream_url")

    def check(self, call: Call) -> None:
        call.tasks.check(STREAM)
        if call.tasks.active(FORK):
            raise StreamingUsed

    def run_with(self, call: Call, outcome: StreamOutcome | None) -> None:
        call.start(_stream(call, self.new_stream(call, outcome)), STREAM, self.action)


def _stream(call: Call, wanted: Stream) -> Activity:
    """Stream, and tell when it is connected and how it ends. One that was cancelled before that has no webhook."""
    # One to Dialogflow has no URL.
    named = {"stream_id": wanted.id} | ({"stream_url": wanted.url} if wanted.url is not None else {})
    end = yield from stream(call, wanted, lambda: call.emit(StreamingStarted(**named)))
    if end.connected and end.failure is None:
        call.emit(StreamingStopped(**named))
    if end.failure is not None:
        where = {"stream_url": wanted.url or "", "track": wanted.track}
        kind: Literal["websocket", "dialogflow"] = "websocket" if wanted.url else "dialogflow"
        failed = StreamingFailed(failure_reason=end.failure, stream_id=wanted.id, stream_params=where, stream_type=kind)
        call.emit(failed)


class StreamingStop(CallCommand, action="streaming_stop"):
    """End the stream; only the one with the given `stream_id`, if there is one."""

    stream_id: str | None = None
    """The stream that is meant; unset: the one there is."""

    emits = (StreamingStopped,)

    def check(self, call: Call) -> None:
        running = call.stream.id if call.stream is not None and call.tasks.active(STREAM) else None
        if running is None or self.stream_id not in (None, running):
            raise StreamingNotUsed

    def run(self, call: Call) -> None:
        call.tasks.stop(STREAM, "cancelled")


class ForkStart(CallCommand, action="fork_start"):
    """Send a copy of the RTP elsewhere: both ways to one `target`, or each to its own. It replaces a stream."""

    rx: Annotated[Target | None, STREAMING] = None
    """The UDP target for audio from the far end, such as `udp:192.0.2.1:9000`."""
    tx: Annotated[Target | None, STREAMING] = None
    """The UDP target for audio to the far end, such as `udp:192.0.2.1:9001`."""
    target: Annotated[Target | None, STREAMING] = None
    """The UDP target for both directions, such as `udp:192.0.2.1:9000`."""
    stream_type: Literal["decrypted"] = "decrypted"
    """The kind of the copy."""

    example: ClassVar[dict[str, Any]] = {"rx": "udp:192.0.2.1:9000", "tx": "udp:192.0.2.1:9001"}
    emits = (ForkStarted, ForkStopped)

    def rules(self) -> Iterator[Refusal]:
        if not self.target:
            yield from (needed(name) for name in ("rx", "tx") if not getattr(self, name))

    def run(self, call: Call) -> None:
        call.tasks.stop(STREAM, "replaced")
        call.start(_fork(call), FORK, self.action)


def _fork(call: Call) -> Activity:
    """Send a copy of the RTP elsewhere until stopped. Nothing answers to RTP, so that it cannot fail."""
    call.emit(ForkStarted(stream_type="decrypted"))
    with suppress(Cancelled):
        yield None
    call.emit(ForkStopped(stream_type="decrypted"))


class ForkStop(CallCommand, action="fork_stop"):
    """End the fork. Its type need not be named: there is one kind only."""

    stream_type: Literal["raw", "decrypted"] = "raw"
    """The kind of the copy; it makes no difference."""

    emits = (ForkStopped,)

    def check(self, call: Call) -> None:
        if not call.tasks.active(FORK):
            raise NotForked

    def run(self, call: Call) -> None:
        call.tasks.stop(FORK, "cancelled")
