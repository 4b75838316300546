"""`telnyx_env` sets the variables that the SDK reads, so the application needs no hook for its tests."""

from __future__ import annotations

import pytest
from flask import Flask
from survey import make_app

from telnyx_emulator import EmulatorClient, contains


@pytest.fixture
def app(telnyx_emulator: EmulatorClient, telnyx_env: None) -> Flask:
    telnyx_emulator.webhook_url = app = make_app()
    return app


def test_an_answer_is_kept(telnyx_emulator: EmulatorClient, app: Flask) -> None:
    caller = telnyx_emulator.incoming_call(from_="+15551230001")
    caller.wait_for("call.answered")
    caller.press("4")
    caller.wait_for("call.hangup")
    assert app.config["ANSWERS"] == [("+15551230001", 4)]
    caller.expect_command("speak", payload=contains("sorry"), times=0)


def test_after_three_attempts_it_gives_up(telnyx_emulator: EmulatorClient, app: Flask) -> None:
    caller = telnyx_emulator.incoming_call(from_="+15551230001")
    caller.wait_for("call.answered")
    caller.press("9")
    caller.expect_command("speak", payload=contains("Sorry"))
    caller.expect_command("gather_using_speak", times=3)
    caller.wait_for("call.hangup")
    assert app.config["ANSWERS"] == []


@pytest.mark.usefixtures("app")
def test_who_hangs_up_is_asked_no_more(telnyx_emulator: EmulatorClient) -> None:
    caller = telnyx_emulator.incoming_call()
    caller.wait_for("call.answered")
    caller.hang_up()
    caller.wait_for("call.hangup")
    caller.expect_command("gather_using_speak", times=1)
