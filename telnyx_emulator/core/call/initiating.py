"""A leg begins to ring."""

from __future__ import annotations

from typing import Any

from telnyx_emulator.core.events.calls import CallInitiated
from telnyx_emulator.core.model import Call

CODECS = "PCMU,PCMA,G722,OPUS"


def initiate(call: Call) -> None:
    """Announce the leg. Outgoing ones carry no start time, caller name or codecs on the real wire."""
    fields: dict[str, Any] = {"direction": call.direction, "calling_party_type": call.party_type}
    fields["from_sip_uri"] = _sip_user(call.from_)
    fields["to_sip_uri"] = _sip_user(call.to)
    if call.incoming:
        fields["state"] = "parked"
        fields["start_time"] = call.start_time
        fields["caller_id_name"] = call.caller_id_name or call.from_
        fields["connection_codecs"] = fields["offered_codecs"] = CODECS
    else:
        fields["state"] = "bridging"
    call.emit(CallInitiated(**fields, **call.headers()))


def _sip_user(address: str) -> str:
    """`user@host`, as `from_sip_uri` and `to_sip_uri` have it (no scheme)."""
    bare = address.removeprefix("sips:").removeprefix("sip:").split(";")[0].split(",")[0]
    return bare if "@" in bare else f"{bare}@sip.telnyx.com"
