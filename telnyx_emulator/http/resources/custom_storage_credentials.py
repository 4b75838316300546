"""Where the recordings of a connection go instead of the vendor's storage. Nothing is really sent there."""

from __future__ import annotations

from typing import Any, Literal

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.commands.types import NestedParameters
from telnyx_emulator.core.errors import ResourceNotFound
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.storage import Storage

from .. import Reply, RequestContext, Route


class Configuration(NestedParameters):
    """What the backend needs to know: its bucket and secrets, which are kept and shown as they were given."""

    bucket: str | None = None
    """The bucket that receives the files."""


class Credentials(Parameters):
    """Which kind of storage, and how to get at it."""

    backend: Literal["gcs", "s3", "s3-generic", "azure"]
    """The kind of storage."""
    configuration: Configuration
    """The bucket, and the secrets that open it."""


async def create(request: RequestContext) -> Reply:
    """`POST /custom_storage_credentials/{connection_id}`; what there was before is replaced."""
    given, connection = request.parse(Credentials, request.body()), request.params["connection_id"]
    return _shown(_set(request.tenant.world, connection, given))


async def update(request: RequestContext) -> Reply:
    """`PUT /custom_storage_credentials/{connection_id}`"""
    _named(request)
    return await create(request)


async def retrieve(request: RequestContext) -> Reply:
    """`GET /custom_storage_credentials/{connection_id}`"""
    return _shown(_named(request))


async def delete(request: RequestContext) -> Reply:
    """`DELETE /custom_storage_credentials/{connection_id}`"""
    del request.tenant.world.storage[_named(request).connection_id]
    return Reply(None, 204)


def _named(request: RequestContext) -> Storage:
    world, connection = request.tenant.world, request.params["connection_id"]
    if connection not in world.storage and request.adopts:
        world.warn("adopted", detail=f"{connection} had no storage of its own, so a bucket was made up")
        bucket = {"bucket": "example-bucket"}
        _set(world, connection, Credentials.parse({"backend": "gcs", "configuration": bucket}))
    if connection not in world.storage:
        raise ResourceNotFound
    return world.storage[connection]


def _set(world: World, connection: str, given: Credentials) -> Storage:
    configuration: dict[str, Any] = given.configuration.model_dump(exclude_unset=True)
    made = Storage(connection, given.backend, configuration | {"backend": given.backend})
    world.storage[connection] = made
    return made


def _shown(storage: Storage) -> Reply:
    """The wire form, whose `data` is only a part of it."""
    data = {"backend": storage.backend, "configuration": storage.configuration}
    return Reply({"connection_id": storage.connection_id, "data": data, "record_type": "custom_storage_credentials"})


PATH = "/custom_storage_credentials/{connection_id}"
ROUTES = [
    Route("POST", PATH, create),
    Route("GET", PATH, retrieve),
    Route("PUT", PATH, update),
    Route("DELETE", PATH, delete),
]
