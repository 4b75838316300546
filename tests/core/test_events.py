"""Events: one class per webhook type."""

from types import ModuleType

import pytest
from pydantic import ValidationError

from telnyx_emulator import commands
from telnyx_emulator.core import events
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.events.calls import CallHangup
from telnyx_emulator.core.events.media import DtmfReceived, PlaybackEnded, SpeakEnded


def test_the_registry_has_every_event_under_its_wire_name():
    assert Event.registry["call.dtmf.received"] is DtmfReceived
    chapters = [one for part in (events, commands) for one in vars(part).values() if isinstance(one, ModuleType)]
    kinds = {kind for one in chapters for kind in vars(one).values() if isinstance(kind, type)}
    declared = {kind for kind in kinds if issubclass(kind, Event) and "name" in vars(kind)}
    assert set(Event.registry.values()) == declared, "an event stands in core/events/ or beside its command"
    assert all(kind.name == name for name, kind in Event.registry.items())


def test_no_name_can_be_declared_twice():
    with pytest.raises(TypeError, match=r"call\.hold is declared twice"):
        type("Again", (Event,), {}, name="call.hold")


def test_an_event_without_a_name_is_no_webhook_type():
    before = dict(Event.registry)
    type("Base", (Event,), {"__module__": __name__})
    assert Event.registry == before


def test_unknown_fields_are_refused():
    with pytest.raises(ValidationError, match="extra_forbidden"):
        DtmfReceived(digit="1", digits="1")


def test_values_outside_the_enum_are_refused():
    with pytest.raises(ValidationError, match="literal_error"):
        SpeakEnded(speak_id="1", status="cancelled")


def test_only_what_is_given_is_sent_an_explicit_none_included():
    assert PlaybackEnded(overlay=False, status="completed").model_dump(exclude_unset=True) == {
        "overlay": False,
        "status": "completed",
    }
    fields = CallHangup(
        start_time="1",
        end_time="2",
        calling_party_type="pstn",
        hangup_cause="timeout",
        hangup_source="caller",
        sip_hangup_cause="487",
        call_quality_stats=None,
        telnyx_error=None,
    ).model_dump(exclude_unset=True)
    assert fields["call_quality_stats"] is None
    assert fields["telnyx_error"] is None
    assert "custom_headers" not in fields


def test_an_event_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        DtmfReceived(digit="1").digit = "2"
