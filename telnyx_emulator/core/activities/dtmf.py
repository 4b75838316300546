"""Keys that the far end presses, and tones that we send."""

from __future__ import annotations

from telnyx_emulator.core.audio import hearing
from telnyx_emulator.core.events import DtmfReceived
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
    for digit in digits:
        if digit in PAUSES:
            yield PAUSES[digit]
            continue
        peer = call.peer
        if peer is None:
            call.far_end_act("hears_dtmf", digits=digit)
            hearing.tone([(call, "outbound")], digit, duration)
        else:
            if not _muted(call, peer):
                peer.far_end_act("hears_dtmf", digits=digit)
                hearing.tone([(peer, "outbound")], digit, duration)
            peer.emit(DtmfReceived(digit=digit), client_state=peer.client_state)
            peer.tasks.tell(GATHER, digit)
        yield duration


def send_into(call: Call, digits: str, duration: float) -> Activity:
    """Tones that a leg is sent from within a conference: its far end hears them, and the leg has them as its own."""
    for digit in digits:
        if digit in PAUSES:
            yield PAUSES[digit]
            continue
        call.far_end_act("hears_dtmf", digits=digit)
        hearing.tone([(call, "outbound")], digit, duration)
        call.emit(DtmfReceived(digit=digit), client_state=call.client_state)
        call.tasks.tell(GATHER, digit)
        yield duration


def _muted(call: Call, peer: Call) -> bool:
    """`mute_dtmf` silences tones towards this leg (`self`), the other one (`opposite`), or both."""
    return call.mute_dtmf in ("both", "opposite") or peer.mute_dtmf in ("both", "self")
