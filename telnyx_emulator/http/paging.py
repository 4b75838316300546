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
    key: Callable[[Item], str] | None = None,
    path: str = "",
) -> dict[str, Any]:
    """`data` and `meta` of one page; beyond the end it is empty.

    With a `key` the list can be read by cursor too: the key of the item that the cursor stands behind.
    """
    keys = [key(item) for item in items] if key else []
    by_cursor = key is not None and bool({"page[after]", "page[before]", "page[limit]"} & query.keys())
    start, size = _window(keys, query) if by_cursor else _numbered(query, default_size)
    part = items[start : start + size]
    meta: dict[str, Any] = {
        "page_number": start // size + 1,
        "page_size": size,
        "total_pages": -(-len(items) // size),
        "total_results": len(items),
    }
    if key is not None:
        first, last = (key(part[0]), key(part[-1])) if part else (None, None)
        goes_on = bool(part) and start + len(part) < len(items)
        meta |= {
            "cursors": {"after": last, "before": first},
            "next": f"{path}?page[after]={last}" if goes_on else None,
            "previous": f"{path}?page[before]={first}" if part and start > 0 else None,
            "total_items": len(items),
        }
    return {"data": [show(item) for item in part], "meta": meta}


def _window(keys: list[str], query: Mapping[str, str]) -> tuple[int, int]:
    """Where the page of a cursor begins and how long it is."""
    after, before = query.get("page[after]"), query.get("page[before]")
    limit = min(_number(query, ("page[limit]",), DEFAULT_SIZE), MAX_SIZE)
    if before is not None:
        end = _place(keys, before, "page[before]")
        return max(0, end - limit), min(limit, end) or limit
    return (_place(keys, after, "page[after]") + 1 if after is not None else 0), limit


def _numbered(query: Mapping[str, str], default_size: int) -> tuple[int, int]:
    size = min(_number(query, ("page[size]", "page_size"), default_size), MAX_SIZE)
    return (_number(query, ("page[number]", "page_number"), 1) - 1) * size, size


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
