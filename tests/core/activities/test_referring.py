"""SIP REFER and SIPREC, without their webhooks."""

import pytest

from telnyx_emulator.core.activities import siprec
from telnyx_emulator.core.activities.refer import refer
from telnyx_emulator.core.far_end.behaviour import SipOutcome, Siprec
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.time.lanes import REFER, SIPREC


@pytest.mark.parametrize(("sip", "state"), [(200, State.ENDED), (603, State.ANSWERED)])
def test_a_referred_far_end_leaves_or_stays(world, results, sip, state):
    call, told = world.answered(), []
    found = results(call, refer(call, "sip:bob@example.com", SipOutcome(sip, 2.0), told.append))
    assert told == [100]
    world.advance(2)
    assert (found, told, call.state) == ([sip], [100, sip], state)


def test_a_leg_that_ends_first_has_no_final_status(world, results):
    call, told = world.answered(), []
    found = results(call, refer(call, "sip:bob@example.com", SipOutcome(200, 2.0), told.append), REFER)
    call.tasks.stop(REFER, "call_hangup")
    assert (found, told) == ([None], [100])


@pytest.mark.parametrize(
    ("session", "after", "result"),
    [
        (Siprec(), 0.5, "connected"),
        (Siprec("busy"), 4.0, "failed"),
        (Siprec("busy", after=1.0), 1.0, "failed"),
        (Siprec("busy", drops_after=9.0), 0.5, "connected"),
    ],
)
def test_a_recording_server_takes_the_session_or_not(world, results, session, after, result):
    found = results(world.answered(), siprec.connect(session))
    world.advance(after - 0.1)
    assert found == []
    world.advance(0.1)
    assert found == [result]


def test_a_session_can_be_stopped_at_any_time(world, results):
    call = world.answered()
    found = [results(call, siprec.connect(Siprec()), SIPREC), results(call, siprec.stay(Siprec()), SIPREC)]
    call.tasks.stop(SIPREC, "cancelled")
    assert found == [["cancelled"], ["normal_clearing"]]


@pytest.mark.parametrize(
    ("session", "cause"), [(Siprec(drops_after=3.0), "network_out_of_order"), (Siprec("busy", drops_after=3.0), "busy")]
)
def test_a_server_may_drop_the_session(world, results, session, cause):
    found = results(world.answered(), siprec.stay(session))
    world.advance(3)
    assert found == [cause]
