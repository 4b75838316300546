"""Paying by keypad: what is asked for step by step and keyed in, and the payment that is made of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from telnyx_emulator.core.activities.payment_card import card_type, is_card, is_current, is_routing_number
from telnyx_emulator.core.activities.prompt import Prompts, prompt
from telnyx_emulator.core.events.payment import (
    CardType,
    PaymentError,
    PaymentMethod,
    PaymentResult,
    PaymentStatus,
    PaymentStep,
)
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity, Cancelled

PROCESSING_SECS = 1.0
Entered = Mapping[PaymentStep, str]
"""The keys of each step that is completed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is keyed in: what is asked, how long it can be, and what is wrong with it."""

    name: PaymentStep
    asks: str
    longest: int
    wrong: Callable[[str], PaymentError | None]


@dataclass(frozen=True, slots=True)
class Progress:
    """An attempt at a step that is over, or a payment under way; `attempt` counts from 1."""

    step: PaymentStep
    status: PaymentStatus
    attempt: int
    error: PaymentError | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """What is collected, and how. Times in seconds.

    `method`: None, nothing is asked. `card_types`: those that are accepted; None: all. `text`: what is said at an
    attempt, given its number, what was entered so far, and what was wrong with the attempt before. `told`: hears of
    each attempt and of the payment, and what was entered so far.
    """

    text: Callable[[Step, int, Entered, PaymentError | None], str]
    told: Callable[[Progress, Entered], None]
    method: PaymentMethod | None = "credit-card"
    asks_postal_code: bool = True
    min_postal_code_length: int = 1
    card_types: Collection[CardType] | None = None
    attempts: int = 3
    first_key_secs: float = 5.0
    next_key_secs: float = 5.0


@dataclass(frozen=True, slots=True)
class PayResult:
    """How it ended, and what was entered. `error`: of the last attempt; `code`: what the connector says."""

    result: PaymentResult
    entered: Entered
    error: PaymentError | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentFailure:
    """All is collected, and then the payment does not go through. `code`: what the connector says."""

    result: PaymentResult = "payment-connector-error"
    code: str | None = None


def pay(call: Call, payment: Payment, failure: PaymentFailure | None = None) -> Activity[PayResult]:
    """Ask for each step, as often as it takes, and pay. No money moves.

    It has to run in the lane that keys are told to (`GATHER`).
    """
    entered: dict[PaymentStep, str] = {}
    prompts = Prompts(call)
    try:
        for step in steps(payment, entered, call.world.clock.now()):
            error = yield from _collect(call, payment, step, entered, prompts)
            if error is not None:
                return PayResult("too-many-failed-attempts", entered, error)
        payment.told(Progress("payment-processing", "processing", 1), entered)
        yield PROCESSING_SECS
    except Cancelled:
        prompts.silence()
        return PayResult("cancelled", entered)
    payment.told(Progress("payment-processing", "failed" if failure else "completed", 1), entered)
    return PayResult(failure.result, entered, code=failure.code) if failure else PayResult("success", entered)


def steps(payment: Payment, entered: Entered, now: datetime) -> list[Step]:
    """What is asked for, in order; what is wrong with a security code depends on the card that was entered."""
    if payment.method is None:
        return []
    if payment.method == "ach-debit":
        return [
            Step("bank-routing-number", "your routing number", 9, _wrong_routing_number),
            Step("bank-account-number", "your account number", 17, _wrong_account_number),
        ]
    shortest = payment.min_postal_code_length
    postal_code = Step("postal-code", "your postal code", max(10, shortest), lambda keys: _too_short(keys, shortest))
    return [
        Step("payment-card-number", "your card number", 19, lambda keys: _wrong_card(keys, payment.card_types)),
        Step("expiration-date", "month and year of expiry", 4, lambda keys: _wrong_date(keys, now)),
        *([postal_code] if payment.asks_postal_code else []),
        Step("security-code", "the security code", 4, lambda keys: _wrong_security_code(keys, entered)),
    ]


def _collect(
    call: Call, payment: Payment, step: Step, entered: dict[PaymentStep, str], prompts: Prompts
) -> Activity[PaymentError | None]:
    """One step, as many attempts as it may take; returns what was wrong with the last one."""
    error: PaymentError | None = None
    for attempt in range(1, payment.attempts + 1):
        prompts.begin([prompt(call, payment.text(step, attempt, entered, error))])
        keys = yield from _keys(payment, step, prompts)
        error = step.wrong(keys) if keys else "timeout"
        if error is None:
            entered[step.name] = keys
            payment.told(Progress(step.name, "completed", attempt), entered)
            break
        payment.told(Progress(step.name, "failed", attempt, error), entered)
    return error


def _keys(payment: Payment, step: Step, prompts: Prompts) -> Activity[str]:
    """What is pressed, without the pound key that ends it; the first key interrupts the prompt."""
    keys = ""
    while (key := (yield from prompts.until_key())) == "#":  # it ended the step before, which was complete already
        pass
    if key is None:
        key = yield payment.first_key_secs
    prompts.silence()
    while key is not None and key != "#":
        keys += key
        if len(keys) >= step.longest:
            break
        key = yield payment.next_key_secs
    return keys


def _wrong_card(number: str, accepted: Collection[CardType] | None) -> PaymentError | None:
    if not is_card(number):
        return "invalid-card-number"
    return "invalid-card-type" if accepted and card_type(number) not in accepted else None


def _wrong_date(keys: str, now: datetime) -> PaymentError | None:
    return None if is_current(keys, now) else "invalid-date"


def _too_short(code: str, shortest: int) -> PaymentError | None:
    return "invalid-postal-code" if len(code) < shortest else None


def _wrong_security_code(keys: str, entered: Entered) -> PaymentError | None:
    wanted = 4 if card_type(entered["payment-card-number"]) == "amex" else 3
    return None if len(keys) == wanted else "invalid-security-code"


def _wrong_routing_number(keys: str) -> PaymentError | None:
    return None if is_routing_number(keys) else "invalid-bank-routing-number"


def _wrong_account_number(keys: str) -> PaymentError | None:
    return None if 4 <= len(keys) <= 17 else "invalid-bank-account-number"
