"""The journal over HTTP."""

from __future__ import annotations

import asyncio

import pytest
from wire import Api

JOURNAL = "/_emulator/journal"


async def test_the_journal_tells_what_happened_in_order(api: Api) -> None:
    id = await api.answered()
    answer = await api.get(JOURNAL)
    told = [(entry["kind"], entry["name"]) for entry in answer.data]
    assert told == [
        ("far_end", "call"),
        ("event", "call.initiated"),
        ("command", "answer"),
        ("event", "call.answered"),
        ("delivery", "call.initiated"),
        ("delivery", "call.answered"),
    ]
    assert [entry["seq"] for entry in answer.data] == [1, 2, 3, 4, 5, 6]
    assert {entry["call_control_id"] for entry in answer.data} == {id}
    assert answer.json["meta"] == {"last": 6, "newest": 6}
    assert answer.data[1]["event"]["event_type"] == "call.initiated"


async def test_after_and_kind_narrow_it(api: Api) -> None:
    await api.answered()
    assert [entry["seq"] for entry in (await api.get(JOURNAL, after=4)).data] == [5, 6]
    answer = await api.get(JOURNAL, kind="command,far_end")
    assert [entry["name"] for entry in answer.data] == ["call", "answer"]
    assert answer.json["meta"] == {"last": 3, "newest": 6}
    beyond = await api.get(JOURNAL, after=99)
    assert (beyond.data, beyond.json["meta"]) == ([], {"last": 99, "newest": 6})


@pytest.mark.parametrize(
    ("name", "value"),
    [("after", "x"), ("after", "nan"), ("wait", "long"), ("kind", "gossip"), ("kind", "event,gossip")],
)
async def test_what_does_not_fit_is_10031(api: Api, name: str, value: str) -> None:
    answer = await api.get(JOURNAL, **{name: value})
    assert answer.refusal == (422, "10031")
    assert answer.error["source"] == {"parameter": name}


async def test_a_wait_that_is_over_gives_an_empty_list(api: Api) -> None:
    answer = await api.get(JOURNAL, wait=0.01)
    assert (answer.data, answer.json["meta"]["last"]) == ([], 0)


async def test_a_wait_with_something_there_already_does_not_wait(api: Api) -> None:
    await api.incoming()
    assert (await api.get(JOURNAL, wait=60)).data[0]["name"] == "call"


async def test_a_wait_ends_with_the_next_entry_of_its_kind(api: Api) -> None:
    id = await api.incoming()
    waiting = asyncio.create_task(api.get(JOURNAL, kind="command", wait=5))
    await api.rest()
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await api.do(id, "answer")
    assert [entry["name"] for entry in (await waiting).data] == ["answer"]


async def test_a_wait_ends_with_a_reset(api: Api) -> None:
    await api.incoming()
    waiting = asyncio.create_task(api.get(JOURNAL, after=99, wait=5))
    await asyncio.sleep(0.01)
    await api.post("/_emulator/reset")
    assert (await asyncio.wait_for(waiting, 1)).data == []


async def test_a_reader_that_waits_does_not_keep_the_clock_from_moving(api: Api) -> None:
    await api.incoming()
    await api.rest()
    waiting = asyncio.create_task(api.get(JOURNAL, after=99, wait=5))
    await asyncio.sleep(0.01)
    assert (await api.post("/_emulator/clock/advance", seconds=1)).data["elapsed"] == 1
    await api.post("/_emulator/reset")
    await waiting


async def test_an_unknown_parameter_is_a_warning(api: Api) -> None:
    await api.dial(timeout_sec=9)
    (warning,) = (await api.get(JOURNAL, kind="warning")).data
    assert "did you mean 'timeout_secs'" in warning["detail"]


@pytest.mark.settings(journal_size=3)
async def test_the_journal_is_a_ring_whose_numbers_go_on(api: Api) -> None:
    await api.answered()
    answer = await api.get(JOURNAL)
    assert [entry["seq"] for entry in answer.data] == [4, 5, 6]
    assert [entry["seq"] for entry in (await api.get(JOURNAL, after=1)).data] == [4, 5, 6]


async def test_the_finer_types_narrow_it_too(api: Api) -> None:
    id = await api.answered()
    await api.act(id, "speak")
    assert [line["name"] for line in (await api.get(JOURNAL, type="command_refused")).data] == ["speak"]
    both = (await api.get(JOURNAL, type="command_answered,far_end_act")).data
    assert [(line["kind"], line["type"]) for line in both] == [
        ("far_end", "far_end_act"),
        ("command", "command_answered"),
    ]
    assert (await api.get(JOURNAL, type="command_forgotten")).refusal == (422, "10031")


async def test_the_form_of_the_journal_has_a_version_and_a_schema(api: Api) -> None:
    await api.answered()
    answer = await api.get(JOURNAL)
    assert answer.headers["x-journal-version"] == "1"
    schema = (await api.get(f"{JOURNAL}/schema")).data
    known = {one["properties"]["type"]["const"]: one["properties"].keys() for one in schema["oneOf"]}
    for line in answer.data:
        assert line.keys() - {"to"} <= known[line["type"]], line
        assert line["leg_name"] == "caller"
