"""Paying by keypad: a card or bank account is asked for step by step, and charged or kept as a token."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from telnyx_emulator.core.activities.payment_card import card_type, is_card, is_current, is_routing_number, masked
from telnyx_emulator.core.activities.prompt import prompt
from telnyx_emulator.core.events import DtmfReceived, PaymentCompleted, PaymentProgress
from telnyx_emulator.core.events.payment import (
    CardType,
    PaymentError,
    PaymentMethod,
    PaymentResult,
    PaymentStatus,
    PaymentStep,
)
from telnyx_emulator.core.far_end.behaviour import FAILS
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import AUDIO, GATHER
from telnyx_emulator.core.time.tasks import Activity, Cancelled, Lane, Task

from .base import CallCommand, Outcome
from .fields import AI, together
from .types import NonBlank, Part
from .validation import Refusal, needed

PROCESSING_SECS = 1.0


class QualifiedPrompt(Part):
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


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is keyed in: what is asked, how long it can be, and what is wrong with it."""

    name: PaymentStep
    asks: str
    longest: int
    wrong: Callable[[str], PaymentError | None]


@dataclass(slots=True)
class Purse:
    """What has been collected, as webhooks show it."""

    shown: dict[str, Any] = field(default_factory=dict)
    error: PaymentError | None = None


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

    # -- what is asked ---------------------------------------------------------------------------------------

    @property
    def _charges(self) -> bool:
        return self.transaction_type == "charge" or (self.transaction_type is None and bool(self.amount))

    @property
    def _asks_postal_code(self) -> bool:
        return self.postal_code is True or self.postal_code == "true"

    def _steps(self, purse: Purse, now: datetime) -> list[Step]:
        if self.payment_token:
            return []
        if self.payment_method == "ach-debit":
            return [
                Step("bank-routing-number", "your routing number", 9, _wrong_routing_number),
                Step("bank-account-number", "your account number", 17, _wrong_account_number),
            ]
        longest = max(10, self.min_postal_code_length)
        steps = [
            Step("payment-card-number", "your card number", 19, self._wrong_card),
            Step("expiration-date", "month and year of expiry", 4, lambda keys: _wrong_date(keys, now)),
            Step("postal-code", "your postal code", longest, self._wrong_postal_code),
            Step("security-code", "the security code", 4, lambda keys: _wrong_security_code(keys, purse)),
        ]
        return [step for step in steps if step.name != "postal-code" or self._asks_postal_code]

    def _wrong_card(self, number: str) -> PaymentError | None:
        if not is_card(number):
            return "invalid-card-number"
        return "invalid-card-type" if self.valid_card_types and card_type(number) not in self.valid_card_types else None

    def _wrong_postal_code(self, code: str) -> PaymentError | None:
        return "invalid-postal-code" if len(code) < self.min_postal_code_length else None

    def _text(self, step: Step, attempt: int, purse: Purse) -> str:
        given = (self.prompts or {}).get(step.name) or (self.prompts or {}).get(step.name.replace("-", "_"))
        if isinstance(given, str):
            return given
        card = purse.shown.get("payment_card_type")
        fitting = (one.text for one in given or () if one.fits(attempt, card, purse.error))
        return next(fitting, f"Please enter {step.asks}, followed by the pound key.")

    # -- what happens ----------------------------------------------------------------------------------------

    def run(self, call: Call) -> Activity:
        purse = Purse({"payment_connector": self.connector_name, "payment_method": self.payment_method})
        if isinstance(self.postal_code, str) and self.postal_code not in ("true", "false"):
            purse.shown["payment_card_postal_code"] = self.postal_code
        prompts = list[Task]()
        try:
            for step in self._steps(purse, call.world.clock.now()):
                done = yield from self._collect(call, step, purse, prompts)
                if not done:
                    self._complete(call, purse, "too-many-failed-attempts", payment_error=purse.error)
                    return
            self._tell(call, purse, "payment-processing", "processing", 1)
            yield PROCESSING_SECS
        except Cancelled:
            _silence(call, prompts)
            self._complete(call, purse, "cancelled")
            return
        self._process(call, purse)

    def _collect(self, call: Call, step: Step, purse: Purse, prompts: list[Task]) -> Generator[Any, Any, bool]:
        """One step, as many attempts as it may take; False: none was good."""
        for attempt in range(1, self.max_attempts + 1):
            prompts[:] = [call.start(prompt(call, self._text(step, attempt, purse)), AUDIO, "prompt")]
            keys = yield from self._keys(call, step, prompts)
            purse.error = step.wrong(keys) if keys else "timeout"
            if purse.error is None:
                purse.shown |= _shown(step.name, keys)
                self._tell(call, purse, step.name, "completed", attempt)
                return True
            self._tell(call, purse, step.name, "failed", attempt, error_type=purse.error)
        return False

    def _keys(self, call: Call, step: Step, prompts: list[Task]) -> Generator[Any, Any, str]:
        """What is pressed, without the pound key that ends it; the first key interrupts the prompt."""
        keys, key = "", "#"
        while key == "#":  # it ended the step before, which was complete already
            key = yield prompts[0]
        if key is None:
            key = yield self.timeout_millis / 1000
        _silence(call, prompts)
        while key is not None and key != "#":
            keys += key
            if len(keys) >= step.longest:
                break
            key = yield self.inter_digit_timeout_millis / 1000
        return keys

    def _process(self, call: Call, purse: Purse) -> None:
        ids, failure = call.world.ids, self._outcome
        if failure is None and (named := FAILS.search(self.connector_name)):
            failure = PayOutcome(pay_error_code=named[1])
        if failure is not None:
            self._tell(call, purse, "payment-processing", "failed", 1)
            more = {"pay_error_code": failure.pay_error_code} if failure.pay_error_code else {}
            self._complete(call, purse, failure.result, **more)
            return
        self._tell(call, purse, "payment-processing", "completed", 1)
        made = {"charge_id" if self._charges else "token_id": ids.uuid4()}
        self._complete(call, purse, "success", payment_confirmation_code=ids.uuid4()[:8].upper(), **made)

    def _tell(
        self, call: Call, purse: Purse, step: PaymentStep, status: PaymentStatus, attempt: int, **more: Any
    ) -> None:
        event = PaymentProgress(payment_step=step, payment_status=status, attempt=attempt, **purse.shown, **more)
        call.emit(event)

    def _complete(self, call: Call, purse: Purse, result: PaymentResult, **more: Any) -> None:
        call.emit(PaymentCompleted(result=result, **purse.shown, **more))


def _silence(call: Call, prompts: list[Task]) -> None:
    for one in prompts:
        call.tasks.end(one, "cancelled")


def _shown(step: str, keys: str) -> dict[str, Any]:
    """What webhooks show of it from now on."""
    if step == "payment-card-number":
        brand = card_type(keys)
        return {"payment_card_number": masked(keys, 4)} | ({"payment_card_type": brand} if brand else {})
    if step == "security-code":
        return {"security_code": masked(keys, 0)}
    if step == "bank-account-number":
        return {"bank_account_number": masked(keys, 2)}
    names = {"postal-code": "payment_card_postal_code"}
    return {names.get(step, step.replace("-", "_")): keys}


def _wrong_date(keys: str, now: datetime) -> PaymentError | None:
    return None if is_current(keys, now) else "invalid-date"


def _wrong_security_code(keys: str, purse: Purse) -> PaymentError | None:
    wanted = 4 if purse.shown.get("payment_card_type") == "amex" else 3
    return None if len(keys) == wanted else "invalid-security-code"


def _wrong_routing_number(keys: str) -> PaymentError | None:
    return None if is_routing_number(keys) else "invalid-bank-routing-number"


def _wrong_account_number(keys: str) -> PaymentError | None:
    return None if 4 <= len(keys) <= 17 else "invalid-bank-account-number"
