"""Whether what happened is what was expected."""

from __future__ import annotations

from typing import Any

import pytest
from simulation import entry as written

from telnyx_emulator.journal import CommandAnswered, CommandEntry, CommandReceived, Entry
from telnyx_emulator.scenarios.entry_index import EntryIndex
from telnyx_emulator.scenarios.judgement import Judgement, judge
from telnyx_emulator.scenarios.model import Expectation, InOrder


class Story:
    """Lines of a journal, written one after the other; legs are called by their ids."""

    def __init__(self) -> None:
        self.record = EntryIndex()
        self.entries: list[Entry] = []

    def tell(self, at: float, kind: str, name: str, leg: str | None = "A", **detail: Any) -> Entry:
        if kind == "command":
            detail = {"status": detail.pop("status", 200), "body": detail}
        if kind == "delivery":
            detail["event_id"] = "event"
        entry = written(len(self.entries) + 1, at, kind, name, ("session", leg, leg), **detail)
        self.entries.append(entry)
        self.record.add(entry)
        return entry

    def command(self, at: float, name: str, leg: str = "A", **body: Any) -> Entry:
        return self.tell(at, "command", name, leg, **body)

    def event(self, at: float, name: str, leg: str = "A", **payload: Any) -> Entry:
        return self.tell(at, "event", name, leg, **payload)

    def judge(self, now: float, over: bool = False, since: float | None = None, **item: Any) -> Judgement:
        kind = InOrder if "in_order" in item else Expectation
        return judge(kind.model_validate(item), self.record, lambda name: [name], 0.0, now, over, since)


@pytest.fixture
def story() -> Story:
    return Story()


# -- how often -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "statuses", "over"),
    [
        ({}, "pending met met met", "failed met met met"),
        ({"never": True}, "pending failed failed failed", "met failed failed failed"),
        ({"count": 0}, "pending failed failed failed", "met failed failed failed"),
        ({"count": 2}, "pending pending pending failed", "failed failed met failed"),
        ({"at_least": 2}, "pending pending met met", "failed failed met met"),
        ({"at_most": 1}, "pending pending failed failed", "met met failed failed"),
        ({"at_least": 1, "at_most": 2}, "pending pending pending failed", "failed met met failed"),
    ],
)
def test_how_often_it_was_seen_decides_at_once_or_when_all_is_over(
    story: Story, number: dict[str, Any], statuses: str, over: str
) -> None:
    item = {"command": "speak"} | number
    found = []
    for times in range(4):
        if times:
            story.command(times, "speak")
        found.append((story.judge(5, **item).status, story.judge(5, over=True, **item).status))
    assert [" ".join(column) for column in zip(*found, strict=True)] == [statuses, over]


def test_what_was_seen_is_told_by_number(story: Story) -> None:
    story.command(0, "answer")
    for at in (1, 2):
        story.command(at, "speak", payload="hello")
    assert story.judge(2, command="speak").seen == (2, 3)
    assert story.judge(2, command="speak", where={"payload": "bye"}).seen == ()


def test_one_too_many_is_the_line_that_is_shown(story: Story) -> None:
    for at in (1, 2, 3):
        story.command(at, "speak")
    (never, twice) = (story.judge(3, command="speak", **number) for number in ({"never": True}, {"count": 2}))
    assert nearest(never) == (1, ['count: 3, wanted "never"'])
    assert nearest(twice) == (3, ['count: 3, wanted "2 times"'])


# -- within --------------------------------------------------------------------------------------------------------


def test_the_last_instant_still_counts_and_the_next_one_does_not(story: Story) -> None:
    item = {"command": "speak", "within": "3s"}
    assert story.judge(3.0, **item).status == "pending"
    assert story.judge(3.001, **item).status == "failed"
    story.command(3.0, "speak")
    assert story.judge(9, **item).status == "met"


def test_sums_that_are_the_same_on_paper_are_the_same_instant(story: Story) -> None:
    story.command(0.1 + 0.2, "speak")
    assert story.judge(9, command="speak", within="300ms").status == "met"


def test_within_counts_from_the_first_line_of_the_leg(story: Story) -> None:
    story.event(10, "call.initiated", leg="B")
    story.command(12.5, "answer", leg="B")
    item = {"command": "answer", "leg": "B", "within": "3s"}
    verdict = story.judge(13, **item)
    assert (verdict.status, verdict.window) == ("met", (10, 13))


def test_without_a_leg_within_counts_from_the_beginning(story: Story) -> None:
    story.event(10, "call.initiated")
    story.command(12, "answer")
    assert story.judge(12, command="answer", within="3s").status == "failed"


def test_within_may_count_from_a_given_instant(story: Story) -> None:
    story.event(10, "call.initiated")
    item = {"command": "answer", "leg": "A", "within": "3s"}
    verdict = story.judge(14, since=12, **item)
    assert (verdict.status, verdict.window) == ("pending", (12, 15))


def test_never_is_met_when_its_time_is_over(story: Story) -> None:
    item = {"command": "hangup", "never": True, "within": "10s"}
    assert story.judge(10, **item).status == "pending"
    assert story.judge(10.1, **item).status == "met"
    story.command(10.2, "hangup")
    assert story.judge(11, **item).status == "met"


# -- in order ------------------------------------------------------------------------------------------------------


def order(*items: str | tuple[str, str]) -> dict[str, Any]:
    """Commands, some of them within a time."""
    pairs = [(item, None) if isinstance(item, str) else item for item in items]
    return {"in_order": [{"command": name} | ({"within": within} if within else {}) for name, within in pairs]}


@pytest.mark.parametrize(
    ("told", "status", "seen"),
    [
        ("answer speak hangup", "met", (1, 2, 3)),
        ("answer bridge speak bridge hangup", "met", (1, 3, 5)),
        ("speak answer hangup", "pending", (2,)),
        ("hangup speak answer", "pending", (3,)),
        ("answer speak", "pending", (1, 2)),
        ("", "pending", ()),
    ],
)
def test_an_order_is_seen_one_after_the_other_with_others_between(
    story: Story, told: str, status: str, seen: tuple[int, ...]
) -> None:
    for at, name in enumerate(told.split()):
        story.command(at, name)
    verdict = story.judge(9, **order("answer", "speak", "hangup"))
    assert (verdict.status, verdict.seen) == (status, seen)


def test_one_line_does_not_serve_two_items(story: Story) -> None:
    story.command(1, "speak")
    assert story.judge(1, **order("speak", "speak")).status == "pending"
    story.command(1, "speak")
    assert story.judge(1, **order("speak", "speak")).seen == (1, 2)


def test_within_an_order_counts_from_the_item_before(story: Story) -> None:
    story.command(5, "refer")
    verdict = story.judge(7, **order("refer", ("speak", "3s")))
    assert (verdict.status, verdict.window, verdict.missing and verdict.missing.name) == ("pending", (5, 8), "speak")
    assert story.judge(8.1, **order("refer", ("speak", "3s"))).status == "failed"
    story.command(8, "speak")
    assert story.judge(9, **order("refer", ("speak", "3s"))).status == "met"


def test_a_later_line_for_an_item_gives_the_next_one_more_time(story: Story) -> None:
    """The first match is not always the right one."""
    for at, name in ((0, "refer"), (2, "refer"), (4, "speak")):
        story.command(at, name)
    assert story.judge(4, **order("refer", ("speak", "3s"))).seen == (2, 3)


def test_a_choice_two_items_back_may_be_the_right_one(story: Story) -> None:
    for at, name in ((0, "answer"), (2, "answer"), (3.5, "refer"), (6, "speak")):
        story.command(at, name)
    verdict = story.judge(6, **order("answer", ("refer", "2s"), ("speak", "3s")))
    assert verdict.seen == (2, 3, 4)


def test_what_comes_after_it_has_failed_does_not_mend_it(story: Story) -> None:
    story.command(0, "refer")
    failed = story.judge(4, **order("refer", ("speak", "3s")))
    story.command(5, "refer")
    story.command(6, "speak")
    later = story.judge(7, **order("refer", ("speak", "3s")))
    assert (failed.status, later.status, later.window) == ("failed", "failed", (0, 3))


def test_an_order_may_mix_what_the_application_and_the_platform_do(story: Story) -> None:
    story.event(0, "call.initiated")
    story.command(1, "answer")
    story.tell(2, "far_end", "press", digits="1")
    items = [{"webhook": "call.initiated"}, {"command": "answer"}, {"far_end": "press", "where": {"digits": "1"}}]
    assert story.judge(2, in_order=items).seen == (1, 2, 3)


# -- what came nearest ---------------------------------------------------------------------------------------------


def nearest(verdict: Judgement) -> tuple[int, list[str]]:
    assert verdict.status == "failed"
    assert verdict.nearest is not None
    return verdict.nearest.entry.seq, [str(one) for one in verdict.nearest.differences]


def test_the_same_with_the_fewest_differences_is_nearest(story: Story) -> None:
    story.command(1, "speak", payload="hello", voice="male")
    story.command(2, "speak", payload="sorry", voice="male")
    verdict = story.judge(9, over=True, command="speak", where={"payload": "sorry", "voice": "female"})
    assert nearest(verdict) == (2, ['voice: "male", wanted "female"'])


def test_the_right_thing_on_another_leg(story: Story) -> None:
    story.command(1, "speak", leg="B")
    verdict = story.judge(9, over=True, command="speak", leg="A")
    assert nearest(verdict) == (1, ['leg: "B", wanted "A"'])


def test_the_right_thing_too_late(story: Story) -> None:
    story.command(1, "answer")
    story.command(3.3, "speak")
    verdict = story.judge(9, command="speak", within="3s")
    assert nearest(verdict) == (2, ["at: 0.3 s too late, wanted it until 3.000 s"])


def test_the_right_thing_before_what_it_should_follow(story: Story) -> None:
    story.command(1, "speak")
    story.command(3, "answer")
    verdict = story.judge(9, over=True, **order("answer", "speak"))
    assert nearest(verdict) == (1, ["order: 2.0 s before answer, wanted it afterwards"])


def test_without_any_such_it_is_something_else_of_the_kind_where_it_should_have_been(story: Story) -> None:
    for at, name in ((0, "answer"), (20.9, "refer"), (22.1, "playback_start"), (23, "hangup"), (30, "hangup")):
        story.command(at, name)
    story.command(21, "record_start", leg="B")
    items = [{"command": "refer", "leg": "A"}, {"command": "speak", "leg": "A", "within": "3s"}]
    assert nearest(story.judge(30, in_order=items)) == (3, ['command: "playback_start", wanted "speak"'])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"command": "speak"}, None),  # nothing speaks for any of them
        ({"command": "speak", "payload": "x"}, 3),  # another text, at least
        ({"command": "record_stop"}, 4),  # of the same chapter
        ({"command": "speak", "leg": "B"}, 5),  # all that happened there
        ({"command": "refer", "sip_address": "sip:x"}, None),
    ],
)
def test_something_else_is_near_only_if_it_is_akin(story: Story, wanted: dict[str, str], found: int | None) -> None:
    story.command(1, "answer", client_state="x")
    story.command(2, "enqueue", queue_name="q")
    story.command(3, "ai_assistant_say", payload="hello")
    story.command(4, "record_start")
    story.command(5, "bridge", leg="B")
    named = {key: wanted[key] for key in ("command", "leg") if key in wanted}
    verdict = story.judge(9, over=True, **named, where={key: wanted[key] for key in wanted.keys() - named.keys()})
    assert (verdict.nearest and verdict.nearest.entry.seq) == found


def test_a_line_that_counts_already_is_not_the_nearest(story: Story) -> None:
    story.command(1, "speak", payload="hello")
    assert story.judge(9, over=True, command="speak", count=2).nearest is None


def test_with_nothing_of_the_kind_nothing_is_near(story: Story) -> None:
    story.event(1, "call.initiated")
    assert story.judge(9, over=True, command="speak").nearest is None


# -- the lines -----------------------------------------------------------------------------------------------------


def test_a_line_that_is_still_being_filled_in_does_not_count(story: Story) -> None:
    about = (1, 1.0, "speak", None, None, "A")
    entry: Entry = CommandReceived(*about, None, None)
    assert judge(Expectation(command="speak"), [entry], lambda name: [], 0, 1, True).status == "failed"
    entry = CommandAnswered(*about, 200, None, 1.0)
    assert judge(Expectation(command="speak"), [entry], lambda name: [], 0, 1, True).status == "met"


def test_lines_that_become_complete_later_take_their_place(story: Story) -> None:
    record, caused = EntryIndex(), story.event(1, "call.answered")
    command = CommandAnswered(0, 1.0, "answer", None, None, "A", 200, {}, 1.0)
    for entry in (caused, command):
        record.add(entry)
    items = InOrder.model_validate({"in_order": [{"command": "answer"}, {"webhook": "call.answered"}]})
    assert judge(items, record, lambda name: [], 0, 1, True).seen == (0, 1)


def test_a_webhook_with_something_about_its_delivery_is_one_of_the_deliveries(story: Story) -> None:
    story.event(1, "call.initiated")
    for attempt, status in ((1, 500), (2, 200)):
        story.tell(1 + attempt, "delivery", "call.initiated", attempt=attempt, status=status)
    assert story.judge(9, webhook="call.initiated", attempt=2).seen == (3,)
    assert story.judge(9, webhook="call.initiated", status={"gte": 500}).seen == (2,)


def test_a_record_reads_each_line_once_however_often_it_is_asked(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    subject = CommandEntry.subject
    monkeypatch.setattr(CommandEntry, "subject", lambda entry: read.append(entry.seq) or subject(entry))
    for number in range(50):
        story.command(number, "speak", payload=str(number))
        story.command(number, "answer")
        story.judge(number, command="speak", where={"payload": "never said"})
    assert read == [2 * number + 1 for number in range(50)]
