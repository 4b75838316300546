"""What a command is, and the one way in which commands are carried out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, ClassVar, Literal, Self, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from telnyx_emulator.core.conference.refusals import ConferenceOver
from telnyx_emulator.core.errors import CallEnded, NotAnswered
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.leg import Answers, State
from telnyx_emulator.core.model import Call, Conference, World
from telnyx_emulator.core.time.tasks import Activity, Lane

from .types import ClientState, Known, Later
from .validation import InvalidParameters, Refusal, missing, notes_of, refusals_of

Answer = dict[str, Any]

DEDUPLICATION_SECS = 60.0
"""A `command_id` counts as repeated while this time has passed on neither the virtual nor the real clock."""


class Parameters(BaseModel):
    """The body of a request of the application; its fields are the parameters, named as on the wire.

    Parameters that are not declared are kept (`model_extra`) and reported, not refused: clients send some.
    """

    model_config = ConfigDict(extra="allow", populate_by_name=True, defer_build=True)

    @classmethod
    def given_in(cls, body: dict[str, Any]) -> dict[str, Any]:
        """What a body says. A parameter that is null counts as not given."""
        return {name: value for name, value in body.items() if value is not None}

    @classmethod
    def parse(cls, body: dict[str, Any]) -> Self:
        """Valid parameters, or `InvalidParameters`."""
        given = cls.given_in(body)
        try:
            command = cls.model_validate(given)
        except ValidationError as error:
            raise InvalidParameters(refusals_of(error, cls)) from None
        if cls.rules is not Parameters.rules and (refusals := list(command.rules())):
            raise InvalidParameters(refusals)
        return command

    @classmethod
    def parse_leniently(cls, body: dict[str, Any]) -> tuple[Self, list[Refusal]]:
        """Like `parse`, but values out of format or range are only reported: they are used where something
        is required (of an enum its first value), else the default is. Missing parameters and wrong JSON types
        are still refused."""
        given = cls.given_in(body)
        command = cast(Self, cls.model_construct())
        refusals: list[Refusal] = []
        for name, value in given.items():
            try:
                cls.__pydantic_validator__.validate_assignment(command, attribute(cls, name), value)
            except ValidationError as error:
                refusals += refusals_of(error, cls)
                if name in required(cls):
                    object.__setattr__(command, attribute(cls, name), usable(cls, name, value))
                    command.model_fields_set.add(attribute(cls, name))
        refusals += [missing(name) for name in required(cls) if name not in given]
        if hard := [refusal for refusal in refusals if refusal.structural]:
            raise InvalidParameters(hard)
        return command, [*refusals, *command.rules()]

    def rules(self) -> Iterator[Refusal]:
        """What is wrong with parameters that are each valid by themselves."""
        yield from ()

    def given(self) -> dict[str, Any]:
        """The parameters as they were given, for the state; passwords are not shown."""
        own = {"client_state", "command_id"}
        if self.model_fields_set <= own:
            return {}
        shown = self.model_dump(by_alias=True, exclude_unset=True, exclude=own, warnings=False)
        return {name: "***" if "password" in name else value for name, value in shown.items()}

    def unknown(self) -> dict[str, str]:
        """What was given that this command has no parameter for, and what may have been meant."""
        found = {}
        for name in self.model_extra or {}:
            near = difflib.get_close_matches(name, parameters(type(self)), 1)
            found[name] = f"unknown parameter {name!r}" + (f", did you mean {near[0]!r}?" if near else "")
        return found

    def remarks(self) -> Iterator[str]:
        """What the application should know though it is no error."""
        if self.model_extra:
            yield from self.unknown().values()
        notes = marks(type(self))
        for name in sorted(self.model_fields_set & notes.keys()):
            value = getattr(self, name)
            for note in notes[name]:
                if isinstance(note, Later) and value:
                    yield f"{name}: accepted and shown, not yet acting ({note.topic})"
                if isinstance(note, Known) and isinstance(value, str) and value not in note.values:
                    yield f"{name}: {value!r} is not among the known values; accepted"


class Outcome(BaseModel):
    """What a command that was accepted comes to, where a fault wants it otherwise than usual.

    Each command that can fail later declares its own, in `outcomes`; whatever is not given is as usual.
    Times are virtual, and drawn when they are needed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"nothing would be different; give one of {', '.join(type(self).model_fields)}")
        return self


class Command(Parameters):
    """Something to do, as opposed to something to configure."""

    names: ClassVar[dict[str, type[Command]]] = {}
    """Every command, by what scenarios and the journal call it."""
    known_as: ClassVar[str]
    method: ClassVar[Literal["POST", "PUT"]] = "POST"
    example: ClassVar[dict[str, Any]] = {}
    """A body that the command accepts, for documents and tests; another leg is called `v3:other-leg` in it."""
    emits: ClassVar[tuple[type[Event], ...]] = ()
    """The webhooks that this command can cause."""
    outcomes: ClassVar[type[Outcome] | None] = None
    """What can be made of it after it was accepted; None: nothing."""

    client_state: ClientState = None
    """Base64 text that later webhooks of the leg carry; unset: it stays as it was."""
    command_id: str | None = None
    """A name for this command: the same one within 60 seconds gets the same answer and has no effect."""

    def run(self, target: Any) -> Any:
        """Do it; `target` is what the kind of command acts on."""
        raise NotImplementedError

    def run_with(self, target: Any, outcome: Any) -> Any:
        """Do it so that it comes to `outcome`, one of its `outcomes`; None: as usual."""
        return self.run(target)


AnyCommand = TypeVar("AnyCommand", bound=Command)


def _register(registry: dict[str, type[AnyCommand]], name: str, command: type[AnyCommand], known_as: str) -> None:
    if name in registry or known_as in Command.names:
        raise TypeError(f"{name} is declared twice")
    registry[name] = Command.names[known_as] = command
    command.known_as = known_as


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class CallCommand(Command):
    """A command to one leg: `POST /calls/{call_control_id}/actions/{action}`."""

    registry: ClassVar[dict[str, type[CallCommand]]] = {}
    action: ClassVar[str]
    needs: ClassVar[State] = State.ANSWERED
    lane: ClassVar[Lane | None] = None
    """Where the process that `run` returns goes on."""

    def __init_subclass__(cls, action: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if action:
            cls.action = action
            _register(CallCommand.registry, action, cls, action)

    def check(self, call: Call) -> None:
        """Raise every refusal that the state calls for; nothing has changed yet, and nothing may."""

    def run(self, call: Call) -> Activity | Answer | None:
        """Do it. A process goes on after the answer; a dictionary adds fields to the answer."""
        raise NotImplementedError


class WorldCommand(Command):
    """A command that makes something, or changes what is no call: `POST {path}`.

    Parameters in the path, like `/queues/{queue_name}`, are fields like all others.
    """

    registry: ClassVar[dict[str, type[WorldCommand]]] = {}
    path: ClassVar[str]

    def __init_subclass__(cls, path: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if path:
            cls.path = path
            _register(WorldCommand.registry, path, cls, _snake_case(cls.__name__))

    @property
    def target(self) -> str:
        """The path with its parameters filled in."""
        return self.path.format_map(self.__dict__)

    def check(self, world: World) -> None:
        """As `CallCommand.check`."""

    def run(self, world: World) -> Answer:
        """Do it, and return the `data` of the answer."""
        raise NotImplementedError


class ConferenceCommand(Command):
    """A command to a conference that goes on: `POST /conferences/{id}/actions/{action}`."""

    registry: ClassVar[dict[str, type[ConferenceCommand]]] = {}
    action: ClassVar[str]

    def __init_subclass__(cls, action: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if action:
            cls.action = action
            _register(ConferenceCommand.registry, action, cls, f"conference_{action}")

    def owner(self, conference: Conference) -> Call:
        """Whose `client_state` the command sets."""
        return conference.creator

    def check(self, conference: Conference) -> None:
        """As `CallCommand.check`."""

    def run(self, conference: Conference) -> None:
        """Do it."""
        raise NotImplementedError


Choose = Callable[[], Outcome | None]
"""Says what a command comes to; asked once it is sure that the command is carried out."""


def as_usual() -> None:
    """Every command comes to what it usually comes to."""


def execute(command: CallCommand, call: Call, choose: Choose = as_usual) -> Answer:
    """Carry out a command on a leg; returns the `data` of the answer."""

    def act() -> Answer:
        permit(command, call)
        if command.client_state is not None:
            call.client_state = command.client_state
        call.parameters[command.action] = command.given()
        for remark in command.remarks():
            call.warn(command.action, detail=remark)
        result = command.run_with(call, choose() if command.outcomes else None)
        if isinstance(result, dict):
            return {"result": "ok"} | result
        if result is not None:
            call.tasks.start(result, command.lane, call.client_state, command.action)
        return {"result": "ok"}

    return _once(command, command.action, call.world, call.done, act)


def permit(command: CallCommand, call: Call) -> None:
    """Every refusal that the state calls for, before anything has changed."""
    if call.state is State.ENDED:
        raise CallEnded
    if call.state < command.needs:
        raise NotAnswered(command.action)
    lane = command.lane
    if lane is not None and isinstance(lane.busy, type):  # no other kind of lane refuses
        call.tasks.check(lane)
    command.check(call)


def execute_on_world(command: WorldCommand, world: World, choose: Choose = as_usual) -> Answer:
    """Carry out a command that makes something new; returns the `data` of the answer."""

    def act() -> Answer:
        command.check(world)
        for remark in command.remarks():
            world.warn(command.known_as, detail=remark)
        answer: Answer = command.run_with(world, choose() if command.outcomes else None)
        return answer

    return _once(command, command.target, world, world.done, act)


def execute_on_conference(command: ConferenceCommand, conference: Conference, choose: Choose = as_usual) -> Answer:
    """Carry out a command on a conference; returns the `data` of the answer."""
    world = conference.world

    def act() -> Answer:
        if conference.over:
            raise ConferenceOver
        command.check(conference)
        if command.client_state is not None:
            command.owner(conference).client_state = command.client_state
        conference.parameters[command.action] = command.given()
        for remark in command.remarks():
            world.warn(command.known_as, detail=remark)
        command.run_with(conference, choose() if command.outcomes else None)
        return {"result": "ok"}

    return _once(command, command.action, world, conference.done, act)


def _once(command: Command, name: str, world: World, done: Answers, act: Callable[[], Answer]) -> Answer:
    """Carry out a command in one instant, unless one with its `command_id` was: the answer to that is the answer."""
    with world.clock.instant():
        id, clock = command.command_id, world.clock
        while done:
            oldest, (virtual, real, _) = next(iter(done.items()))
            if clock.elapsed() - virtual < DEDUPLICATION_SECS and clock.monotonic() - real < DEDUPLICATION_SECS:
                break
            del done[oldest]
        if not id:
            return act()
        if (name, id) not in done:
            answer = act()
            done[name, id] = clock.elapsed(), clock.monotonic(), answer
        return done[name, id][2]


@cache
def required(command: type[Parameters]) -> tuple[str, ...]:
    """Wire names of the parameters that must be given."""
    return tuple(field.alias or name for name, field in command.model_fields.items() if field.is_required())


@cache
def parameters(command: type[Parameters]) -> tuple[str, ...]:
    """Wire names of all parameters."""
    return tuple(field.alias or name for name, field in command.model_fields.items())


@cache
def attribute(command: type[Parameters], wire_name: str) -> str:
    """The Python name of a parameter (`from` cannot be one)."""
    return next((name for name, field in command.model_fields.items() if field.alias == wire_name), wire_name)


def usable(command: type[Parameters], wire_name: str, value: Any) -> Any:
    """What a command can work with in the place of a required value that does not fit."""
    annotation = command.model_fields[attribute(command, wire_name)].annotation
    return get_args(annotation)[0] if get_origin(annotation) is Literal else value


@cache
def marks(command: type[Parameters]) -> dict[str, tuple[Known | Later, ...]]:
    """The notes in the annotations of parameters, by Python name."""
    notes = {
        name: tuple(note for note in notes_of(field) if isinstance(note, Known | Later))
        for name, field in command.model_fields.items()
    }
    return {name: found for name, found in notes.items() if found}
