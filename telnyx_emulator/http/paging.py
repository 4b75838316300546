"""Lists as the vendor pages them: by number and, in some places, by cursor. Both kinds of `meta` are always given,
because SDKs type some cursor lists as numbered pages and would go on for ever without numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from telnyx_emulator.core.errors import InvalidFilter

DEFAULT_SIZE, MAX_SIZE = 20, 250
LARGEST = 2**53
Item = TypeVar("Item")


def page(items: Sequence[Item], query: Mapping[str, str], show: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """`data` and `meta` of one numbered page; beyond the end it is empty."""
    number = _number(query, ("page[number]", "page_number"), 1)
    size = min(_number(query, ("page[size]", "page_size"), DEFAULT_SIZE), MAX_SIZE)
    start = (number - 1) * size
    return {
        "data": [show(item) for item in items[start : start + size]],
        "meta": {
            "page_number": number,
            "page_size": size,
            "total_pages": -(-len(items) // size),
            "total_results": len(items),
        },
    }


def cursor_page(
    items: Sequence[Item],
    query: Mapping[str, str],
    show: Callable[[Item], dict[str, Any]],
    key: Callable[[Item], str],
    path: str,
) -> dict[str, Any]:
    """As `page`, with cursors beside the numbers. A cursor is the key of the item that it stands behind."""
    after, before = query.get("page[after]"), query.get("page[before]")
    if after is None and before is None and "page[limit]" not in query:
        shown = page(items, query, show)
        start = (shown["meta"]["page_number"] - 1) * shown["meta"]["page_size"]
        part = items[start : start + shown["meta"]["page_size"]]
    else:
        limit = min(_number(query, ("page[limit]",), DEFAULT_SIZE), MAX_SIZE)
        keys = [key(item) for item in items]
        if before is not None:
            end = _place(keys, before, "page[before]")
            start = max(0, end - limit)
        else:
            start = _place(keys, after, "page[after]") + 1 if after is not None else 0
            end = start + limit
        part = items[start:end]
        total = -(-len(items) // limit)
        numbers = {"page_number": start // limit + 1, "page_size": limit, "total_pages": total}
        shown = {"data": [show(item) for item in part], "meta": {**numbers, "total_results": len(items)}}
    first, last = (key(part[0]), key(part[-1])) if part else (None, None)
    has_next, has_previous = start + len(part) < len(items), start > 0 and bool(part)
    shown["meta"] |= {
        "cursors": {"after": last, "before": first},
        "next": f"{path}?page[after]={last}" if has_next and part else None,
        "previous": f"{path}?page[before]={first}" if has_previous else None,
        "total_items": len(items),
    }
    return shown


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
