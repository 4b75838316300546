"""What happens from outside: what is waited for and how often, and carrying it out on a leg."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from pydantic import BaseModel

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.durations import Spread, draw
from telnyx_emulator.observed import ObservedEvent

from .model import Step
from .observation import Legs, Observation
from .party import Acts, Reaction

MOST_TIMES: Final = 1000
"""How often one step or reaction is taken at most: behind that it only sets itself off again and again."""

VERBS: Final[dict[str, Callable[..., None]]] = {
    "answer": verbs.answer,
    "reject": verbs.reject,
    "press": verbs.press,
    "say": verbs.say,
    "hold": verbs.hold,
    "unhold": verbs.unhold,
    "hangup": verbs.hang_up,
}


@dataclass(slots=True, eq=False)
class Cue:
    """A step of the timeline, or a reaction of a party, and what became of it so far.

    `taken`: how often its time came; `scheduled`: how often it is still to be carried out.
    """

    of: Step | Reaction
    label: str
    """What the journal calls it."""
    party: str | None = None
    """The key of the party whose legs it is bound to."""
    taken: int = 0
    scheduled: int = 0

    @property
    def ran_away(self) -> bool:
        return self.taken > MOST_TIMES

    @property
    def pending(self) -> bool:
        """It is still to be carried out, or its time never came."""
        return bool(self.scheduled) or (isinstance(self.of, Step) and not self.taken)

    def takes(self, seen: ObservedEvent, legs: Legs) -> bool:
        """Whether this is what it waits for, once more."""
        if self.of.when is None or self.ran_away or (self.of.times is not None and self.taken >= self.of.times):
            return False
        if self.party is not None and not _felt(seen, self.of.when):
            return False
        if not self.of.when.matches(seen, legs):
            return False
        self.taken += 1
        return True


def _felt(seen: ObservedEvent, when: Observation) -> bool:
    """A far end notices nothing of a command that was refused, unless it is told to look at that."""
    refused = seen.kind == "command" and seen.meta.get("status") != 200
    return not refused or when.status is not None or "status" in when.meta


def verb_of(acts: Acts | Step) -> tuple[str, Any] | None:
    """What is to be done to a leg, and how."""
    found = ((verb, getattr(acts, verb)) for verb in VERBS)
    return next(((verb, how) for verb, how in found if how is not None), None)


def do(verb: str, how: BaseModel, call: Call, random: Random) -> None:
    """Let the far end of a leg do it, here and now. Raises an ApiError if the leg is not in a state for it."""
    given = {name: getattr(how, name) for name in type(how).model_fields if name != "leg"}
    drawn = {name: draw(value, random) if isinstance(value, Spread) else value for name, value in given.items()}
    VERBS[verb](call, **drawn)
