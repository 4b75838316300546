"""SIP beyond the call itself: INFO, REFER, SIPREC."""

from __future__ import annotations

from .base import Event


class SipInfoReceived(Event, name="call.sip_info.received"):
    """The bridged leg was sent a SIP INFO. The vendor names this event but has no schema for it."""

    body: str
    content_type: str


class ReferStarted(Event, name="call.refer.started"):
    sip_notify_response: int


class ReferCompleted(Event, name="call.refer.completed"):
    sip_notify_response: int


class ReferFailed(Event, name="call.refer.failed"):
    sip_notify_response: int


class SiprecStarted(Event, name="siprec.started"):
    """The recording server took the session. SIPREC events have no `call.` prefix."""

    parties = False


class SiprecStopped(Event, name="siprec.stopped"):
    parties = False
    hangup_cause: str


class SiprecFailed(Event, name="siprec.failed"):
    parties = False
    failure_cause: str
