"""What became of each webhook, as the vendor shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from telnyx_emulator.core.errors import InvalidFilter, ResourceNotFound
from telnyx_emulator.webhooks import Attempt, Delivery

from .. import adopt
from ..exchange import Exchange, Reply
from ..paging import page
from ..routes import Route

Check = Callable[[Delivery, str], bool]

NO_ANSWER, NOT_TAKEN = 75001, 75499
"""The vendor's codes for attempts that reached nobody, and for those that were refused."""


async def list_deliveries(exchange: Exchange) -> Reply:
    """`GET /webhook_deliveries`, the latest first; those still under way are not listed yet."""
    checks = [(FILTERS[name], value) for name, value in _filters(exchange.query).items()]
    log = exchange.tenant.outbox.log
    if not log and exchange.adopts:
        log.append(adopt.delivery(exchange.tenant.account, exchange.tenant.account.ids.uuid4()))
    found = [
        delivery
        for delivery in reversed(log)
        if delivery.status != "pending" and all(check(delivery, value) for check, value in checks)
    ]
    user_id = exchange.tenant.account.user_id
    return Reply(page(found, exchange.query, lambda delivery: describe(delivery, user_id)))


async def retrieve(exchange: Exchange) -> Reply:
    """`GET /webhook_deliveries/{id}`"""
    id = exchange.params["id"].lower()
    for delivery in exchange.tenant.outbox.log:
        if delivery.id == id and delivery.status != "pending":
            return Reply({"data": describe(delivery, exchange.tenant.account.user_id)})
    if exchange.adopts:
        adopted = adopt.delivery(exchange.tenant.account, exchange.params["id"])
        return Reply({"data": describe(adopted, exchange.tenant.account.user_id)})
    raise ResourceNotFound


def describe(delivery: Delivery, user_id: str) -> dict[str, Any]:
    """The wire form. What had no URL to go to counts as failed, and says so."""
    return {
        "record_type": "webhook_delivery",
        "id": delivery.id,
        "user_id": user_id,
        "status": _status(delivery),
        "started_at": delivery.started_at,
        "finished_at": delivery.finished_at,
        "webhook": json.loads(delivery.event.data),
        "attempts": [_attempt(attempt) for attempt in reversed(delivery.attempts)] or _no_attempts(delivery),
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


def _no_attempts(delivery: Delivery) -> list[dict[str, Any]]:
    if delivery.targets:
        return []
    instant = {"started_at": delivery.started_at, "finished_at": delivery.finished_at}
    detail = "No webhook URL: neither the call, nor its application, nor the server (--webhook-url) has one."
    return [{**instant, "http": {}, **_failure(NO_ANSWER, detail)}]


def _failure(code: int, detail: str) -> dict[str, Any]:
    """The vendor's list of errors has bare numbers; what ours mean stands beside it."""
    return {"status": "failed", "errors": [code], "detail": detail}


def _headers(headers: Mapping[str, str]) -> list[list[str]]:
    return [[name, value] for name, value in headers.items()]


def _event_type(delivery: Delivery, wanted: str) -> bool:
    """A comma list; `call_initiated` means `call.initiated`."""
    types = {name.strip().replace("_", ".") for name in wanted.split(",")}
    return delivery.event.name.replace("_", ".") in types


def _in_attempts(delivery: Delivery, text: str) -> bool:
    return text in json.dumps(describe(delivery, "")["attempts"])


def _instant(value: str, name: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value.replace(" ", "+"))  # an unescaped + in a query
    except ValueError:
        raise InvalidFilter(f"{name} must be an ISO 8601 date and time.", parameter=name) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _time_filter(attribute: str, later: bool) -> Check:
    name = f"filter[{attribute}][{'gte' if later else 'lte'}]"

    def check(delivery: Delivery, value: str) -> bool:
        mine, bound = datetime.fromisoformat(getattr(delivery, attribute)), _instant(value, name)
        return mine >= bound if later else mine <= bound

    return check


FILTERS: dict[str, Check] = {
    "filter[status][eq]": lambda delivery, value: _status(delivery) == value,
    "filter[event_type]": _event_type,
    "filter[webhook][contains]": lambda delivery, text: text in delivery.event.data.decode(),
    "filter[attempts][contains]": _in_attempts,
    "filter[started_at][gte]": _time_filter("started_at", later=True),
    "filter[started_at][lte]": _time_filter("started_at", later=False),
    "filter[finished_at][gte]": _time_filter("finished_at", later=True),
    "filter[finished_at][lte]": _time_filter("finished_at", later=False),
}


def _filters(query: Mapping[str, str]) -> dict[str, str]:
    given = {name: value for name, value in query.items() if name.startswith("filter")}
    for name, value in given.items():
        if name not in FILTERS:
            raise InvalidFilter(
                f"The request filter {name} is invalid; there are: {', '.join(FILTERS)}.", parameter=name
            )
        if name.endswith(("[gte]", "[lte]")):
            _instant(value, name)
        if name == "filter[status][eq]" and value not in ("delivered", "failed"):
            raise InvalidFilter("filter[status][eq] must be one of: delivered, failed.", parameter=name)
    return given


ROUTES = [
    Route("GET", "/webhook_deliveries", list_deliveries),
    Route("GET", "/webhook_deliveries/{id}", retrieve),
]
