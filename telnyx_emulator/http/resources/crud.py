"""Things that are configured rather than commanded: created, listed, read, changed and deleted, one like the other.

Each kind is one declaration, see `Resource`. What the things do is a matter of the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from types import NoneType
from typing import Any, Generic, Literal, TypeVar, get_args

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.core.errors import DuplicateResource, ResourceNotFound
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import ResourceRecord

from ..filters import Filter, ordered, wanted
from ..paging import cursor_page, page
from ..reply import Reply
from ..request_context import RequestContext
from ..routes import Route

AnyRecord = TypeVar("AnyRecord", bound=ResourceRecord)


class Body(Parameters):
    """The fields of a thing as a request gives them. Null clears what may be null, elsewhere it says nothing."""

    @classmethod
    def given_in(cls, body: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in body.items() if value is not None or name in nullable(cls)}

    def values(self) -> dict[str, Any]:
        """The declared fields that were given; what else was sent is reported, not stored."""
        names = set(type(self).model_fields)
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True, include=names, warnings=False)


@cache
def nullable(body: type[Body]) -> frozenset[str]:
    """Wire names of the fields that may be null."""
    fields = body.model_fields.items()
    return frozenset(field.alias or name for name, field in fields if NoneType in get_args(field.annotation))


def _as_it_is(world: World, record: ResourceRecord) -> dict[str, Any]:
    return record.shown()


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[AnyRecord]):
    """One kind of thing: where it is found, what can be said about it, and where the world keeps it.

    `make`: one with a key and otherwise the defaults, put in its place. `new_key`: None, if the client chooses
    the key, be it in the body or (`key_in_path`) in the path. `body`: None, if it cannot be created by a request.
    `claims`: which keys can be changed though they were never created.
    """

    path: str
    key: str = "id"
    kept: Callable[[World], dict[str, AnyRecord]]
    kept_by: str | None = None
    make: Callable[[World, str], AnyRecord]
    body: type[Body] | None = None
    update: type[Body]
    new_key: Callable[[World], str] | None = None
    key_in_path: bool = False
    claims: Callable[[str], bool] = lambda key: False
    update_by: Literal["PATCH", "PUT"] = "PATCH"
    created: int = 201
    deleted: Literal[200, 204] = 200
    listed: bool = True
    cursors: bool = False
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sorts: tuple[str, ...] = ("created_at",)
    first: str = "-created_at"
    show: Callable[[World, AnyRecord], dict[str, Any]] = _as_it_is

    def routes(self) -> Iterator[Route]:
        one = f"{self.path}/{{{self.key}}}"
        yield Route("GET", one, self._retrieve)
        yield Route(self.update_by, one, self._update)
        yield Route("DELETE", one, self._delete)
        if self.listed:
            yield Route("GET", self.path, self.listing)
        if self.body is not None:
            yield Route("POST", one if self.key_in_path else self.path, self._create)

    async def _create(self, request: RequestContext) -> Reply:
        world, kind = request.tenant.world, self.body or Body
        values = self._values(request, kind)
        key = request.params.get(self.key) or values.get(self.key) or (self.new_key or _no_key)(world)
        if key in self.kept(world) and not (self.key_in_path or request.adopts):
            raise DuplicateResource(pointer=f"/{self.key}")
        self.kept(world).pop(key, None)
        record = self.make(world, key)
        record.change(values, world.now())
        world.state_change(self.path, change="created", key=key)
        return Reply({"data": self.show(world, record)}, self.created)

    async def _retrieve(self, request: RequestContext) -> Reply:
        return Reply({"data": self.show(request.tenant.world, self.find(request))})

    async def _update(self, request: RequestContext) -> Reply:
        world, key = request.tenant.world, request.params[self.key]
        values = self._values(request, self.update)
        record = self._claimed(world, key) or self.find(request)
        if self.key in values:
            self._rename(request, record, values[self.key])
        record.change(values, world.now())
        world.state_change(self.path, change="changed", key=key)
        return Reply({"data": self.show(world, record)})

    async def _delete(self, request: RequestContext) -> Reply:
        world, record = request.tenant.world, self.find(request)
        del self.kept(world)[self._place(record)]
        world.state_change(self.path, change="deleted", key=request.params[self.key])
        return Reply(None, 204) if self.deleted == 204 else Reply({"data": self.show(world, record)})

    async def listing(self, request: RequestContext) -> Reply:
        """`GET {path}`"""
        world = request.tenant.world
        found = wanted(request, self.all(request), self.filters)
        found = ordered(request, found, self.sorts, self.first)
        show = partial(self.show, world)
        if self.cursors:
            return Reply(cursor_page(found, request.query, show, self._place, request.path))
        return Reply(page(found, request.query, show))

    def all(self, request: RequestContext) -> list[AnyRecord]:
        """All there are, in the order in which they came; at least one where everything is adopted."""
        world = request.tenant.world
        if request.adopts and not self.kept(world):
            self.make(world, (self.new_key or _no_key)(world))
        return list(self.kept(world).values())

    def find(self, request: RequestContext) -> AnyRecord:
        """The one that the path names."""
        world, key = request.tenant.world, request.params[self.key]
        records = self.kept(world)
        found = records.get(key)
        if found is None and self.kept_by:
            found = next((record for record in records.values() if getattr(record, self.key) == key), None)
        if found is None and request.adopts:
            world.warn("adopted", detail=f"{self.path}/{key} was unknown, so it was made")
            found = self.make(world, key)
        if found is None:
            raise ResourceNotFound
        return found

    # -- inside ----------------------------------------------------------------------------------------------

    def _values(self, request: RequestContext, kind: type[Body]) -> dict[str, Any]:
        body = request.parse(kind, request.body())
        for remark in body.remarks():
            request.tenant.world.warn(self.path, detail=remark)
        return body.values()

    def _claimed(self, world: World, key: str) -> AnyRecord | None:
        if self.claims(key) and key not in self.kept(world):
            return self.make(world, key)
        return None

    def _rename(self, request: RequestContext, record: AnyRecord, key: str) -> None:
        """Where the client chooses the key, it can choose another one later."""
        records, old = self.kept(request.tenant.world), getattr(record, self.key)
        if key == old:
            return
        if key in records and not request.adopts:
            raise DuplicateResource(pointer=f"/{self.key}")
        records[key] = records.pop(old)

    def _place(self, record: AnyRecord) -> str:
        place: str = getattr(record, self.kept_by or self.key)
        return place


def _no_key(world: World) -> str:
    return world.ids.uuid4()
