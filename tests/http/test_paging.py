"""Pages by number and by cursor, over the live calls of a connection."""

from __future__ import annotations

from typing import Any

import pytest
from wire import CONNECTION, Api

PATH = f"/v2/connections/{CONNECTION}/active_calls"


async def five_calls(api: Api) -> list[str]:
    return [await api.incoming() for _ in range(5)]


def ids(answer: Any) -> list[str]:
    return [call["call_control_id"] for call in answer.data]


@pytest.mark.parametrize(
    ("query", "shown", "number", "size"),
    [
        ({}, [0, 1, 2, 3, 4], 1, 20),
        ({"page[size]": 2}, [0, 1], 1, 2),
        ({"page[size]": 2, "page[number]": 2}, [2, 3], 2, 2),
        ({"page[size]": 2, "page[number]": 3}, [4], 3, 2),
        ({"page_size": 2, "page_number": 2}, [2, 3], 2, 2),
        ({"page[number]": 9}, [], 9, 20),
        ({"page[number]": 0, "page[size]": 0}, [0, 1, 2, 3, 4], 1, 20),
        ({"page[number]": -3, "page[size]": -1}, [0, 1, 2, 3, 4], 1, 20),
        ({"page[size]": 1000}, [0, 1, 2, 3, 4], 1, 250),
        ({"page[size]": 2, "page[number]": 1, "page_number": 2}, [2, 3], 2, 2),
    ],
)
async def test_pages_by_number(api: Api, query: dict[str, Any], shown: list[int], number: int, size: int) -> None:
    calls = await five_calls(api)
    answer = await api.get(PATH, **query)
    assert ids(answer) == [calls[one] for one in shown]
    meta = answer.json["meta"]
    assert (meta["page_number"], meta["page_size"]) == (number, size)
    assert (meta["total_results"], meta["total_items"]) == (5, 5)
    assert meta["total_pages"] == -(-5 // size)


async def test_a_page_number_beyond_all_numbers_is_empty(api: Api) -> None:
    await five_calls(api)
    assert ids(await api.get(PATH, **{"page[number]": 10**30})) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page[number]", "two"),
        ("page[size]", "1.5"),
        ("page_size", "x"),
        ("page[limit]", ""),
        ("page[after]", "nobody"),
    ],
)
async def test_what_is_no_number_and_no_cursor_is_10031_naming_the_parameter(api: Api, name: str, value: str) -> None:
    await five_calls(api)
    answer = await api.get(PATH, **{name: value})
    assert answer.refusal == (422, "10031")
    assert answer.error["source"] == {"parameter": name}


async def test_cursors_lead_through_the_list_and_back(api: Api) -> None:
    calls = await five_calls(api)
    seen, pages, path = [], [], f"{PATH}?page[limit]=2"
    while path:
        answer = await api.get(path)
        seen += ids(answer)
        pages.append(answer.json["meta"])
        after = answer.json["meta"]["cursors"]["after"]
        path = f"{PATH}?page[limit]=2&page[after]={after}" if answer.json["meta"]["next"] else ""
    assert seen == calls
    assert [page["previous"] is None for page in pages] == [True, False, False]
    before = pages[-1]["cursors"]["before"]
    assert ids(await api.get(f"{PATH}?page[limit]=2&page[before]={before}")) == calls[2:4]
    assert pages[0]["next"].endswith(f"page[after]={pages[0]['cursors']['after']}")


async def test_an_empty_list_has_no_cursors(api: Api) -> None:
    answer = await api.get(PATH)
    assert answer.data == []
    assert answer.json["meta"]["cursors"] == {"after": None, "before": None}
    assert answer.json["meta"]["total_results"] == 0
