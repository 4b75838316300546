"""What happened, drawn."""

from __future__ import annotations

from telnyx_emulator.core.errors import InvalidFilter, ResourceNotFound
from telnyx_emulator.journal import Entry
from telnyx_emulator.ladder import Ladder
from telnyx_emulator.tenants import Tenant

from .. import Reply, RequestContext

FORMATS = ("text", "mermaid", "json")
TEXT = {"content-type": "text/plain; charset=utf-8"}


async def read(request: RequestContext) -> Reply:
    """`GET ladder?session=&leg=&format=`: of the whole world, a `call_session_id`, or a leg by its name or an id."""
    tenant, query = request.tenant, request.query
    format = query.get("format") or "text"
    if format not in FORMATS:
        raise InvalidFilter(f"format {format!r} is none of {', '.join(FORMATS)}.", parameter="format")
    entries, names = tenant.journal.after(0), tenant.names()
    if session := query.get("session"):
        entries = _of_session(entries, session)
    if leg := query.get("leg"):
        entries = _of_leg(entries, leg, tenant)
    ladder = Ladder(entries, names)
    if format == "json":
        return Reply({"data": ladder.data()})
    return Reply((ladder.text() if format == "text" else ladder.mermaid()).encode(errors="replace"), headers=TEXT)


def _of_session(entries: list[Entry], session: str) -> list[Entry]:
    """Those of a session, and what belongs to none: it may concern it."""
    if session == "latest":
        session = next((entry.session for entry in reversed(entries) if entry.session), session)
    if all(entry.session != session for entry in entries):
        raise ResourceNotFound(f"There is no session {session} in this world.")
    return [entry for entry in entries if entry.session in (session, None)]


def _of_leg(entries: list[Entry], leg: str, tenant: Tenant) -> list[Entry]:
    ids = {*tenant.legs(leg), *(entry.call_control_id for entry in entries if entry.leg == leg)}
    if not ids:
        known = ", ".join(tenant.names().values()) or "there are none"
        raise ResourceNotFound(f"There is no leg {leg} in this world; legs: {known}.")
    return [entry for entry in entries if entry.call_control_id in ids]
