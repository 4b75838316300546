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
PaymentStatus = Literal["completed", "failed", "processing"]
PaymentResult = Literal["success", "payment-connector-error", "internal-error", "too-many-failed-attempts", "cancelled"]
PaymentError = Literal[
    "timeout", "invalid-card-number", "invalid-card-type", "invalid-date", "invalid-security-code",
    "invalid-postal-code", "invalid-bank-routing-number", "invalid-bank-account-number", "input-matching-failed",
]  # fmt: skip


class PaymentDetails(Event):
    """What has been collected so far, masked as far as it is secret."""

    payment_connector: str
    """The name of the payment connector."""
    payment_method: PaymentMethod
    """What is collected: a card, or a bank account."""
    payment_card_number: str | None = None
    """The number of the card; only its last four digits are shown."""
    payment_card_type: CardType | None = None
    """The type of the card."""
    payment_card_postal_code: str | None = None
    """The postal code of the card's owner."""
    expiration_date: str | None = None
    """Month and year of expiry, as four digits."""
    security_code: str | None = None
    """The security code, masked."""
    bank_routing_number: str | None = None
    """The routing number of the bank."""
    bank_account_number: str | None = None
    """The number of the account; only its last two digits are shown."""


class PaymentProgress(PaymentDetails, name="call.payment.progress"):
    """One attempt at one step is over, or the payment is being processed."""

    payment_step: PaymentStep
    """The step that is over or under way."""
    payment_status: PaymentStatus
    """How the step stands."""
    attempt: int
    """The number of the attempt, from 1."""
    error_type: PaymentError | None = None
    """Why the attempt failed."""


class PaymentCompleted(PaymentDetails, name="call.payment.completed"):
    """The payment went through, or did not."""

    result: PaymentResult
    """Whether the payment went through."""
    charge_id: str | None = None
    """The id of the charge."""
    token_id: str | None = None
    """The id of the token."""
    payment_confirmation_code: str | None = None
    """A code that confirms the payment."""
    payment_error: str | None = None
    """Why the last step failed."""
    pay_error_code: str | None = None
    """The error code of the payment connector."""
