"""Paying by keypad, step by step."""

from typing import Any

import pytest
from simulation import Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.model import Call

CARD, ROUTING = "4242424242424242", "021000021"
DONE = "call.payment.completed"


def press(world: Simulation, call: Call, *keys: str) -> None:
    for one in keys:
        verbs.press(call, one)
        world.advance(len(one) * 0.25)


def steps(world: Simulation) -> list[tuple[str, str, int, str | None]]:
    return [
        (one["payment_step"], one["payment_status"], one["attempt"], one.get("error_type"))
        for one in world.payloads("call.payment.progress")
    ]


def prompts(world: Simulation, call: Call) -> list[str]:
    """What is said from now on."""
    said: list[str] = []
    call.listeners = [lambda track, sound: said.append(sound.content) if sound.kind == "speech" else None]
    return said


def test_a_card_is_charged(world):
    call = world.answered()
    world.do(call, "pay", amount=12.5, client_state="YQ==", connector_name="Shop")
    press(world, call, f"{CARD}#", "1230#", "90210#", "123#")
    world.advance(2)
    assert steps(world) == [
        ("payment-card-number", "completed", 1, None),
        ("expiration-date", "completed", 1, None),
        ("postal-code", "completed", 1, None),
        ("security-code", "completed", 1, None),
        ("payment-processing", "processing", 1, None),
        ("payment-processing", "completed", 1, None),
    ]
    done = world.payload(DONE)
    assert done["charge_id"]
    assert done["payment_confirmation_code"]
    shown = {"result", "client_state", "from", "to"} | {
        name for name in done if name.startswith(("payment_", "security", "exp"))
    }
    assert {name: done[name] for name in shown - {"payment_confirmation_code"}} == {
        "result": "success",
        "client_state": "YQ==",
        "from": call.from_,
        "to": call.to,
        "payment_connector": "Shop",
        "payment_method": "credit-card",
        "payment_card_number": "xxxxxxxxxxxx4242",
        "payment_card_type": "visa",
        "payment_card_postal_code": "90210",
        "expiration_date": "1230",
        "security_code": "xxx",
    }


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ({}, "token_id"),
        ({"amount": 0}, "token_id"),
        ({"amount": 5, "transaction_type": "tokenize"}, "token_id"),
        ({"amount": 5}, "charge_id"),
        ({"amount": 5, "transaction_type": "charge"}, "charge_id"),
    ],
)
def test_without_an_amount_a_token_is_made(world, body, made):
    call = world.answered()
    world.do(call, "pay", payment_token="tok_1", **body)
    world.advance(2)
    assert world.payload(DONE).keys() & {"token_id", "charge_id"} == {made}
    assert [step[0] for step in steps(world)] == ["payment-processing"] * 2


def test_a_token_is_not_shown_in_the_state(world):
    call = world.answered()
    world.do(call, "pay", payment_token="tok_1", amount=3)
    assert call.parameters["pay"] == {"payment_token": "***", "amount": 3}


def test_a_bank_account_is_asked_for_instead(world):
    call = world.answered()
    world.do(call, "pay", payment_method="ach-debit")
    press(world, call, "021000022#", f"{ROUTING}#", "12#", "123456789#")
    world.advance(2)
    assert steps(world)[:4] == [
        ("bank-routing-number", "failed", 1, "invalid-bank-routing-number"),
        ("bank-routing-number", "completed", 2, None),
        ("bank-account-number", "failed", 1, "invalid-bank-account-number"),
        ("bank-account-number", "completed", 2, None),
    ]
    done = world.payload(DONE)
    assert (done["bank_routing_number"], done["bank_account_number"]) == (ROUTING, "xxxxxxx89")


@pytest.mark.parametrize(
    ("body", "before", "keys", "error"),
    [
        ({}, [], "4242424242424241#", "invalid-card-number"),
        ({"valid_card_types": ["amex"]}, [], f"{CARD}#", "invalid-card-type"),
        ({}, [f"{CARD}#"], "1220#", "invalid-date"),
        ({"min_postal_code_length": 5}, [f"{CARD}#", "1230#"], "902#", "invalid-postal-code"),
        ({"postal_code": False}, [f"{CARD}#", "1230#"], "12#", "invalid-security-code"),
        ({"postal_code": "90210"}, ["378282246310005#", "1230#"], "123#", "invalid-security-code"),
    ],
)
def test_what_is_wrong_is_asked_for_again(world, body, before, keys, error):
    call = world.answered()
    world.do(call, "pay", **body)
    press(world, call, *before, keys)
    assert steps(world)[-1][1:] == ("failed", 1, error)


def test_silence_is_an_attempt_too_and_the_last_one_ends_it(world):
    call = world.answered()
    world.do(call, "pay", max_attempts=2, timeout_millis=1000)
    world.advance(30)
    assert steps(world) == [
        ("payment-card-number", "failed", 1, "timeout"),
        ("payment-card-number", "failed", 2, "timeout"),
    ]
    assert (world.payload(DONE)["result"], world.payload(DONE)["payment_error"]) == (
        "too-many-failed-attempts",
        "timeout",
    )


def test_keys_may_end_by_a_pause_or_by_their_number(world):
    call = world.answered()
    world.do(call, "pay", inter_digit_timeout_millis=1000, postal_code="false")
    press(world, call, CARD)
    world.advance(2)
    press(world, call, "1230#")
    assert [step[:2] for step in steps(world)] == [
        ("payment-card-number", "completed"),
        ("expiration-date", "completed"),
    ]


def test_a_card_of_an_unknown_brand_is_taken_without_one(world):
    call = world.answered()
    world.do(call, "pay")
    press(world, call, "9999999999999995#")
    (progress,) = world.payloads("call.payment.progress")
    assert progress.keys() & {"payment_card_number", "payment_card_type"} == {"payment_card_number"}


def test_a_connector_may_refuse(world):
    call = world.answered()
    world.do(call, "pay", connector_name="fails-card_declined", payment_token="tok_1")
    world.advance(2)
    assert steps(world)[-1][:2] == ("payment-processing", "failed")
    done = world.payload(DONE)
    assert (done["result"], done["pay_error_code"]) == ("payment-connector-error", "card_declined")


@pytest.mark.parametrize("how", ["hangup", "gather_stop", "gather"])
def test_a_payment_that_is_interrupted_is_cancelled(world, how):
    call = world.answered()
    world.do(call, "pay")
    press(world, call, "42")
    world.do(call, how)
    assert world.payload(DONE)["result"] == "cancelled"
    assert [one for one in call.tasks.all() if one.name == "prompt"] == []


def test_prompts_are_the_applications_own(world):
    call = world.answered()
    said = prompts(world, call)
    qualified: list[dict[str, Any]] = [
        {"text": "Second try", "attempt": "2 3"},
        {"text": "No card", "error_type": "timeout"},
        {"text": "Amex", "card_type": "amex"},
        {"text": "Card"},
    ]
    world.do(
        call, "pay", prompts={"payment-card-number": qualified, "expiration_date": "Good until?"}, timeout_millis=1000
    )
    world.advance(2)
    press(world, call, f"{CARD}#", "1230#")
    assert list(dict.fromkeys(said)) == [
        "Card",
        "Second try",
        "Good until?",
        "Please enter your postal code, followed by the pound key.",
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"transaction_type": "charge"}, "/amount"),
        ({"payment_token": "tok_1", "valid_card_types": ["visa"]}, "/valid_card_types"),
        ({"postal_code": " "}, "/postal_code"),
        ({"payment_method": "cash"}, "/payment_method"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(world, body, pointer):
    (refusal,) = world.refusal(world.answered(), "pay", **body)
    assert refusal["source"]["pointer"] == pointer
