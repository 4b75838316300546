"""Paying by keypad: a card or bank account is asked for step by step, and charged or kept as a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.activities.pay import Entered, Payment, PaymentFailure, PayStep, Progress, pay
from telnyx_emulator.core.activities.payment_card import card_type, masked
from telnyx_emulator.core.events.media import DtmfReceived
from telnyx_emulator.core.events.payment import (
    CardType,
    PaymentCompleted,
    PaymentError,
    PaymentMethod,
    PaymentProgress,
    PaymentStep,
)
from telnyx_emulator.core.far_end.behaviour import FAILS
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import GATHER
from telnyx_emulator.core.time.tasks import Activity, Lane

from .base import CallCommand, Outcome
from .fields import AI, together
from .types import NestedParameters, NonBlank
from .validation import Refusal, needed


class QualifiedPrompt(NestedParameters):
    """A text for some attempts, cards or errors only; each qualifier that is not given fits all."""

    text: str
    """The text to say."""
    attempt: str | None = None
    """Attempts for which the text fits, such as `2 3`."""
    card_type: CardType | None = None
    """The type of card for which the text fits."""
    error_type: PaymentError | None = None
    """The error after which the text fits."""

    def fits(self, attempt: int, card: str | None, error: str | None) -> bool:
        return (
            (self.attempt is None or str(attempt) in self.attempt.split())
            and self.card_type in (None, card)
            and self.error_type in (None, error)
        )


class PayOutcome(Outcome):
    """All is collected, and then the payment does not go through."""

    result: Literal["payment-connector-error", "internal-error"] = "payment-connector-error"
    """As `call.payment.completed` says."""
    pay_error_code: str | None = None
    """What the connector says."""


class Pay(CallCommand, action="pay"):
    """Collect a card or bank account by keypad, and charge it or make a token of it. No money moves.

    A connector whose name is `fails-<code>` refuses every payment.
    """

    amount: Annotated[float, Field(ge=0)] | None = None
    """The amount to charge; unset or 0: only a token is made."""
    connector_name: NonBlank = "Default"
    """The name of the payment connector."""
    currency: Literal["USD", "usd"] = "USD"
    """The currency of the amount."""
    description: str | None = None
    """A text about the payment."""
    inter_digit_timeout_millis: Annotated[int, Field(ge=1)] = 5_000
    """How long the next key may take after a key, in milliseconds."""
    language: Annotated[str, AI] = "en-US"
    """The language of the prompts."""
    max_attempts: Annotated[int, Field(ge=1)] = 3
    """How often each step may be tried."""
    metadata: dict[str, Any] | None = None
    """Own data about the payment."""
    min_postal_code_length: Annotated[int, Field(ge=1)] = 1
    """How many digits a postal code has at least."""
    parameters: dict[str, Any] | None = None
    """Own parameters for the payment connector."""
    payment_method: PaymentMethod = "credit-card"
    """What is collected: a card, or a bank account."""
    payment_token: str | None = None
    """A token of an earlier payment; nothing is collected then. The state shows `***`."""
    postal_code: bool | str = True
    """`true` asks for the postal code, `false` does not; any other text is the postal code itself."""
    prompts: dict[str, str | list[QualifiedPrompt]] | None = None
    """Own texts by step: one text, or several with the cases for which they fit."""
    service_level: str = "premium"
    """The level of text to speech."""
    timeout_millis: Annotated[int, Field(ge=1)] = 5_000
    """How long the first key may take after a prompt, in milliseconds."""
    transaction_type: Literal["charge", "tokenize"] | None = None
    """Whether the payment is charged or a token is made; unset: the amount decides."""
    valid_card_types: list[CardType] | None = None
    """The types of cards that are accepted; unset: all."""
    voice: str = "female"
    """The voice that says the prompts."""

    example: ClassVar[dict[str, Any]] = {"amount": 12.5, "payment_token": "tok_1"}
    emits = (DtmfReceived, PaymentProgress, PaymentCompleted)
    outcomes = PayOutcome
    lane: ClassVar[Lane | None] = GATHER

    def given(self) -> dict[str, Any]:
        shown = super().given()
        return {name: "***" if name == "payment_token" else value for name, value in shown.items()}

    def rules(self) -> Iterator[Refusal]:
        if self.transaction_type == "charge" and not self.amount:
            yield needed("amount")
        if self.valid_card_types and self.payment_token:
            yield together("payment_token", "valid_card_types")
        if isinstance(self.postal_code, str) and not self.postal_code.strip():
            yield needed("postal_code")

    def run_with(self, call: Call, outcome: PayOutcome | None) -> Activity:
        failure = None
        if outcome is not None:
            failure = PaymentFailure(outcome.result, outcome.pay_error_code)
        elif named := FAILS.search(self.connector_name):
            failure = PaymentFailure(code=named[1])
        result = yield from pay(call, self._payment(partial(self._tell, call)), failure)
        more: dict[str, Any] = {"payment_error": result.error, "pay_error_code": result.code}
        if result.result == "success":
            charged = self.transaction_type == "charge" or (self.transaction_type is None and self.amount)
            more["charge_id" if charged else "token_id"] = call.world.ids.uuid4()
            more["payment_confirmation_code"] = call.world.ids.uuid4()[:8].upper()
        more = {name: value for name, value in more.items() if value}
        call.emit(PaymentCompleted(result=result.result, **self._shown(result.entered), **more))

    def _payment(self, told: Callable[[Progress, Entered], None]) -> Payment:
        """What the parameters ask for."""
        return Payment(
            self._text,
            told,
            method=None if self.payment_token else self.payment_method,
            asks_postal_code=self.postal_code is True or self.postal_code == "true",
            min_postal_code_length=self.min_postal_code_length,
            card_types=self.valid_card_types,
            attempts=self.max_attempts,
            first_key_secs=self.timeout_millis / 1000,
            next_key_secs=self.inter_digit_timeout_millis / 1000,
        )

    def _text(self, step: PayStep, attempt: int, entered: Entered, error: PaymentError | None) -> str:
        given = (self.prompts or {}).get(step.name) or (self.prompts or {}).get(step.name.replace("-", "_"))
        if isinstance(given, str):
            return given
        card = card_type(entered.get("payment-card-number", ""))
        fitting = (one.text for one in given or () if one.fits(attempt, card, error))
        return next(fitting, f"Please enter {step.asks}, followed by the pound key.")

    def _tell(self, call: Call, progress: Progress, entered: Entered) -> None:
        more: dict[str, Any] = {"error_type": progress.error} if progress.error else {}
        call.emit(
            PaymentProgress(
                payment_step=progress.step,
                payment_status=progress.status,
                attempt=progress.attempt,
                **self._shown(entered),
                **more,
            )
        )

    def _shown(self, entered: Entered) -> dict[str, Any]:
        """What webhooks show of the payment."""
        shown: dict[str, Any] = {"payment_connector": self.connector_name, "payment_method": self.payment_method}
        if isinstance(self.postal_code, str) and self.postal_code not in ("true", "false"):
            shown["payment_card_postal_code"] = self.postal_code
        for step, keys in entered.items():
            field, visible = SHOWN[step]
            shown[field] = keys if visible is None else masked(keys, visible)
        if brand := card_type(entered.get("payment-card-number", "")):
            shown["payment_card_type"] = brand
        return shown


SHOWN: dict[PaymentStep, tuple[str, int | None]] = {
    "payment-card-number": ("payment_card_number", 4),
    "expiration-date": ("expiration_date", None),
    "postal-code": ("payment_card_postal_code", None),
    "security-code": ("security_code", 0),
    "bank-routing-number": ("bank_routing_number", None),
    "bank-account-number": ("bank_account_number", 2),
}
"""The field of webhooks that shows what was entered at a step, and how many of the last digits; None: all of them."""
