"""Paying by keypad: what is asked for step by step and keyed in, and the payment that is made of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from telnyx_emulator.core.activities.payment_card import card_type, is_card, is_current, is_routing_number
from telnyx_emulator.core.activities.prompt import Prompts, prompt
from telnyx_emulator.core.events.payment import PaymentError, PaymentMethod, PaymentResult, PaymentStatus, PaymentStep
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity, Cancelled

PROCESSING_SECS = 1.0
Entered = Mapping[PaymentStep, str]
"""The keys of each step that is completed."""


@dataclass(frozen=True, slots=True)
class PayStep:
    """One thing that is keyed in: what is asked, how many keys there can be, and what is said of wrong ones."""

    name: PaymentStep
    asks: str
    longest: int
    error: PaymentError


BY_ACCOUNT = (
    PayStep("bank-routing-number", "your routing number", 9, "invalid-bank-routing-number"),
    PayStep("bank-account-number", "your account number", 17, "invalid-bank-account-number"),
)
BY_CARD = (
    PayStep("payment-card-number", "your card number", 19, "invalid-card-number"),
    PayStep("expiration-date", "month and year of expiry", 4, "invalid-date"),
    PayStep("postal-code", "your postal code", 10, "invalid-postal-code"),
    PayStep("security-code", "the security code", 4, "invalid-security-code"),
)


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

    text: Callable[[PayStep, int, Entered, PaymentError | None], str]
    told: Callable[[Progress, Entered], None]
    method: PaymentMethod | None = "credit-card"
    asks_postal_code: bool = True
    min_postal_code_length: int = 1
    card_types: Collection[str] | None = None
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
    prompts, now = Prompts(call), call.world.clock.now()
    try:
        for step in steps(payment):
            error = yield from _collect(call, payment, step, entered, prompts, now)
            if error is not None:
                return PayResult("too-many-failed-attempts", entered, error)
        payment.told(Progress("payment-processing", "processing", 1), entered)
        yield PROCESSING_SECS
    except Cancelled:
        prompts.silence()
        return PayResult("cancelled", entered)
    payment.told(Progress("payment-processing", "failed" if failure else "completed", 1), entered)
    return PayResult(failure.result, entered, code=failure.code) if failure else PayResult("success", entered)


def steps(payment: Payment) -> Iterable[PayStep]:
    """What is asked for, in order."""
    if payment.method is None:
        return ()
    known = BY_ACCOUNT if payment.method == "ach-debit" else BY_CARD
    return [step for step in known if payment.asks_postal_code or step.name != "postal-code"]


def _collect(
    call: Call, payment: Payment, step: PayStep, entered: dict[PaymentStep, str], prompts: Prompts, now: datetime
) -> Activity[PaymentError | None]:
    """One step, as many attempts as it may take; returns what was wrong with the last one."""
    error: PaymentError | None = None
    for attempt in range(1, payment.attempts + 1):
        prompts.begin([prompt(call, payment.text(step, attempt, entered, error))])
        keys = yield from _keys(payment, step, prompts)
        error = _wrong(payment, step, keys, entered, now)
        if error is None:
            entered[step.name] = keys
            payment.told(Progress(step.name, "completed", attempt), entered)
            break
        payment.told(Progress(step.name, "failed", attempt, error), entered)
    return error


def _keys(payment: Payment, step: PayStep, prompts: Prompts) -> Activity[str]:
    """What is pressed, without the pound key that ends it; the first key interrupts the prompt."""
    keys, longest = "", step.longest
    if step.name == "postal-code":
        longest = max(longest, payment.min_postal_code_length)
    while (key := (yield from prompts.until_key())) == "#":  # it ended the step before, which was complete already
        pass
    if key is None:
        key = yield payment.first_key_secs
    prompts.silence()
    while key is not None and key != "#":
        keys += key
        if len(keys) >= longest:
            break
        key = yield payment.next_key_secs
    return keys


def _wrong(payment: Payment, step: PayStep, keys: str, entered: Entered, now: datetime) -> PaymentError | None:
    """What is wrong with the keys of a step, after what was entered before."""
    brand = card_type(entered.get("payment-card-number", keys))
    fits: dict[PaymentStep, bool] = {
        "payment-card-number": is_card(keys),
        "expiration-date": is_current(keys, now),
        "postal-code": len(keys) >= payment.min_postal_code_length,
        "security-code": len(keys) == (4 if brand == "amex" else 3),
        "bank-routing-number": is_routing_number(keys),
        "bank-account-number": 4 <= len(keys) <= 17,
    }
    if not keys or not fits[step.name]:
        return step.error if keys else "timeout"
    wrong_brand = step.name == "payment-card-number" and payment.card_types and brand not in payment.card_types
    return "invalid-card-type" if wrong_brand else None
