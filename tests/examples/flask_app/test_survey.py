"""`telnyx_env` sets the variables that the SDK reads, so the application needs no hook for its tests."""

from __future__ import annotations

import pytest
from survey import Survey, make_app

from telnyx_emulator import EmulatorClient, Leg, contains


@pytest.fixture
def survey(telnyx_env: dict[str, str]) -> Survey:
    return Survey()


@pytest.fixture
def caller(telnyx_emulator: EmulatorClient, survey: Survey) -> Leg:
    """Somebody who hears the question."""
    telnyx_emulator.webhook_url = make_app(survey)
    caller = telnyx_emulator.incoming_call(from_="+15551230001", to="+15559990000")
    caller.wait_for("call.answered")
    return caller


def test_an_answer_is_kept(caller: Leg, survey: Survey) -> None:
    caller.press("4")
    caller.wait_for("call.hangup")
    assert survey.answers == [("+15551230001", 4)]
    caller.expect_command("speak", payload=contains("Sorry"), times=0)


def test_silence_is_asked_three_times(caller: Leg, survey: Survey) -> None:
    caller.expect_command("speak", payload=contains("Sorry"))
    caller.expect_command("gather_using_speak", times=3)
    caller.wait_for("call.hangup")
    assert survey.answers == []


def test_who_hangs_up_is_asked_no_more(caller: Leg) -> None:
    caller.hang_up()
    caller.wait_for("call.hangup")
    caller.expect_command("gather_using_speak", times=1)
