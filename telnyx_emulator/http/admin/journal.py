"""What happened: the journal, and sending a past webhook again."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, Final

import orjson

from telnyx_emulator.commands import Command
from telnyx_emulator.core.errors import InvalidFilter, ResourceNotFound
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.time.waits import Wait
from telnyx_emulator.journal import KINDS, TYPES, VERSION, Entry
from telnyx_emulator.journal.ring import Journal
from telnyx_emulator.scenarios.names import advice
from telnyx_emulator.tenants import Tenant

from .. import Reply, RequestContext, Route

LONGEST_WAIT_SECS = 60.0
MOST_ENTRIES = 1000
VERSION_HEADER: Final = {"x-journal-version": str(VERSION)}
NDJSON = "application/x-ndjson"
LARGEST = 2**53


async def read(request: RequestContext) -> Reply:
    """`GET journal?after=&wait=&kind=&type=&name=&passive=`: entries behind number `after`; with `wait` (real seconds)
    the answer is delayed until there is one, and the auto clock jumps to limits too meanwhile. `passive=1` only looks
    on: the clock does not know of it, and a command comes once it is answered. With `journal`, the id in `meta` of
    the answer before, it does not wait if the world has begun anew meanwhile. `follow=true` looks on too; its answer
    has an entry a line, and goes on until the world is reset or dropped."""
    query, tenant = request.query, request.tenant
    after = int(_number(query, "after"))
    wait = min(_number(query, "wait"), LONGEST_WAIT_SECS)
    kinds = _listed(query, "kind", KINDS) + _listed(query, "type", TYPES)
    journal, name = tenant.journal, query.get("name")
    _check_name(name, kinds)
    same = query.get("journal") in (None, journal.id)
    if _is_set(query, "follow"):
        body = _lines(tenant, after, kinds, name) if same else b""
        return Reply(body, headers={"content-type": NDJSON} | VERSION_HEADER)
    passive = _is_set(query, "passive")
    there = partial(journal.after, settled=passive)
    if wait and same and not there(after, kinds, 1):
        with nullcontext() if passive else tenant.clock.waiting(Wait(drives=False)), watched(journal) as changed:
            try:
                async with asyncio.timeout(wait):
                    while not journal.closed and not there(after, kinds, 1):
                        await changed.wait()
                        changed.clear()
            except TimeoutError:
                pass
    entries = there(after, kinds, MOST_ENTRIES)
    last = entries[-1].seq if entries else max(after, 0)
    meta = {"last": last, "newest": journal.last} | ({"journal": journal.id} if passive else {})
    names = tenant.names()
    lines = [_line(entry, names) for entry in entries if name in (None, entry.name)]
    return Reply({"data": lines, "meta": meta}, headers=VERSION_HEADER)


async def describe(request: RequestContext) -> Reply:
    """`GET journal/schema`, without a key: the JSON schema of a line."""
    from telnyx_emulator.journal.schema import schema  # few ask for it, and it costs an import

    return Reply({"data": schema()})


def _line(entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    return entry.shown() | {"leg_name": names.get(entry.call_control_id or "")}


async def _lines(tenant: Tenant, after: int, kinds: Collection[str], name: str | None) -> AsyncGenerator[bytes]:
    """The entries behind a number as lines of JSON, and those to come, as they come."""
    journal = tenant.journal
    with watched(journal) as changed:
        while True:
            changed.clear()
            names = tenant.names()
            while entries := journal.after(after, limit=MOST_ENTRIES, settled=True):
                wanted = (one for one in entries if not kinds or one.kind in kinds or one.type in kinds)
                found = (_line(one, names) for one in wanted if name in (None, one.name))
                if lines := b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in found):
                    yield lines
                after = entries[-1].seq
            if journal.closed:
                return
            await changed.wait()


@contextmanager
def watched(journal: Journal) -> Iterator[asyncio.Event]:
    """An event that is set whenever the journal has grown, and when its world is gone."""
    changed = asyncio.Event()

    def watch(entry: Entry | None) -> None:
        changed.set()

    journal.watchers[watch] = None
    try:
        yield changed
    finally:
        del journal.watchers[watch]


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


async def redeliver(request: RequestContext) -> Reply:
    """`POST webhooks/{id}/redeliver`: an event, by its id or its delivery's, once more."""
    id, tenant = request.params["id"], request.tenant
    for delivery in tenant.outbox.log:
        if id in (delivery.id, delivery.event.id):
            tenant.outbox.put(replace(delivery.event, delivery_id=tenant.world.ids.uuid4()))
            return Reply({"data": {"event_id": delivery.event.id}}, 202)
    raise ResourceNotFound(f"There is no webhook {id} in this world.")


def _listed(query: Mapping[str, str], name: str, known: Collection[str]) -> list[str]:
    """The words of a list, all of which must be known."""
    words = [word for word in query.get(name, "").split(",") if word]
    if unknown := [word for word in words if word not in known]:
        raise InvalidFilter(f"{name} {unknown[0]!r} is none of {', '.join(known)}.", parameter=name)
    return words


def _is_set(query: Mapping[str, str], name: str) -> bool:
    given = query.get(name, "")
    if given not in ("", "0", "false", "1", "true"):
        raise InvalidFilter(f"{name} {given!r} is neither true nor false.", parameter=name)
    return given in ("1", "true")


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
