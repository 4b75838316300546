"""What goes wrong between a test and its emulator, and what turns out not to be as the test expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class EmulatorError(Exception):
    """What the emulator answered instead of doing it. `status` is 0 when no answer came at all."""

    __module__ = "telnyx_emulator"

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class ExpectationError(AssertionError):
    """Something that was expected did not happen, or something happened that never should.

    Its text is the whole report: what was expected, the nearest thing that happened and how it differs, and the
    ladder. `summary`: that on one line. `verdict`: of a wait, and `problems`: of `verify`, the same as data.
    """

    __module__ = "telnyx_emulator"

    def __init__(self, summary: str, report: str | None = None, meta: Mapping[str, Any] | None = None) -> None:
        super().__init__(report or summary)
        self.summary, self.report = summary, report or summary
        self.verdict: dict[str, Any] = (meta or {}).get("verdict", {})
        self.problems: dict[str, Any] = (meta or {}).get("problems", {})


class Closed(OSError):
    """A connection was closed by the client itself, while it waited for an answer."""


def problem(status: int, answer: Any, advice: str = "") -> EmulatorError | ExpectationError:
    """The error that an answer tells of, in the vendor's envelope: every detail, or the report of a failure.

    `advice`: what to do if the application did not answer the webhooks.
    """
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if not errors:
        return EmulatorError(f"HTTP {status}, and no word of why: is this an emulator?", status)
    details = "; ".join(map(_told, errors))
    meta = errors[0].get("meta") or {}
    unheard = meta.get("unheard") or {}
    if not ("failed" in unheard or "pending" in unheard or "your answer to " in details):
        advice = ""
    if "report" in meta:
        return ExpectationError(details, meta["report"] + (advice and f"{advice}\n"), meta)
    return EmulatorError(f"{details} ({advice})" if advice else details, status)


def _told(error: Mapping[str, Any]) -> str:
    """What is wrong, and with what if that does not say so."""
    detail = str(error.get("detail") or error.get("title"))
    field = str((error.get("source") or {}).get("pointer") or "").strip("/").replace("/", ".")
    return f"{field}: {detail}" if field and field.rpartition(".")[2] not in detail else detail


def told_by_itself(failure: Any) -> bool:
    """For pytest: how we came to an error of ours is of no interest, it says all itself."""
    return bool(failure.errisinstance((EmulatorError, ExpectationError)))
