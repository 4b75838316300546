"""What is waited for: how it stands, when that is enough, and what to say when it is not."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from telnyx_emulator.core.time.clock import NO_WAIT
from telnyx_emulator.core.time.durations import seconds_of
from telnyx_emulator.core.time.waits import Outcome, Wait
from telnyx_emulator.journal import Entry, EventPublished
from telnyx_emulator.ladder import instant
from telnyx_emulator.scenarios.entry_index import EntryIndex
from telnyx_emulator.scenarios.judgement import Judgement, judge, limits
from telnyx_emulator.scenarios.model import Expectation, InOrder
from telnyx_emulator.scenarios.observation import Model
from telnyx_emulator.tenants import Tenant


def _length(value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number else seconds_of(value)


Length = Annotated[float, BeforeValidator(_length), Field(ge=0, allow_inf_nan=False)]
"""Virtual seconds, as a number or with a unit as in scenarios."""


class AwaitedItem(Expectation):
    """One of several things to wait for, one after the other."""

    within: Length | None = None
    """How long to wait, in virtual time."""


class Terms(Model):
    """`after`: only lines of the journal behind this number count. `guard`: real seconds without any progress."""

    after: int = Field(0, ge=0)
    """Only entries of the journal behind this number count."""
    guard: float | None = Field(None, gt=0, le=3600)
    """Real seconds without any progress after which the wait gives up."""


class AwaitedAlone(AwaitedItem, Terms):
    """One thing to wait for; `within` counts from the request on."""


class AwaitedInOrder(InOrder, Terms):
    """Several; `within` of the first counts from the request on."""

    in_order: tuple[AwaitedItem, ...] = Field(min_length=1)
    """What is waited for, in this order."""


class Watch(Wait):
    """A wait for what an item expects. It is judged anew when the journal has grown in what concerns the item.

    It is met when that is decided and the application has had its share: a webhook counts when it has arrived.
    """

    def __init__(self, tenant: Tenant, item: AwaitedAlone | AwaitedInOrder) -> None:
        super().__init__(grace=tenant.grace, guard=item.guard or tenant.settings.guard)
        self.item, self._tenant = item, tenant
        self._clock, self._journal, self._outbox = tenant.clock, tenant.journal, tenant.outbox
        self._from = self._clock.elapsed()
        self._record = EntryIndex(self._journal.after(item.after))
        self._arrived: set[int] = set()
        """Events known to have arrived, or to be on their way no more."""
        items = item.in_order if isinstance(item, AwaitedInOrder) else (item,)
        self._at_deliveries = any(one.looked_at == "delivered" for one in items)
        self._least = len(items) if isinstance(item, AwaitedInOrder) else limits(item)[0]
        """So many lines have to be seen."""
        self._judged: tuple[float, Judgement] | None = None

    def succeeded(self, outcome: Outcome) -> bool:
        """Whether all is as expected, now that the waiting is over."""
        return outcome not in ("held", "gone") and self.final(outcome).status == "met"

    def final(self, outcome: Outcome) -> Judgement:
        """How it stands in the end. What only time can decide stays undecided on a clock that stands."""
        verdict = self._verdict()
        in_vain = outcome == "nothing" and not self._needs_time(verdict)
        return self._verdict(over=outcome == "limit" or in_vain or self._is_decided(verdict))

    def seen(self) -> dict[str, Any]:
        """The lines that count, as JSON. `entry`: the one that was enough. The world remembers what was expected."""
        counted = set(self.final("met").seen)
        entries = [entry for entry in self._journal.after(self.item.after) if entry.seq in counted]
        self._tenant.expected.update(entry.seq for entry in entries if entry.kind == "command")
        enough = entries[max(min(self._least, len(entries)) - 1, 0)] if entries else None
        hint = enough and self._hint(enough)
        return {
            "entry": enough and enough.shown(),
            "payload": enough and enough.subject(),
            "entries": [entry.shown() for entry in entries],
            "seq": enough.seq if enough else self._journal.last,
            **({"hint": hint} if hint else {}),
        }

    def why(self, outcome: Outcome) -> str:
        """In plain words, why it was not met."""
        if outcome == "held":
            return f"the world does not come to rest: waiting for {'; '.join(self.holders()) or 'nothing any more'}"
        if outcome == "nothing" and self._clock.mode == "manual":
            return f"the clock stands at {self._clock.elapsed():.3f} s; advance it, or set it to auto"
        if outcome == "nothing":
            first = self._clock.next_timer()
            if first is None:
                return "nothing can happen any more"
            if self._clock.mode == "auto" and self._clock.named_holds:
                return f"the clock is held: {'; '.join(self.holders())}; release it"
            limit = f"the next thing is a limit at {instant(first)}"
            return f"nothing can happen any more within an hour: {limit}; give within to wait for it"
        nearest = self.final(outcome).nearest
        often = nearest is not None and [one.path for one in nearest.differences] == ["count"]
        return "it was seen too often" if often else "its time is over"

    def unheard(self) -> dict[str, list[str]]:
        """The webhooks that the application cannot have reacted to, by why it did not get them; see `HINTS`."""
        mine = {id(event.data) for event in self._webhooks()}
        found: dict[str, dict[str, None]] = {}
        for delivery in self._outbox.log:
            if delivery.status in HINTS and id(delivery.event.data) in mine:
                found.setdefault(delivery.status, {})[delivery.event.name] = None
        return {status: list(names) for status, names in found.items()}

    def holders(self) -> list[str]:
        """What kept the clock from moving, now that this wait does not any more."""
        return [one for one in self._clock.holders() if one != NO_WAIT]

    # -- when it is over -------------------------------------------------------------------------------------

    def is_met(self) -> bool:
        """Also when it cannot be met any more: then nothing is gained by waiting."""
        verdict = self._verdict()
        return verdict.status == "failed" or (self._is_decided(verdict) and self._have_arrived(verdict))

    def deadline(self) -> float | None:
        """None for what is decided: a webhook that happened in time may arrive later."""
        verdict = self._verdict()
        return None if self._is_decided(verdict) else verdict.window[1]

    def awaits_application(self) -> bool:
        """Whether something has still to be seen. What was seen often enough can only be seen too often."""
        return len(self._verdict().seen) < self._least

    def _is_decided(self, verdict: Judgement) -> bool:
        """Without a time limit, what is there so far counts; with one, what has a maximum needs all of it."""
        if verdict.status != "pending" or isinstance(self.item, AwaitedInOrder):
            return verdict.status != "pending"
        return self.item.within is None and len(verdict.seen) >= self._least

    def _needs_time(self, verdict: Judgement) -> bool:
        alone = isinstance(self.item, AwaitedAlone)
        return alone and len(verdict.seen) >= self._least and verdict.window[1] is not None

    def _verdict(self, over: bool = False) -> Judgement:
        if self._judged is not None:
            at, known = self._judged
            # Time changes nothing of what is decided, or has no time limit.
            timeless = not over and known.window[1] is None
            if known.status != "pending" or timeless or (not over and at == self._clock.elapsed()):
                return known
        now = self._clock.elapsed()
        verdict = judge(self.item, self._record, self._legs, self._from, now, over, since=self._from)
        self._judged = now, verdict
        return verdict

    def _legs(self, name: str) -> tuple[str, ...]:
        """A leg that is forgotten is still found by its id."""
        return self._tenant.legs(name) or (name,)

    def saw(self, entry: Entry) -> None:
        """To be told of each line that comes."""
        if entry.seq > self.item.after:
            self._record.add(entry)
            if entry.kind != "delivery" or self._at_deliveries:
                self._judged = None

    # -- whether it arrived ----------------------------------------------------------------------------------

    def _have_arrived(self, verdict: Judgement) -> bool:
        """As many of the webhooks as are needed, or they never will."""
        events = {event.seq: event for event in self._webhooks()}
        for seq in verdict.seen:
            event = events.get(seq)
            if event is None or seq in self._arrived or self._became(event) != {"pending"}:
                self._arrived.add(seq)
        return len(self._arrived.intersection(verdict.seen)) >= min(self._least, len(verdict.seen))

    def _webhooks(self) -> list[EventPublished]:
        return [entry for entry in self._record.of("webhook") if isinstance(entry, EventPublished)]

    def _became(self, event: EventPublished) -> set[str]:
        return {delivery.status for delivery in self._outbox.log if delivery.event.data is event.data}

    def _hint(self, entry: Entry) -> str | None:
        """Why the application knows nothing of a webhook that counts."""
        became = self._became(entry) if isinstance(entry, EventPublished) else {"delivered"}
        return None if "delivered" in became else next((HINTS[one] for one in HINTS if one in became), None)


HINTS: Final = {
    "no_url": "it was sent nowhere: no webhook URL is known for it",
    "dropped": "it was dropped by a fault",
    "failed": "the application did not take it",
    "pending": "the application has not taken it so far",
}
