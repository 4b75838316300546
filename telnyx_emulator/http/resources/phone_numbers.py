"""Phone numbers: which application calls to them come in by.

Numbers are not bought here: whichever number is bound by its own digits (`PATCH /phone_numbers/+15550001234`)
belongs to the world from then on.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from telnyx_emulator.commands.types import E164
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import PhoneNumber

from .. import Route
from ..filters import contains, equal
from .crud import Body, Resource


class NumberUpdate(Body):
    """Of all this only `connection_id` acts; null unbinds the number."""

    connection_id: str | None = None
    """The application that receives calls to the number; null: none."""
    address_id: str | None = None
    """The address of the number's owner."""
    billing_group_id: str | None = None
    """The billing group of the number."""
    customer_reference: str | None = None
    """A reference of your own."""
    external_pin: str | None = None
    """A PIN that protects the number from being ported away."""
    hd_voice_enabled: bool = False
    """Offer codecs of higher quality."""
    tags: list[str] = Field([])
    """Labels of the number."""


def make(world: World, key: str) -> PhoneNumber:
    """One with that number; of a key that is none, a made up one."""
    now, ids = world.now(), world.ids
    is_number = E164.fullmatch(key)
    number = key if is_number else f"+1555{ids.random.randint(2_000_000, 9_999_999)}"
    made = world.numbers[number] = PhoneNumber(
        id=ids.connection_id() if is_number else key,
        phone_number=number,
        created_at=now,
        updated_at=now,
        purchased_at=now,
    )
    return made


def show(world: World, number: PhoneNumber) -> dict[str, Any]:
    """With the name of the application that it is bound to."""
    bound = world.applications.get(number.connection_id or "")
    return number.shown() | {"connection_name": bound.application_name if bound else None}


NUMBERS = Resource(
    path="/phone_numbers",
    kept=lambda world: world.numbers,
    also_by="id",
    create=make,
    update=NumberUpdate,
    new_key=lambda world: world.ids.connection_id(),
    claims=lambda key: bool(E164.fullmatch(key)),
    filters={
        "filter[phone_number]": contains("phone_number"),
        "filter[tag]": lambda tag: lambda number: tag in number.tags,
        "filter[without_tags]": lambda value: lambda number: value != "true" or not number.tags,
        **equal("billing_group_id", "connection_id", "country_iso_alpha2", "customer_reference", "status"),
    },
    sorts=("created_at", "phone_number", "purchased_at", "status"),
    show=show,
)

ROUTES = [*NUMBERS.routes(), Route("GET", "/phone_numbers/slim", NUMBERS.listing)]
