"""What happened: the journal, and sending a past webhook again."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Final

from telnyx_emulator.commands import Command
from telnyx_emulator.core.errors import InvalidFilter, ResourceNotFound
from telnyx_emulator.core.events import Event
from telnyx_emulator.journal import KINDS, TYPES, VERSION, Entry
from telnyx_emulator.scenarios.names import advice

from ..exchange import Exchange, Reply
from ..routes import Route

LONGEST_WAIT_SECS = 60.0
MOST_ENTRIES = 1000
LARGEST = 2**53


async def read(exchange: Exchange) -> Reply:
    """`GET journal?after=&wait=&kind=&type=&name=&passive=`: entries behind number `after`; with `wait` (real seconds)
    the answer is delayed until there is one, and the auto clock jumps to limits too meanwhile. `passive=1` only looks
    on: the clock does not know of it, and a command comes once it is answered. With `journal`, the id in `meta` of
    the answer before, it does not wait if the world has begun anew meanwhile."""
    after = int(_number(exchange.query, "after"))
    wait = min(_number(exchange.query, "wait"), LONGEST_WAIT_SECS)
    kinds, tenant = _listed(exchange.query, "kind", KINDS), exchange.tenant
    kinds += _listed(exchange.query, "type", TYPES)
    journal, name = tenant.journal, exchange.query.get("name")
    _check_name(name, kinds)
    passive = exchange.query.get("passive", "0") not in ("", "0")
    there = partial(journal.after, settled=passive)
    same = exchange.query.get("journal") in (None, journal.id)
    if wait and same and not there(after, kinds, 1):
        changed = asyncio.Event()

        def watch(entry: Entry | None) -> None:
            changed.set()

        journal.watchers[watch] = None
        try:
            with nullcontext() if passive else tenant.clock.looking_on():
                async with asyncio.timeout(wait):
                    while not journal.closed and not there(after, kinds, 1):
                        await changed.wait()
                        changed.clear()
        except TimeoutError:
            pass
        finally:
            del journal.watchers[watch]
    entries = there(after, kinds, MOST_ENTRIES)
    last = entries[-1].seq if entries else max(after, 0)
    meta = {"last": last, "newest": journal.last} | ({"journal": journal.id} if passive else {})
    names = tenant.names()
    lines = [
        entry.shown() | {"leg_name": names.get(entry.call_control_id or "")}
        for entry in entries
        if name in (None, entry.name)
    ]
    return Reply({"data": lines, "meta": meta}, headers={"x-journal-version": str(VERSION)})


async def describe(exchange: Exchange) -> Reply:
    """`GET journal/schema`, without a key: the JSON schema of a line."""
    from telnyx_emulator.journal.schema import schema  # few ask for it, and it costs an import

    return Reply({"data": schema()})


NAMES: Final[dict[str, Collection[str]]] = {
    "command": Command.names,
    "event": Event.registry,
    "delivery": Event.registry,
}


def _check_name(name: str | None, kinds: list[str]) -> None:
    """A name that nothing of these kinds ever has is a typing error."""
    if name is None or not kinds or not all(kind in NAMES for kind in kinds):
        return
    names = {one for kind in kinds for one in NAMES[kind]}
    if name not in names:
        raise InvalidFilter(f'There is no {" or ".join(kinds)} "{name}"{advice(name, names)}.', parameter="name")


async def redeliver(exchange: Exchange) -> Reply:
    """`POST webhooks/{id}/redeliver`: an event, by its id or its delivery's, once more."""
    id, outbox = exchange.params["id"], exchange.tenant.outbox
    for delivery in outbox.log:
        if id in (delivery.id, delivery.event.id):
            outbox.put(delivery.event)
            return Reply({"data": {"event_id": delivery.event.id}}, 202)
    raise ResourceNotFound(f"There is no webhook {id} in this world.")


def _listed(query: Mapping[str, str], name: str, known: Collection[str]) -> list[str]:
    """The words of a list, all of which must be known."""
    words = [word for word in query.get(name, "").split(",") if word]
    if unknown := [word for word in words if word not in known]:
        raise InvalidFilter(f"{name} {unknown[0]!r} is none of {', '.join(known)}.", parameter=name)
    return words


def _number(query: Mapping[str, str], name: str) -> float:
    try:
        number = float(query.get(name) or 0)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise InvalidFilter(f"{name} must be a number.", parameter=name)
    return min(number, LARGEST)


ROUTES = [
    Route("GET", "/_emulator/journal", read),
    Route("GET", "/_emulator/journal/schema", describe, open=True),
    Route("POST", "/_emulator/webhooks/{id}/redeliver", redeliver),
]
