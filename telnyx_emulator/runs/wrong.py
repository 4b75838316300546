"""Everything that is wrong with a run, for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telnyx_emulator.happening import happening
from telnyx_emulator.journal import Entry
from telnyx_emulator.scenarios.engine import Performance
from telnyx_emulator.scenarios.judgement import Verdict
from telnyx_emulator.scenarios.model import Expectation, InOrder
from telnyx_emulator.scenarios.report import failure
from telnyx_emulator.tenants import Tenant


def all_that_is_wrong(
    tenant: Tenant, performance: Performance, verdicts: Sequence[Verdict], stuck: str | None, strict: bool
) -> Iterator[str]:
    """`stuck`: who held the clock when it should have gone on."""
    entries, names = performance.entries(), tenant.names()
    if stuck is not None:
        yield f"the clock stood still, waiting for {stuck}"
    for verdict in verdicts:
        if verdict.status != "met":
            yield failure(verdict, entries, names, [])
    for step in performance.pending_steps():
        if not step.optional:
            yield f"a step was never taken: {step.when or 'at its instant'}; mark it optional if that is fine"
    for rule in performance.unused():
        yield f"the fault {rule.name!r} never fired; mark it optional if that is fine"
    yield from _undelivered(tenant)
    yield from _unanswered(entries)
    yield from (f"fault of the emulator: {entry.name} {_detail(entry)}" for entry in entries if entry.kind == "fault")
    if strict:
        yield from _unexpected(performance, entries, names)


def _undelivered(tenant: Tenant) -> Iterator[str]:
    for delivery in tenant.outbox.log:
        last = delivery.attempts[-1] if delivery.attempts else None
        if delivery.status == "failed" and last is not None and last.fault is None:
            reason = last.error or f"HTTP {last.status}"
            yield f"the webhook {delivery.event.name} was not delivered to {last.url}: {reason}"


def _unanswered(entries: Sequence[Entry]) -> Iterator[str]:
    """Requests of the scenario to the application: it may refuse one, but not break on it."""
    for entry in entries:
        if entry.kind == "state" and entry.name == "app_request":
            status, error = entry.detail["status"], entry.detail["error"]
            if error is not None or status >= 500:
                yield f"{entry.detail['method']} {entry.detail['path']} to your application: {error or f'HTTP {status}'}"


def _unexpected(performance: Performance, entries: Sequence[Entry], names: dict[str, str]) -> Iterator[str]:
    """Commands that no expectation is about."""
    expected = list(_expectations(performance))
    for entry in entries:
        if entry.kind != "command":
            continue
        seen = happening(entry)
        if seen is not None and not any(one.matches(seen, performance.legs) for one in expected):
            on = names.get(entry.call_control_id or "")
            yield f"unexpected command {entry.name}{f' on {on}' if on else ''} at {entry.at:.1f} s (strict)"


def _expectations(performance: Performance) -> Iterator[Expectation]:
    for item in performance.scenario.expect:
        yield from item.in_order if isinstance(item, InOrder) else (item,)


def _detail(entry: Entry) -> str:
    return str(entry.detail.get("detail", ""))
