"""What happened on calls, as the vendor lists it: the commands to them and the webhooks about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.errors import InvalidFilter
from telnyx_emulator.core.resources.records import Application
from telnyx_emulator.journal import CommandAnswered, Entry, EventPublished, ids_of
from telnyx_emulator.tenants import Tenant
from telnyx_emulator.webhooks import Delivery

from .. import Reply, RequestContext, Route, auto_create
from ..filters import Filter, complain, contains, equal, equals, moments, wanted
from ..paging import page

REMEMBERED = timedelta(hours=24)
"""How far back the list goes, unless a leg or a session is named."""

TYPES = {"event": "webhook", "command": "command"}
STATUS = {"call.initiated": "init", "call.hangup": "completed"}


class CallEvent:
    """An entry of the journal, and what else is known about it."""

    def __init__(self, entry: Entry, tenant: Tenant, deliveries: dict[str, Delivery]) -> None:
        self._entry, self._tenant, self._deliveries = entry, tenant, deliveries
        self.name, self.type = entry.name, TYPES[entry.kind]
        self.leg_id, self.session_id = entry.leg, entry.session
        self.product = "call_control"
        self.status = STATUS.get(entry.name, "in_progress")

    @cached_property
    def occurred_at(self) -> datetime:
        return self._tenant.clock.epoch + timedelta(seconds=self._entry.at)

    @cached_property
    def detail(self) -> dict[str, Any]:
        """The webhook's `data`, or what a command said and what came of it."""
        if isinstance(self._entry, EventPublished):
            return self._entry.event
        return {name: value for name, value in self._entry.own().items() if name != "answered_at"}

    @cached_property
    def delivery(self) -> Delivery | None:
        return self._deliveries.get(self.detail.get("id", "")) if self.type == "webhook" else None

    @property
    def failed(self) -> str:
        """As the filter has it: whether a webhook was not taken, or a command was refused."""
        if self.type == "webhook":
            return _yes(self.delivery is not None and self.delivery.status in ("failed", "no_url", "dropped"))
        return _yes(self.detail.get("status") != 200)

    @property
    def from_(self) -> str | None:
        return self._party("from_", "from")

    @property
    def to(self) -> str | None:
        return self._party("to", "to")

    @property
    def connection_id(self) -> str | None:
        return self._party("connection_id", "connection_id")

    @property
    def application_name(self) -> str:
        return self._application.application_name if self._application else ""

    @property
    def profile_id(self) -> str | None:
        return self._application.profile_id if self._application else None

    def shown(self) -> dict[str, Any]:
        return {
            "record_type": "call_event",
            "call_leg_id": self.leg_id,
            "call_session_id": self.session_id,
            "event_timestamp": wire_time(self.occurred_at),
            "name": self.name,
            "type": self.type,
            "metadata": self._metadata(),
        }

    def _metadata(self) -> dict[str, Any]:
        if self.type == "command":
            return self.detail
        sent = self.delivery.attempts if self.delivery else []
        return {
            "attempt": len(sent),
            "delivered_to": sent[-1].url if sent else None,
            "event": self.detail,
            "status": self.delivery.status if self.delivery else None,
        }

    @property
    def _application(self) -> Application | None:
        return self._tenant.world.applications.get(self.connection_id or "")

    def _party(self, attribute: str, name: str) -> str | None:
        """From the call while it is remembered, else from the webhook itself."""
        call = self._tenant.world.calls.get(self._entry.call_control_id or "")
        found: str | None = getattr(call, attribute) if call else self.detail.get("payload", {}).get(name)
        return found


def _yes(value: bool) -> str:
    return "true" if value else "false"


FILTERS: dict[str, Filter] = {
    **equal("connection_id", "product", "failed", "to", "name", "type", "status"),
    "filter[leg_id]": equals("leg_id"),
    "filter[application_session_id]": equals("session_id"),
    "filter[application_name][contains]": contains("application_name"),
    "filter[outbound.outbound_voice_profile_id]": equals("profile_id"),
    "filter[from]": equals("from_"),
    **moments("occurred_at", lambda event: event.occurred_at),
}
"""`filter[status]` is about the call: `init` its beginning, `completed` its end, `in_progress` what is between."""


async def list_events(request: RequestContext) -> Reply:
    """`GET /call_events`, the earliest first."""
    names = [name.removesuffix("[eq]") for name in request.query]
    times = [name for name in names if name.startswith("filter[occurred_at]")]
    if len(times) > 1:
        complain(request, InvalidFilter("Only one filter[occurred_at] can be passed.", parameter=times[1]))
    events = _events(request)
    if not set(names) & {"filter[leg_id]", "filter[application_session_id]"}:
        earliest = request.tenant.clock.now() - REMEMBERED
        events = [event for event in events if event.occurred_at >= earliest]
    return Reply(page(wanted(request, events, FILTERS), request.query, CallEvent.shown))


def _events(request: RequestContext) -> list[CallEvent]:
    """Those of calls; where everything is adopted there is at least one."""
    tenant = request.tenant
    deliveries = {delivery.event.id: delivery for delivery in tenant.outbox.log}
    entries = [entry for entry in tenant.journal.after(0, TYPES) if entry.leg]
    if not entries and request.adopts:
        leg = auto_create.call(tenant.world, tenant.world.ids.call_control_id())
        now = tenant.clock.elapsed()
        answered = CommandAnswered(tenant.journal.next, now, "answer", *ids_of(leg), 200, {}, now)
        entries = [tenant.journal.add(answered)]
    return [CallEvent(entry, tenant, deliveries) for entry in entries]


ROUTES = [Route("GET", "/call_events", list_events)]
