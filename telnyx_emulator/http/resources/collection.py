"""Things that are listed, read and deleted under one path: a declaration for each kind, see `Collection`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Any, Generic, Literal, TypeVar

from telnyx_emulator.core.errors import ApiError, ResourceNotFound
from telnyx_emulator.core.model import World

from .. import Reply, RequestContext, Route
from ..filters import Filter, ordered, wanted
from ..paging import DEFAULT_SIZE, page

Owner = TypeVar("Owner")
Item = TypeVar("Item")


def world_of(request: RequestContext) -> World:
    """The owner of what belongs to no other thing."""
    return request.tenant.world


@dataclass(frozen=True, kw_only=True)
class Collection(Generic[Owner, Item]):
    """One kind of thing: where it is found, how it is shown, and how it is created where a request adopts.

    `key`: the path parameter that names one. `owner`: what the things belong to, such as their world or their queue.
    `kept`: the things of an owner by key, in the order of the list. `also_by`: another attribute that names one.
    `spelling`: how keys are written.
    `create`: one with a key. `new_key`: for the one that an empty list gets where the request adopts.
    `show_listed`: in lists, if it is shown otherwise there.
    `cursors`: the attribute that cursors are made of; None: the list has page numbers only.
    `remove`: None, if it cannot be deleted; `deleted`: the status for it, 200 shows the thing a last time.

        QUEUES = Collection(path="/queues", key="queue_name", kept=lambda world: world.queues, create=…, show=…)
        ROUTES = [*QUEUES.routes()]
    """

    path: str
    key: str = "id"
    owner: Callable[[RequestContext], Owner] = world_of  # type: ignore[assignment]
    kept: Callable[[Owner], Mapping[str, Item]]
    also_by: str | None = None
    spelling: Callable[[str], str] = str
    create: Callable[[Owner, str], Item]
    new_key: Callable[[World], str] = lambda world: world.ids.uuid4()
    show: Callable[[Owner, Item], dict[str, Any]]
    show_listed: Callable[[Owner, Item], dict[str, Any]] | None = None
    unknown: Callable[[], ApiError] = ResourceNotFound
    filters: Mapping[str, Filter] | Callable[[Owner], Mapping[str, Filter]] = field(default_factory=dict)
    sorts: tuple[str, ...] = ()
    first: str = "-created_at"
    cursors: str | None = None
    page_size: int = DEFAULT_SIZE
    remove: Callable[[RequestContext, Item], object] | None = None
    deleted: Literal[200, 204] = 200

    def routes(self) -> Iterator[Route]:
        yield Route("GET", self.path, self.listing)
        yield Route("GET", f"{self.path}/{{{self.key}}}", self.retrieve)
        if self.remove is not None:
            yield Route("DELETE", f"{self.path}/{{{self.key}}}", self.delete)

    async def listing(self, request: RequestContext) -> Reply:
        """`GET {path}`"""
        items, owner = self.all(request), self.owner(request)
        found = wanted(request, items, self.filters(owner) if callable(self.filters) else self.filters)
        if self.sorts:
            found = ordered(request, found, self.sorts, self.first)
        show = partial(self.show_listed or self.show, owner)
        key = attrgetter(self.cursors) if self.cursors else None
        return Reply(page(found, request.query, show, self.page_size, key, request.path))

    async def retrieve(self, request: RequestContext) -> Reply:
        """`GET {path}/{key}`"""
        found = self.find(request)
        return Reply({"data": self.show(self.owner(request), found)})

    async def delete(self, request: RequestContext) -> Reply:
        """`DELETE {path}/{key}`"""
        found = self.find(request)
        shown = {"data": self.show(self.owner(request), found)} if self.deleted == 200 else None
        with request.tenant.clock.instant(), request.tenant.outbox.gate() as gate:
            self.take_out(request, found)
        return Reply(shown, self.deleted, gate=gate)

    def take_out(self, request: RequestContext, item: Item) -> None:
        if self.remove is not None:
            self.remove(request, item)

    def all(self, request: RequestContext) -> list[Item]:
        """All there are, in the order of the list; at least one where the request adopts."""
        owner = self.owner(request)
        if request.adopts and not self.kept(owner):
            self.create(owner, self.new_key(request.tenant.world))
            owner = self.owner(request)
        return list(self.kept(owner).values())

    def find(self, request: RequestContext) -> Item:
        """The one that the path names, created now if it does not exist and the request adopts. Else it is refused."""
        owner, key = self.owner(request), request.params[self.key]
        items = self.kept(owner)
        found = items.get(self.spelling(key))
        if found is None and self.also_by:
            found = next((item for item in items.values() if getattr(item, self.also_by) == key), None)
        if found is None and not request.adopts:
            raise self.unknown()
        return self.adopt(owner, key) if found is None else found

    def adopt(self, owner: Owner, key: str) -> Item:
        """What a request names comes into being."""
        return self.create(owner, key)
