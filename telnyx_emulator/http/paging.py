"""Lists as the vendor pages them: by number and, in some places, by cursor. Both kinds of `meta` are always given,
because SDKs type some cursor lists as numbered pages and would go on for ever without numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from telnyx_emulator.core.errors import InvalidFilter

DEFAULT_SIZE, MAX_SIZE = 20, 250
LARGEST = 2**53
Item = TypeVar("Item")


def page(
    items: Sequence[Item],
    query: Mapping[str, str],
    show: Callable[[Item], dict[str, Any]],
    default_size: int = DEFAULT_SIZE,
) -> dict[str, Any]:
    """`data` and `meta` of one numbered page; beyond the end it is empty."""
    number, size = _number_and_size(query, default_size)
    start = (number - 1) * size
    return {
        "data": [show(item) for item in items[start : start + size]],
        "meta": _numbers(number, size, len(items)),
    }


def cursor_page(
    items: Sequence[Item],
    query: Mapping[str, str],
    show: Callable[[Item], dict[str, Any]],
    key: Callable[[Item], str],
    path: str,
) -> dict[str, Any]:
    """As `page`, with cursors beside the numbers. A cursor is the key of the item that it stands behind."""
    start, limit = _window([key(item) for item in items], query)
    part = items[start : start + limit]
    first, last = (key(part[0]), key(part[-1])) if part else (None, None)
    goes_on = bool(part) and start + len(part) < len(items)
    return {
        "data": [show(item) for item in part],
        "meta": {
            **_numbers(start // limit + 1, limit, len(items)),
            "cursors": {"after": last, "before": first},
            "next": f"{path}?page[after]={last}" if goes_on else None,
            "previous": f"{path}?page[before]={first}" if part and start > 0 else None,
            "total_items": len(items),
        },
    }


def _window(keys: list[str], query: Mapping[str, str]) -> tuple[int, int]:
    """Where a page begins and how long it is, by cursor if one is given, else by number."""
    after, before = query.get("page[after]"), query.get("page[before]")
    if after is None and before is None and "page[limit]" not in query:
        number, size = _number_and_size(query)
        return (number - 1) * size, size
    limit = min(_number(query, ("page[limit]",), DEFAULT_SIZE), MAX_SIZE)
    if before is not None:
        end = _place(keys, before, "page[before]")
        return max(0, end - limit), min(limit, end) or limit
    return (_place(keys, after, "page[after]") + 1 if after is not None else 0), limit


def _numbers(number: int, size: int, total: int) -> dict[str, int]:
    return {"page_number": number, "page_size": size, "total_pages": -(-total // size), "total_results": total}


def _number_and_size(query: Mapping[str, str], default_size: int = DEFAULT_SIZE) -> tuple[int, int]:
    size = min(_number(query, ("page[size]", "page_size"), default_size), MAX_SIZE)
    return _number(query, ("page[number]", "page_number"), 1), size


def _number(query: Mapping[str, str], names: tuple[str, ...], default: int) -> int:
    """The last alias that is given wins (Ruby's SDK repeats the first page's parameters beside its own)."""
    found = default
    for name in names:
        if name in query:
            try:
                found = int(query[name])
            except ValueError:
                raise InvalidFilter(f"{name} must be a whole number.", parameter=name) from None
    return min(found, LARGEST) if found > 0 else default


def _place(keys: list[str], cursor: str, parameter: str) -> int:
    try:
        return keys.index(cursor)
    except ValueError:
        raise InvalidFilter(f"{parameter} is no cursor of this list.", parameter=parameter) from None
