"""SIPREC connectors: the recording servers that `siprec_start` names."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from telnyx_emulator.commands.types import NonBlank
from telnyx_emulator.core.model import World

from .crud import Body, Resource


class ConnectorBody(Body):
    """Whether a connector works is a matter of its name: `fails-503` and the like do not."""

    name: NonBlank
    """The name of the connector."""
    host: NonBlank
    """The host of the recording server."""
    port: Annotated[int, Field(ge=1, le=65_535)]
    """The port of the recording server."""
    app_subdomain: str | None = None
    """The SIP subdomain of the application."""


CONNECTORS = Resource(
    path="/siprec_connectors",
    key="name",
    kept=lambda world: world.siprec_connectors,
    create=World.siprec_connector,
    body=ConnectorBody,
    update=ConnectorBody,
    update_by="PUT",
    deleted=204,
    listed=False,
)

ROUTES = [*CONNECTORS.routes()]
