"""A caller pays by keypad. Newer than the vendor's contract: only its SDKs have these."""

from __future__ import annotations

from typing import Literal

from .base import Event

PaymentMethod = Literal["credit-card", "ach-debit"]
CardType = Literal["visa", "mastercard", "amex", "optima", "discover", "diners-club", "jcb", "maestro", "enroute"]
PaymentStep = Literal[
    "payment-card-number", "expiration-date", "postal-code", "security-code",
    "bank-routing-number", "bank-account-number", "payment-processing",
]  # fmt: skip
PaymentError = Literal[
    "timeout", "invalid-card-number", "invalid-card-type", "invalid-date", "invalid-security-code",
    "invalid-postal-code", "invalid-bank-routing-number", "invalid-bank-account-number", "input-matching-failed",
]  # fmt: skip


class PaymentDetails(Event):
    """What has been collected so far, masked as far as it is secret."""

    payment_connector: str
    payment_method: PaymentMethod
    payment_card_number: str | None = None
    payment_card_type: CardType | None = None
    payment_card_postal_code: str | None = None
    expiration_date: str | None = None
    security_code: str | None = None
    bank_routing_number: str | None = None
    bank_account_number: str | None = None


class PaymentProgress(PaymentDetails, name="call.payment.progress"):
    """One attempt at one step is over, or the payment is being processed."""

    payment_step: PaymentStep
    payment_status: Literal["completed", "failed", "processing"]
    attempt: int
    error_type: PaymentError | None = None


class PaymentCompleted(PaymentDetails, name="call.payment.completed"):
    """The payment went through, or did not."""

    result: Literal["success", "payment-connector-error", "internal-error", "too-many-failed-attempts", "cancelled"]
    charge_id: str | None = None
    token_id: str | None = None
    payment_confirmation_code: str | None = None
    payment_error: str | None = None
    pay_error_code: str | None = None
