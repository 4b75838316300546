"""What far ends do, as SIP or people would say it, and what is worth telling of a command or an event."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from telnyx_emulator.journal import Entry, Injection

from .legs import LadderLeg, clean, cut

PHRASES: Final[dict[int, str]] = {
    200: "OK", 202: "Accepted", 302: "Moved", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 408: "Request Timeout", 410: "Gone", 480: "Unavailable", 484: "Incomplete", 486: "Busy Here",
    487: "Terminated", 488: "Not Acceptable", 500: "Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Unavailable", 504: "Timeout", 600: "Busy", 603: "Decline", 604: "Nowhere", 606: "Not Acceptable",
}  # fmt: skip
WIDEST_VALUE: Final = 40
WIDEST_SPEECH: Final = 30


@dataclass(frozen=True, slots=True)
class Signal:
    """A message between a far end and the emulator. `ours`: the emulator sends it."""

    label: str
    ours: bool = False


Details = Mapping[str, Any]


def status(sip: Any) -> str:
    """`486 Busy Here`"""
    code = int(sip) if str(sip).isdecimal() else 0
    return f"{sip} {PHRASES[code]}" if code in PHRASES else str(sip)


def _quoted(text: Any) -> str:
    return f'"{cut(clean(str(text)), WIDEST_SPEECH)}"'


def _ends(leg: LadderLeg, details: Details) -> Signal:
    if not leg.answered and leg.direction == "incoming":
        return Signal("CANCEL")
    return Signal("BYE")


ACTS: Final[dict[str, Callable[[LadderLeg, Details], Signal]]] = {
    "call": lambda leg, details: Signal("INVITE"),
    "answer": lambda leg, details: Signal("200 OK"),
    "reject": lambda leg, details: Signal(status(details.get("sip", 603))),
    "press": lambda leg, details: Signal(f"DTMF {details.get('digits', '')}"),
    "say": lambda leg, details: Signal(_quoted(details.get("text", ""))),
    "hold": lambda leg, details: Signal("re-INVITE (hold)"),
    "unhold": lambda leg, details: Signal("re-INVITE (resume)"),
    "hangup": _ends,
    "gives_up": lambda leg, details: Signal("CANCEL"),
    "hears_dtmf": lambda leg, details: Signal(f"DTMF {details.get('digits', '')}", ours=True),
    "receives_sip_info": lambda leg, details: Signal("INFO", ours=True),
    "receives_refer": lambda leg, details: Signal("REFER", ours=True),
}
"""Acts of far ends, by the names that the journal gives them; any other is shown by its name."""

TOGETHER: Final[dict[str, tuple[str, ...]]] = {
    "answer": ("call.answered",),
    "reject": ("call.hangup",),
    "hangup": ("call.hangup",),
    "gives_up": ("call.hangup",),
    "hold": ("call.hold",),
    "unhold": ("call.unhold",),
    "press": ("call.dtmf.received",),
    "receives_refer": ("call.refer.started",),
}
"""Acts, and the events that stand in their line when they follow at once."""


def act(leg: LadderLeg, name: str, details: Details) -> Signal:
    """What a far end did, or had done to it."""
    known = ACTS.get(name)
    return known(leg, details) if known else Signal(name.replace("_", " "), ours=name.startswith(("hears", "receives")))


def implied(leg: LadderLeg, event: str, payload: Details) -> Signal | None:
    """What must have passed between far end and emulator for this event to be, when no act tells it."""
    wording = IMPLIED.get(event)
    return wording(leg, payload) if wording else None


def _invited(leg: LadderLeg, payload: Details) -> Signal | None:
    return Signal("INVITE", ours=True) if leg.direction == "outgoing" else None


def _answered(leg: LadderLeg, payload: Details) -> Signal | None:
    return None if leg.acts["answer"] else Signal("200 OK", ours=leg.direction == "incoming")


def _hung_up(leg: LadderLeg, payload: Details) -> Signal | None:
    if leg.acts["hangup"] or leg.acts["reject"] or leg.acts["gives_up"]:
        return None
    theirs = payload.get("hangup_source") == leg.remote_side and payload.get("hangup_cause") != "time_limit"
    if leg.answered:
        return Signal("BYE", ours=not theirs)
    sip = payload.get("sip_hangup_cause", "")
    failure = status(sip) if str(sip).isdecimal() else "failure"
    if leg.direction == "incoming":
        return Signal("CANCEL") if theirs else Signal(failure, ours=True)
    return Signal(failure) if theirs else Signal("CANCEL", ours=True)


def _notified(leg: LadderLeg, payload: Details) -> Signal | None:
    return Signal(f"NOTIFY {payload.get('sip_notify_response', '')}")


IMPLIED: Final[dict[str, Callable[[LadderLeg, Details], Signal | None]]] = {
    "call.initiated": _invited,
    "call.answered": _answered,
    "call.hangup": _hung_up,
    "call.refer.completed": _notified,
    "call.refer.failed": _notified,
}

# -- details -----------------------------------------------------------------------------------------------------

SELF_EVIDENT: Final = ("to", "sip_address")
"""Shown without the name of the key."""

EVENT_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "call.initiated": ("to", "from"),
    "call.hangup": ("hangup_cause",),
    "call.answered": (),
    "call.bridged": (),
    "call.cost": ("total_cost",),
    "call.enqueued": ("queue", "current_position"),
    "call.dequeued": ("queue", "reason"),
    "call.transcription": ("transcription_data.transcript", "transcription_data.is_final"),
    "call.recording.saved": ("format", "channels"),
    "call.recording.transcription.saved": ("transcription_text",),
    "call.payment.progress": ("payment_step", "payment_status", "error_type"),
}
USUAL_EVENT_KEYS: Final = (
    "digit", "digits", "status", "status_detail", "result", "reason", "sip_notify_response", "failure_cause",
    "failure_reason", "hangup_cause", "error_message", "media_name", "media_url", "queue", "body",
)  # fmt: skip

COMMAND_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "dial": ("to", "from", "answering_machine_detection"),
    "transfer": ("to",),
    "refer": ("sip_address",),
}
USUAL_COMMAND_KEYS: Final = (
    "to", "payload", "audio_url", "media_name", "digits", "queue_name", "name", "sip_address", "cause",
    "connector_name", "conference_id", "call_control_id", "supervisor_role", "stream_url", "body", "greeting",
    "maximum_digits", "valid_digits", "terminating_digit", "transcription_engine",
)  # fmt: skip
ACT_KEYS: Final = ("to", "body", "content_type", "cause", "confidence")


def command_details(name: str, body: Details) -> list[str]:
    return _chosen(body, COMMAND_KEYS.get(name, USUAL_COMMAND_KEYS))


def event_details(name: str, payload: Details) -> list[str]:
    return _chosen(payload, EVENT_KEYS.get(name, USUAL_EVENT_KEYS))


def act_details(name: str, details: Details) -> list[str]:
    """What the signal does not say itself."""
    if name in ("say", "reject", "call", "receives_refer"):
        return []
    keys = ACT_KEYS if name in ACTS else tuple(details)
    return _chosen(details, keys)


def remark(entry: Entry) -> str:
    """A warning, a fault that fired, a change of state: none of them passes between two columns."""
    details = entry.own()
    if isinstance(entry, Injection):
        begin = f"fault {entry.name!r} fired: {details.pop('plane')} of {details.pop('on')}"
    else:
        kind = "" if entry.kind == "state" else f"{entry.kind}: "
        begin = f"{kind}{entry.name} {details.pop('detail', '')}"
    return " ".join(f"{begin} {' '.join(listed(details))}".split())


def listed(details: Details) -> list[str]:
    """All that say something, each as `key=value`."""
    return [f"{key}={wording(value)}" for key, value in details.items() if value not in (None, {})]


def _chosen(values: Details, keys: tuple[str, ...]) -> list[str]:
    found = ((key, _at(values, key)) for key in keys)
    return [_detail(key.rpartition(".")[2], value) for key, value in found if value not in (None, "", [], {})]


def _at(values: Details, path: str) -> Any:
    found: Any = values
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _detail(key: str, value: Any) -> str:
    written = wording(value)
    return written if key in SELF_EVIDENT else f"{key}={written}"


def wording(value: Any) -> str:
    """A value in few characters: plain words as they are, anything else as JSON."""
    if isinstance(value, str) and re.fullmatch(r"[\w.+:@/*#-]+", value):
        return cut(value, WIDEST_VALUE)
    if isinstance(value, str):
        return f'"{cut(clean(value), WIDEST_VALUE)}"'
    return cut(clean(json.dumps(value, ensure_ascii=False, default=str)), WIDEST_VALUE)
