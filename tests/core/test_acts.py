"""The far end's verbs, and when they make no sense."""

import pytest
from simulation import Simulation

from telnyx_emulator.core.errors import CallEnded, InvalidCommand, NotAnswered
from telnyx_emulator.core.far_end import scripted, verbs
from telnyx_emulator.core.far_end.behaviour import MAGIC_NUMBERS, MAGIC_PREFIX
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

MANUAL = MAGIC_PREFIX + "0001"


@pytest.fixture(autouse=True)
def _a_number_that_waits_to_be_told(monkeypatch):
    monkeypatch.setitem(MAGIC_NUMBERS, "0001", "manual")


def ended(world: Simulation, call: Call) -> tuple[str, str, str]:
    payload = world.payload("call.hangup", call)
    return payload["hangup_cause"], payload["hangup_source"], payload["sip_hangup_cause"]


def names(world: Simulation) -> list[str]:
    return [note.name for note in world.notes("far_end")]


def test_the_dialled_party_answers_when_it_is_told_to(world):
    call = world.dial(to=MANUAL)
    world.advance(7)
    verbs.answer(call)
    assert call.answered_at == 7
    assert world.events() == ["call.initiated", "call.answered"]
    (note,) = world.notes("far_end")
    assert (note.name, note.detail) == ("answer", {})


def test_it_may_answer_before_it_would_by_itself(world):
    call = world.dial()
    verbs.answer(call)
    assert call.state is State.ANSWERED
    world.advance(5)
    assert world.events() == ["call.initiated", "call.answered"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, ("call_rejected", "callee", "603")),
        ({"cause": "busy"}, ("user_busy", "callee", "486")),
        ({"cause": "USER_BUSY"}, ("user_busy", "callee", "486")),
        ({"cause": "no_answer"}, ("no_answer", "callee", "480")),
        ({"cause": "whatever"}, ("call_rejected", "callee", "603")),
        ({"sip": 503}, ("unspecified", "callee", "503")),
        ({"cause": "busy", "sip": 404}, ("not_found", "callee", "404")),
    ],
)
def test_the_dialled_party_rejects_with_a_cause_or_a_sip_answer(world, told, expected):
    call = world.dial(to=MANUAL)
    verbs.reject(call, **told)
    assert ended(world, call) == expected
    (note,) = world.notes("far_end")
    assert note.detail == {"sip": int(expected[2]), "cause": expected[0]}


def test_the_dialled_party_that_hangs_up_while_it_rings_rejects(world):
    call = world.dial(to=MANUAL)
    verbs.hang_up(call, "user_busy")
    assert ended(world, call) == ("user_busy", "callee", "486")


def test_a_caller_that_hangs_up_before_the_answer_cancels(world):
    call = world.incoming()
    verbs.hang_up(call)
    assert ended(world, call) == ("originator_cancel", "caller", "487")
    assert names(world) == ["call", "hangup"]


@pytest.mark.parametrize(("kind", "source"), [("answered", "caller"), ("dialled", "callee")])
def test_a_far_end_that_hangs_up_is_the_source_as_the_leg_sees_it(world, kind, source):
    call = getattr(world, kind)()
    verbs.hang_up(call)
    assert ended(world, call) == ("normal_clearing", source, "200")


def test_a_far_end_may_hang_up_for_another_reason(world):
    call = world.answered()
    verbs.hang_up(call, "unspecified", 503)
    assert ended(world, call) == ("unspecified", "caller", "503")


def test_saying_something_takes_its_time_and_is_no_webhook(world):
    call = world.answered()
    verbs.say(call, "x" * 150, confidence=0.5)
    verbs.press(call, "1")
    (note,) = world.notes("far_end", call)[:1]
    assert (note.name, note.detail) == ("say", {"text": "x" * 150, "confidence": 0.5})
    world.advance(10)
    assert world.events() == []
    world.advance(1)
    assert world.events() == ["call.dtmf.received"]


def test_hold_and_unhold_are_events_and_twice_is_once(world):
    call = world.answered()
    verbs.unhold(call)
    for act in (verbs.hold, verbs.hold, verbs.unhold, verbs.unhold):
        act(call)
    assert world.events() == ["call.hold", "call.unhold"]
    assert names(world) == ["hold", "unhold"]
    assert world.payload("call.hold").keys() == {
        "call_control_id", "call_leg_id", "call_session_id", "client_state", "connection_id", "from", "to",
    }  # fmt: skip


def test_who_presses_after_prompts_does_so_once_the_prompt_was_heard(world):
    call = world.answered("presses_1")
    world.do(call, "speak", payload="press one", voice="female")
    world.advance(5)
    assert world.events() == ["call.speak.started", "call.speak.ended", "call.dtmf.received"]
    assert names(world) == ["press"]


def test_who_would_press_after_a_prompt_does_not_when_the_call_ended_with_it(world):
    call = world.answered("presses_1")
    scripted.heard(call)
    verbs.hang_up(call)
    world.advance(1)
    assert world.events() == ["call.hangup"]


ANSWERED_ONLY = {
    "press": lambda call: verbs.press(call, "1"),
    "say": lambda call: verbs.say(call, "hello"),
    "hold": verbs.hold,
    "unhold": verbs.unhold,
}
ALIVE_ONLY = ANSWERED_ONLY | {"answer": verbs.answer, "reject": verbs.reject, "hang_up": verbs.hang_up}


@pytest.mark.parametrize("verb", ANSWERED_ONLY)
@pytest.mark.parametrize("kind", ["incoming", "dial"])
def test_before_the_answer_some_verbs_are_refused_by_name(world, verb, kind):
    call = getattr(world, kind)()
    before = world.snapshot()
    with pytest.raises(NotAnswered, match=f"receive {verb} command"):
        ANSWERED_ONLY[verb](call)
    assert world.snapshot() == before


@pytest.mark.parametrize("verb", ALIVE_ONLY)
def test_after_the_end_every_verb_is_refused(world, verb):
    call = world.answered()
    world.do(call, "hangup")
    before = world.snapshot()
    with pytest.raises(CallEnded):
        ALIVE_ONLY[verb](call)
    assert world.snapshot() == before


@pytest.mark.parametrize("verb", ["answer", "reject"])
@pytest.mark.parametrize("kind", ["incoming", "dialled"])
def test_only_the_dialled_party_can_answer_or_reject_and_only_while_it_rings(world, verb, kind):
    call = getattr(world, kind)()
    before = world.snapshot()
    with pytest.raises(InvalidCommand, match=f"cannot {verb} "):
        ALIVE_ONLY[verb](call)
    assert world.snapshot() == before
