"""What accepted commands come to when that was settled beforehand: whom they call, connect, or let wait."""

from typing import Any

import pytest
from pydantic import ValidationError
from simulation import CALLEE, Simulation

from telnyx_emulator.commands import Command
from telnyx_emulator.core.errors import QueuedCallEnded
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import MAGIC_PREFIX
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

GREETING_ENDED = "call.machine.greeting.ended"


def story(world: Simulation, call: Call | None = None) -> list[tuple[float, str]]:
    """When what happened on one leg, or on all."""
    return [
        (round(seen.at, 2), seen.name)
        for seen in world.seen
        if call is None or seen.payload["call_control_id"] == call.id
    ]


def hangup(world: Simulation, call: Call) -> tuple[float | None, str, str]:
    """When a leg ended, why, and with which SIP status."""
    payload = world.payload("call.hangup", call)
    return call.ended_at and round(call.ended_at, 2), payload["hangup_cause"], payload["sip_hangup_cause"]


def warnings(world: Simulation) -> list[str]:
    return [note.detail["detail"].split(":")[0] for note in world.notes("warning")]


# -- which there are ---------------------------------------------------------------------------------------------


def test_commands_that_can_fail_later_say_what_they_can_come_to():
    able = {name for name, command in Command.names.items() if command.outcomes is not None}
    assert able == {
        "ai_assistant_start", "answer", "bridge", "conference_gather_using_audio", "conference_join",
        "conference_play", "conference_record_start", "conversation_relay_start", "create_conference", "dial",
        "enqueue", "gather", "gather_using_ai", "gather_using_audio", "gather_using_speak", "pay",
        "playback_start", "record_start", "refer", "siprec_start", "speak", "streaming_start",
        "transcription_start", "transfer",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("command", "outcome", "complaint"),
    [
        ("refer", {}, "nothing would be different; give one of sip, after"),
        ("refer", {"sip": 180}, "greater than or equal to 200"),
        ("refer", {"spi": 603}, "Extra inputs"),
        ("refer", {"after": 3}, "needs a unit"),
        ("dial", {"sip": 202}, "sip is 200, or a failure from 300 on"),
        ("dial", {"sip": 200, "cause": "user_busy"}, "a cause belongs to a refusal"),
        ("dial", {"cause": "busy"}, "Input should be"),
        ("dial", {"sip": 486, "amd": {"result": "human"}}, "a refused call never gets to amd"),
        ("dial", {"cause": "no_answer", "hangs_up_after": "3s"}, "never gets to hangs_up_after"),
        ("dial", {"amd": {"result": "human", "greeting": {"result": "ended"}}}, "only a machine has a greeting"),
        ("dial", {"amd": {"result": "robot"}}, "Input should be"),
        ("record_start", {"reason": "somehow"}, "Input should be"),
        ("record_start", {"after": "3s"}, "Field required"),
        ("playback_start", {"status": "completed"}, "Input should be"),
        ("gather", {"digits": "1x"}, "should match pattern"),
        ("gather", {"prompt": {"status": "failed"}}, "Extra inputs"),
        ("transcription_start", {"confidence": 2}, "less than or equal to 1"),
        ("streaming_start", {"failure_reason": ""}, "at least 1 character"),
        ("enqueue", {"timeout_after": "soon"}, "is no duration"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(world, command, outcome, complaint):
    with pytest.raises(ValidationError, match=complaint):
        world.settle(command, **outcome)


def test_a_command_that_is_refused_uses_no_outcome_up(world):
    call = world.incoming()
    world.settle("refer", sip=603)
    assert world.code(call, "refer", sip_address="sip:bob@example.com") == "90034"
    assert "refer" in world.outcomes
    world.do(call, "answer")
    world.do(call, "refer", sip_address="sip:bob@example.com")
    world.advance(5)
    assert world.payload("call.refer.failed")["sip_notify_response"] == 603
    assert world.outcomes == {}


def test_a_repeated_command_uses_no_outcome_up(world):
    call = world.answered()
    world.do(call, "enqueue", queue_name="support", command_id="1")
    world.settle("enqueue", timeout_after="1s")
    world.do(call, "enqueue", queue_name="support", command_id="1")
    assert "enqueue" in world.outcomes


def test_a_bridge_that_finds_the_next_in_line_gone_uses_no_outcome_up(world):
    gone, call = world.answered(), world.answered()
    world.do(gone, "enqueue", queue_name="support", keep_after_hangup=True)
    verbs.hang_up(gone)
    world.settle("bridge", hangs_up_after="1s")
    with pytest.raises(QueuedCallEnded):
        world.do(call, "bridge", queue="support")
    assert "bridge" in world.outcomes


# -- dial and transfer -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"sip": 486}, (1, "user_busy", "486")),
        ({"sip": 503, "after": "4s"}, (4, "unspecified", "503")),
        ({"sip": 404}, (1, "not_found", "404")),
        ({"sip": 480, "cause": "unspecified"}, (1, "unspecified", "480")),
        ({"cause": "user_busy"}, (1, "user_busy", "486")),
        ({"cause": "normal_clearing"}, (1, "normal_clearing", "500")),
        ({"sip": 486, "after": "31s"}, (30, "timeout", "487")),
        ({"hangs_up_after": "5s"}, (6, "normal_clearing", "200")),
        ({"after": {"one_of": ["3s"]}, "hangs_up_after": "0s"}, (3, "normal_clearing", "200")),
    ],
)
def test_what_becomes_of_a_dialled_leg(world, outcome, expected):
    world.settle("dial", **outcome)
    call = world.dial()
    world.advance(60)
    assert hangup(world, call) == expected


def test_somebody_who_would_refuse_can_be_made_to_answer(world):
    world.settle("dial", sip=200, after="2s")
    call = world.dial(MAGIC_PREFIX + "0486")
    world.advance(2)
    assert call.state is State.ANSWERED


def test_how_long_it_rings_is_all_that_is_different_if_nothing_else_is_said(world):
    world.settle("dial", after="5s")
    call = world.dial(MAGIC_PREFIX + "0486")
    world.advance(10)
    assert hangup(world, call) == (5, "user_busy", "486")


def test_a_hand_is_quicker_than_what_was_settled(world):
    world.settle("dial", sip=480, cause="timeout", after="20s")
    call = world.dial()
    verbs.reject(call, sip=486)
    assert hangup(world, call) == (0, "user_busy", "486")


def test_of_several_legs_each_has_the_outcome_and_draws_its_own_lot(world):
    world.settle("dial", sip=486, after={"between": ["1s", "20s"]})
    world.dial([CALLEE, "+15550004444"])
    world.advance(30)
    first, second = world.payloads("call.hangup")
    assert (first["hangup_cause"], second["hangup_cause"]) == ("user_busy", "user_busy")
    assert first["end_time"] != second["end_time"]


def test_the_same_seed_draws_the_same_lots():
    ends = []
    for _ in range(2):
        world = Simulation(seed=7)
        world.settle("dial", sip=486, after={"between": ["1s", "20s"]})
        call = world.dial()
        world.advance(30)
        ends.append(call.ended_at)
    assert ends[0] == ends[1]


def test_a_transfer_that_fails_leaves_the_caller(world):
    call = world.answered()
    world.settle("transfer", sip=603, after="2s")
    world.do(call, "transfer", to=CALLEE)
    world.advance(10)
    assert story(world) == [(0, "call.initiated"), (2, "call.hangup")]
    assert call.state is State.ANSWERED


def test_who_answers_a_transfer_may_hang_up(world):
    call = world.answered()
    world.settle("transfer", hangs_up_after="5s")
    world.do(call, "transfer", to=CALLEE, park_after_unbridge="self")
    world.advance(10)
    assert world.payload("call.hangup")["hangup_cause"] == "normal_clearing"
    assert (call.state, call.peer) == (State.ANSWERED, None)


# -- answering machine detection ---------------------------------------------------------------------------------

SAMPLE = {"result": "machine", "after": "3s", "greeting": {"ends_after": "6s", "result": "beep_detected"}}


@pytest.mark.parametrize(
    ("mode", "prefix"),
    [("greeting_end", "call.machine"), ("detect_beep", "call.machine"), ("premium", "call.machine.premium")],
)
def test_a_settled_detection_tells_its_results_on_time(world, mode, prefix):
    world.settle("dial", amd=SAMPLE)
    world.dial(answering_machine_detection=mode)
    world.advance(60)
    assert story(world)[2:] == [(4, f"{prefix}.detection.ended"), (10, f"{prefix}.greeting.ended")]
    assert world.payload(f"{prefix}.greeting.ended")["result"] == "beep_detected"
    assert warnings(world) == []


def test_a_result_alone_is_enough(world):
    world.settle("dial", amd={"result": "fax_detected"})
    world.dial(answering_machine_detection="premium")
    world.advance(60)
    assert world.payload("call.machine.premium.detection.ended")["result"] == "fax_detected"


def test_the_end_of_a_greeting_that_the_mode_does_not_tell_is_warned_about(world):
    world.settle("dial", amd=SAMPLE)
    world.dial(answering_machine_detection="detect")
    world.advance(60)
    assert GREETING_ENDED not in world.events()
    assert warnings(world) == ["the mode detect does not tell that a greeting ended so"]


def test_a_result_that_nobody_asks_for_is_warned_about(world):
    world.settle("dial", amd=SAMPLE)
    world.dial()
    world.advance(60)
    assert warnings(world) == ["amd"]


# -- answer and bridge -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["ringing", "answered"])
def test_a_caller_may_go_soon_after_the_answer(world, state):
    call = world.incoming() if state == "ringing" else world.answered()
    world.settle("answer", hangs_up_after="2s")
    world.do(call, "answer")
    world.advance(10)
    assert hangup(world, call) == (2, "normal_clearing", "200")


def test_a_caller_goes_when_it_is_told_and_not_when_it_usually_does(world):
    call = world.incoming("hangs_up")
    world.settle("answer", hangs_up_after="20s")
    world.do(call, "answer")
    world.advance(30)
    assert hangup(world, call) == (20, "normal_clearing", "200")


def test_what_cannot_begin_any_more_cannot_fail_either(world):
    call = world.answered()
    world.settle("answer", recording={"reason": "backend"})
    world.do(call, "answer")
    assert warnings(world) == ["the call was answered already"]


def test_what_was_not_asked_for_cannot_fail(world):
    world.settle("answer", recording={"reason": "backend"}, stream={"failure_reason": "connection_failed"})
    world.do(world.incoming(), "answer")
    assert warnings(world) == ["stream", "recording"]


def test_the_target_of_a_bridge_may_hang_up(world):
    call, other = world.answered(), world.dialled()
    world.settle("bridge", hangs_up_after="5s")
    world.do(call, "bridge", call_control_id=other.id, park_after_unbridge="self")
    bridged_at = world.clock.elapsed()
    world.advance(10)
    assert (other.ended_at, call.state) == (bridged_at + 5, State.ANSWERED)


def test_what_is_recorded_from_a_bridge_on_may_be_lost(world):
    call, other = world.answered(), world.dialled()
    world.settle("bridge", recording={"reason": "credentials"})
    world.do(call, "bridge", call_control_id=other.id, record="record-from-answer")
    world.do(call, "record_stop")
    world.advance(10)
    assert world.payload("call.recording.error")["reason"] == "Invalid credentials json"
    assert other.state is State.ANSWERED


# -- refer and siprec --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"sip": 603}, (1, "call.refer.failed")),
        ({"sip": 486, "after": "800ms"}, (0.8, "call.refer.failed")),
        ({"sip": 202, "after": "3s"}, (3, "call.refer.completed")),
        ({"after": "3s"}, (3, "call.refer.completed")),
    ],
)
def test_what_becomes_of_a_refer(world, outcome, expected):
    call = world.answered()
    world.settle("refer", **outcome)
    world.do(call, "refer", sip_address="sip:bob@example.com")
    world.advance(10)
    assert story(world)[1] == expected
    told: dict[str, Any] = world.payload(expected[1])
    assert told["sip_notify_response"] == outcome.get("sip", 200)


@pytest.mark.parametrize(
    ("connector", "outcome", "expected"),
    [
        ("any", {"failure_cause": "no_answer"}, [(4, "siprec.failed", "no_answer")]),
        ("any", {"failure_cause": "user_busy", "after": "1s"}, [(1, "siprec.failed", "user_busy")]),
        ("any", {"after": "2s"}, [(2, "siprec.started", None)]),
        ("fails-486", {"after": "2s"}, [(2, "siprec.failed", "user_busy")]),
        (
            "fails-486",
            {"drops_after": "5s"},
            [(0.5, "siprec.started", None), (5.5, "siprec.stopped", "network_out_of_order")],
        ),
        (
            "any",
            {"drops_after": "5s", "failure_cause": "normal_unspecified"},
            [(0.5, "siprec.started", None), (5.5, "siprec.stopped", "normal_unspecified")],
        ),
    ],
)
def test_what_becomes_of_a_recording_session(world, connector, outcome, expected):
    call = world.answered()
    world.settle("siprec_start", **outcome)
    world.do(call, "siprec_start", connector_name=connector)
    world.advance(60)
    told = [
        (seen.at, seen.name, seen.payload.get("failure_cause", seen.payload.get("hangup_cause"))) for seen in world.seen
    ]
    assert told == expected


def test_a_session_that_would_drop_can_be_stopped_before(world):
    call = world.answered()
    world.settle("siprec_start", drops_after="5s")
    world.do(call, "siprec_start")
    world.advance(2)
    world.do(call, "siprec_stop")
    assert world.payload("siprec.stopped")["hangup_cause"] == "normal_clearing"


# -- queues and conferences --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{}, {"max_wait_time_secs": 300}])
def test_a_queue_may_give_up_earlier(world, fields):
    call = world.answered()
    world.settle("enqueue", timeout_after="20s")
    world.do(call, "enqueue", queue_name="support", **fields)
    world.advance(60)
    assert story(world) == [(0, "call.enqueued"), (20, "call.dequeued")]
    assert world.payload("call.dequeued")["reason"] == "timeout"


def test_the_time_of_a_conference_may_be_up_earlier(world):
    call = world.answered()
    world.settle("create_conference", timeout_after="30s")
    world.create("/conferences", call_control_id=call.id, name="support", duration_minutes=5)
    world.advance(60)
    assert world.payload("conference.ended")["reason"] == "time_exceeded"
    assert call.ended_at == 30


def test_a_participant_may_hang_up(world):
    call = world.answered()
    conference = world.conference()
    world.settle("conference_join", hangs_up_after="3s")
    world.confer(conference, "join", call_control_id=call.id)
    world.advance(10)
    assert call.ended_at == 3
    assert len(conference.participants) == 1
