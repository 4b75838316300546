"""Everything that is wrong with a run that has come to its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telnyx_emulator.happening import happening
from telnyx_emulator.journal import Entry
from telnyx_emulator.scenarios.engine import Performance
from telnyx_emulator.scenarios.judgement import Verdict
from telnyx_emulator.scenarios.model import Expectation, InOrder
from telnyx_emulator.scenarios.report import Report


def report_of(
    performance: Performance,
    entries: Sequence[Entry],
    names: dict[str, str],
    verdicts: Sequence[Verdict],
    holders: Sequence[str],
    strict: bool,
) -> Report:
    """False if nothing is wrong. `holders`: who held the clock when it should have gone on."""
    return Report(
        entries,
        names,
        verdicts,
        unused=performance.unused(),
        undelivered=_undelivered(entries),
        unexpected=_unexpected(performance, entries) if strict else (),
        others=_others(performance, entries, holders),
        holders=holders,
    )


def _undelivered(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Webhooks that were given up, unless a fault was to blame for the last attempt."""
    last: dict[str, Entry] = {}
    for entry in entries:
        if entry.kind != "delivery":
            continue
        id = entry.detail["event_id"]
        if "attempt" in entry.detail:
            last[id] = entry
        elif entry.detail.get("result") == "failed" and (id not in last or not last[id].detail.get("fault")):
            yield entry


def _unexpected(performance: Performance, entries: Sequence[Entry]) -> Iterator[Entry]:
    """Commands that no expectation is about."""
    expected = list(_expectations(performance))
    for entry in entries:
        seen = happening(entry) if entry.kind == "command" else None
        if seen is not None and not any(one.matches(seen, performance.legs) for one in expected):
            yield entry


def _expectations(performance: Performance) -> Iterator[Expectation]:
    for item in performance.scenario.expect:
        yield from item.in_order if isinstance(item, InOrder) else (item,)


def _others(performance: Performance, entries: Sequence[Entry], holders: Sequence[str]) -> Iterator[str]:
    if holders:
        yield f"the clock stood still, waiting for {'; '.join(holders)}"
    for step in performance.pending_steps():
        if not step.optional:
            yield f"a step was never taken: {step.when or 'its instant did not come'}; mark it optional if that is fine"
    for entry in entries:
        if entry.kind == "fault":
            yield f"the emulator itself failed: {entry.name} {entry.detail.get('detail', '')}"
        elif entry.kind == "state" and entry.name == "skipped" and entry.detail.get("wrong"):
            yield f"a step could not be taken: {entry.detail['act']}: {entry.detail['why']}; or mark it optional"
        elif entry.kind == "state" and entry.name == "app_request":
            yield from _not_answered(entry)


def _not_answered(entry: Entry) -> Iterator[str]:
    """A request of the scenario to the application: it may be refused, but must be answered."""
    method, path, status, error = (entry.detail[name] for name in ("method", "path", "status", "error"))
    if error is not None or status >= 500:
        yield f"your application did not do {method} {path}: {error or f'HTTP {status}'}"
