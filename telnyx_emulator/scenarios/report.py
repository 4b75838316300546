"""Why a run or a test failed, for its reader: what was expected, what came nearest, and the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from telnyx_emulator.core.time.durations import written
from telnyx_emulator.faults import Rule
from telnyx_emulator.journal import DeliveryAttempted, DeliveryFinished, Entry
from telnyx_emulator.ladder import Ladder, MissingArrow, instant, leg_names
from telnyx_emulator.matching import OPERATORS, Difference, shown
from telnyx_emulator.observed import KINDS, observed

from .fault import ScenarioFault
from .judgement import Judgement, Nearest, limits
from .model import Expectation, InOrder

MOST_ROWS: Final = 80
WINDOW_COLUMN: Final = 80
NAMING: Final = ("command", "webhook", "delivered", "far_end", "request", "kind")
"""Differences that are plain to see in what is named."""


def failure(
    verdict: Judgement, entries: Iterable[Entry], names: Mapping[str, str] | None = None, holders: Iterable[str] = ()
) -> str:
    """The report of one expectation that was not met. `names`: of legs, by call_control_id; `holders`: of the clock."""
    return Report(entries, names, [verdict], holders=holders).text()


def summary(verdict: Judgement, names: Mapping[str, str] | None = None) -> str:
    """The same in one line."""
    block = _of_verdict(verdict, names or {}, ())
    wording = (line for line in block.lines if line.title in ("expected", "nearest", "seen"))
    return "; ".join(f"{line.title} {' '.join(line.text.split())}" for line in wording)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """`title` stands before the text; lines without one belong to the line above."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that is wrong; `marks` and `missing` show it in the ladder."""

    lines: tuple[ReportLine, ...]
    marks: Mapping[int, str]
    missing: tuple[MissingArrow, ...] = ()

    def text(self) -> str:
        heads = [f"{line.title:10}{line.text}".rstrip() for line in self.lines]
        return "\n".join(f"{'FAILED' if not place else '':8}{head}" for place, head in enumerate(heads)) + "\n"


class Report:
    """All that is wrong with a run: one block each, and one ladder for all of them.

    `unused`: faults that never fired; `undelivered`: the journal's lines about webhooks that were given up;
    `unexpected`: those of commands that nothing expects; `others`: whatever else, in whole sentences.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        names: Mapping[str, str] | None = None,
        verdicts: Iterable[Judgement] = (),
        *,
        unused: Iterable[Rule] = (),
        undelivered: Iterable[DeliveryAttempted | DeliveryFinished] = (),
        unexpected: Iterable[Entry] = (),
        others: Iterable[str] = (),
        holders: Iterable[str] = (),
    ) -> None:
        self._entries = list(entries)
        self._names = leg_names(self._entries, names)
        held = tuple(holders)
        self._blocks = [_of_verdict(one, self._names, held, self._end()) for one in verdicts if one.status != "met"]
        self._blocks += [_of_unused(rule, self._entries, self._names) for rule in unused]
        self._blocks += [_of_delivery(entry) for entry in undelivered]
        self._blocks += [_of_command(entry, self._names) for entry in unexpected]
        self._blocks += [Block((ReportLine("because", sentence),), {}) for sentence in others]

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._blocks)

    @property
    def summary(self) -> str:
        """The first thing that is wrong, in one line, and how many more there are."""
        if not self._blocks:
            return "nothing is wrong"
        first = self._blocks[0].lines[0]
        more = f" (and {len(self._blocks) - 1} more)" if len(self._blocks) > 1 else ""
        return f"{first.title} {' '.join(first.text.split())}{more}"

    def text(self, color: bool = False) -> str:
        """The whole report."""
        marks = {seq: mark for block in reversed(self._blocks) for seq, mark in block.marks.items()}
        missing = [one for block in self._blocks for one in block.missing]
        ladder = Ladder(self._entries, self._names, marks, missing)
        return "".join(block.text() for block in self._blocks) + ladder.text(color, MOST_ROWS)

    def _end(self) -> float:
        return self._entries[-1].at if self._entries else 0.0


# -- expectations ----------------------------------------------------------------------------------------------------


def _of_verdict(verdict: Judgement, names: Mapping[str, str], holders: Sequence[str], end: float = 0.0) -> Block:
    missing = verdict.missing or _first(verdict.item)
    before = _before(verdict.item, missing)
    lines = [ReportLine("expected", _with_window(expected(_called(missing, names), before), verdict))]
    most = limits(missing)[1] if missing is verdict.item else 1
    surplus = len(verdict.seen) - int(most) if most != float("inf") else 0
    if surplus > 0 and missing is verdict.item:
        mark = "<- never" if most == 0 else "<- too many"
        lines.append(ReportLine("seen", times(len(verdict.seen))))
        return Block((*lines, *_held(holders)), dict.fromkeys(verdict.seen[-surplus:], mark))
    if verdict.seen and missing is verdict.item:
        lines.append(ReportLine("seen", times(len(verdict.seen))))
    lines += _nearest(verdict.nearest, names)
    marks = {verdict.nearest.entry.seq: "<- nearest"} if verdict.nearest else {}
    return Block((*lines, *_held(holders)), marks, (_missing(missing, verdict, names, end),))


def _called(item: Expectation, names: Mapping[str, str]) -> Expectation:
    """The same with the name of its leg, if an id was given."""
    return item.model_copy(update={"leg": names.get(item.leg or "", item.leg)})


def _first(item: Expectation | InOrder) -> Expectation:
    return item.in_order[0] if isinstance(item, InOrder) else item


def _before(item: Expectation | InOrder, missing: Expectation) -> Expectation | None:
    """What stands before it in its order."""
    if not isinstance(item, InOrder):
        return None
    place = next((place for place, one in enumerate(item.in_order) if one is missing), 0)
    return item.in_order[place - 1] if place else None


def _with_window(text: str, verdict: Judgement) -> str:
    start, until = verdict.window
    window = f"({instant(start)} .. {instant(until)})" if until is not None else f"({instant(start)} ..)"
    return f"{text:{WINDOW_COLUMN - 20}}  {window}"


def _held(holders: Sequence[str]) -> Iterator[ReportLine]:
    if holders:
        yield ReportLine("held by", "; ".join(holders))


def _nearest(nearest: Nearest | None, names: Mapping[str, str]) -> Iterator[ReportLine]:
    if nearest is None:
        yield ReportLine("nearest", "nothing like it happened")
        return
    paths = ", ".join(dict.fromkeys(one.path for one in nearest.differences))
    yield ReportLine("nearest", f"{_described(nearest.entry)} - differs in: {paths}")
    for one in nearest.differences:
        if one.path not in NAMING:
            yield ReportLine("", _difference(one, names))


def _difference(one: Difference, names: Mapping[str, str]) -> str:
    """What was found and what was wanted, legs by their names."""
    if one.path == "leg":
        one = replace(one, wanted=names.get(one.wanted, one.wanted), found=names.get(one.found, one.found))
    return str(one)


def _described(entry: Entry) -> str:
    attempt = f" (attempt {entry.attempt})" if isinstance(entry, DeliveryAttempted) else ""
    return f"{KINDS.get(entry.kind, entry.kind)} {entry.name}{attempt} at {instant(entry.at)}"


def _missing(missing: Expectation, verdict: Judgement, names: Mapping[str, str], end: float) -> MissingArrow:
    until = verdict.window[1]
    leg = next((id for id, name in names.items() if missing.leg in (id, name)), None)
    return MissingArrow(missing.name, max(end, verdict.window[0]) if until is None else until, missing.kind, leg)


# -- the rest --------------------------------------------------------------------------------------------------------


def _of_unused(rule: Rule, entries: Sequence[Entry], names: Mapping[str, str]) -> Block:
    """A fault that never fired: it was never asked for, came too late, or had no luck."""
    if rule.matched:
        why = f"{ordinary(rule.matched)} matched it, skip {rule.skip}, chance {rule.chance:g}"
    else:
        why = "nothing matched it"
    lines = [ReportLine("fault", f'"{rule.name}" never fired: {why}')]
    nearest = None if rule.matched else _nearly(rule, entries, names)
    if nearest is not None:
        lines += _nearest(nearest, names)
    return Block(tuple(lines), {nearest.entry.seq: "<- nearest"} if nearest else {})


def _nearly(rule: Rule, entries: Sequence[Entry], names: Mapping[str, str]) -> Nearest | None:
    """The observed event of the awaited name that differs in the fewest places."""
    if not isinstance(rule.source, ScenarioFault):
        return None
    when, found = rule.source.when, list[Nearest]()
    for entry in entries:
        seen = observed(entry)
        if seen is not None and seen.kind == when.looked_at and seen.name == when.name:
            differences = when.differences(seen, lambda wanted: [id for id, name in names.items() if name == wanted])
            found.append(Nearest(entry, tuple(differences)))
    found = [one for one in found if one.differences]
    return min(found, key=lambda one: len(one.differences), default=None)


def _of_delivery(entry: DeliveryAttempted | DeliveryFinished) -> Block:
    if isinstance(entry, DeliveryFinished):
        text = f"{entry.name}, given up at {instant(entry.at)} after {ordinary(entry.attempts, 'attempt')}"
    else:
        why = entry.error or f"HTTP {entry.status}"
        text = f"{entry.name}, not taken at {instant(entry.at)} ({why}), and not tried again so far"
    return Block((ReportLine("delivery", text),), {entry.seq: "<- not delivered"})


def _of_command(entry: Entry, names: Mapping[str, str]) -> Block:
    leg = names.get(entry.call_control_id or "")
    on = f" on {leg}" if leg else ""
    return Block(
        (ReportLine("command", f"{entry.name}{on} at {instant(entry.at)}, which nothing expects"),),
        {entry.seq: "<- unexpected"},
    )


# -- expectations in words --------------------------------------------------------------------------------------------


WIDEST_WHERE: Final = 100


def expected(item: Expectation, before: Expectation | None = None) -> str:
    """`command speak on caller within 3s of call.refer.failed`. `before`: what `within` counts from."""
    parts = [f"never {item}" if item.never or item.count == 0 else f"{item}{_often(item)}"]
    parts += [f"with {text}" for text in [_where(item)] if text]
    if item.within is not None:
        of = f" of {before.name}" if before else ""
        parts.append(f"within {written(item.within)}{of}")
    elif before is not None:
        parts.append(f"after {before.name}")
    return " ".join(parts)


def _often(item: Expectation) -> str:
    if item.count is not None:
        return f" exactly {times(item.count)}"
    bounds = [("at least", item.at_least), ("at most", item.at_most)]
    wording = " and ".join(f"{word} {times(number)}" for word, number in bounds if number)
    if item.at_most == 0:
        return " not at all"
    return f" {wording}" if wording else ""


def _where(item: Expectation) -> str:
    """The patterns, as `key=value` where that says it all."""
    looked_at: dict[str, Any] = {"": item.where, "meta": item.meta, "attempt": item.attempt, "status": item.status}
    found = [
        text for name, pattern in looked_at.items() if pattern not in (None, {}) for text in _equalities(name, pattern)
    ]
    text = " ".join(found)
    return text if len(text) <= WIDEST_WHERE else f"{text[: WIDEST_WHERE - 1]}…"


def _equalities(name: str, pattern: Any) -> list[str]:
    if isinstance(pattern, dict) and not pattern.keys() <= OPERATORS.keys():
        prefix = f"{name}." if name else ""
        return [f"{prefix}{key}={shown(inner)}" for key, inner in pattern.items()]
    return [f"{name}={shown(pattern)}" if name else shown(pattern)]


def times(count: int) -> str:
    return {0: "not at all", 1: "once", 2: "twice"}.get(count, f"{count} times")


def ordinary(count: int, what: str = "thing") -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
