"""Numbers with which one pays."""

from datetime import UTC, datetime

import pytest

from telnyx_emulator.core.activities.payment_card import card_type, is_card, is_current, is_routing_number, masked

NOW = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("4242424242424242", "visa"),
        ("5555555555554444", "mastercard"),
        ("378282246310005", "amex"),
        ("370700000000007", "optima"),
        ("6011111111111117", "discover"),
        ("3530111333300000", "jcb"),
        ("30569309025904", "diners-club"),
        ("201400000000009", "enroute"),
        ("6759649826438453", "maestro"),
    ],
)
def test_a_card_has_a_brand_and_a_check_digit(number, kind):
    assert (card_type(number), is_card(number)) == (kind, True)


@pytest.mark.parametrize("number", ["4242424242424241", "42", "0" * 20, "42424242A2424242"])
def test_other_numbers_are_no_cards(number):
    assert not is_card(number)


def test_not_every_card_has_a_known_brand():
    assert card_type("9999999999999995") is None


@pytest.mark.parametrize(
    ("keys", "current"),
    [("0326", True), ("1230", True), ("0226", False), ("1225", False), ("1330", False), ("0030", False), ("12", False)],
)
def test_a_card_is_good_until_its_month_is_over(keys, current):
    assert is_current(keys, NOW) is current


@pytest.mark.parametrize(
    ("number", "good"),
    [("021000021", True), ("021000022", False), ("02100002", False), ("02100002A", False), ("", False)],
)
def test_a_routing_number_has_a_check_digit(number, good):
    assert is_routing_number(number) is good


def test_only_the_last_digits_are_shown():
    assert (masked("4242424242424242", 4), masked("123", 0), masked("12", 4)) == ("xxxxxxxxxxxx4242", "xxx", "12")
