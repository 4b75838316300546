"""A caller for the application: with a believable name and number, and by the right connection."""

from __future__ import annotations

from collections.abc import Iterable

from telnyx_emulator.core.errors import InvalidConnection, Unprocessable
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import FarEnd
from telnyx_emulator.core.model import Call, World


def call_in(
    world: World,
    *,
    from_: str | None = None,
    to: str,
    connection_id: str | None = None,
    caller_name: str | None = None,
    headers: Iterable[tuple[str, str]] = (),
    far_end: FarEnd | None = None,
) -> Call:
    """An incoming call. Without `from_` the caller is invented; without `far_end` it is the one at that number.

    Raises an ApiError, and changes nothing, when the platform keeps the call out.
    """
    connection = _connection(world, to, connection_id)
    if from_ is None:
        from_, believable = invented_caller(world)
        caller_name = caller_name or believable
    return verbs.ring_in(
        world,
        from_=from_,
        to=to,
        connection_id=connection,
        far_end=far_end or world.addresses.far_end_at(from_),
        caller_name=caller_name,
        headers=[{"name": name, "value": value} for name, value in headers] or None,
    )


def _connection(world: World, to: str, wanted: str | None) -> str:
    """The connection that was named, else the one that the number is bound to. Raises what keeps calls out."""
    bound = world.numbers.get(to)
    named = wanted or (bound and bound.connection_id)
    if world.strict and named and named not in world.applications:
        raise InvalidConnection(pointer="/connection_id")
    application = world.application(named or None)
    if not application.active:
        raise Unprocessable(f"The connection {application.id} is not active: the platform refuses calls to it.")
    return application.id


def invented_caller(world: World) -> tuple[str, str]:
    """A number and a name, the same for the same seed."""
    from faker import Faker  # imported when first needed: it takes longer than everything else together

    faker = Faker("en_US")
    faker.seed_instance(world.ids.random.getrandbits(32))
    return f"+1555{faker.numerify('2######')}", faker.name()
