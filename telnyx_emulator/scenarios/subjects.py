"""The fields that a command or a webhook can have: a pattern for another one could never match."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from telnyx_emulator.commands import Command, WorldCommand
from telnyx_emulator.commands.base import parameters
from telnyx_emulator.core.events import Event
from telnyx_emulator.matching import OPERATORS
from telnyx_emulator.observed import Kind

from .names import WrongPart, advice

OF_ALL = ("connection_id",)
OF_LEGS = ("call_control_id", "call_session_id", "client_state")
OF_PARTIES = ("from", "to")


def check_fields(kind: Kind, name: str, where: Any) -> None:
    """Raises WrongPart, with advice, for the first key that nothing of this name ever has.

    An act of a far end has whatever its verb takes, and of a request all may be looked at.
    """
    if kind not in ("command", "webhook", "delivered") or not isinstance(where, dict):
        return
    if where and where.keys() <= OPERATORS.keys():
        return
    names = fields_of_command(name) if kind == "command" else fields_of_event(name)
    for key in where:
        if key not in names:
            raise WrongPart(f'{name} has no "{key}"{advice(str(key), names)}', ("where", key))


@cache
def fields_of_command(name: str) -> tuple[str, ...]:
    """What its body can say; what stands in the path is not in the body."""
    kind = Command.names[name]
    in_path = re.findall(r"{(\w+)}", kind.path) if issubclass(kind, WorldCommand) else ()
    return tuple(one for one in parameters(kind) if one not in in_path)


@cache
def fields_of_event(name: str) -> tuple[str, ...]:
    """Its own, and those that say whose it is."""
    kind = Event.registry[name]
    shared: tuple[str, ...] = OF_ALL
    if kind.legs:
        shared += OF_LEGS + (("call_leg_id",) if kind.leg_id else ())
    if kind.legs and kind.parties:
        shared += OF_PARTIES
    return (*kind.model_fields, *shared)
