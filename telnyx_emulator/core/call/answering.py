"""A leg is answered, and what begins on it then."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MethodType
from typing import Any

from telnyx_emulator.core.call.ending import end
from telnyx_emulator.core.events.calls import CallAnswered
from telnyx_emulator.core.far_end import scripted
from telnyx_emulator.core.far_end.greeting import greet
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

Begin = Callable[[], object]
"""Begins something on a leg."""


def answer(call: Call, begins: Iterable[Begin | None] = ()) -> None:
    """Media flows from this instant; answering twice is answering once. In this order begin: the limit of the call's
    duration, `call.answered`, the greeting of a far end that was dialled, what that far end does by itself, and then
    each of `begins`."""
    if call.state is not State.RINGING:
        return
    call.state = State.ANSWERED
    call.answered_at = call.world.clock.elapsed()
    # One for every call that talks: a bound function takes a third of the memory of a lambda.
    call.limit(call.time_limit, MethodType(_time_up, call))
    call.emit(
        CallAnswered(
            start_time=call.start_time,
            calling_party_type=call.party_type,
            codec="PCMU",
            sampling_rate=8000,
            **call.headers(),
            **_streamed(call),
        ),
        client_state=call.client_state,
    )
    if not call.incoming and call.far_end.greeting.kind != "silence":
        call.follow(greet(call, call.far_end.greeting), name="greeting")
    scripted.begin(call)
    begin_all(begins)


def _time_up(call: Call) -> None:
    end(call, "time_limit", "caller")


def begin_all(begins: Iterable[Begin | None]) -> None:
    """Begin each, in the order in which they are listed; None stands for what was not asked for."""
    for begin in begins:
        if begin is not None:
            begin()


def _streamed(call: Call) -> dict[str, Any]:
    """Where the media goes from the answer on, if dial or answer said so."""
    if call.stream is None or call.stream.url is None:
        return {}
    return {"stream_url": call.stream.url, "stream_track": call.stream.track}
