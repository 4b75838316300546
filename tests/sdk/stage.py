"""An application written with the official SDK."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web
from telnyx import AsyncTelnyx, types
from telnyx.types import UnwrapWebhookEvent

CONNECTION = "2963572552552678752"
OUR_NUMBER = "+15550002222"
FALLBACK = "ReplacedLinkClickWebhookEvent"
"""What the SDK makes of a webhook that fits none of its models."""

UNTYPED = {"call.sip_info.received", "conference.floor.changed"}
"""Webhooks that the vendor names but has no schema for, or one without the envelope that all others have."""


OTHERWISE_NAMED: dict[str, type[Any]] = {
    "call.ai_gather.ended": types.CallAIGatherEndedWebhookEvent,
    "call.ai_gather.message_history_updated": types.CallAIGatherMessageHistoryUpdatedWebhookEvent,
    "call.ai_gather.partial_results": types.CallAIGatherPartialResultsWebhookEvent,
    "call.dequeued": types.CallLeftQueueWebhookEvent,
    "call.transcription": types.TranscriptionWebhookEvent,
}
"""Webhooks whose classes have names of their own."""


def class_of(event_type: str) -> type[Any] | None:
    """The SDK's class for a webhook, if it has one; SIPREC events have the prefix `Call` there and none on the wire."""
    if event_type in OTHERWISE_NAMED:
        return OTHERWISE_NAMED[event_type]
    words = event_type.removeprefix("call.").replace("_", ".").split(".")
    if words[0] != "conference":
        words.insert(0, "call")
    return getattr(types, f"{''.join(map(str.title, words))}WebhookEvent", None)


class Received(NamedTuple):
    """One webhook: as the SDK types it, and as it was sent."""

    event: UnwrapWebhookEvent
    body: str
    headers: dict[str, str]

    @property
    def raw(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def name(self) -> str:
        return self.raw["data"]["event_type"]

    @property
    def payload(self) -> dict[str, Any]:
        return self.raw["data"]["payload"]

    @property
    def is_as_expected(self) -> bool:
        """Typed by its own model; the SDK's last resort only where there is no model."""
        kind = None if self.name in UNTYPED else class_of(self.name)
        return isinstance(self.event, kind) if kind else type(self.event).__name__ == FALLBACK


Reaction = Callable[[Any], Awaitable[object]]


class Application:
    """A webhook endpoint that trusts nothing unverified, and a reaction for each type of event.

    Its SDK client is configured by the environment alone.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = AsyncTelnyx()
        self.calls = self.client.calls
        self.received: list[Received] = []
        self.refused: list[str] = []
        self._reactions: dict[str, Reaction] = {}

    def on(self, event_type: str) -> Callable[[Reaction], Reaction]:
        def add(reaction: Reaction) -> Reaction:
            self._reactions[event_type] = reaction
            return reaction

        return add

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.text()
        try:
            event = self.client.webhooks.unwrap(body, headers=request.headers)
        except ValueError as error:
            self.refused.append(str(error))
            return web.Response(status=400)
        received = Received(event, body, dict(request.headers))
        self.received.append(received)
        if reaction := self._reactions.get(received.name):
            await reaction(event.data.payload)
        return web.Response()

    async def dial(self, to: str, **more: Any) -> str:
        answer = await self.calls.dial(connection_id=CONNECTION, from_=OUR_NUMBER, to=to, **more)
        return answer.data.call_control_id

    def names(self, call: str | None = None) -> list[str]:
        return [one.name for one in self.received if call in (None, one.payload.get("call_control_id"))]

    def payloads(self, name: str) -> list[dict[str, Any]]:
        return [one.payload for one in self.received if one.name == name]

    def payload(self, name: str) -> dict[str, Any]:
        """The payload of the only webhook of that type."""
        (payload,) = self.payloads(name)
        return payload

    @property
    def mistyped(self) -> list[str]:
        return [f"{one.name} is a {type(one.event).__name__}" for one in self.received if not one.is_as_expected]
