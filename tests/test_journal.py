"""The record of what happened."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_emulator.journal import Journal


def filled(size: int, count: int) -> Journal:
    journal = Journal(size)
    for number in range(1, count + 1):
        journal.add("event" if number % 2 else "command", f"n{number}", number / 10, {"number": number})
    return journal


def names(journal: Journal, *arguments: object) -> list[str]:
    return [entry.name for entry in journal.after(*arguments)]  # type: ignore[arg-type]


def test_entries_are_numbered_from_one() -> None:
    journal = filled(10, 3)
    assert [entry.seq for entry in journal.after(0)] == [1, 2, 3]
    assert journal.last == 3


@pytest.mark.parametrize(
    ("after", "expected"),
    [(-5, ["n4", "n5", "n6"]), (0, ["n4", "n5", "n6"]), (3, ["n4", "n5", "n6"]), (4, ["n5", "n6"]), (6, []), (99, [])],
)
def test_a_ring_keeps_the_last_and_goes_on_counting(after: int, expected: list[str]) -> None:
    assert names(filled(3, 6), after) == expected


def test_kinds_and_a_limit_narrow_it() -> None:
    journal = filled(10, 6)
    assert names(journal, 0, ["event"]) == ["n1", "n3", "n5"]
    assert names(journal, 1, ["event", "command"], 2) == ["n2", "n3"]


def test_an_entry_shows_its_detail_or_the_event_it_holds() -> None:
    journal = Journal(5)
    plain = journal.add("far_end", "press", 1.23456789, {"digits": "1"}, "session", "leg", "call")
    event = journal.add("event", "call.hangup", 2, {}, data=b'{"id":"1"}')
    assert plain.shown() == {
        "seq": 1, "at": 1.234568, "kind": "far_end", "name": "press",
        "session": "session", "leg": "leg", "call_control_id": "call", "digits": "1",
    }  # fmt: skip
    assert event.shown()["event"] == {"id": "1"}


def test_watchers_are_told_of_each_entry_and_may_leave_while_they_are() -> None:
    journal, told = Journal(5), []

    def once(entry) -> None:
        told.append(entry.seq)
        del journal.watchers[once]

    journal.watchers[once] = None
    journal.add("event", "a", 0, {})
    journal.add("event", "b", 0, {})
    assert told == [1]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"status": 200}, None),
        ({"status": 422, "errors": [{"code": "90018"}, {"code": "10015"}]}, "90018"),
        ({"status": 403, "errors": [{"code": "10010"}], "telnyx_error": {"error_code": "D38"}}, "D38"),
        ({"status": None, "error": "reset"}, None),
    ],
)
def test_a_refused_command_tells_its_code(line: dict[str, Any], code: str | None) -> None:
    meta = Journal(1).add("command", "speak", 0.0, line | {"body": {}}).meta()
    assert meta.get("code") == code
    assert meta.items() >= line.items()
