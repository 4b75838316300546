"""All webhooks of one world: each goes where it should, when it may, as often as it must."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Final, Literal

import orjson

from telnyx_emulator.core.ports import Published
from telnyx_emulator.core.routing import Session
from telnyx_emulator.core.time.clock import Clock, Hold
from telnyx_emulator.faults import DeliveryFault, Faults, Rule
from telnyx_emulator.journal import DeliveryAttempted, DeliveryFinished
from telnyx_emulator.journal.ring import Journal
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.settings import Settings

from .delivery import Attempt, Awaited, Delivery, DeliveryStory, Target
from .sender import Sender
from .session_queue import Gate, SessionQueue, Slot

log = logging.getLogger("telnyx_emulator")

REFUSED_FOR_GOOD: Final = frozenset(range(400, 500)) - {408, 429}
"""Statuses after which no further attempt would change it."""


class Outbox:
    """The webhooks of one world. Every event that is put in ends as delivered, failed, dropped or no_url."""

    def __init__(
        self,
        clock: Clock,
        sender: Sender,
        settings: Settings,
        urls: Callable[[], tuple[str | None, str | None]],
        faults: Faults,
        journal: Journal,
    ) -> None:
        self.log: deque[Delivery] = deque(maxlen=settings.journal_size)
        self._clock, self._sender, self._settings = clock, sender, settings
        backoff, count = settings.webhook_backoff, settings.webhook_attempts - 1
        self._usual_delays = (backoff + backoff[-1:] * count)[:count]
        self._urls, self._faults, self._journal = urls, faults, journal
        self._rules = faults.on("delivery")
        self._queues: dict[Session, SessionQueue] = {}
        self._tasks: set[asyncio.Task[Attempt]] = set()
        self._gate: Gate | None = None
        self._closed = False

    def put(self, event: Published) -> None:
        """Take an event over."""
        targets, override, application = list(self.targets(event)), event.override, event.application
        policy = override.retries.get(event.name) if override else None
        delays = self._usual_delays if policy is None else [millis / 1000 for millis in policy]
        timeout = (application and application.webhook_timeout_secs) or self._settings.webhook_timeout
        delivery = Delivery(event, targets, delays, timeout)
        self.log.append(delivery)
        if not targets:
            self._finish(delivery, "no_url", self._clock.elapsed())
            return
        session = event.session if event.session.merged_into is None else event.session.root()
        queue = self._queues.get(session) or self._queue(session)
        delivery.hold = self._hold(delivery)
        delivery.story = self._story(delivery)
        delivery.slot = Slot(event.seq, partial(self._go_on, delivery))
        if self._gate is not None:
            self._gate.keep_back(queue)
        queue.join(delivery.slot)

    @contextmanager
    def gate(self) -> Iterator[Gate]:
        """What is put in inside its block waits until the gate is opened, and so do its successors."""
        self._gate = gate = Gate()
        try:
            yield gate
        except BaseException:
            gate.open()
            raise
        finally:
            self._gate = None

    def merge(self, session: Session, other: Session) -> None:
        """`other` becomes a part of `session`."""
        if (joined := self._queues.pop(other, None)) is not None:
            self._queue(session).take_over(joined)

    def close(self) -> None:
        """Give up what is under way and what waits behind it."""
        self._closed = True
        for queue in self._queues.values():
            queue.waiting.clear()
        for task in self._tasks:
            task.cancel()

    # -- where to --------------------------------------------------------------------------------------------

    def targets(self, event: Published) -> Iterator[Target]:
        """What is tried, in order: the URLs for this type, the leg's, the application's, the server's."""
        override, application = event.override, event.application
        primary, failover = self._urls()
        if application is not None:
            primary = application.webhook_event_url or primary
            failover = application.webhook_event_failover_url or failover
        skip = self._settings.dial_override_skips_initiated and event.name == "call.initiated"
        if override is not None and event.name in override.urls:
            yield from (Target(url, override.urls_method) for url in override.urls[event.name])
        elif override is not None and override.url and not skip:
            yield Target(override.url, override.method)
        elif primary:
            yield Target(primary, "POST")
        else:
            return
        if failover:
            yield Target(failover, "POST")

    # -- the story of one delivery ---------------------------------------------------------------------------

    def _story(self, delivery: Delivery) -> DeliveryStory:
        """All that becomes of an event from its turn on. See `Awaited` for what it yields."""
        # Each attempt, and the pause after it: the failover URL is next at once.
        plan = [(target, pause) for target in delivery.targets for pause in (*delivery.delays, 0.0)]
        copies: Rule | None = None
        for number, (target, pause) in enumerate(plan, 1):
            rule = self._rule(delivery, target, number) if self._rules else None
            if rule is not None:
                fault: DeliveryFault = rule.effect
                if fault.drop:
                    delivery.dropped_by = rule.name
                    self._finish(delivery, "dropped", self._clock.elapsed())
                    return
                if fault.reorder:
                    self._queue(delivery.event.session.root()).let_pass(delivery.slot, fault.reorder)
                    yield None
                elif fault.delay is not None and not fault.duplicate:
                    yield self._faults.draw(fault.delay)
                copies = rule if fault.duplicate else copies
            attempt: Attempt = yield self._sender.attempt(delivery, self._clock, target, number, rule)
            self._note(delivery, attempt)
            if attempt.delivered or attempt.status in REFUSED_FOR_GOOD or number == len(plan):
                break
            yield pause
        self._finish(delivery, "delivered" if attempt.delivered else "failed", attempt.ended)
        if copies is not None and attempt.delivered:
            yield from self._copies(delivery, target, number, copies)

    def _copies(self, delivery: Delivery, target: Target, number: int, rule: Rule) -> DeliveryStory:
        """What was taken, again. Without a delay the copies keep its place in the order, else the next one goes on."""
        fault: DeliveryFault = rule.effect
        for copy in range(1, fault.duplicate + 1):
            if fault.delay is not None:
                yield self._faults.draw(fault.delay)
            self._note(delivery, (yield self._sender.attempt(delivery, self._clock, target, number, rule, copy)))

    def _rule(self, delivery: Delivery, target: Target, number: int) -> Rule | None:
        """By which this attempt goes wrong. The rules are asked once for each."""
        event = delivery.event
        payload, meta = orjson.loads(event.data)["payload"], {"attempt": number, "url": target.url}
        return self._faults.delivery(ObservedEvent("delivered", event.name, event.call_control_id, payload, meta))

    def _note(self, delivery: Delivery, attempt: Attempt) -> None:
        delivery.attempts.append(attempt)
        event, got = delivery.event, (attempt.status, attempt.error, attempt.latency_ms, attempt.fault, attempt.copy)
        ids = event.session.id, event.leg_id, event.call_control_id, event.id
        about = self._journal.next, attempt.ended, event.name, *ids
        self._journal.add(DeliveryAttempted(*about, attempt.number, attempt.url, *got, data=event.data))

    def _finish(
        self, delivery: Delivery, status: Literal["delivered", "failed", "dropped", "no_url"], at: float
    ) -> None:
        delivery.status, delivery.finished = status, self._clock.epoch + timedelta(seconds=at)
        if status == "delivered":
            return
        event, attempts = delivery.event, delivery.attempts
        if status == "failed":
            reason = attempts[-1].error or f"HTTP {attempts[-1].status}"
            log.warning("%s was not delivered to %s: %s", event.name, attempts[-1].url, reason)
        ids = event.session.id, event.leg_id, event.call_control_id, event.id
        about = self._journal.next, at, event.name, *ids
        self._journal.add(DeliveryFinished(*about, status, len(attempts), delivery.dropped_by, data=event.data))

    # -- how it goes on --------------------------------------------------------------------------------------

    def _go_on(self, delivery: Delivery, attempt: Attempt | None = None) -> None:
        """Tell the story of a delivery up to its next step. It holds the clock except during pauses."""
        if self._closed:
            return
        # Also in a timer's callback, before anything is sent: until that begins the clock could jump on.
        delivery.hold = delivery.hold or self._hold(delivery)
        step: Awaited = None
        try:
            step = delivery.story.send(attempt)
        except StopIteration:
            pass
        except BaseException:
            self._let_go(delivery)
            raise
        if isinstance(step, Coroutine):
            self._tasks.add(task := asyncio.get_running_loop().create_task(step))
            task.add_done_callback(partial(self._sent, delivery))
            return
        if step is not None:
            self._clock.call_later(step, partial(self._go_on, delivery))
        self._let_go(delivery)

    def _sent(self, delivery: Delivery, task: asyncio.Task[Attempt]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or task.exception() is not None:
            self._let_go(delivery)
        if not task.cancelled():
            self._go_on(delivery, task.result())  # an error of our own is raised here: the loop logs it

    def _hold(self, delivery: Delivery) -> Hold:
        return self._clock.hold(f"your answer to {delivery.event.name}")

    def _let_go(self, delivery: Delivery) -> None:
        """Neither its successors nor the clock wait for it now."""
        delivery.slot.leave(sent=bool(delivery.attempts))
        if delivery.hold is not None:
            delivery.hold.release()
            delivery.hold = None

    # -- in which order --------------------------------------------------------------------------------------

    def _queue(self, session: Session) -> SessionQueue:
        if session not in self._queues:
            self._queues[session] = SessionQueue(self._clock, partial(self._queues.pop, session, None))
        return self._queues[session]
