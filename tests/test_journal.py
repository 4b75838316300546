"""The record of what happened."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from simulation import entry

from telnyx_emulator.journal import KINDS, LINE, TYPES, Entry, EventPublished, FarEndAct, StateChange
from telnyx_emulator.journal.ring import CommandUnderWay, Journal
from telnyx_emulator.journal.schema import schema


def filled(size: int, count: int) -> Journal:
    journal = Journal(size)
    for number in range(1, count + 1):
        kind = "far_end" if number % 2 else "state"
        journal.add(entry(number, number / 10, kind, f"n{number}", (None, None, None), number=number))
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
    assert names(journal, 0, ["far_end"]) == ["n1", "n3", "n5"]
    assert names(journal, 0, ["state_change"]) == ["n2", "n4", "n6"]
    assert names(journal, 1, ["far_end", "state"], 2) == ["n2", "n3"]


def test_an_entry_shows_its_detail_or_the_event_it_holds() -> None:
    journal = Journal(5)
    plain = journal.add(FarEndAct(1, 1.23456789, "press", "session", "leg", "call", {"digits": "1"}))
    event = journal.add(EventPublished(2, 2, "call.hangup", None, None, None, b'{"id":"1"}'))
    assert plain.shown() == {
        "seq": 1, "at": 1.234568, "kind": "far_end", "type": "far_end_act", "name": "press",
        "session": "session", "leg": "leg", "call_control_id": "call", "digits": "1",
    }  # fmt: skip
    assert event.shown()["event"] == {"id": "1"}


def test_watchers_are_told_of_each_entry_and_may_leave_while_they_are() -> None:
    journal, told = Journal(5), []

    def once(entry) -> None:
        told.append(entry.seq)
        del journal.watchers[once]

    journal.watchers[once] = None
    for number in (1, 2):
        journal.add(StateChange(number, 0, "parked", None, None, None, {}))
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
    meta = entry(1, 0.0, "command", "speak", (None, None, None), body={}, **line).meta()
    assert meta.get("code") == code
    assert meta.items() >= line.items()


# -- the wire form -------------------------------------------------------------------------------------------------

IDS = ("session", "leg", "v3:call")
OWN: dict[str, dict[str, Any]] = {
    "command_received": {"status": None, "body": {"payload": "hi"}},
    "command_answered": {"status": 200, "body": {}, "answered_at": 1.5, "carried_out": True},
    "command_refused": {"status": 422, "body": None, "answered_at": 1.5, "errors": [{"code": "90018"}]},
    "event_published": {"event": {"id": "1", "payload": {"digit": "1"}}},
    "delivery_attempted": {
        "event_id": "1", "attempt": 1, "url": "http://app", "status": None, "error": "refused", "latency_ms": 0.5,
        "fault": "down",
    },
    "delivery_finished": {"event_id": "1", "result": "failed", "attempts": 3},
    "far_end_act": {"digits": "12"},
    "state_change": {"change": "created", "key": "7"},
    "application_asked": {"method": "POST", "path": "/dial", "status": 204, "error": None},
    "step_skipped": {"scenario": "s", "of": "timeline[0]", "act": "press", "why": "it has ended", "wrong": False},
    "warning_given": {"detail": "unknown voice"},
    "emulator_fault": {"detail": "division by zero"},
    "injection": {"plane": "api", "on": "speak", "effect": {"status": 500}},
}  # fmt: skip


def line(type: str) -> dict[str, Any]:
    about = dict(zip(("session", "leg", "call_control_id"), IDS, strict=True))
    return {"seq": 1, "at": 1.5, "kind": TYPES[type].kind, "type": type, "name": "n", **about, **OWN[type]}


@pytest.mark.parametrize("type", TYPES)
def test_every_type_is_read_as_it_was_shown_and_fits_the_schema(type: str) -> None:
    one = Entry.read(line(type))
    assert isinstance(one, TYPES[type])
    assert one.shown() == line(type)
    assert list(one.shown())[:8] == list(LINE)
    (fitting,) = (part for part in schema()["oneOf"] if part["title"] == type)
    assert fitting["properties"]["kind"]["const"] in KINDS
    assert set(fitting["required"]) <= one.shown().keys()
    assert one.shown().keys() - OWN["far_end_act"].keys() - OWN["state_change"].keys() <= fitting["properties"].keys()
    jsonschema.validate(one.shown(), schema())


@pytest.mark.parametrize("type", TYPES)
def test_an_entry_does_not_change(type: str) -> None:
    one = Entry.read(line(type))
    for name in one.__class__.fields:
        with pytest.raises(AttributeError):
            setattr(one, name, None)
    assert not hasattr(one, "__dict__")


# -- commands ------------------------------------------------------------------------------------------------------


def test_a_command_keeps_its_place_until_its_answer_takes_it() -> None:
    journal, told = Journal(5), list[Entry | None]()
    journal.watchers[told.append] = None
    command = CommandUnderWay(journal, 0.0, "speak", None)
    command.received({"payload": "hi"}, None)
    journal.add(StateChange(2, 0.0, "parked", None, None, None, {}))
    assert [one.type for one in journal.after(0)] == ["command_received", "state_change"]
    assert journal.after(0, settled=True) == []
    (received,) = journal.after(0, ["command"])
    command.answered(0.0)
    assert [(one.seq, one.type) for one in journal.after(0)] == [(1, "command_answered"), (2, "state_change")]
    assert received.shown()["status"] is None
    assert [one.seq for one in told if one] == [2, 1]


def test_a_command_whose_place_has_left_the_ring_is_told_all_the_same() -> None:
    journal, told = Journal(1), list[Entry | None]()
    command = CommandUnderWay(journal, 0.0, "speak", None)
    command.received({}, None)
    journal.watchers[told.append] = None
    journal.add(StateChange(2, 0.0, "parked", None, None, None, {}))
    command.refused(0.0)
    assert [one.type for one in journal.after(0)] == ["state_change"]
    assert [one.type for one in told if one] == ["state_change", "command_refused"]
