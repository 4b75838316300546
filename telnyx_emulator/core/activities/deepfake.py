"""Whether a voice is made by a machine: what the detector makes of the far end's voice, and when."""

from __future__ import annotations

from telnyx_emulator.core.events import DeepfakeDetectionError, DeepfakeDetectionResult, Event
from telnyx_emulator.core.far_end.behaviour import FarEnd

ANALYSIS_SECS = 5.0


def verdict(far_end: FarEnd, timeout: float, rtp_timeout: float) -> tuple[float, Event]:
    """Seconds after the answer, and the webhook. `timeout`: for speech. `rtp_timeout`: for any media at all."""
    if far_end.voice == "no_media":
        return rtp_timeout, DeepfakeDetectionError(error_message="rtp_timeout")
    if far_end.voice == "silent":
        return timeout, DeepfakeDetectionResult(result="silence_timeout", score=None, consistency=None)
    if far_end.voice == "synthetic":
        return ANALYSIS_SECS, DeepfakeDetectionResult(result="fake", score=0.93, consistency=94.5)
    return ANALYSIS_SECS, DeepfakeDetectionResult(result="real", score=0.04, consistency=97.0)
