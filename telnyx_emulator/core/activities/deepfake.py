"""Whether a voice is made by a machine: what the detector makes of the far end's voice, and when."""

from __future__ import annotations

from typing import Literal, NamedTuple

from telnyx_emulator.core.far_end.behaviour import FarEnd
from telnyx_emulator.core.time.tasks import Activity

ANALYSIS_SECS = 5.0


class DeepfakeFinding(NamedTuple):
    """`score`: 0 is surely a person, 1 surely a machine. `consistency`: in percent. `no_media`: nothing was heard."""

    result: Literal["real", "fake", "silence_timeout", "no_media"]
    score: float | None = None
    consistency: float | None = None


def examine(far_end: FarEnd, timeout: float, rtp_timeout: float) -> Activity[DeepfakeFinding]:
    """Listen to the far end from the answer on. `timeout`: for speech; `rtp_timeout`: for any media; in seconds."""
    if far_end.voice == "no_media":
        yield rtp_timeout
        return DeepfakeFinding("no_media")
    if far_end.voice == "silent":
        yield timeout
        return DeepfakeFinding("silence_timeout")
    yield ANALYSIS_SECS
    return DeepfakeFinding("fake", 0.93, 94.5) if far_end.voice == "synthetic" else DeepfakeFinding("real", 0.04, 97.0)
