"""Activities by themselves: no commands, no webhooks."""

from collections.abc import Callable
from typing import Any

import pytest

from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.tasks import Activity, Lane


@pytest.fixture
def results() -> Callable[..., list[Any]]:
    """Starts an activity on a leg; the list that it returns gets the result when there is one."""

    def start(call: Call, activity: Activity[Any], lane: Lane | None = None) -> list[Any]:
        found: list[Any] = []

        def carry() -> Activity:
            found.append((yield from activity))

        call.start(carry(), lane)
        return found

    return start
