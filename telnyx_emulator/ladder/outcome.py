"""What came of a command or of a webhook, in a few words."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from telnyx_emulator.journal import Entry

from .legs import clean, cut

WIDEST: Final = 48

ENDS: Final = {"no_url": "no url", "failed": "given up", "delivered": "delivered"}
"""How a webhook ends that no attempt tells of."""


class Result(NamedTuple):
    """`good`: it went as one likes it."""

    text: str
    good: bool


def outcome(entry: Entry) -> Result:
    """Of a command, an attempt to deliver, or the end of a delivery."""
    detail = entry.detail
    if entry.kind in ("command", "request"):
        return _answer(detail)
    if "result" in detail:
        return Result(_by_fault(ENDS.get(detail["result"], str(detail["result"])), detail), False)
    return _attempt(detail)


def _answer(detail: dict[str, Any]) -> Result:
    status, errors = detail.get("status"), detail.get("errors") or ()
    codes = " ".join(str(error["code"]) for error in errors if isinstance(error, dict) and error.get("code"))
    answer = "no answer" if status is None else f"{status} {codes}".strip()
    return Result(_by_fault(answer, detail), status is not None and status < 300)


def _attempt(detail: dict[str, Any]) -> Result:
    status, error = detail.get("status"), detail.get("error")
    good = status is not None and 200 <= status < 300
    if error:
        return Result(_by_fault(_reason(str(error)), detail), False)
    latency = detail.get("latency_ms")
    took = f" in {int(latency + 0.5)} ms" if good and latency is not None and latency >= 0.5 else ""
    return Result(_by_fault(f"{status}{took}", detail), good)


def _reason(error: str) -> str:
    """The vendor-independent heart of a network library's message."""
    if "certificate" in error.lower() or "SSL" in error:
        return "TLS error"
    if "onnection refused" in error or "Cannot connect" in error or "Connect call failed" in error:
        return "refused"
    return cut(clean(error), WIDEST)


def _by_fault(text: str, detail: dict[str, Any]) -> str:
    return f"{text} by fault {clean(str(detail['fault']))!r}" if detail.get("fault") else text
