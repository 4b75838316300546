"""Keys that the far end presses, and tones that we send."""

from __future__ import annotations

from collections.abc import Callable

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.events.media import DtmfReceived
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.time.lanes import GATHER
from telnyx_emulator.core.time.tasks import Activity

KEY_SECS = 0.25
"""From one key to the next."""

PAUSES = {"w": 0.5, "W": 1.0}


def receive(call: Call, digit: str) -> None:
    """A key reaches us: a webhook, and whatever gathers digits hears it; so does a bridged peer, unless muted."""
    call.emit(DtmfReceived(digit=digit), client_state=call.client_state)
    peer = call.peer
    heard = hearing.from_far_end(call)
    if peer is not None and _muted(call, peer):
        heard.remove((peer, "outbound"))
    elif peer is not None:
        peer.far_end_act("hears_dtmf", digits=digit)
    hearing.tone(heard, digit)
    call.tasks.tell(GATHER, digit)


def press(call: Call, digits: str, every: float = KEY_SECS) -> Activity:
    """Keys one after the other, the first one at once; `w` waits half a second, `W` a whole one."""
    first = True
    for digit in digits:
        if digit in PAUSES:
            yield PAUSES[digit]
            continue
        if not first:
            yield every
        first = False
        receive(call, digit)


def send(call: Call, digits: str, duration: float) -> Activity:
    """Tones of ours. The far end hears them; a leg that is bridged with this one has them as its own webhook."""

    def sound(digit: str) -> None:
        peer = call.peer
        if peer is None or not _muted(call, peer):
            _hear(peer or call, digit, duration)
        if peer is not None:
            _report(peer, digit)

    return _tones(digits, duration, sound)


def send_into(call: Call, digits: str, duration: float) -> Activity:
    """Tones that a leg is sent from within a conference: its far end hears them, and the leg has them as its own."""

    def sound(digit: str) -> None:
        _hear(call, digit, duration)
        _report(call, digit)

    return _tones(digits, duration, sound)


def _tones(digits: str, duration: float, sound: Callable[[str], None]) -> Activity:
    for digit in digits:
        if digit not in PAUSES:
            sound(digit)
        yield PAUSES.get(digit, duration)


def _hear(call: Call, digit: str, duration: float) -> None:
    call.far_end_act("hears_dtmf", digits=digit)
    hearing.tone([(call, "outbound")], digit, duration)


def _report(call: Call, digit: str) -> None:
    call.emit(DtmfReceived(digit=digit), client_state=call.client_state)
    call.tasks.tell(GATHER, digit)


def _muted(call: Call, peer: Call) -> bool:
    """`mute_dtmf` silences tones towards this leg (`self`), the other one (`opposite`), or both."""
    return call.mute_dtmf in ("both", "opposite") or peer.mute_dtmf in ("both", "self")
