"""Processes: what takes time, and the lanes that keep it in order."""

import pytest

from telnyx_emulator.core.errors import InvalidCommand
from telnyx_emulator.core.time.clock import Clock
from telnyx_emulator.core.time.tasks import LIVE, Cancelled, Lane, Tasks

QUEUE, REPLACE, SHARE = Lane("queue", "queue"), Lane("replace", "replace"), Lane("share")
REFUSE = Lane("refuse", InvalidCommand)
LISTENS = Lane("listens", outlasts_prompts=True)


class Stage:
    """Processes that write down what happens to them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.faults: list[str] = []
        self.tasks = Tasks(self.clock, lambda fault: self.faults.append(str(fault)))
        self.log: list[str] = []

    def act(self, name: str, *waits):
        self.log.append(f"{name} begins")
        try:
            for wait in waits:
                told = yield wait
                if told is not None:
                    self.log.append(f"{name} hears {told}")
            self.log.append(f"{name} ends at {self.clock.elapsed():g}")
        except Cancelled as stop:
            self.log.append(f"{name} stopped: {stop.reason}")

    def start(self, name: str, *waits, lane: Lane | None = None):
        return self.tasks.start(self.act(name, *waits), lane, name=name)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_process_begins_at_once_and_goes_on_after_each_wait(stage):
    stage.start("a", 1, 2)
    assert stage.log == ["a begins"]
    stage.clock.advance(5)
    assert stage.log == ["a begins", "a ends at 3"]
    assert stage.tasks.all() == ()


def test_a_process_without_a_wait_is_over_when_it_was_started(stage):
    activity = stage.start("a")
    assert activity.ended
    assert stage.tasks.all() == ()


def test_an_activity_is_named_after_its_lane_unless_it_has_a_name(stage):
    start = stage.tasks.start
    assert start(stage.act("a", None), QUEUE).name == "queue"
    assert start(stage.act("b", None), QUEUE, name="b").name == "b"
    assert start(stage.act("c", None)).name == ""


# -- lanes ---------------------------------------------------------------------------------------------------


def test_a_queue_lane_plays_one_after_the_other(stage):
    stage.start("a", 1, lane=QUEUE)
    stage.start("b", 1, lane=QUEUE)
    assert stage.log == ["a begins"]
    stage.clock.advance(5)
    assert stage.log == ["a begins", "a ends at 1", "b begins", "b ends at 2"]


def test_a_replace_lane_cancels_the_one_before(stage):
    stage.start("a", 1, lane=REPLACE)
    stage.start("b", 1, lane=REPLACE)
    assert stage.log == ["a begins", "a stopped: cancelled", "b begins"]


def test_a_share_lane_lets_both_go_on(stage):
    stage.start("a", 1, lane=SHARE)
    stage.start("b", 1, lane=SHARE)
    stage.clock.advance(1)
    assert stage.log == ["a begins", "b begins", "a ends at 1", "b ends at 1"]


def test_a_lane_with_an_error_refuses_a_second_one_until_the_first_has_ended(stage):
    stage.start("a", 1, lane=REFUSE)
    with pytest.raises(InvalidCommand):
        stage.start("b", 1, lane=REFUSE)
    with pytest.raises(InvalidCommand):
        stage.tasks.check(REFUSE)
    stage.clock.advance(1)
    stage.tasks.check(REFUSE)
    assert stage.log == ["a begins", "a ends at 1"]


def test_lanes_of_different_kinds_do_not_meet(stage):
    stage.start("a", 1, lane=QUEUE)
    stage.start("b", 1, lane=REPLACE)
    stage.start("c", 1)
    assert [activity.name for activity in stage.tasks.active(QUEUE)] == ["a"]
    assert [activity.name for activity in stage.tasks.all()] == ["a", "b", "c"]


# -- stopping ------------------------------------------------------------------------------------------------


def test_stop_interrupts_what_runs_and_forgets_what_waits_without_a_word(stage):
    stage.start("a", 1, lane=QUEUE)
    stage.start("b", 1, lane=QUEUE)
    assert stage.tasks.stop(QUEUE, "enough")
    stage.clock.advance(5)
    assert stage.log == ["a begins", "a stopped: enough"]


def test_stopping_only_the_current_one_lets_the_next_begin(stage):
    stage.start("a", 1, lane=QUEUE)
    stage.start("b", 1, lane=QUEUE)
    assert stage.tasks.stop(QUEUE, "enough", only_current=True)
    assert stage.log == ["a begins", "a stopped: enough", "b begins"]


def test_stopping_an_empty_lane_says_that_there_was_nothing(stage):
    assert not stage.tasks.stop(QUEUE, "enough")


def test_stop_all_ends_everything_in_order_and_what_listens_last(stage):
    stage.start("listener", None, lane=LISTENS)
    stage.start("a", None, lane=QUEUE)
    stage.start("b", None, lane=QUEUE)
    stage.start("c", None)
    stage.tasks.stop_all("call_hangup")
    assert stage.log == [
        "listener begins",
        "a begins",
        "c begins",
        "a stopped: call_hangup",
        "c stopped: call_hangup",
        "listener stopped: call_hangup",
    ]
    assert stage.tasks.all() == ()


def test_a_stopped_process_leaves_no_timer_behind(stage):
    stage.start("a", 5, lane=SHARE)
    stage.tasks.stop(SHARE, "enough")
    assert stage.clock.next_timer() is None


def test_ending_an_activity_twice_is_harmless(stage):
    activity = stage.start("a", 1)
    stage.tasks.end(activity, "first")
    stage.tasks.end(activity, "second")
    assert stage.log == ["a begins", "a stopped: first"]


def test_a_process_that_does_not_care_about_being_stopped_just_ends(stage):
    def careless():
        yield None

    activity = stage.tasks.start(careless(), SHARE)
    stage.tasks.stop(SHARE, "enough")
    assert activity.ended
    assert stage.faults == []


def test_waiting_after_being_stopped_is_a_fault_and_the_lane_moves_on(stage):
    def stubborn():
        try:
            yield None
        except Cancelled:
            yield 1.0

    stage.tasks.start(stubborn(), QUEUE, name="stubborn")
    stage.start("next", 1, lane=QUEUE)
    stage.tasks.stop(QUEUE, "enough", only_current=True)
    assert stage.faults == ["stubborn went on waiting after it was stopped"]
    assert stage.log == ["next begins"]
    assert stage.clock.next_timer() == 1


def test_a_nameless_process_is_reported_as_such(stage):
    def stubborn():
        try:
            yield None
        except Cancelled:
            yield None

    stage.tasks.start(stubborn())
    stage.tasks.stop_all("enough")
    assert stage.faults == ["a process went on waiting after it was stopped"]


def test_a_raising_process_has_ended_is_reported_and_its_lane_moves_on(stage):
    def broken():
        yield 1.0
        raise ValueError("broken")

    stage.tasks.start(broken(), QUEUE)
    stage.start("next", 1, lane=QUEUE)
    stage.clock.advance(5)
    assert stage.faults == ["broken"]
    assert stage.log == ["next begins", "next ends at 2"]


def test_a_process_that_raises_while_it_is_stopped_is_reported(stage):
    def broken():
        try:
            yield None
        except Cancelled:
            raise ValueError("broken") from None

    stage.tasks.start(broken(), SHARE)
    stage.tasks.stop(SHARE, "enough")
    assert stage.faults == ["broken"]
    assert stage.tasks.all() == ()


def test_a_process_may_end_everything_itself_and_goes_on_to_its_end(stage):
    def ends_all():
        yield 1.0
        stage.tasks.stop_all("call_hangup")
        stage.log.append("after")

    stage.tasks.start(ends_all())
    stage.start("a", None)
    stage.clock.advance(1)
    assert stage.log == ["a begins", "a stopped: call_hangup", "after"]
    assert (stage.tasks.all(), stage.faults) == ((), [])


def test_a_process_that_ended_itself_is_closed_when_it_waits_again(stage):
    def ends_itself():
        try:
            yield 1.0
            stage.tasks.stop_all("call_hangup")
            yield 1.0
            stage.log.append("never")
        finally:
            stage.log.append("closed")

    stage.tasks.start(ends_itself())
    stage.clock.advance(5)
    assert stage.log == ["closed"]
    assert stage.clock.next_timer() is None


# -- telling and waiting -------------------------------------------------------------------------------------


def test_tell_ends_the_wait_with_a_value(stage):
    stage.start("a", 10, 1, lane=SHARE)
    stage.clock.advance(3)
    assert stage.tasks.tell(SHARE, "1")
    stage.clock.advance(20)
    assert stage.log == ["a begins", "a hears 1", "a ends at 4"]


def test_without_a_listener_nothing_is_heard(stage):
    assert not stage.tasks.tell(SHARE, "1")


def test_what_still_waits_for_its_turn_hears_nothing(stage):
    stage.start("a", None, lane=QUEUE)
    stage.start("b", None, lane=QUEUE)
    stage.tasks.tell(QUEUE, "1")
    assert stage.log == ["a begins", "a hears 1", "a ends at 0", "b begins"]


def test_a_listener_that_another_listener_ended_hears_nothing(stage):
    def first():
        yield None
        stage.tasks.end(second, "by the first")

    stage.tasks.start(first(), SHARE)
    second = stage.start("second", None, lane=SHARE)
    stage.tasks.tell(SHARE, "1")
    assert stage.log == ["second begins", "second stopped: by the first"]


def test_waiting_for_another_activity_ends_right_after_it(stage):
    prompt = stage.start("prompt", 2)
    stage.start("waiter", prompt)
    stage.clock.advance(5)
    assert stage.log == ["prompt begins", "waiter begins", "prompt ends at 2", "waiter ends at 2"]


def test_waiting_for_an_activity_that_has_ended_takes_no_time(stage):
    prompt = stage.start("prompt")
    stage.start("waiter", prompt)
    stage.clock.fire_due()
    assert stage.log[-1] == "waiter ends at 0"


def test_who_waits_goes_on_after_the_step_that_ended_the_other_not_within_it(stage):
    prompt = stage.start("prompt", None)
    stage.start("waiter", prompt)
    stage.tasks.end(prompt, "enough")
    assert stage.log[-1] == "prompt stopped: enough"
    stage.clock.fire_due()
    assert stage.log[-1] == "waiter ends at 0"


def test_who_was_told_something_no_longer_waits_for_the_other(stage):
    prompt = stage.start("prompt", None)
    stage.start("waiter", prompt, 5, lane=SHARE)
    stage.tasks.tell(SHARE, "1")
    stage.tasks.end(prompt, "enough")
    stage.clock.advance(4)
    assert stage.log[-1] == "prompt stopped: enough"
    stage.clock.advance(1)
    assert stage.log[-1] == "waiter ends at 5"


def test_a_process_that_ends_what_it_waited_for_keeps_its_next_wait(stage):
    prompt = stage.start("prompt", None)

    def waiter():
        yield prompt
        stage.tasks.end(prompt, "heard")
        stage.log.append(f"got {(yield 5.0)} at {stage.clock.elapsed():g}")

    stage.tasks.start(waiter(), SHARE)
    stage.tasks.tell(SHARE, "1")
    stage.clock.advance(10)
    assert stage.log[-1] == "got None at 5"


def test_who_was_stopped_no_longer_waits_for_the_other(stage):
    prompt = stage.start("prompt", None)
    waiter = stage.start("waiter", prompt)
    stage.tasks.end(waiter, "enough")
    stage.tasks.end(prompt, "enough")
    stage.clock.advance(1)
    assert stage.log[-2:] == ["waiter stopped: enough", "prompt stopped: enough"]


def test_processes_of_one_call_can_wait_for_those_of_another(stage):
    prompt = stage.start("prompt", 2)
    others = Tasks(stage.clock, lambda fault: None)
    others.start(stage.act("waiter", prompt))
    stage.clock.advance(2)
    assert stage.log[-1] == "waiter ends at 2"


def test_the_current_activity_is_known_while_it_runs_and_only_then(stage):
    seen = []

    def looks():
        seen.append(stage.tasks.current.client_state)
        yield 1.0
        inner = stage.tasks.start(looks_inside(), None, "inner")
        seen.append(stage.tasks.current.client_state)
        assert inner.ended

    def looks_inside():
        seen.append(stage.tasks.current.client_state)
        yield from ()

    stage.tasks.start(looks(), None, "outer")
    assert stage.tasks.current is None
    stage.clock.advance(1)
    assert seen == ["outer", "inner", "outer"]
    assert stage.tasks.start(stage.act("a", None)).client_state is LIVE
