"""From the JSON of a request to parameters that are valid, as far as the world insists on it."""

from __future__ import annotations

from typing import Any, TypeVar

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.commands.validation import InvalidParameters, Refusal
from telnyx_emulator.core.model import Call

from .exchange import Exchange

AnyParameters = TypeVar("AnyParameters", bound=Parameters)


def parse(
    exchange: Exchange, kind: type[AnyParameters], body: dict[str, Any], call: Call | None = None
) -> AnyParameters:
    """Strict worlds refuse unknown parameters as well; adopting ones only note values that do not fit."""
    if exchange.adopts:
        lenient, refusals = kind.parse_leniently(body)
        for refusal in refusals:
            exchange.tenant.world.warn("adopted", call, **refusal.entry())
        return lenient
    parsed = kind.parse(body)
    if exchange.tenant.strict and (unknown := parsed.unknown()):
        raise InvalidParameters([Refusal("10015", f"/{name}", detail) for name, detail in unknown.items()])
    return parsed
