"""Why a webhook's signature does not verify, as far as its sender can tell."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Iterator
from itertools import islice
from typing import Self

from pydantic import Field, field_validator, model_validator

from telnyx_emulator.signature_help import SentWebhook, explain, genuine
from telnyx_emulator.webhooks import envelope

from .. import Reply, RequestContext
from .request import Request

MOST_ATTEMPTS = 2000
"""How many of the latest attempts to deliver something are looked at."""


class Webhook(Request):
    """A webhook as an application has it, `body` as text or `body_base64`; and the public key that it uses.

    A header may have a list of values, as some frameworks have them. `tolerance`: real seconds.
    """

    headers: dict[str, str | list[str]]
    """The headers of the webhook; a header may have a list of values."""
    body: str | None = None
    """The body as text."""
    body_base64: str | None = None
    """The body in base64, instead of `body`."""
    public_key: str | None = None
    """The public key that the application uses, in base64; unset: the server's."""
    tolerance: float = Field(300.0, ge=0)
    """How old the timestamp may be, in real seconds."""

    @field_validator("body_base64")
    @classmethod
    def _is_base64(cls, text: str | None) -> str | None:
        try:
            base64.b64decode(text or "", validate=True)
        except binascii.Error as error:
            raise ValueError(f"no base64: {error}") from None
        return text

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if (self.body is None) == (self.body_base64 is None):
            raise ValueError("give either body, as text, or body_base64")
        return self

    @property
    def raw(self) -> bytes:
        if self.body_base64 is not None:
            return base64.b64decode(self.body_base64)
        return (self.body or "").encode(errors="surrogatepass")

    def single_headers(self) -> dict[str, str]:
        listed = {name: [value] if isinstance(value, str) else value for name, value in self.headers.items()}
        return {name: values[0] for name, values in listed.items() if values}


async def verify(request: RequestContext) -> Reply:
    """`POST verify-signature` {headers, body | body_base64, public_key?, tolerance?} → {valid, problems}"""
    webhook = Webhook.parse(request.body())
    verification = explain(
        webhook.single_headers(),
        webhook.raw,
        webhook.public_key,
        now=time.time(),
        tolerance=webhook.tolerance,
        server_key=request.signer.public_key,
        sent=list(islice(_sent(request), MOST_ATTEMPTS)),
    )
    return Reply({"data": verification.shown()})


def _sent(request: RequestContext) -> Iterator[SentWebhook]:
    """The attempts that the outbox remembers, the newest first."""
    key = base64.b64decode(request.signer.public_key)
    for delivery in reversed(request.tenant.outbox.log):
        event = delivery.event
        for attempt in reversed(delivery.attempts):
            headers, body = attempt.request_headers, envelope(event.data, attempt.number, attempt.url)
            fault = attempt.fault if attempt.fault and not genuine(headers, body, key) else None
            yield SentWebhook(event.name, event.id, event.data, body, headers, fault)
