"""One request and its reply, as endpoints see them: no framework, no socket."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic_core import from_json

from telnyx_emulator.core.errors import ApiError, BadRequest, InvalidEncoding, InvalidJson, JsonExpected
from telnyx_emulator.faults import ApiFault
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer
from telnyx_emulator.tenants import Tenant, Tenants
from telnyx_emulator.webhooks import Gate

DEEPEST = 200


class Injected(Exception):
    """A request that goes wrong on purpose, instead of being carried out, or (`otherwise`) refused."""

    def __init__(self, fault: ApiFault, otherwise: Reply | None = None) -> None:
        super().__init__(fault)
        self.fault, self.otherwise = fault, otherwise


@dataclass(slots=True)
class Reply:
    """What is answered. `data` becomes JSON, bytes are sent as they are, None has no body."""

    data: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    gate: Gate | None = None
    """Opened when the reply is on the wire: the webhooks that the request caused may leave."""
    injected: ApiFault | None = None
    """How this answer goes wrong on purpose, though what was asked for is done."""
    stream: Iterator[bytes] | None = None
    """A body that comes piece by piece, instead of `data`; its `content-length` is among the headers."""

    def encoded(self) -> bytes:
        if self.data is None:
            return b""
        return self.data if isinstance(self.data, bytes) else orjson.dumps(self.data)


@dataclass(slots=True)
class Exchange:
    """A request in the world that it belongs to."""

    method: str
    path: str
    params: dict[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    settings: Settings
    tenants: Tenants
    signer: Signer
    tenant_or_none: Tenant | None

    @property
    def tenant(self) -> Tenant:
        if self.tenant_or_none is None:
            raise RuntimeError(f"{self.path} is open to everybody and has no world")
        return self.tenant_or_none

    @property
    def adopts(self) -> bool:
        """Whether this request may bring into being what it names."""
        return self.tenant.adopt or self.headers.get("x-emulator-adopt") == "1"

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; nothing at all counts as an empty one, whatever the content type."""
        if not self.raw.strip():
            return {}
        try:
            body = orjson.loads(self.raw)
            if self.raw.count(b"[") + self.raw.count(b"{") > DEEPEST:
                from_json(self.raw)  # refuses what is nested too deep to be shown again
        except ValueError:
            raise self._no_object(InvalidJson()) from None
        if not isinstance(body, dict):
            raise self._no_object(BadRequest("The request body must be a JSON object."))
        return body

    def _no_object(self, otherwise: ApiError) -> ApiError:
        """What is wrong with a body that is no JSON object: its kind or its encoding, else what was found."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ("application/x-www-form-urlencoded", "multipart/form-data") and self.raw.lstrip()[:1] != b"{":
            return JsonExpected()
        try:
            self.raw.decode()
        except UnicodeDecodeError as error:
            return InvalidEncoding(f"Error decoding request body at position {error.start}")
        return otherwise
