"""The ladder: what is said of each thing, and that its bars stand below one another."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from simulation import Story

from telnyx_emulator.journal import Entry
from telnyx_emulator.ladder import Ladder, Live, MissingArrow, leg_names
from telnyx_emulator.ladder.text import instant, span

CALLEE, CALLER = "v3:callee", "v3:caller"


def rows(story: Story, **more) -> list[str]:
    """The lines below the heading, without their times."""
    return [line[9:].strip() for line in Ladder(story.entries, **more).text().splitlines()[1:]]


def squeezed(line: str) -> str:
    return re.sub(r"-{2,}", "--", re.sub(r" +", " ", line))


def cells(text: str) -> int:
    """As a terminal counts them."""
    return sum(0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text)


def test_a_call_reads_like_the_drawing_of_an_engineer() -> None:
    story = Story()
    story.delivered("call.initiated", latency_ms=4.1, direction="incoming")
    story.far_end("call")
    story.command("answer")
    story.delivered("call.answered")
    story.at = 20.94
    story.command("refer", sip_address="sip:agent@pbx")
    story.far_end("receives_refer", to="sip:agent@pbx")
    story.delivered("call.refer.started", sip_notify_response=100)
    story.at = 21.8
    story.delivered("call.refer.failed", sip_notify_response=603)
    story.at = 22.1
    story.command("playback_start")
    ladder = Ladder(story.entries, marks={story.journal.last: "<- nearest"}, missing=[MissingArrow("speak", 24.8)])
    assert ladder.text() == (
        """\
  virtual  caller             emulator                      app
  00:00.0     |--- INVITE ------->|                          |
  00:00.0     |                   |-- call.initiated ------->| 200 in 4 ms
  00:00.0     |                   |<-- answer ---------------| 200
  00:00.0     |<-- 200 OK --------|-- call.answered -------->| 200
  00:20.9     |                   |<-- refer ----------------| 200   sip:agent@pbx
  00:20.9     |<-- REFER ---------|-- call.refer.started --->| 200   sip_notify_response=100
  00:21.8     |--- NOTIFY 603 --->|-- call.refer.failed ---->| 200   sip_notify_response=603
  00:22.1     |                   |<-- playback_start -------| 200   <- nearest
  00:24.8     |                   |   (speak missing)      XX|
"""
    )


@pytest.mark.parametrize(
    ("act", "detail", "arrow"),
    [
        ("call", {"to": "+1555"}, "--- INVITE"),
        ("reject", {"sip": 486, "cause": "user_busy"}, "--- 486 Busy Here"),
        ("press", {"digits": "12#"}, "--- DTMF 12#"),
        ("hold", {}, "--- re-INVITE (hold)"),
        ("unhold", {}, "--- re-INVITE (resume)"),
        ("hangup", {}, "--- CANCEL"),
        ("gives_up", {}, "--- CANCEL"),
        ("hears_dtmf", {"digits": "5"}, "<-- DTMF 5"),
        ("receives_refer", {"to": "sip:a@b"}, "<-- REFER"),
        ("receives_sip_info", {"body": "x", "content_type": "text/plain"}, "<-- INFO"),
        ("say", {"text": "two\nlines"}, '--- "two lines"'),
        ("dances", {"how": "well"}, "--- dances"),
    ],
)
def test_far_ends_act_as_sip_or_people_would_say_it(act: str, detail: dict, arrow: str) -> None:
    story = Story()
    story.far_end(act, **detail)
    (row,) = rows(story)
    assert arrow in row


def test_who_hangs_up_after_the_answer_says_bye_in_the_line_of_the_webhook() -> None:
    story = Story()
    story.inbound()
    story.far_end("hangup")
    story.delivered("call.hangup", hangup_cause="normal_clearing", hangup_source="caller")
    assert squeezed(rows(story)[-1]) == "|-- BYE -->|-- call.hangup -->| 200 hangup_cause=normal_clearing"


@pytest.mark.parametrize(
    ("payload", "arrow"),
    [
        ({"hangup_source": "callee", "sip_hangup_cause": "486"}, "--- 486 Busy Here "),
        ({"hangup_source": "caller", "sip_hangup_cause": "487"}, "<-- CANCEL "),
    ],
)
def test_a_dialled_leg_that_is_not_answered_ends_with_what_sip_sends(payload: dict, arrow: str) -> None:
    story = Story()
    story.delivered("call.initiated", CALLEE, direction="outgoing")
    story.delivered("call.hangup", CALLEE, **payload)
    first, last = rows(story)
    assert "|<-- INVITE " in first
    assert arrow in last


def test_an_incoming_leg_is_named_caller_and_a_dialled_one_callee_in_order() -> None:
    story = Story()
    story.command("dial", CALLEE)
    for leg in ("a", "b"):
        story.delivered("call.initiated", leg, direction="incoming")
    story.delivered("call.initiated", "c", direction="outgoing")
    assert leg_names(story.entries) == {CALLEE: "callee", "a": "caller", "b": "caller-2", "c": "callee-2"}
    assert leg_names(story.entries, {"a": "caller-2", "b": "agent"})["a"] == "caller-2"
    assert leg_names(story.entries, {"b": "caller"}) == {
        CALLEE: "callee", "a": "caller-2", "b": "caller", "c": "callee-2",
    }  # fmt: skip


def test_with_several_legs_each_row_tells_which_one_it_is_about() -> None:
    story = Story()
    story.inbound()
    story.delivered("call.initiated", CALLEE, direction="outgoing")
    story.command("bridge", CALLER, call_control_id=CALLEE)
    assert rows(story)[-1].endswith("200   caller call_control_id=callee")


def test_each_attempt_has_its_row_and_its_result() -> None:
    story = Story()
    id = story.event("call.answered")
    story.attempt(id, "call.answered", status=500)
    story.at = 1.0
    refused = "ClientConnectorError: Cannot connect to host 127.0.0.1:1 [Connection refused]"
    story.attempt(id, "call.answered", attempt=2, status=None, error=refused)
    story.at = 3.0
    story.attempt(id, "call.answered", attempt=3, status=None, error="no answer within 2 s")
    story.add("delivery", "call.answered", event_id=id, result="failed", attempts=3)
    first, second, third = rows(story)
    assert first.endswith("| 500, retried")
    assert "call.answered (attempt 2)" in second
    assert second.endswith("| refused, retried")
    assert third.endswith("| no answer within 2 s, given up")


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"result": "no_url"}, "| no url"),
        ({"result": "dropped", "fault": "lost"}, "| dropped by fault 'lost'"),
    ],
)
def test_a_webhook_that_nobody_sent_says_why(detail: dict, said: str) -> None:
    story = Story()
    id = story.event("call.answered")
    story.add("delivery", "call.answered", event_id=id, **detail)
    assert rows(story)[0].endswith(said)


def test_a_webhook_that_comes_late_is_shown_when_it_left_and_when_it_came() -> None:
    story = Story()
    id = story.event("call.answered")
    story.at = 5.0
    story.delivered("call.hangup")
    story.attempt(id, "call.answered", fault="slow")
    left, between, came = rows(story)
    assert left.endswith("| delayed")
    assert "call.hangup" in between
    assert "call.answered (late)" in came
    assert came.endswith("| 200 by fault 'slow'")


def test_copies_and_redeliveries_are_told_apart() -> None:
    story = Story()
    id = story.delivered("call.answered")
    story.attempt(id, "call.answered", copy=1)
    story.attempt(id, "call.answered")
    assert ["(copy)" in row for row in rows(story)] == [False, True, False]
    assert "(again)" in rows(story)[2]


def test_a_refused_command_shows_its_code() -> None:
    story = Story()
    story.command("speak", status=422, code="90018", payload="good morning to you")
    assert rows(story)[0].endswith('| 422 90018   payload="good morning to you"')


def test_a_command_without_an_answer_says_so() -> None:
    story = Story()
    story.command("speak", status=None)
    assert rows(story)[0].endswith("| no answer")


def test_faults_that_fired_and_warnings_stand_between_the_rows() -> None:
    story = Story()
    story.inbound()
    story.add("injection", "declined", plane="outcome", on="refer", effect={"sip": 603})
    story.add("warning", "speak", detail="unknown voice")
    story.add("fault", "ValueError", detail="oh")
    story.add("state", "parked")
    story.add("state", "app_request", None, method="POST", path="/dial", status=204, error=None)
    fired, warned, failed, parked, asked = rows(story)[-5:]
    assert fired.endswith("""| fault 'declined' fired: outcome of refer effect={"sip": 603}""")
    assert warned.endswith("| warning: speak unknown voice")
    assert failed.endswith("| fault: ValueError oh")
    assert parked.endswith("| parked")
    assert squeezed(asked).endswith("|-- POST /dial -->| 204")


def test_a_long_wait_is_a_gap() -> None:
    story = Story()
    story.inbound()
    story.at = 1800.0
    story.far_end("hangup")
    assert rows(story)[-2].replace(":", "").strip() == "… 30 min …"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00.0"), (59.96, "01:00.0"), (3599.9, "59:59.9"), (3600, "1:00:00.0")]
)
def test_times_have_hours_only_when_there_are_some(seconds: float, text: str) -> None:
    assert instant(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(60, "1 min"), (90, "1 min 30 s"), (1799, "30 min"), (5400, "1 h 30 min"), (90000, "1 d 1 h")]
)
def test_a_span_has_its_two_largest_units(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize("count", [1, 2, 5, 12])
@pytest.mark.parametrize(
    "name", ["a", "a name that is longer than anybody would like", "日本の電話", "e\u0301\u0301", "\x1b[31m"]
)
def test_bars_line_up_for_any_names_and_numbers_of_legs(count: int, name: str) -> None:
    story = Story()
    names = {f"leg{number}": f"{name}{number}" for number in range(count)}
    for leg in names:
        story.inbound(leg)
        story.far_end("say", leg, text=f"{name} said a lot of things, more than fit between two bars")
    story.at = 4000.0
    story.event("call.transcription" * 5, "leg0")
    text = Ladder(story.entries, names, missing=[MissingArrow("press", 4000, "far_end", "leg0")]).text()
    assert "\x1b" not in text
    lines = text.splitlines()[1:]
    bars = {cells(line[: line.rindex("|")]) for line in lines if "|" in line}
    assert len(bars) == 1, lines


def test_legs_beyond_the_eighth_share_a_column_and_are_named_in_their_rows() -> None:
    story = Story()
    for number in range(10):
        story.inbound(f"leg{number}")
    ladder = Ladder(story.entries)
    assert ladder.data()["columns"] == [
        "caller", *(f"caller-{number}" for number in range(2, 8)), "others", "emulator", "app",
    ]  # fmt: skip
    assert ladder.text().splitlines()[-1].endswith("caller-10")


def test_colours_change_nothing_but_colours() -> None:
    story = Story()
    story.inbound()
    story.command("speak", status=422, code="90018")
    ladder = Ladder(story.entries, marks={1: "<- here"})
    assert "\x1b[" in ladder.text(color=True)
    assert re.sub("\x1b\\[[0-9;]*m", "", ladder.text(color=True)) == ladder.text()


def test_rows_that_are_left_out_are_far_from_all_marks() -> None:
    story = Story()
    for number in range(500):
        story.at = float(number)
        story.command("speak", payload=f"number-{number}")
    text = Ladder(story.entries, marks={251: "<- here"}).text(most=60)
    assert len(text.splitlines()) < 65
    for number in (0, 250, 499):
        assert f"number-{number}\n" in text or f"number-{number}   <- here" in text
    assert len(re.findall(r"… \d+ rows …", text)) == 2


def test_data_tells_who_sent_what_to_whom() -> None:
    story = Story()
    story.inbound()
    rows = Ladder(story.entries).data()["rows"]
    assert [(arrow["from"], arrow["to"], arrow["label"]) for row in rows for arrow in row["arrows"]] == [
        ("caller", "emulator", "INVITE"),
        ("emulator", "app", "call.initiated"),
        ("app", "emulator", "answer"),
        ("emulator", "caller", "200 OK"),
        ("emulator", "app", "call.answered"),
    ]
    assert rows[1]["seqs"] == [1, 2]
    assert json.dumps(rows)


MERMAID = re.compile(
    r"sequenceDiagram|    participant \w+( as [^;\"<>{}]*(?:#\d+;[^;\"<>{}]*)*)?"
    r"|    Note over emulator: .+|    \w+(->>|-x)\w+: .+"
)


def test_mermaid_is_a_sequence_diagram_whatever_the_texts_are() -> None:
    story = Story()
    story.inbound()
    story.command("speak", payload='a;b#c"d\ne %% <b> end {x}')
    story.add("warning", "speak", detail="line\nbreak; and more")
    story.at = 100.0
    diagram = Ladder(story.entries, {CALLER: 'x"; end\n#1'}, missing=[MissingArrow("speak", 101)]).mermaid()
    lines = diagram.splitlines()
    assert [line for line in lines if not MERMAID.fullmatch(line)] == []
    assert lines[1] == "    participant leg1 as x#34;#59; end #35;1"
    assert "    Note over emulator: … 1 min 41 s …" in lines
    assert lines[-1] == "    app-xemulator: 01:41.0 (speak missing)"
    said = next(line for line in lines if "speak ·" in line).split(":", 1)[1]
    assert not set('"<>{}') & set(said)
    assert re.sub(r"#\d+;", "", said).count(";") == 0


def test_an_empty_journal_is_an_empty_ladder() -> None:
    ladder = Ladder([])
    assert ladder.text().split() == ["virtual", "emulator", "app"]
    assert ladder.data() == {"columns": ["emulator", "app"], "rows": []}
    assert ladder.mermaid().startswith("sequenceDiagram\n")


def test_a_delivery_whose_event_has_left_the_journal_is_shown() -> None:
    story = Story()
    story.attempt("event-0", "call.answered")
    assert squeezed(rows(story)[0]) == "| |-- call.answered -->| 200"


@pytest.mark.parametrize("kind", ["command", "event", "far_end"])
def test_an_entry_that_went_over_the_wire_is_the_same_again(kind: str) -> None:
    story = Story()
    story.command("speak", payload="x")
    story.event("call.answered", status="ok")
    story.far_end("press", digits="1")
    entry = next(entry for entry in story.entries if entry.kind == kind)
    again = Entry.read(json.loads(json.dumps(entry.shown())))
    assert again.shown() == entry.shown()
    assert again.subject() == entry.subject()


# -- live ------------------------------------------------------------------------------------------------------------


def live(story: Story, **more) -> list[str]:
    live = Live(**more)
    return [line for entry in story.entries for line in live.lines(entry)]


def test_live_a_webhook_is_told_when_it_was_delivered_with_what_was_in_it() -> None:
    story = Story()
    id = story.event("call.gather.ended", digits="12", status="valid")
    assert live(story) == []
    story.attempt(id, "call.gather.ended", attempt=2)
    (line,) = live(story)
    assert squeezed(line) == "00:00.0 caller |> call.gather.ended (attempt 2) 200 digits=12 status=valid"


def test_live_lines_tell_acts_commands_and_what_went_wrong() -> None:
    story = Story()
    story.inbound()
    story.far_end("hangup")
    story.command("speak", status=422, code="90018")
    story.add("injection", "lost", plane="delivery", on="call.hangup")
    story.add("state", "app_request", None, method="POST", path="/dial", status=None, error="no answer within 10 s")
    assert [squeezed(line) for line in live(story)[-4:]] == [
        "00:00.0 caller >| BYE",
        "00:00.0 caller |< speak 422 90018",
        "00:00.0 caller * injection lost plane=delivery on=call.hangup",
        "00:00.0 |> POST /dial no answer within 10 s",
    ]
    assert "\x1b[" in "".join(live(story, color=True))


def test_live_what_is_remembered_of_undelivered_events_is_bounded() -> None:
    story, watch = Story(), Live()
    first = story.event("call.dtmf.received", digit="1")
    for _ in range(1000):
        story.event("call.dtmf.received", digit="2")
    for entry in story.entries:
        assert list(watch.lines(entry)) == []
    (line,) = watch.lines(story.attempt(first, "call.dtmf.received"))
    assert "digit" not in line
