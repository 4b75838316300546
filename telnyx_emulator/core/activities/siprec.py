"""A copy of a call that is sent to a recording server (SIPREC)."""

from __future__ import annotations

from typing import Literal

from telnyx_emulator.core.far_end.behaviour import Siprec
from telnyx_emulator.core.time.tasks import Activity, Cancelled

Connection = Literal["connected", "failed", "cancelled"]
CONNECTS_SECS = 0.5
FAILS_SECS = 4.0
DROPPED = "network_out_of_order"
"""Why a session ends whose server went away, unless the server says why (Q.850: 38)."""


def connect(session: Siprec) -> Activity[Connection]:
    """Offer the session to the recording server."""
    connects = session.failure is None or session.drops_after is not None
    usual = CONNECTS_SECS if connects else FAILS_SECS
    try:
        yield usual if session.after is None else session.after
    except Cancelled:
        return "cancelled"
    return "connected" if connects else "failed"


def stay(session: Siprec) -> Activity[str]:
    """Stay connected until the session is stopped or the server drops it; returns the cause, a Q.850 reason."""
    try:
        yield session.drops_after
    except Cancelled:
        return "normal_clearing"
    return session.failure or DROPPED
