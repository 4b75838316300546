"""State fix-ups of the adopt mode: what a command was refused for is made untrue, and the command is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telnyx_emulator.commands import CallCommand, Command, ConferenceCommand, WorldCommand, base
from telnyx_emulator.core import errors
from telnyx_emulator.core.call import answering, ending
from telnyx_emulator.core.call.ending import leave_queue
from telnyx_emulator.core.conference import refusals, rooms
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Conference, Supervision, World
from telnyx_emulator.core.recording.conference_recorder import ConferenceRecorder
from telnyx_emulator.core.recording.recorder import LegRecorder
from telnyx_emulator.core.recording.recording import RecordingOptions
from telnyx_emulator.core.time.lanes import ASSISTANT, FORK, RING, STREAM, TRANSCRIPTION
from telnyx_emulator.core.time.tasks import Lane

from . import auto_create

MOST_FIXUPS = 5
STREAM_URL, FORK_TARGET = "wss://example.com/media", "udp:192.0.2.1:9000"

Fixup = Callable[[ApiError, Command, World, str], None]


def execute_on_call(command: CallCommand, world: World, id: str, choose: base.Choose = base.as_usual) -> dict[str, Any]:
    """As `execute`, after as many fix-ups as it takes."""

    def attempt() -> dict[str, Any]:
        return base.execute(command, world.calls.get(id) or auto_create.call(world, id), choose)

    return _with_fixups(attempt, command, world, id)


def execute_on_world(command: WorldCommand, world: World, choose: base.Choose = base.as_usual) -> dict[str, Any]:
    return _with_fixups(lambda: base.execute_on_world(command, world, choose), command, world, "")


def execute_on_conference(
    command: ConferenceCommand, world: World, id: str, choose: base.Choose = base.as_usual
) -> dict[str, Any]:
    """As `execute_on_conference`, after as many fix-ups as it takes."""

    def attempt() -> dict[str, Any]:
        return base.execute_on_conference(command, world.conference(id) or auto_create.conference(world, id), choose)

    return _with_fixups(attempt, command, world, id)


def _with_fixups(attempt: Callable[[], dict[str, Any]], command: Command, world: World, id: str) -> dict[str, Any]:
    for _ in range(MOST_FIXUPS):
        try:
            return attempt()
        except ApiError as error:
            fixup = FIXUPS.get(type(error))
            if fixup is None:
                raise
            world.warn("repaired", world.calls.get(id), **error.entry())
            fixup(error, command, world, id)
    return attempt()


def _begin_again(error: ApiError, command: Any, world: World, id: str) -> None:
    """An ended call makes room for a new one of the same id."""
    world.calls.pop(id, None)
    named = getattr(command, "call_control_id", None) or ""
    if named in world.calls and world.calls[named].state is State.ENDED:
        del world.calls[named]


def _answer(error: ApiError, command: Any, world: World, id: str) -> None:
    """The legs concerned pick up."""
    for leg in (world.calls.get(id), world.calls.get(getattr(command, "call_control_id", None) or "")):
        if leg is not None and leg.state is State.RINGING:
            answering.answer(leg) if leg.incoming else leg.tasks.tell(RING, 200)


def _ring_in(error: ApiError, command: Any, world: World, id: str) -> None:
    """A command for incoming calls that ring gets one."""
    old = world.calls.pop(id, None)
    if old is not None:
        ending.end(old, "normal_clearing", old.our_side)
        world.calls.pop(id, None)
    auto_create.call(world, id, answered=False)


def _name(error: ApiError, command: Any, world: World, id: str) -> None:
    """The call that a parameter names comes into being, anew if it had ended."""
    named = getattr(command, (error.pointer or "/").strip("/"), None)
    if not named or named == id:
        raise error
    world.calls.pop(named, None)
    auto_create.call(world, named)


def _supervise(error: ApiError, command: Any, world: World, id: str) -> None:
    world.calls[id].supervision = Supervision(auto_create.call(world, world.ids.call_control_id()), "monitor")


def _made_beforehand(error: ApiError, command: Any, world: World, id: str) -> None:
    """The connector or the uploaded audio that a parameter names."""
    field = (error.pointer or "/").strip("/")
    named = getattr(command, field, None)
    if field == "connector_name" and named:
        world.siprec_connector(named)
    elif field.endswith("media_name") and named:
        auto_create.media(world, named)
    else:
        raise error


def _enable(error: ApiError, command: Any, world: World, id: str) -> None:
    """Calls may go out by every connection."""
    for application in world.applications.values():
        application.active = True
    for profile in world.profiles.values():
        profile.enabled = True


def _connection(error: ApiError, command: Any, world: World, id: str) -> None:
    world.application(command.connection_id)


def _unbridge(error: ApiError, command: Any, world: World, id: str) -> None:
    ending.detach(world.calls[command.call_control_id])


def _wait(error: ApiError, command: Any, world: World, id: str) -> None:
    """A leg waits: the one that is to leave, or one to be bridged with, unless another is named as well."""
    name = getattr(command, "queue", None)
    if getattr(command, "call_control_id", None):
        _forget_other_targets(error, command, world, id)
    elif name:
        auto_create.queued(world.queues.get(name) or auto_create.queue(world, name), world.ids.call_control_id())
    else:
        auto_create.queued(world.queues.get(auto_create.QUEUE) or auto_create.queue(world, auto_create.QUEUE), id)


def _leave(error: ApiError, command: Any, world: World, id: str) -> None:
    leave_queue(world.calls[id], "leave")


def _next(error: ApiError, command: Any, world: World, id: str) -> None:
    """The one who had hung up has left the queue by now: the next one, please."""


def _fit(error: ApiError, command: Any, world: World, id: str) -> None:
    """The queue takes the size that was asked for, or those who have waited longest give up."""
    line = world.queues[command.queue_name]
    if isinstance(error, errors.QueueSizeFixed):
        line.resize(command.max_size)
    while line.full:
        leave_queue(line.line[0].call, "leave")


def _make_queue(error: ApiError, command: Any, world: World, id: str) -> None:
    auto_create.queue(world, command.queue_name)


def _make_queue_anew(error: ApiError, command: Any, world: World, id: str) -> None:
    auto_create.emptied(world.queues[command.queue_name]).delete()


def _do(action: str, **body: Any) -> Fixup:
    """Another command first, so that there is something to stop."""

    def fixup(error: ApiError, command: Any, world: World, id: str) -> None:
        base.execute(CallCommand.registry[action].parse(body), world.calls[id])

    return fixup


def _end(*kinds: Lane) -> Fixup:
    """What is in the way is over, on all legs concerned."""

    def fixup(error: ApiError, command: Any, world: World, id: str) -> None:
        taking_part = [getattr(command, "participant", None), *getattr(command, "participants", ())]
        for leg_id in [id, *(one.id for one in taking_part if one is not None)]:
            for lane in kinds:
                world.calls[leg_id].tasks.stop(lane, "cancelled")

    return fixup


def _stream(error: ApiError, command: Any, world: World, id: str) -> None:
    """The one stream of the call is the one that is meant."""
    command.stream_id = None
    if not world.calls[id].tasks.active(STREAM):
        _do("streaming_start", stream_url=STREAM_URL)(error, command, world, id)


def _end_recordings(error: ApiError, command: Any, world: World, id: str) -> None:
    for recorder in world.calls[id].recorders or ():
        recorder.stop()


def _take_part(error: ApiError, command: Any, world: World, id: str) -> None:
    """A participant of a conversation is there, anew if that call had ended."""
    missing = error.id  # type: ignore[attr-defined]
    world.calls.pop(missing, None)
    auto_create.call(world, missing)


def _converse(error: ApiError, command: Any, world: World, id: str) -> None:
    """The conversation that is named goes on, on a call of its own."""
    wanted, talking = command.conversation_id, auto_create.call(world, world.ids.call_control_id())
    began = base.execute(CallCommand.registry["ai_assistant_start"].parse({}), talking)
    conversation = world.conversations[wanted] = world.conversations.pop(began["conversation_id"])
    conversation.id = wanted


def _forget_other_targets(error: ApiError, command: Any, world: World, id: str) -> None:
    """Bridge with the call, not with the queue or room named beside it."""
    if not getattr(command, "call_control_id", None):
        raise error
    for name in ("queue", "video_room_id"):
        setattr(command, name, None)


def _record(error: ApiError, command: Any, world: World, id: str) -> None:
    """The recording that a command names is under way."""
    named: str = command.recording_id
    there = world.conference(id) if isinstance(command, ConferenceCommand) else None
    recorder = (
        ConferenceRecorder(there, RecordingOptions(), named)
        if there
        else LegRecorder(world.calls[id], RecordingOptions(), named)
    )
    recorder.begin()


def _conference(command: Command, world: World, id: str) -> Conference | None:
    """The one that the path names, or the configuration of a dialled leg."""
    config = getattr(command, "conference_config", None)
    return world.conference((config and (config.id or config.conference_name)) or id)


def _confer(error: ApiError, command: Any, world: World, id: str) -> None:
    """There is a conference of that id; one that is over makes room for it."""
    over = _conference(command, world, id)
    if over is not None:
        world.forget_conference(over)
    if not isinstance(command, ConferenceCommand):
        auto_create.conference(world, command.conference_config.id)


def _end_namesake(error: ApiError, command: Any, world: World, id: str) -> None:
    """The conference that has the name ends; those who are in it stay on the line."""
    ending.end_conference(world.conference_names[command.name], "ended_via_api", hang_up_legs=False)


def _enlarge(error: ApiError, command: Any, world: World, id: str) -> None:
    there = _conference(command, world, id)
    if there is not None:
        there.max_participants += 1


def _take_out(error: ApiError, command: Any, world: World, id: str) -> None:
    """The leg that joins is not in the conference yet."""
    there, leg = world.conference(id), world.calls[command.call_control_id]
    if there is not None:
        rooms.dismiss(there, leg)


def _let_in(error: ApiError, command: Any, world: World, id: str) -> None:
    """All legs that the command names take part; if it names none, a new one does."""
    one = getattr(command, "call_control_id", None)
    named = [one] if one else getattr(command, "call_control_ids", None) or [world.ids.call_control_id()]
    there = world.conference(id)
    for leg_id in named:
        if there is not None and leg_id not in there.participants:
            there = auto_create.participant(there, leg_id).conference


FIXUPS: dict[type[ApiError], Fixup] = {
    errors.AlreadyBridged: _unbridge,
    errors.AlreadyInQueue: _leave,
    refusals.AlreadyJoined: _take_out,
    errors.AssistantInProgress: _end(ASSISTANT),
    errors.CallEnded: _begin_again,
    refusals.ConferenceExists: _end_namesake,
    refusals.ConferenceFull: _enlarge,
    refusals.ConferenceOver: _confer,
    errors.ConnectionDisabled: _enable,
    errors.InvalidCallControlId: _name,
    errors.InvalidCommand: _ring_in,
    errors.InvalidConnection: _connection,
    errors.NoAssistant: _do("ai_assistant_start"),
    refusals.ConferenceEmpty: _let_in,
    errors.NotAnswered: _answer,
    errors.NotForked: _do("fork_start", target=FORK_TARGET),
    errors.NothingToOverlay: _do("playback_start", media_name="music", loop="infinity", stop="all"),
    errors.NotInQueue: _wait,
    refusals.NotParticipating: _let_in,
    errors.NotSupervising: _supervise,
    errors.ProfileDisabled: _enable,
    errors.QueueExists: _make_queue_anew,
    errors.QueueFull: _fit,
    errors.QueueSizeFixed: _fit,
    errors.QueuedCallEnded: _next,
    errors.StreamingNotUsed: _stream,
    errors.StreamingUsed: _end(STREAM, FORK),
    errors.TranscriptionInProgress: _end(TRANSCRIPTION),
    errors.TranscriptionNeeded: _end_recordings,
    refusals.UnknownConference: _confer,
    errors.UnknownConversation: _converse,
    errors.UnknownParticipant: _take_part,
    errors.UnknownQueue: _make_queue,
    errors.RecordingTooEarly: _answer,
    errors.SilenceTaken: _end(TRANSCRIPTION),
    errors.UnknownRecording: _record,
    errors.Unprocessable: _forget_other_targets,
    errors.UnknownAssociation: _made_beforehand,
}
