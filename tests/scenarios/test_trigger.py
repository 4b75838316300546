"""What sets off a fault: all that can be looked for, and requests."""

import pytest
from pydantic import ValidationError

from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.scenarios.fault import Trigger
from telnyx_emulator.scenarios.model import Expectation


def seen(trigger, kind, name):
    return Trigger.model_validate(trigger).matches(ObservedEvent(kind, name), lambda leg: ())


@pytest.mark.parametrize(
    ("path", "found"), [("/calls/A", True), ("/calls/A/events", False), ("/queues/A", False), ("/calls", False)]
)
def test_a_star_stands_for_one_segment_of_a_request(path, found):
    assert seen({"request": "GET /calls/*"}, "request", f"GET {path}") is found
    assert not seen({"request": "GET /calls/*"}, "request", f"POST {path}")


def test_commands_set_off_faults_as_they_meet_expectations():
    assert seen({"command": "speak"}, "command", "speak")
    assert not seen({"command": "speak"}, "command", "hangup")


@pytest.mark.parametrize("wrong", ["GET", "/calls", "GET calls", "LOOK /calls", "GET /v2/calls"])
def test_what_is_no_request_is_refused(wrong):
    with pytest.raises(ValidationError, match=r"no request|behind the version"):
        Trigger.model_validate({"request": wrong})


def test_requests_cannot_be_expected_since_they_leave_no_line():
    with pytest.raises(ValidationError, match="look for the command"):
        Expectation.model_validate({"request": "GET /calls/*"})
