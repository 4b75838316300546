"""State fix-ups of the adopt mode: what a command was refused for is made untrue, and the command is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telnyx_emulator.commands import CallCommand, Command, ConferenceCommand, base
from telnyx_emulator.core import errors
from telnyx_emulator.core.call import answering, ending
from telnyx_emulator.core.call.ending import leave_queue
from telnyx_emulator.core.conference import refusals, rooms
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call, Conference, Supervision, World
from telnyx_emulator.core.recording.conference_recorder import ConferenceRecorder
from telnyx_emulator.core.recording.recorder import LegRecorder
from telnyx_emulator.core.recording.recording import RecordingOptions
from telnyx_emulator.core.time.lanes import ASSISTANT, FORK, RING, STREAM, TRANSCRIPTION
from telnyx_emulator.core.time.tasks import Lane

from . import auto_create

MOST_FIXUPS = 5
STREAM_URL, FORK_TARGET = "wss://example.com/media", "udp:192.0.2.1:9000"


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that was refused. `id`: of the call or conference in its path, else empty."""

    error: ApiError
    command: Any
    world: World
    id: str

    @property
    def call(self) -> Call:
        """The leg in the path."""
        return self.world.calls[self.id]

    @property
    def parameter(self) -> str:
        """The parameter that was refused."""
        return (self.error.pointer or "/").strip("/")

    def value(self, name: str) -> Any:
        """A parameter of the command; None, if the command has no such parameter."""
        return getattr(self.command, name, None)

    @property
    def conference(self) -> Conference | None:
        """The one that the path names, or the configuration of a dialled leg."""
        config = self.value("conference_config")
        return self.world.conference((config and (config.id or config.conference_name)) or self.id)


Fixup = Callable[[Refused], object]


def tried(
    execute: Callable[[Any, Any, base.Choose], base.Answer], target: Callable[[], object], world: World, id: str
) -> Callable[..., base.Answer]:
    """`execute` on a target that is looked up anew each time, after as many fix-ups as it takes."""

    def attempt(command: Command, choose: base.Choose) -> base.Answer:
        for _ in range(MOST_FIXUPS):
            try:
                return execute(command, target(), choose)
            except ApiError as error:
                fixup = FIXUPS.get(type(error))
                if fixup is None:
                    raise
                world.warn("repaired", world.calls.get(id), **error.entry())
                fixup(Refused(error, command, world, id))
        return execute(command, target(), choose)

    return attempt


def _begin_again(at: Refused) -> None:
    """An ended call makes room for a new one of the same id."""
    calls, named = at.world.calls, at.value("call_control_id") or ""
    calls.pop(at.id, None)
    if named in calls and calls[named].state is State.ENDED:
        del calls[named]


def _answer(at: Refused) -> None:
    """The legs concerned pick up."""
    for leg in (at.world.calls.get(at.id), at.world.calls.get(at.value("call_control_id") or "")):
        if leg is not None and leg.state is State.RINGING:
            answering.answer(leg) if leg.incoming else leg.tasks.tell(RING, 200)


def _ring_in(at: Refused) -> None:
    """A command for incoming calls that ring gets one."""
    if (old := at.world.calls.pop(at.id, None)) is not None:
        ending.end(old, "normal_clearing", old.our_side)
        at.world.calls.pop(at.id, None)
    auto_create.call(at.world, at.id, answered=False)


def _name(at: Refused) -> None:
    """The call that a parameter names comes into being, anew if it had ended."""
    named = at.value(at.parameter)
    if not named or named == at.id:
        raise at.error
    _call_anew(at.world, named)


def _call_anew(world: World, id: str) -> None:
    world.calls.pop(id, None)
    auto_create.call(world, id)


def _supervise(at: Refused) -> None:
    at.call.supervision = Supervision(auto_create.call(at.world, at.world.ids.call_control_id()), "monitor")


def _made_beforehand(at: Refused) -> None:
    """The connector or the uploaded audio that a parameter names."""
    named = at.value(at.parameter)
    if at.parameter == "connector_name" and named:
        at.world.siprec_connector(named)
    elif at.parameter.endswith("media_name") and named:
        auto_create.media(at.world, named)
    else:
        raise at.error


def _enable(at: Refused) -> None:
    """Calls may go out by every connection."""
    for application in at.world.applications.values():
        application.active = True
    for profile in at.world.profiles.values():
        profile.enabled = True


def _wait(at: Refused) -> None:
    """A leg waits: the one that is to leave, or one to be bridged with, unless another is named as well."""
    if at.value("call_control_id"):
        _forget_other_targets(at)
        return
    named: str | None = at.value("queue")
    queue = named or auto_create.QUEUE
    line = at.world.queues.get(queue) or auto_create.queue(at.world, queue)
    auto_create.queued(line, at.world.ids.call_control_id() if named else at.id)


def _fit(at: Refused) -> None:
    """The queue takes the size that was asked for, or those who have waited longest give up."""
    line = at.world.queues[at.command.queue_name]
    if isinstance(at.error, errors.QueueSizeFixed):
        line.resize(at.command.max_size)
    while line.full:
        leave_queue(line.line[0].call, "leave")


def _do(action: str, **body: Any) -> Fixup:
    """Another command first, so that there is something to stop."""
    return lambda at: base.execute(CallCommand.registry[action].parse(body), at.call)


def _end(*kinds: Lane) -> Fixup:
    """What is in the way is over, on all legs concerned."""

    def fixup(at: Refused) -> None:
        taking_part = [at.value("participant"), *(at.value("participants") or ())]
        for leg_id in [at.id, *(one.id for one in taking_part if one is not None)]:
            for lane in kinds:
                at.world.calls[leg_id].tasks.stop(lane, "cancelled")

    return fixup


def _stream(at: Refused) -> None:
    """The one stream of the call is the one that is meant."""
    at.command.stream_id = None
    if not at.call.tasks.active(STREAM):
        _do("streaming_start", stream_url=STREAM_URL)(at)


def _end_recordings(at: Refused) -> None:
    for recorder in at.call.recorders or ():
        recorder.stop()


def _converse(at: Refused) -> None:
    """The conversation that is named goes on, on a call of its own."""
    world, wanted = at.world, at.command.conversation_id
    talking = auto_create.call(world, world.ids.call_control_id())
    began = base.execute(CallCommand.registry["ai_assistant_start"].parse({}), talking)
    conversation = world.conversations[wanted] = world.conversations.pop(began["conversation_id"])
    conversation.id = wanted


def _forget_other_targets(at: Refused) -> None:
    """Bridge with the call, not with the queue or room named beside it."""
    if not at.value("call_control_id"):
        raise at.error
    for name in ("queue", "video_room_id"):
        setattr(at.command, name, None)


def _record(at: Refused) -> None:
    """The recording that a command names is under way."""
    named, options = at.command.recording_id, RecordingOptions()
    there = at.world.conference(at.id) if isinstance(at.command, ConferenceCommand) else None
    (ConferenceRecorder(there, options, named) if there else LegRecorder(at.call, options, named)).begin()


def _confer(at: Refused) -> None:
    """There is a conference of that id; one that is over makes room for it."""
    if (over := at.conference) is not None:
        at.world.forget_conference(over)
    if not isinstance(at.command, ConferenceCommand):
        auto_create.conference(at.world, at.command.conference_config.id)


def _end_namesake(at: Refused) -> None:
    """The conference that has the name ends; those who are in it stay on the line."""
    ending.end_conference(at.world.conference_names[at.command.name], "ended_via_api", hang_up_legs=False)


def _enlarge(at: Refused) -> None:
    if (there := at.conference) is not None:
        there.max_participants += 1


def _take_out(at: Refused) -> None:
    """The leg that joins is not in the conference yet."""
    if (there := at.world.conference(at.id)) is not None:
        rooms.dismiss(there, at.world.calls[at.command.call_control_id])


def _let_in(at: Refused) -> None:
    """All legs that the command names take part; if it names none, a new one does."""
    one, there = at.value("call_control_id"), at.world.conference(at.id)
    for leg_id in [one] if one else at.value("call_control_ids") or [at.world.ids.call_control_id()]:
        if there is not None and leg_id not in there.participants:
            there = auto_create.participant(there, leg_id).conference


FIXUPS: dict[type[ApiError], Fixup] = {
    errors.AlreadyBridged: lambda at: ending.detach(at.world.calls[at.command.call_control_id]),
    errors.AlreadyInQueue: lambda at: leave_queue(at.call, "leave"),
    refusals.AlreadyJoined: _take_out,
    errors.AssistantInProgress: _end(ASSISTANT),
    errors.CallEnded: _begin_again,
    refusals.ConferenceExists: _end_namesake,
    refusals.ConferenceFull: _enlarge,
    refusals.ConferenceOver: _confer,
    errors.ConnectionDisabled: _enable,
    errors.InvalidCallControlId: _name,
    errors.InvalidCommand: _ring_in,
    errors.InvalidConnection: lambda at: at.world.application(at.command.connection_id),
    errors.NoAssistant: _do("ai_assistant_start"),
    refusals.ConferenceEmpty: _let_in,
    errors.NotAnswered: _answer,
    errors.NotForked: _do("fork_start", target=FORK_TARGET),
    errors.NothingToOverlay: _do("playback_start", media_name="music", loop="infinity", stop="all"),
    errors.NotInQueue: _wait,
    refusals.NotParticipating: _let_in,
    errors.NotSupervising: _supervise,
    errors.ProfileDisabled: _enable,
    errors.QueueExists: lambda at: auto_create.emptied(at.world.queues[at.command.queue_name]).delete(),
    errors.QueueFull: _fit,
    errors.QueueSizeFixed: _fit,
    errors.QueuedCallEnded: lambda at: None,  # it has left the queue by now: the next one is served
    errors.StreamingNotUsed: _stream,
    errors.StreamingUsed: _end(STREAM, FORK),
    errors.TranscriptionInProgress: _end(TRANSCRIPTION),
    errors.TranscriptionNeeded: _end_recordings,
    refusals.UnknownConference: _confer,
    errors.UnknownConversation: _converse,
    errors.UnknownParticipant: lambda at: _call_anew(at.world, at.error.id),  # type: ignore[attr-defined]
    errors.UnknownQueue: lambda at: auto_create.queue(at.world, at.command.queue_name),
    errors.RecordingTooEarly: _answer,
    errors.SilenceTaken: _end(TRANSCRIPTION),
    errors.UnknownRecording: _record,
    errors.Unprocessable: _forget_other_targets,
    errors.UnknownAssociation: _made_beforehand,
}
