"""Dialogflow connections: credentials that are stored and shown; no Dialogflow is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from telnyx_emulator.commands.validation import Coded, Refusal, needed
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import ResourceRecord

from .crud import Body, Resource, maker


class DialogflowConnection(ResourceRecord):
    """The credentials of one application."""

    record_type: str = "dialogflow_connection"
    connection_id: str
    conversation_profile_id: str | None = None
    dialogflow_api: str = "es"
    environment: str | None = None
    location: str | None = None
    service_account: dict[str, Any] = Field({})


class DialogflowBody(Body):
    """Dialogflow CX (`cx`) needs to know the profile and the region."""

    service_account: dict[str, Any]
    """The service world, as Google's JSON file has it."""
    conversation_profile_id: str | None = None
    """The id of the conversation profile."""
    dialogflow_api: Annotated[Literal["cx", "es"], Coded("100001")] = "es"
    """The edition of Dialogflow."""
    environment: str | None = None
    """The environment of the agent."""
    location: str | None = None
    """The region of the agent."""

    def rules(self) -> Iterator[Refusal]:
        for name in ("conversation_profile_id", "location"):
            if self.dialogflow_api == "cx" and not getattr(self, name):
                yield needed(name)


def kept(world: World) -> dict[str, DialogflowConnection]:
    return world.records.setdefault("dialogflow_connections", {})  # type: ignore[return-value]


def show(world: World, connection: DialogflowConnection) -> dict[str, Any]:
    """The account's JSON is a text in the answer."""
    names = ("record_type", "connection_id", "conversation_profile_id", "environment")
    shown = {name: getattr(connection, name) for name in names}
    given = {name: value for name, value in shown.items() if value is not None}
    return given | {"service_account": json.dumps(connection.service_account)}


DIALOGFLOW = Resource(
    path="/dialogflow_connections",
    key="connection_id",
    key_in_path=True,
    kept=kept,
    create=maker(DialogflowConnection, kept, lambda world, key: {"connection_id": key}),
    body=DialogflowBody,
    update=DialogflowBody,
    update_by="PUT",
    deleted=204,
    listed=False,
    show=show,
)

ROUTES = [*DIALOGFLOW.routes()]
