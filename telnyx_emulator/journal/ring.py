"""The journal of one world: its last entries, in order, and its watchers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile
from secrets import token_hex
from typing import TypeVar

from . import CommandReceived, Entry, SettledCommand

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
