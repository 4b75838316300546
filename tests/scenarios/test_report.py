"""Failure reports: what was expected, what came nearest, and where in the ladder it should have been."""

from __future__ import annotations

from typing import Any

import pytest
from simulation import Story

from telnyx_emulator.scenarios.fault import ScenarioFault
from telnyx_emulator.scenarios.judgement import Judgement, judge
from telnyx_emulator.scenarios.model import Expectation, InOrder
from telnyx_emulator.scenarios.report import Report, failure, summary

CALLEE, CALLER = "v3:callee", "v3:caller"

NAMES = {CALLER: "caller", CALLEE: "callee"}


def legs(name: str) -> list[str]:
    return [id for id, one in NAMES.items() if one == name]


def verdict(story: Story, over: bool = True, **item: Any) -> Judgement:
    model = InOrder if "in_order" in item else Expectation
    return judge(model.model_validate(item), story.entries, legs, 0.0, story.at, over)


def report(story: Story, over: bool = True, **item: Any) -> list[str]:
    return failure(verdict(story, over, **item), story.entries, NAMES).splitlines()


@pytest.fixture
def declined() -> Story:
    """A REFER is declined; the application plays something instead of speaking."""
    story = Story()
    story.inbound()
    story.at = 20.9
    story.command("refer", sip_address="sip:agent@pbx")
    story.at = 21.8
    story.delivered("call.refer.failed", sip_notify_response=603)
    story.at = 22.1
    story.command("playback_start")
    story.at = 40.0
    return story


def test_a_report_has_the_form_of_the_sample(declined: Story) -> None:
    order = [
        {"webhook": "call.refer.failed", "leg": "caller"},
        {"command": "speak", "leg": "caller", "within": "3s"},
    ]
    assert report(declined, in_order=order) == [
        "FAILED  expected  command speak on caller within 3s of call.refer.failed        (00:21.8 .. 00:24.8)",
        "        nearest   command playback_start at 00:22.1 - differs in: command",
        "  virtual  caller             emulator                      app",
        "  00:00.0     |--- INVITE ------->|                          |",
        "  00:00.0     |                   |-- call.initiated ------->| 200",
        "  00:00.0     |                   |<-- answer ---------------| 200",
        "  00:00.0     |<-- 200 OK --------|-- call.answered -------->| 200",
        "  00:20.9     |                   |<-- refer ----------------| 200   sip:agent@pbx",
        "  00:21.8     |--- NOTIFY 603 --->|-- call.refer.failed ---->| 200   sip_notify_response=603",
        "  00:22.1     |                   |<-- playback_start -------| 200   <- nearest",
        "  00:24.8     |                   |   (speak missing)      XX|",
    ]


def test_differences_tell_what_was_found_and_what_was_wanted(declined: Story) -> None:
    declined.command("speak", CALLEE, payload="good bye")
    lines = report(declined, command="speak", leg="caller", where={"payload": {"contains": "sorry"}, "voice": "female"})
    assert lines[0].startswith(
        'FAILED  expected  command speak on caller with payload={"contains": "sorry"} voice="female"  (00:00.0 ..)'
    )
    assert lines[1] == "        nearest   command speak at 00:40.0 - differs in: leg, payload, voice"
    assert lines[2:5] == [
        '                  leg: "callee", wanted "caller"',
        '                  payload: "good bye", wanted {"contains": "sorry"}',
        '                  voice: nothing, wanted "female"',
    ]


def test_without_anything_like_it_the_report_says_so(declined: Story) -> None:
    lines = report(declined, webhook="call.bridged")
    assert lines[1] == "        nearest   nothing like it happened"
    lines = report(declined, webhook="call.bridged", leg="caller")
    assert lines[1] == "        nearest   webhook call.initiated at 00:00.0 - differs in: webhook"
    empty = report(Story(), command="speak")
    assert empty[1] == "        nearest   nothing like it happened"
    assert "(speak missing)" in empty[-1]


def test_what_must_never_be_is_marked_wherever_it_was(declined: Story) -> None:
    declined.command("hangup")
    declined.command("hangup")
    lines = report(declined, command="hangup", never=True)
    assert lines[0].startswith("FAILED  expected  never command hangup ")
    assert lines[1] == "        seen      twice"
    assert [line.endswith("<- never") for line in lines[-2:]] == [True, True]
    assert "missing" not in "".join(lines)


def test_of_what_was_seen_too_often_only_the_surplus_is_marked(declined: Story) -> None:
    declined.command("speak", payload="one")
    declined.command("speak", payload="two")
    lines = report(declined, command="speak", count=1)
    assert lines[0].startswith("FAILED  expected  command speak exactly once ")
    assert [line for line in lines if "<-" in line and "too many" in line] == [lines[-1]]
    assert "two" in lines[-1]


def test_what_was_seen_too_rarely_says_how_often(declined: Story) -> None:
    lines = report(declined, command="refer", at_least=2)
    assert lines[0].startswith("FAILED  expected  command refer at least twice ")
    assert lines[1] == "        seen      once"


def test_a_pending_expectation_names_who_holds_the_clock(declined: Story) -> None:
    pending = verdict(declined, over=False, command="speak")
    lines = failure(pending, declined.entries, NAMES, ["your answer to call.answered, 1.3 s"]).splitlines()
    assert "        held by   your answer to call.answered, 1.3 s" in lines


def test_a_missing_act_stands_in_the_column_of_its_leg(declined: Story) -> None:
    (row,) = (line for line in report(declined, far_end="press", leg="caller") if "missing" in line)
    assert row.split("|")[1].startswith("XX   (press missing)")


def test_the_summary_is_one_line(declined: Story) -> None:
    text = summary(verdict(declined, command="speak", leg="caller", within="30s"), NAMES)
    assert text == (
        "expected command speak on caller within 30s (00:00.0 .. 00:30.0); "
        "nearest command answer at 00:00.0 - differs in: command"
    )


def test_everything_that_is_wrong_shares_one_ladder(declined: Story) -> None:
    unexpected = declined.command("record_start")
    id = declined.event("call.recording.saved")
    undelivered = declined.add("delivery", "call.recording.saved", event_id=id, result="failed", attempts=3)
    fault = {"when": {"command": "refer", "where": {"sip_address": "sip:boss@pbx"}}, "do": {"outcome": {"sip": 603}}}
    rule = ScenarioFault.model_validate({"name": "declines", **fault}).rule(legs)
    whole = Report(
        declined.entries,
        NAMES,
        [verdict(declined, command="speak"), verdict(declined, command="refer")],
        unused=[rule],
        undelivered=[undelivered],
        unexpected=[unexpected],
        others=["The application was not reached."],
    )
    lines = whole.text().splitlines()
    assert [line for line in lines if line.startswith("FAILED")] == [
        lines[0],
        'FAILED  fault     "declines" never fired: nothing matched it',
        "FAILED  delivery  call.recording.saved, given up at 00:40.0 after 3 attempts",
        "FAILED  command   record_start on caller at 00:40.0, which nothing expects",
        "FAILED  because   The application was not reached.",
    ]
    assert "        nearest   command refer at 00:20.9 - differs in: sip_address" in lines
    assert '                  sip_address: "sip:agent@pbx", wanted "sip:boss@pbx"' in lines
    assert sum(line.startswith("  virtual") for line in lines) == 1
    assert any(line.endswith("<- unexpected") for line in lines)
    assert any(line.endswith("<- not delivered") for line in lines)
    assert whole.summary.startswith("expected command speak")
    assert whole.summary.endswith("(and 4 more)")


def test_a_fault_that_matched_and_did_not_fire_says_why() -> None:
    rule = ScenarioFault.model_validate(
        {"when": {"command": "refer"}, "do": {"outcome": {"sip": 603}}, "skip": 2, "chance": 0.5}
    ).rule(legs)
    rule.matched = 1
    text = Report([], unused=[rule]).text()
    assert "never fired: 1 thing matched it, skip 2, chance 0.5" in text


def test_where_nothing_is_wrong_the_report_is_false(declined: Story) -> None:
    fine = Report(declined.entries, NAMES, [verdict(declined, command="refer")])
    assert not fine
    assert fine.summary == "nothing is wrong"


def test_a_long_run_is_shown_near_what_matters() -> None:
    story = Story()
    for number in range(2000):
        story.at = float(number)
        story.command("speak", payload=f"n{number}")
    lines = report(story, command="speak", where={"payload": "n1000!"})
    assert len(lines) < 100
    assert any("rows …" in line for line in lines)


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ({"command": "speak", "at_least": 2, "at_most": 3}, "command speak at least twice and at most 3 times"),
        ({"webhook": "call.initiated", "attempt": 3}, "webhook call.initiated with attempt=3"),
        ({"webhook": "call.initiated", "meta": {"attempt": {"gt": 3}}}, 'with meta.attempt={"gt": 3}'),
        ({"command": "speak", "status": {"gte": 400}}, 'with status={"gte": 400}'),
        ({"far_end": "press", "leg": "caller"}, "far_end press on caller"),
    ],
)
def test_expectations_are_told_in_words(item: dict[str, Any], text: str) -> None:
    assert text in report(Story(), **item)[0]


def test_a_leg_that_was_given_by_its_id_is_called_by_its_name() -> None:
    story = Story()
    story.inbound()
    wanted = Expectation(webhook="call.hangup", leg=CALLER)
    text = failure(judge(wanted, story.entries, lambda leg: (leg,), 0, 1, over=True), story.entries, NAMES)
    assert "webhook call.hangup on caller" in text
    assert CALLER not in text


def test_a_webhook_that_waits_for_its_retry_has_not_been_given_up() -> None:
    story = Story()
    story.at = 2.0
    refused = story.attempt(story.event("call.initiated"), "call.initiated", status=500)
    told = Report(story.entries, undelivered=[refused]).text()
    assert "not taken at 00:02.0 (HTTP 500), and not tried again so far" in told


def test_none_is_told_as_never(declined: Story) -> None:
    assert report(declined, command="refer", count=0)[0].startswith("FAILED  expected  never command refer ")
    assert report(declined, command="refer", at_most=0)[0].startswith("FAILED  expected  command refer not at all ")
