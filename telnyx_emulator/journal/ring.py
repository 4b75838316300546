"""The journal of one world: its entries in order, its watchers, and the place that a command has in it.

Entries of commands are here, since the journal replaces one while the command is carried out; the others stand in the
package itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice, takewhile
from secrets import token_hex
from typing import Any, ClassVar, Final, Literal, NoReturn, TypeVar, dataclass_transform, get_args

from telnyx_emulator.core.ports import LegReference

Kind = Literal["command", "event", "delivery", "far_end", "state", "warning", "fault", "injection"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
VERSION: Final = 1
"""Of the wire form; it grows when a field changes its meaning or goes, not when one is added."""

Ids = tuple[str | None, str | None, str | None]
"""What an entry is about: `call_session_id`, `call_leg_id` and `call_control_id`."""

TYPES: Final[dict[str, type[Entry]]] = {}
"""All types of entries, by their names on the wire, in the order in which they are declared."""

SPREAD: Final = "*"
"""As the wire name of a mapping: its items stand beside the other fields."""


def ids_of(leg: LegReference | None) -> Ids:
    """Of a leg; without one an entry is about the whole world."""
    return (leg.session.id, leg.leg_id, leg.id) if leg is not None else (None, None, None)


@dataclass_transform(frozen_default=True, eq_default=False)
class EntryType(type):
    """Makes slots of the annotated fields: a dataclass would cost half a millisecond for each class at every start."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> EntryType:
        slots = [one for one, hint in namespace.get("__annotations__", {}).items() if not hint.startswith("ClassVar")]
        defaults = {one: namespace.pop(one) for one in slots if one in namespace}
        made = super().__new__(mcs, name, bases, namespace | {"__slots__": slots})
        made.fields = (*getattr(made, "fields", ()), *slots)
        made.defaults = getattr(made, "defaults", {}) | defaults
        made.__init__ = _constructor(made.fields, made.defaults)  # type: ignore[misc]
        if "type" in namespace:
            TYPES[namespace["type"]] = made  # type: ignore[assignment]  # this is the metaclass of entries alone
        return made

    fields: tuple[str, ...]
    defaults: dict[str, Any]


def _constructor(fields: Sequence[str], defaults: Mapping[str, Any]) -> Callable[..., None]:
    """Sets the fields, given by position or by name. Compiled for each class, since every command makes entries."""
    parameters = [f"{one}=defaults[{one!r}]" if one in defaults else one for one in fields]
    body = "".join(f"\n    put(self, {one!r}, {one})" for one in fields)
    names: dict[str, Any] = {"defaults": defaults, "put": object.__setattr__}
    exec(f"def __init__(self, {', '.join(parameters)}):{body}", names)
    made: Callable[..., None] = names["__init__"]
    return made


class Entry(metaclass=EntryType):
    """What all entries have. `seq`: their number, counted up; `at`: virtual seconds; then the ids of the leg."""

    kind: ClassVar[Kind]
    type: ClassVar[str]
    wire: ClassVar[Mapping[str, str]] = {}
    """What fields are called on the wire that have another name there."""

    seq: int
    at: float
    name: str
    session: str | None
    leg: str | None
    call_control_id: str | None

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"an entry never changes: {name}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shown()})"

    @classmethod
    @cache
    def parts(cls) -> tuple[tuple[str, str, bool], ...]:
        """The fields that only this type has: attribute, name on the wire, and whether it is there when it is empty.

        `data` is not among them: events show it in a form of its own, deliveries not at all.
        """
        own = [one for one in cls.fields[len(Entry.fields) :] if one != "data"]
        return tuple((one, cls.wire.get(one, one), cls.defaults.get(one, SPREAD) is not None) for one in own)

    def own(self) -> dict[str, Any]:
        """Its own fields as on the wire."""
        found: dict[str, Any] = {}
        for attribute, wire, required in self.parts():
            value = getattr(self, attribute)
            if wire == SPREAD:
                found.update(value)
            elif required or value:
                found[wire] = value
        return found

    def shown(self) -> dict[str, Any]:
        """The wire form, as `GET journal` has it."""
        line = {name: getattr(self, name) for name in LINE}
        return line | {"at": round(self.at, 6)} | self.own()

    def subject(self) -> dict[str, Any]:
        """What patterns look into: the payload of an event, the body of a command, the details of an act."""
        return {}

    def meta(self) -> dict[str, Any]:
        """What is known about it besides: all of a command but its body, all about an attempt to deliver."""
        return {}

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Entry:
        """The entry that was `shown` so, perhaps by another process. The payloads of deliveries are not shown."""
        kind = TYPES[line["type"]]
        return kind(*(line[name] for name in Entry.fields), **kind._given(line))

    @classmethod
    def _given(cls, line: Mapping[str, Any]) -> dict[str, Any]:
        rest = {key: value for key, value in line.items() if key not in KNOWN}
        return {name: rest if wire == SPREAD else rest.get(wire) for name, wire, _ in cls.parts()}


LINE: Final = ("seq", "at", "kind", "type", "name", "session", "leg", "call_control_id")
"""What stands in every line, in order; `GET journal` adds a `leg_name`."""
KNOWN: Final = frozenset((*LINE, "leg_name"))


# -- commands --------------------------------------------------------------------------------------------------------


class CommandEntry(Entry):
    """`name`: the command's. `status`: as the client saw it, None without an answer. `body`: None if it was no JSON."""

    kind = "command"

    status: int | None
    body: dict[str, Any] | None

    def subject(self) -> dict[str, Any]:
        return self.body or {}

    def meta(self) -> dict[str, Any]:
        known = self.own()
        del known["body"]
        return known if self.code is None else known | {"code": self.code}

    @property
    def codes(self) -> list[str]:
        """The vendor's codes for all that is wrong with it."""
        return []

    @property
    def code(self) -> str | None:
        """The first of them, D38 and the like before others."""
        return next(iter(self.codes), None)


class CommandReceived(CommandEntry):
    """A command that is being carried out, without a `status` so far. Its answer takes its place, under its number."""

    type = "command_received"


class SettledCommand(CommandEntry):
    """A command with its answer. `at`: when it came; `answered_at`: virtual seconds, too. `error`: how the answer was
    spoilt by a fault, `reset`, `close` or `garbage`; `errors`: what it said instead."""

    answered_at: float
    error: str | None = None
    errors: Sequence[Mapping[str, Any]] | None = None

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.errors or () if error.get("code")]


class CommandAnswered(SettledCommand):
    """A command that was carried out. `answered_at`: virtual seconds. `carried_out`: true if a fault delayed or spoilt
    the answer nevertheless; `error`, `errors`: what the client got then."""

    type = "command_answered"

    carried_out: bool | None = None


class CommandRefused(SettledCommand):
    """A command that was refused, by the platform or by a fault. `data`, `telnyx_error`: as in the answer, of a dial
    that is not let out."""

    type, wire = "command_refused", {"refused_leg": "data"}

    refused_leg: Mapping[str, Any] | None = None
    telnyx_error: Mapping[str, Any] | None = None

    @property
    def code(self) -> str | None:
        return (self.telnyx_error or {}).get("error_code") or next(iter(self.codes), None)


# -- the ring ----------------------------------------------------------------------------------------------------------

AnyEntry = TypeVar("AnyEntry", bound=Entry)
Watcher = Callable[[Entry | None], None]


class Journal:
    """A ring of the last `size` entries; their numbers go on counting.

    A command has one place, from the moment when it comes: what it causes stands behind it. While it is carried out
    a `CommandReceived` stands there, which its answer replaces.
    """

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self.next = 1
        """The number of the entry that will be added next."""
        self.id = token_hex(8)
        """Tells it from the one that its world has after a reset."""
        self.closed = False
        """Nothing will be added any more, and nothing needs to be waited for: its world is gone."""
        self.watchers: dict[Watcher, None] = {}
        """Called with each entry, with commands once they are answered, and with None when the world is gone.

        A watcher takes note only; to act, it sets a timer.
        """

    @property
    def last(self) -> int:
        return self.next - 1

    def add(self, entry: AnyEntry) -> AnyEntry:
        """Append an entry, whose number must be `next`."""
        assert entry.seq == self.next, f"{entry} is not the next one"
        self.next += 1
        self._entries.append(entry)
        if not isinstance(entry, CommandReceived):
            self._tell(entry)
        return entry

    def settle(self, command: SettledCommand) -> None:
        """Put an answered command into the place where it was received."""
        place = command.seq - self._oldest
        if place >= 0:
            self._entries[place] = command
        self._tell(command)

    def close(self) -> None:
        """Its world is gone."""
        self.closed = True
        self._tell(None)

    def after(
        self, seq: int, kinds: Iterable[str] = (), limit: int | None = None, *, settled: bool = False
    ) -> list[Entry]:
        """The entries that follow number `seq`, of these kinds or types, or all.

        `settled`: only up to the first command that is still being carried out.
        """
        wanted = frozenset(kinds)
        found: Iterator[Entry] = islice(self._entries, max(0, seq + 1 - self._oldest), None)
        if settled:
            found = takewhile(lambda entry: not isinstance(entry, CommandReceived), found)
        return list(islice((one for one in found if not wanted or one.kind in wanted or one.type in wanted), limit))

    @property
    def _oldest(self) -> int:
        return self.next - len(self._entries)

    def _tell(self, entry: Entry | None) -> None:
        for watcher in tuple(self.watchers):
            watcher(entry)


class CommandUnderWay:
    """Keeps a command's place while it is carried out. One that gets no answer is refused without a status."""

    def __init__(self, journal: Journal, at: float, name: str, call: LegReference | None) -> None:
        """`at`: when it came, in virtual seconds."""
        self._journal, self._at, self._name, self._ids = journal, at, name, ids_of(call)
        self._body: dict[str, Any] | None = None
        self._received: CommandReceived | None = None

    @property
    def call_control_id(self) -> str | None:
        """The leg that it is about, as far as that is known by now."""
        return self._ids[2]

    def about(self, call: LegReference | None) -> None:
        """It is known by now which leg it is about; None changes nothing."""
        if call is not None:
            self._ids = ids_of(call)

    def received(self, body: dict[str, Any], call: LegReference | None) -> None:
        """Its body could be read: from now on it has its place."""
        self._body = body
        self.about(call)
        entry = CommandReceived(self._journal.next, self._at, self._name, *self._ids, None, body)
        self._received = self._journal.add(entry)

    def answered(self, at: float, **spoilt: Any) -> None:
        """It was carried out by now (virtual seconds); `spoilt`: how a fault changed its answer."""
        self._settle(CommandAnswered, at, spoilt.pop("status", 200), spoilt)

    def refused(self, at: float, status: int | None = None, **why: Any) -> None:
        """It was refused now (virtual seconds); `why`: as in the answer's body; nothing, if it got no answer at all."""
        why |= {"refused_leg": why.pop("data")} if "data" in why else {}
        self._settle(CommandRefused, at, status, why)

    def _settle(
        self, kind: type[CommandAnswered | CommandRefused], at: float, status: int | None, more: dict[str, Any]
    ) -> None:
        journal, received = self._journal, self._received
        seq = journal.next if received is None else received.seq
        entry = kind(seq, self._at, self._name, *self._ids, status, self._body, at, **more)
        if received is None:
            journal.add(entry)
        else:
            journal.settle(entry)
