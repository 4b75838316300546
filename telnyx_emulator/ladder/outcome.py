"""What came of a command or of a webhook, in a few words."""

from __future__ import annotations

from typing import Final, NamedTuple

from telnyx_emulator.journal import ApplicationAsked, CommandEntry, DeliveryAttempted, DeliveryFinished

from .legs import clean, cut

WIDEST: Final = 48

ENDS: Final = {"no_url": "no url", "failed": "given up", "dropped": "dropped"}
"""How a webhook ends that no attempt tells of."""


class ResultText(NamedTuple):
    """`good`: it went as one likes it."""

    text: str
    good: bool


def answer(command: CommandEntry) -> ResultText:
    """What a command was answered."""
    status = command.status
    told = "no answer" if status is None else " ".join((str(status), *map(str, command.codes)))
    return ResultText(told, status is not None and status < 300)


def asked(request: ApplicationAsked) -> ResultText:
    """What the application answered a request of a scenario."""
    if request.error:
        return ResultText(_reason(request.error), False)
    return ResultText(str(request.status), request.status is not None and 200 <= request.status < 300)


def attempt(attempt: DeliveryAttempted) -> ResultText:
    """What came of one attempt to deliver a webhook."""
    if attempt.error:
        return ResultText(_by_fault(_reason(attempt.error), attempt.fault), False)
    took = f" in {int(attempt.latency_ms + 0.5)} ms" if attempt.taken and attempt.latency_ms >= 0.5 else ""
    return ResultText(_by_fault(f"{attempt.status}{took}", attempt.fault), attempt.taken)


def end(delivery: DeliveryFinished) -> ResultText:
    """Why a webhook never arrives."""
    return ResultText(_by_fault(ENDS[delivery.result], delivery.fault), False)


def _reason(error: str) -> str:
    """The vendor-independent heart of a network library's message."""
    if "certificate" in error.lower() or "SSL" in error:
        return "TLS error"
    if "onnection refused" in error or "Cannot connect" in error or "Connect call failed" in error:
        return "refused"
    return cut(clean(error), WIDEST)


def _by_fault(text: str, fault: str | None) -> str:
    return f"{text} by fault {clean(fault)!r}" if fault else text
