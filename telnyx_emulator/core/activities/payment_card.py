"""What may be keyed in to pay: which numbers can be right, and how they are shown."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from telnyx_emulator.core.events.payment import CardType

# The first that fits counts: the narrower ranges come first.
CARD_TYPES: Final[tuple[tuple[CardType, str], ...]] = (
    ("optima", r"3707\d{11}"),
    ("amex", r"3[47]\d{13}"),
    ("enroute", r"(?:2014|2149)\d{11}"),
    ("diners-club", r"3(?:0[0-5]|[68]\d)\d{11}"),
    ("jcb", r"35(?:2[89]|[3-8]\d)\d{12}"),
    ("discover", r"6(?:011|5\d\d|4[4-9]\d)\d{12}"),
    ("visa", r"4\d{12}(?:\d{3})?"),
    ("mastercard", r"(?:5[1-5]|2[2-7])\d{14}"),
    ("maestro", r"(?:50|5[6-9]|6)\d{10,17}"),
)


def card_type(number: str) -> CardType | None:
    """The brand by its range of numbers."""
    return next((name for name, pattern in CARD_TYPES if re.fullmatch(pattern, number)), None)


def is_card(number: str) -> bool:
    """Whether the check digit is right (Luhn)."""
    if not re.fullmatch(r"\d{12,19}", number):
        return False
    digits = [int(digit) for digit in reversed(number)]
    total = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return total % 10 == 0


def is_current(month_year: str, now: datetime) -> bool:
    """Whether `MMYY` is a month that is not over yet."""
    if not re.fullmatch(r"(?:0[1-9]|1[0-2])\d\d", month_year):
        return False
    return (2000 + int(month_year[2:]), int(month_year[:2])) >= (now.year, now.month)


def is_routing_number(number: str) -> bool:
    """Whether it is a routing number of the ABA, by its check digit."""
    if not re.fullmatch(r"\d{9}", number):
        return False
    return sum(weight * int(digit) for weight, digit in zip((3, 7, 1) * 3, number, strict=True)) % 10 == 0


def masked(number: str, visible: int) -> str:
    """All but the last digits hidden."""
    shown = number[-visible:] if visible else ""
    return "x" * (len(number) - len(shown)) + shown
