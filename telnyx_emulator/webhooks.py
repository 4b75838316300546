"""Webhooks on their way to the application: where to, in which order, how often, and what came of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal, NamedTuple
from urllib.parse import urljoin

import aiohttp
import orjson
from yarl import URL

from telnyx_emulator.core.account import Published, wire_time
from telnyx_emulator.core.clock import Clock, Hold
from telnyx_emulator.core.routing import Method, Session
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer

Status = Literal["pending", "delivered", "failed", "no_url"]

IN_ORDER_SECS = 0.2
"""Real seconds after which the next webhook of a session starts though the one before was not answered."""

MAX_REDIRECTS = 3
KEPT_BODY_BYTES = 10_000


class Target(NamedTuple):
    """One URL that an event is sent to until it is taken."""

    url: str
    method: Method


@dataclass(slots=True)
class Attempt:
    """One try at one URL, as `GET /v2/webhook_deliveries` shows it."""

    number: int
    url: str
    started_at: str
    request_headers: dict[str, str]
    finished_at: str = ""
    latency_ms: float = 0.0
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    error: str | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def final(self) -> bool:
        """No further attempt would change it: taken, or refused for good."""
        return self.delivered or (self.status is not None and 400 <= self.status < 500 and not self.retried)

    @property
    def retried(self) -> bool:
        return self.status in (408, 429)


@dataclass(slots=True, eq=False)
class Delivery:
    """An event and what became of it."""

    id: str
    event: Published
    targets: list[Target]
    delays: list[tuple[float, ...]]
    """Virtual seconds between the attempts at each target."""
    timeout: float
    started_at: str
    finished_at: str | None = None
    status: Status = "pending"
    attempts: list[Attempt] = field(default_factory=list)
    hold: Hold | None = None
    target: int = 0
    tries: int = 0

    def plan_next(self) -> float | None:
        """After a failed attempt: seconds until the next one, or None when all targets are exhausted."""
        delays = self.delays[self.target]
        if self.tries <= len(delays):
            return delays[self.tries - 1]
        if self.target + 1 < len(self.targets):
            self.target, self.tries = self.target + 1, 0
            return 0.0
        return None


class Sender:
    """Signs and sends, for all worlds of an emulator."""

    def __init__(self, settings: Settings) -> None:
        self.signer = Signer(settings.signing_key)
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def attempt(self, delivery: Delivery, clock: Clock) -> Attempt:
        """Send once. Whatever goes wrong is in the result, not raised."""
        url, method = delivery.targets[delivery.target]
        number = len(delivery.attempts) + 1
        body = envelope(delivery.event.data, number, url)
        headers = {
            "content-type": "application/json",
            "user-agent": "telnyx-webhooks",
            **self.signer.headers(body, int(clock.real_now().timestamp())),
        }
        if method == "GET":
            del headers["content-type"]
        attempt = Attempt(number, url, wire_time(clock.now()), headers)
        began = perf_counter()
        try:
            async with asyncio.timeout(delivery.timeout):
                await self._send(attempt, method, body)
        except TimeoutError:
            attempt.error = f"no answer within {delivery.timeout:g} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            attempt.error = f"{type(error).__name__}: {error}"
        if attempt.delivered:
            attempt.error = None  # what a receiver does after its 200 is its own affair
        attempt.latency_ms = round((perf_counter() - began) * 1000, 1)
        attempt.finished_at = wire_time(clock.now())
        return attempt

    async def _send(self, attempt: Attempt, method: Method, body: bytes) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, ssl=self._settings.webhook_tls_verify)
            self._session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        url = attempt.url
        for _ in range(MAX_REDIRECTS + 1):
            target = URL(url)
            if method == "GET":
                target = target.update_query(payload=body.decode())
            async with self._session.request(
                method,
                target,
                data=None if method == "GET" else body,
                headers=attempt.request_headers,
                allow_redirects=False,
            ) as response:
                attempt.status = response.status
                attempt.response_headers = dict(response.headers)
                attempt.body = (await response.content.read(KEPT_BODY_BYTES)).decode(errors="replace")
                location = response.headers.get("location")
            if not 300 <= attempt.status < 400 or location is None:
                return
            url = urljoin(url, location)
        attempt.error = f"more than {MAX_REDIRECTS} redirects"


def envelope(data: bytes, attempt: int, url: str) -> bytes:
    """The body of a webhook, around the event's own JSON."""
    meta = orjson.dumps({"attempt": attempt, "delivered_to": url})
    return b'{"data":' + data + b',"meta":' + meta + b"}"


class Queue:
    """What one session, or several that were bridged, have to send, in the order of the events."""

    __slots__ = ("ahead", "gates", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Delivery] = deque()
        self.ahead: set[Delivery] = set()
        """Started, and the next one still waits for them."""
        self.gates: set[Gate] = set()

    def take_over(self, other: Queue) -> None:
        both = sorted([*self.waiting, *other.waiting], key=lambda delivery: delivery.event.seq)
        self.waiting = deque(both)
        self.ahead |= other.ahead
        self.gates |= other.gates

    @property
    def idle(self) -> bool:
        return not (self.waiting or self.ahead or self.gates)


class Gate:
    """Keeps back what a request caused until its response is on the wire."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.sessions: dict[Session, None] = {}

    def __enter__(self) -> Gate:
        self._outbox._gate = self
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        self._outbox._gate = None
        if kind is not None:
            self.open()

    def open(self) -> None:
        for session in self.sessions:
            self._outbox._gate_opened(session, self)
        self.sessions.clear()


class Outbox:
    """The webhooks of one world. Every event that is put in ends as delivered, failed or no_url."""

    def __init__(
        self,
        clock: Clock,
        sender: Sender,
        settings: Settings,
        urls: Callable[[], tuple[str | None, str | None]],
        on_finished: Callable[[Delivery], None],
        on_attempt: Callable[[Delivery, Attempt], None],
        new_id: Callable[[], str],
    ) -> None:
        self.log: deque[Delivery] = deque(maxlen=settings.journal_size)
        self._clock, self._sender, self._settings = clock, sender, settings
        backoff, count = settings.webhook_backoff, settings.webhook_attempts - 1
        self._usual_delays = (backoff + backoff[-1:] * count)[:count]
        self._urls, self._new_id = urls, new_id
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
        delivery.hold = self._clock.hold(f"your answer to {event.name}")
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
        return Gate(self)

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
            asyncio.get_running_loop().call_later(IN_ORDER_SECS, self._passed, delivery)
            self._begin(delivery)
        if queue.idle:
            self._queues.pop(session, None)

    def _passed(self, delivery: Delivery) -> None:
        """Nobody waits for this one any more: it was answered, failed, or took too long."""
        session = delivery.event.session.root()
        queue = self._queues.get(session)
        if queue is not None and delivery in queue.ahead:
            queue.ahead.discard(delivery)
            self._start_next(session, queue)

    def _gate_opened(self, session: Session, gate: Gate) -> None:
        queue = self._queues.get(session)
        if queue is not None:
            queue.gates.discard(gate)
            self._start_next(session, queue)

    # -- how often -------------------------------------------------------------------------------------------

    def _begin(self, delivery: Delivery) -> None:
        if delivery.hold is None:
            delivery.hold = self._clock.hold(f"your answer to {delivery.event.name}")
        delivery.tries += 1
        task = asyncio.get_running_loop().create_task(self._try(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try(self, delivery: Delivery) -> None:
        try:
            attempt = await self._sender.attempt(delivery, self._clock)
            delivery.attempts.append(attempt)
            self._on_attempt(delivery, attempt)
            self._settle(delivery, attempt)
        finally:
            self._passed(delivery)
            if delivery.hold is not None:
                delivery.hold.release()
                delivery.hold = None

    def _settle(self, delivery: Delivery, attempt: Attempt) -> None:
        if attempt.final:
            self._finish(delivery, "delivered" if attempt.delivered else "failed")
            return
        pause = delivery.plan_next()
        if pause is None:
            self._finish(delivery, "failed")
        else:
            self._clock.call_later(pause, lambda: self._begin(delivery))

    def _finish(self, delivery: Delivery, status: Status, at: str | None = None) -> None:
        delivery.status = status
        delivery.finished_at = at or wire_time(self._clock.now())
        self._on_finished(delivery)
