"""Things that are configured rather than commanded: created, listed, read, changed and deleted, one like the other.

Each kind is one declaration, see `Resource`. What the things do is a matter of the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, Literal, TypeVar, get_args

from telnyx_emulator.commands.base import Parameters
from telnyx_emulator.core.errors import DuplicateResource
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.records import ResourceRecord

from .. import Reply, RequestContext, Route
from .collection import Collection

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


def maker(
    kind: type[AnyRecord],
    kept: Callable[[World], dict[str, AnyRecord]],
    invent: Callable[[World, str], dict[str, Any]],
) -> Callable[[World, str], AnyRecord]:
    """How one with a key is made and kept; `invent`: the fields that have no default."""

    def make(world: World, key: str) -> AnyRecord:
        now = world.now()
        made = kept(world)[key] = kind(created_at=now, updated_at=now, **invent(world, key))
        return made

    return make


def _as_it_is(world: World, record: ResourceRecord) -> dict[str, Any]:
    return record.shown()


@dataclass(frozen=True, kw_only=True)
class Resource(Collection[World, AnyRecord]):
    """A collection whose things are created and changed by requests too.

    `create`: one with a key and otherwise the defaults, put in its place. `key_in_path`: the request that creates one
    names its key in the path. `body`: None, if it cannot be created by a request.
    `claims`: which keys can be changed though they were never created.
    """

    kept: Callable[[World], dict[str, AnyRecord]]
    body: type[Body] | None = None
    update: type[Body]
    key_in_path: bool = False
    claims: Callable[[str], bool] = lambda key: False
    update_by: Literal["PATCH", "PUT"] = "PATCH"
    created: int = 201
    listed: bool = True
    sorts: tuple[str, ...] = ("created_at",)
    show: Callable[[World, AnyRecord], dict[str, Any]] = _as_it_is

    def routes(self) -> Iterator[Route]:
        one = f"{self.path}/{{{self.key}}}"
        yield Route("GET", one, self.retrieve)
        yield Route(self.update_by, one, self._update)
        yield Route("DELETE", one, self.delete)
        if self.listed:
            yield Route("GET", self.path, self.listing)
        if self.body is not None:
            yield Route("POST", one if self.key_in_path else self.path, self._create)

    async def _create(self, request: RequestContext) -> Reply:
        world, kind = request.tenant.world, self.body or Body
        values = self._values(request, kind)
        key = request.params.get(self.key) or values.get(self.key) or self.new_key(world)
        if key in self.kept(world) and not (self.key_in_path or request.adopts):
            raise DuplicateResource(pointer=f"/{self.key}")
        self.kept(world).pop(key, None)
        return self._changed(request, self.create(world, key), values, self.created, key)

    async def _update(self, request: RequestContext) -> Reply:
        world, key = request.tenant.world, request.params[self.key]
        values = self._values(request, self.update)
        claimed = self.claims(key) and key not in self.kept(world)
        record = self.create(world, key) if claimed else self.find(request)
        if self.key in values:
            self._rename(request, record, values[self.key])
        return self._changed(request, record, values, 200, key)

    def _changed(
        self, request: RequestContext, record: AnyRecord, values: dict[str, Any], status: int, key: str
    ) -> Reply:
        world = request.tenant.world
        record.change(values, world.now())
        world.state_change(self.path, change="created" if request.method == "POST" else "changed", key=key)
        return Reply({"data": self.show(world, record)}, status)

    def take_out(self, request: RequestContext, item: AnyRecord) -> None:
        world = request.tenant.world
        records = self.kept(world)
        del records[next(key for key, one in records.items() if one is item)]
        world.state_change(self.path, change="deleted", key=request.params[self.key])

    def adopt(self, owner: World, key: str) -> AnyRecord:
        owner.warn("adopted", detail=f"{self.path}/{key} was unknown, so it was made")
        return self.create(owner, key)

    def _values(self, request: RequestContext, kind: type[Body]) -> dict[str, Any]:
        body = request.parse(kind, request.body())
        for remark in body.remarks():
            request.tenant.world.warn(self.path, detail=remark)
        return body.values()

    def _rename(self, request: RequestContext, record: AnyRecord, key: str) -> None:
        """Where the client chooses the key, it can choose another one later."""
        records, old = self.kept(request.tenant.world), getattr(record, self.key)
        if key == old:
            return
        if key in records and not request.adopts:
            raise DuplicateResource(pointer=f"/{self.key}")
        records[key] = records.pop(old)
