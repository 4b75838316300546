"""All webhooks of one world: each goes where it should, when it may, as often as it must."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.ports import Published
from telnyx_emulator.core.routing import Session
from telnyx_emulator.core.time.clock import Clock, Hold
from telnyx_emulator.core.time.durations import Seconds
from telnyx_emulator.faults import Faults, Rule
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.settings import Settings

from .delivery import Attempt, Delivery, Status, Target, effect_of
from .queue import IDLE_SECS, IN_ORDER_SECS, Gate, Queue
from .sender import Sender


class Outbox:
    """The webhooks of one world. Every event that is put in ends as delivered, failed, dropped or no_url."""

    def __init__(
        self,
        clock: Clock,
        sender: Sender,
        settings: Settings,
        urls: Callable[[], tuple[str | None, str | None]],
        on_finished: Callable[[Delivery], None],
        on_attempt: Callable[[Delivery, Attempt], None],
        new_id: Callable[[], str],
        faults: Faults,
    ) -> None:
        self.log: deque[Delivery] = deque(maxlen=settings.journal_size)
        self._clock, self._sender, self._settings = clock, sender, settings
        backoff, count = settings.webhook_backoff, settings.webhook_attempts - 1
        self._usual_delays = (backoff + backoff[-1:] * count)[:count]
        self._urls, self._new_id, self._faults = urls, new_id, faults
        self._on_finished, self._on_attempt = on_finished, on_attempt
        self._queues: dict[Session, Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._gate: Gate | None = None

    def put(self, event: Published) -> None:
        """Take an event over."""
        targets = list(self.targets(event))
        delivery = Delivery(
            self._new_id(),
            event,
            targets,
            self._delays(event, targets),
            self._timeout(event),
            event.occurred_at,
        )
        self.log.append(delivery)
        if not targets:
            self._finish(delivery, "no_url", event.occurred_at)
            return
        self._hold(delivery)
        session = event.session.root()
        queue = self._queues.get(session)
        if queue is None:
            queue = self._queues[session] = Queue()
        queue.waiting.append(delivery)
        if self._gate is not None:
            queue.gates.add(self._gate)
            self._gate.sessions[session] = None
        self._start_next(session, queue)

    def gate(self) -> Gate:
        """What is put in inside its block waits until the gate is opened, and so do its successors."""
        return Gate(self._set_gate, self._gate_opened)

    def merge(self, session: Session, other: Session) -> None:
        """`other` becomes a part of `session`."""
        joined = self._queues.pop(other, None)
        if joined is None:
            return
        queue = self._queues.setdefault(session, Queue())
        queue.take_over(joined)
        for gate in joined.gates:
            gate.sessions.pop(other, None)
            gate.sessions[session] = None
        self._start_next(session, queue)

    def close(self) -> None:
        """Give up whatever is under way and whatever waits behind it."""
        self._queues.clear()
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

    def _delays(self, event: Published, targets: list[Target]) -> list[tuple[float, ...]]:
        policy = event.override.retries.get(event.name) if event.override else None
        if policy is not None:
            return [tuple(millis / 1000 for millis in policy)] * len(targets)
        return [self._usual_delays] * len(targets)

    def _timeout(self, event: Published) -> float:
        given = event.application.webhook_timeout_secs if event.application else None
        return given or self._settings.webhook_timeout

    # -- in which order --------------------------------------------------------------------------------------

    def _start_next(self, session: Session, queue: Queue) -> None:
        while queue.waiting and not queue.ahead and not queue.gates:
            delivery = queue.waiting.popleft()
            queue.ahead.add(delivery)
            self._begin(delivery)
            if delivery in queue.ahead:
                asyncio.get_running_loop().call_later(IN_ORDER_SECS, self._passed, delivery)
        if not queue.idle:
            queue.busy()
        elif not queue.passed_by:
            self._queues.pop(session, None)
        elif queue.idle_since is None:
            queue.idle_since = self._clock.call_later(IDLE_SECS, lambda: self._nothing_follows(session))

    def _passed(self, delivery: Delivery) -> None:
        """Nobody waits for this one any more: it was answered, failed, or took too long."""
        session = delivery.event.session.root()
        queue = self._queues.get(session)
        if queue is not None and delivery in queue.ahead:
            for late in queue.gone(delivery):
                self._hold(late)
            self._start_next(session, queue)

    def _nothing_follows(self, session: Session) -> None:
        session = session.root()
        queue = self._queues[session]
        for late in queue.resume():
            self._hold(late)
        self._start_next(session, queue)

    def _set_gate(self, gate: Gate | None) -> None:
        self._gate = gate

    def _gate_opened(self, session: Session, gate: Gate) -> None:
        queue = self._queues.get(session)
        if queue is not None:
            queue.gates.discard(gate)
            self._start_next(session, queue)

    # -- what goes wrong on purpose --------------------------------------------------------------------------

    def _begin(self, delivery: Delivery) -> None:
        """The next attempt, unless a fault drops it or puts it off. The rules are asked once for each."""
        if delivery.rule is None and self._faults.armed("delivery"):
            delivery.rule = self._faults.delivery(_attempt_at_hand(delivery))
            if delivery.rule is not None and self._put_off(delivery, delivery.rule):
                return
        self._start(delivery)

    def _put_off(self, delivery: Delivery, rule: Rule) -> bool:
        """Whether it does not leave now: then nobody waits for it, and it holds nothing."""
        fault = effect_of(rule)
        if fault.drop:
            delivery.dropped_by = rule.name
            self._finish(delivery, "dropped")
        elif fault.reorder:
            self._queues.setdefault(delivery.event.session.root(), Queue()).passed_by[delivery] = fault.reorder
        elif fault.delay is not None and not fault.duplicate:
            self._clock.call_later(self._faults.draw(fault.delay), lambda: self._start(delivery))
        else:
            return False
        queue = self._queues.get(delivery.event.session.root())
        if queue is not None:
            queue.ahead.discard(delivery)
        self._release(delivery)
        return True

    async def _send_copies(self, delivery: Delivery, rule: Rule) -> None:
        """What was taken, again. Without a delay the copies keep its place in the order, else nobody waits."""
        fault = effect_of(rule)
        if fault.delay is not None:
            self._plan_copy(delivery, rule, fault.delay, 1)
            return
        for copy in range(1, fault.duplicate + 1):
            self._note(delivery, await self._sender.attempt(delivery, self._clock, rule, copy))

    def _plan_copy(self, delivery: Delivery, rule: Rule, delay: Seconds, copy: int) -> None:
        async def send(hold: Hold) -> None:
            with hold:
                self._note(delivery, await self._sender.attempt(delivery, self._clock, rule, copy))
                self._plan_copy(delivery, rule, delay, copy + 1)

        def due() -> None:
            # Held here and now: the task begins later, and until then the clock could jump on.
            self._spawn(send(self._clock.hold(_awaited(delivery))))

        if copy <= effect_of(rule).duplicate:
            self._clock.call_later(self._faults.draw(delay), due)

    # -- how often -------------------------------------------------------------------------------------------

    def _start(self, delivery: Delivery) -> None:
        self._hold(delivery)
        delivery.tries += 1
        self._spawn(self._try(delivery))

    async def _try(self, delivery: Delivery) -> None:
        rule, delivery.rule = delivery.rule, None
        if rule is not None and effect_of(rule).duplicate:
            delivery.copies = rule
        try:
            attempt = await self._sender.attempt(delivery, self._clock, rule)
            self._note(delivery, attempt)
            self._settle(delivery, attempt)
            if attempt.delivered and delivery.copies is not None:
                await self._send_copies(delivery, delivery.copies)
        finally:
            self._passed(delivery)
            self._release(delivery)

    def _settle(self, delivery: Delivery, attempt: Attempt) -> None:
        if attempt.final:
            self._finish(delivery, "delivered" if attempt.delivered else "failed")
            return
        pause = delivery.plan_next()
        if pause is None:
            self._finish(delivery, "failed")
        else:
            self._clock.call_later(pause, lambda: self._retry(delivery))

    def _retry(self, delivery: Delivery) -> None:
        self._begin(delivery)
        session = delivery.event.session.root()
        if (queue := self._queues.get(session)) is not None:
            self._start_next(session, queue)

    def _note(self, delivery: Delivery, attempt: Attempt) -> None:
        delivery.attempts.append(attempt)
        self._on_attempt(delivery, attempt)

    def _finish(self, delivery: Delivery, status: Status, at: str | None = None) -> None:
        delivery.status = status
        delivery.finished_at = at or wire_time(self._clock.now())
        self._on_finished(delivery)

    # -- under way -------------------------------------------------------------------------------------------

    def _spawn(self, sending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(sending)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hold(self, delivery: Delivery) -> None:
        """The clock does not jump while it is ready to go or under way."""
        if delivery.hold is None:
            delivery.hold = self._clock.hold(_awaited(delivery))

    def _release(self, delivery: Delivery) -> None:
        if delivery.hold is not None:
            delivery.hold.release()
            delivery.hold = None


def _awaited(delivery: Delivery) -> str:
    return f"your answer to {delivery.event.name}"


def _attempt_at_hand(delivery: Delivery) -> ObservedEvent:
    """The next attempt, as rules look at it."""
    event, url = delivery.event, delivery.targets[delivery.target].url
    payload = json.loads(event.data)["payload"]
    meta = {"attempt": len(delivery.attempts) + 1, "url": url}
    return ObservedEvent("delivered", event.name, event.call_control_id, payload, meta)
