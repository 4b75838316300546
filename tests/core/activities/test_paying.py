"""Payments by keypad, without their webhooks."""

import pytest

from telnyx_emulator.core.activities.pay import Payment, PaymentFailure, Progress, pay
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.time.lanes import GATHER

CARD = "4242424242424242"


def begin(call, results, failure=None, **wanted):
    told: list[Progress] = []
    payment = Payment(
        lambda step, attempt, entered, error: step.asks,
        lambda progress, entered: told.append(progress),
        **wanted,
    )
    return results(call, pay(call, payment, failure), GATHER), told


@pytest.mark.parametrize(
    ("failure", "result", "code"),
    [(None, "success", None), (PaymentFailure(code="51"), "payment-connector-error", "51")],
)
def test_what_was_entered_is_paid_or_not(world, results, failure, result, code):
    call = world.answered()
    found, told = begin(call, results, failure, asks_postal_code=False)
    verbs.press(call, f"{CARD}#1230#123#")
    world.advance(20)
    assert (found[0].result, found[0].code) == (result, code)
    assert found[0].entered == {"payment-card-number": CARD, "expiration-date": "1230", "security-code": "123"}
    assert [one.status for one in told] == [*["completed"] * 3, "processing", "completed" if code is None else "failed"]
    assert set(world.events()) == {"call.dtmf.received"}


def test_nothing_is_asked_when_nothing_is_collected(world, results):
    call = world.answered()
    found, told = begin(call, results, method=None)
    world.advance(1)
    assert (found[0].result, found[0].entered, len(told)) == ("success", {}, 2)


def test_attempts_are_limited(world, results):
    call = world.answered()
    found, told = begin(call, results, method="ach-debit", attempts=2)
    verbs.press(call, "1#")
    world.advance(60)
    assert (found[0].result, found[0].error) == ("too-many-failed-attempts", "timeout")
    assert [one.error for one in told] == ["invalid-bank-routing-number", "timeout"]


def test_a_payment_can_be_stopped(world, results):
    call = world.answered()
    found, _ = begin(call, results)
    call.tasks.stop(GATHER, "replaced")
    assert found[0].result == "cancelled"
