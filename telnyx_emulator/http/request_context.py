"""One request as endpoints see it: no framework, no socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from pydantic_core import from_json

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.commands.validation import InvalidParameters, Refusal
from telnyx_emulator.core.errors import ApiError, BadRequest, InvalidEncoding, InvalidJson, JsonExpected
from telnyx_emulator.core.model import Call
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer
from telnyx_emulator.tenants import Tenant, Tenants

from .fault_application import FaultApplication

AnyParameters = TypeVar("AnyParameters", bound=Parameters)
Found = TypeVar("Found")

DEEPEST = 200


@dataclass(slots=True)
class RequestContext:
    """A request in the world that it belongs to; routes that are open have no `tenant`.

    `raw`: the body as it was sent. `adopts`: whether what the request names is created when it does not exist.
    `faults`: what may go wrong with it on purpose; None, if nothing can.
    """

    method: str
    path: str
    params: dict[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    settings: Settings
    tenants: Tenants
    signer: Signer
    tenant: Tenant = field(init=False)
    adopts: bool = False
    faults: FaultApplication | None = None

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

    def parse(self, kind: type[AnyParameters], body: dict[str, Any], call: Call | None = None) -> AnyParameters:
        """Valid parameters. Strict worlds refuse unknown ones as well; adopting ones only note values that do not fit.

        `call`: the leg that such a note belongs to. Raises `InvalidParameters`.
        """
        if self.adopts:
            lenient, refusals = kind.parse_leniently(body)
            for refusal in refusals:
                self.tenant.world.warn("adopted", call, **refusal.entry())
            return lenient
        parsed = kind.parse(body)
        if self.tenant.strict and (unknown := parsed.unknown()):
            raise InvalidParameters([Refusal("10015", f"/{name}", detail) for name, detail in unknown.items()])
        return parsed

    def existing(self, found: Found | None, create: Callable[[], Found], otherwise: type[ApiError]) -> Found:
        """What the request names, created now if it does not exist and the request adopts. Else raises `otherwise`."""
        if found is None and not self.adopts:
            raise otherwise
        return create() if found is None else found

    def observed(self) -> ObservedEvent:
        """As the rules of faults look at it: its path begins behind the version."""
        path, leg = self.path.removeprefix("/v2"), self.params.get("call_control_id")
        known = leg if leg in self.tenant.world.calls else None
        meta = {"method": self.method, "path": path}
        return ObservedEvent("request", f"{self.method} {path}", known, dict(self.query), meta)

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
