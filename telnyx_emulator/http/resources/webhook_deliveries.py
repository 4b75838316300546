"""What became of each webhook, as the vendor shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from telnyx_emulator.tenants import Tenant
from telnyx_emulator.webhooks import Attempt, Delivery

from .. import auto_create
from ..filters import Filter, moments
from .collection import Collection

Question = Callable[[Delivery], bool]

NO_ANSWER, NOT_TAKEN = 75001, 75499
"""The vendor's codes for attempts without an answer, and for those that were refused."""


def describe(delivery: Delivery, user_id: str) -> dict[str, Any]:
    """The wire form. What had no URL to go to, or was dropped on purpose, counts as failed, and says so."""
    return {
        "record_type": "webhook_delivery",
        "id": delivery.id,
        "user_id": user_id,
        "status": _status(delivery),
        "started_at": delivery.started_at,
        "finished_at": delivery.finished_at,
        "webhook": json.loads(delivery.event.data),
        "attempts": [*_unsent(delivery), *map(_attempt, reversed(delivery.attempts))],
    }


def _status(delivery: Delivery) -> str:
    return "delivered" if delivery.status == "delivered" else "failed"


def _attempt(attempt: Attempt) -> dict[str, Any]:
    http: dict[str, Any] = {"request": {"url": attempt.url, "headers": _headers(attempt.request_headers)}}
    if attempt.status is not None:
        http["response"] = {
            "status": attempt.status,
            "headers": _headers(attempt.response_headers),
            "body": attempt.body,
        }
    shown = {
        "status": "delivered",
        "started_at": attempt.started_at,
        "finished_at": attempt.finished_at,
        "http": http,
        "errors": [],
    }
    if not attempt.delivered:
        shown |= _failure(NOT_TAKEN if attempt.status else NO_ANSWER, attempt.error or f"HTTP {attempt.status}")
    return shown


def _unsent(delivery: Delivery) -> Iterator[dict[str, Any]]:
    """What was to be the last attempt, if it was never made."""
    detail = None
    if not delivery.targets:
        detail = "No webhook URL: neither the call, nor its application, nor the server (--webhook-url) has one."
    elif delivery.dropped_by is not None:
        detail = f"Dropped by the fault '{delivery.dropped_by}'."
    if detail is not None:
        instant = {"started_at": delivery.finished_at, "finished_at": delivery.finished_at}
        yield {**instant, "http": {}, **_failure(NO_ANSWER, detail)}


def _failure(code: int, detail: str) -> dict[str, Any]:
    """The vendor's list of errors has bare numbers; what ours mean stands beside it."""
    return {"status": "failed", "errors": [code], "detail": detail}


def _headers(headers: Mapping[str, str]) -> list[list[str]]:
    return [[name, value] for name, value in headers.items()]


def _has_status(wanted: str) -> Question:
    if wanted not in ("delivered", "failed"):
        raise ValueError("it must be one of: delivered, failed")
    return lambda delivery: _status(delivery) == wanted


def _is_of_type(wanted: str) -> Question:
    """A comma list; `call_initiated` means `call.initiated`."""
    types = {name.strip().replace("_", ".") for name in wanted.split(",")}
    return lambda delivery: delivery.event.name.replace("_", ".") in types


def _when(attribute: str) -> dict[str, Filter]:
    return moments(attribute, lambda delivery: datetime.fromisoformat(getattr(delivery, attribute)), "[gte]", "[lte]")


FILTERS: dict[str, Filter] = {
    "filter[status]": _has_status,
    "filter[event_type]": _is_of_type,
    "filter[webhook][contains]": lambda text: lambda delivery: text in delivery.event.data.decode(),
    "filter[attempts][contains]": lambda text: lambda delivery: text in json.dumps(describe(delivery, "")["attempts"]),
    **_when("started_at"),
    **_when("finished_at"),
}


def _finished(tenant: Tenant) -> dict[str, Delivery]:
    """The latest first; those still under way are not listed yet."""
    return {delivery.id: delivery for delivery in reversed(tenant.outbox.log) if delivery.status != "pending"}


def _example(tenant: Tenant, id: str) -> Delivery:
    made = auto_create.delivery(tenant.world, id)
    tenant.outbox.log.append(made)
    return made


DELIVERIES: Collection[Tenant, Delivery] = Collection(
    path="/webhook_deliveries",
    owner=lambda request: request.tenant,
    kept=_finished,
    spelling=str.lower,
    create=_example,
    show=lambda tenant, delivery: describe(delivery, tenant.world.user_id),
    filters=FILTERS,
)

ROUTES = [*DELIVERIES.routes()]
