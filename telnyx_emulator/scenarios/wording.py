"""Expectations in words, as reports tell them."""

from __future__ import annotations

from typing import Any, Final

from telnyx_emulator.core.time.durations import written
from telnyx_emulator.matching import OPERATORS, shown

from .model import Expectation

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
    told = " and ".join(f"{word} {times(number)}" for word, number in bounds if number)
    if item.at_most == 0:
        return " not at all"
    return f" {told}" if told else ""


def _where(item: Expectation) -> str:
    """The patterns, as `key=value` where that says it all."""
    looked_at: dict[str, Any] = {"": item.where, "meta": item.meta, "attempt": item.attempt, "status": item.status}
    found = [text for name, pattern in looked_at.items() if pattern not in (None, {}) for text in _told(name, pattern)]
    text = " ".join(found)
    return text if len(text) <= WIDEST_WHERE else f"{text[: WIDEST_WHERE - 1]}…"


def _told(name: str, pattern: Any) -> list[str]:
    if isinstance(pattern, dict) and not pattern.keys() <= OPERATORS.keys():
        prefix = f"{name}." if name else ""
        return [f"{prefix}{key}={shown(inner)}" for key, inner in pattern.items()]
    return [f"{name}={shown(pattern)}" if name else shown(pattern)]


def times(count: int) -> str:
    return {0: "not at all", 1: "once", 2: "twice"}.get(count, f"{count} times")


def ordinary(count: int, what: str = "thing") -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
