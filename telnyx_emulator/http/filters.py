"""Which items of a list are wanted, and in which order. What comes is refused when there is no such filter."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from telnyx_emulator.core.errors import ApiError, InvalidFilter

from .request_context import RequestContext

Item = TypeVar("Item")
Filter = Callable[[str], Callable[[Any], bool]]
"""Makes of a value the question whether an item is wanted. Raises ValueError when the value makes no sense."""

SHORTEST_PART = 3
COMPARISONS = {"": operator.eq, "[gt]": operator.gt, "[gte]": operator.ge, "[lt]": operator.lt, "[lte]": operator.le}


def wanted(request: RequestContext, items: Iterable[Item], filters: Mapping[str, Filter]) -> list[Item]:
    """The items that pass every filter of the query."""
    questions = []
    for plain, one in given(request, filters).items():
        try:
            questions.append(filters[plain](one.value))
        except ValueError as error:
            complain(request, InvalidFilter(f"{one.name} is invalid: {error}.", parameter=one.name))
    return [item for item in items if all(question(item) for question in questions)]


class QueryFilter(NamedTuple):
    """A filter as it stands in the query."""

    name: str
    value: str


def given(request: RequestContext, filters: Mapping[str, Filter]) -> dict[str, QueryFilter]:
    """The filters of a query by name; `[eq]` and `[]` at the end mean nothing more, repeated ones are a list."""
    found: dict[str, QueryFilter] = {}
    for name, value in request.query.items():
        plain = name.removesuffix("[]").removesuffix("[eq]")
        if plain in filters or name.startswith("filter"):
            if plain in filters:
                found[plain] = QueryFilter(name, f"{found[plain].value},{value}" if plain in found else value)
            else:
                there_are = ", ".join(filters) or "none"
                complain(
                    request,
                    InvalidFilter(f"The request filter {name} is invalid; there are: {there_are}.", parameter=name),
                )
    return found


def complain(request: RequestContext, error: ApiError) -> None:
    """Refuse, or where everything is adopted only warn."""
    if not request.adopts:
        raise error
    request.tenant.world.warn("adopted", None, **error.entry())


def ordered(request: RequestContext, items: list[Item], names: tuple[str, ...], default: str) -> list[Item]:
    """Sorted as the query says: by one of some attributes, with a minus the other way round."""
    sort = request.query.get("sort", default)
    if sort.removeprefix("-") not in names:
        complain(request, InvalidFilter(f"sort must be one of: {', '.join(names)}.", parameter="sort"))
        sort = default
    value = attrgetter(sort.removeprefix("-"))
    if sort.startswith("-"):
        items = items[::-1]  # the later of two equals comes first
    return sorted(items, key=value, reverse=sort.startswith("-"))


def equals(path: str) -> Filter:
    """The value is that of an attribute (`a.b`: of an attribute of an attribute)."""
    value = attrgetter(path)
    return lambda text: lambda item: text == str(value(item))


def contains(path: str) -> Filter:
    """An attribute has the value in it, whatever the case."""
    value = attrgetter(path)

    def prepare(text: str) -> Callable[[Any], bool]:
        if len(text) < SHORTEST_PART:
            raise ValueError(f"at least {SHORTEST_PART} characters are needed")
        return lambda item: text.lower() in str(value(item)).lower()

    return prepare


def equal(*names: str) -> dict[str, Filter]:
    """`filter[name]` for attributes of these names."""
    return {f"filter[{name}]": equals(name) for name in names}


def moments(name: str, moment: Callable[[Any], datetime], *ends: str) -> dict[str, Filter]:
    """`filter[name]` with such `ends` as `[gte]` or none: how the moment of an item compares with the value."""

    def filter(compare: Callable[[datetime, datetime], bool]) -> Filter:
        def prepare(text: str) -> Callable[[Any], bool]:
            bound = instant(text)
            return lambda item: compare(moment(item), bound)

        return prepare

    return {f"filter[{name}]{end}": filter(COMPARISONS[end]) for end in ends or COMPARISONS}


def anything(text: str) -> Callable[[Any], bool]:
    """A filter that the vendor shares among several lists, and that says nothing about this one."""
    return lambda item: True


def nothing(text: str) -> Callable[[Any], bool]:
    """Whatever the value is, there is nothing here that has it."""
    return lambda item: False


def instant(text: str) -> datetime:
    """A point in time out of a query, UTC unless it says otherwise. A `+` may have become a space."""
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
