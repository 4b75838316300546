"""SIP beyond the call itself: INFO, REFER, SIPREC."""

from __future__ import annotations

from .base import Event


class SipInfoReceived(Event, name="call.sip_info.received"):
    """The bridged leg was sent a SIP INFO. The vendor names this event but has no schema for it."""

    body: str
    """The content of the message."""
    content_type: str
    """The media type of the content."""


class ReferStarted(Event, name="call.refer.started"):
    sip_notify_response: int
    """The SIP status that the far end reported."""


class ReferCompleted(Event, name="call.refer.completed"):
    sip_notify_response: int
    """The SIP status that the far end reported."""


class ReferFailed(Event, name="call.refer.failed"):
    sip_notify_response: int
    """The SIP status that the far end reported."""


class SiprecStarted(Event, name="siprec.started"):
    """The recording server took the session. SIPREC events have no `call.` prefix."""

    parties = False


class SiprecStopped(Event, name="siprec.stopped"):
    parties = False
    hangup_cause: str
    """Why the session ended."""


class SiprecFailed(Event, name="siprec.failed"):
    parties = False
    failure_cause: str
    """Why the session failed: a Q.850 reason."""
