"""The documentation's own calls, word for word, with the SDK's strict validation of every answer."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from telnyx import Telnyx
from telnyx.resources.calls import actions

from telnyx_emulator.commands import CallCommand

CALL = "call_control_id"
OTHER = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"
COMMAND_ID = "891510ac-f3e4-11e8-af5b-de00688a4901"
STATE = "aGF2ZSBhIG5pY2UgZGF5ID1d"

Events = Callable[..., list[str]]

DOCUMENTED = {
    "update_client_state": {"client_state": STATE},
    "refer": {"sip_address": "sip:username@sip.non-telnyx-address.com"},
    "send_dtmf": {"digits": "1www2WABCDw9"},
    "start_siprec": {},
    "stop_siprec": {},
    "start_noise_suppression": {},
    "stop_noise_suppression": {},
    "switch_supervisor_role": {"role": "barge"},
}
"""The calls of the pages about advanced voice commands: method and arguments beside the call id."""


@pytest.mark.parametrize("method", DOCUMENTED)
def test_a_documented_call_works_by_itself(strict: Telnyx, method: str):
    answer = getattr(strict.calls.actions, method)(call_control_id=CALL, **DOCUMENTED[method])
    assert answer.data.result == "ok"


def test_the_documented_calls_work_one_after_the_other(strict: Telnyx):
    for method, arguments in [*DOCUMENTED.items(), *reversed(DOCUMENTED.items())]:
        answer = getattr(strict.calls.actions, method)(call_control_id=CALL, **arguments)
        assert answer.data.result == "ok"


def test_the_documented_refer_has_its_webhooks(strict: Telnyx, events: Events):
    strict.calls.actions.refer(call_control_id=CALL, sip_address="sip:username@sip.non-telnyx-address.com")
    assert events("call.hangup") == ["call.refer.started", "call.refer.completed", "call.hangup"]


def test_the_documented_siprec_has_its_webhooks(strict: Telnyx, events: Events):
    strict.calls.actions.start_siprec(call_control_id=CALL)
    events("siprec.started")
    strict.calls.actions.stop_siprec(call_control_id=CALL)
    assert events("siprec.stopped") == ["siprec.started", "siprec.stopped"]


@pytest.mark.parametrize("method", ["send_dtmf", "start_noise_suppression", "stop_noise_suppression"])
def test_the_other_documented_calls_have_no_webhooks(strict: Telnyx, events: Events, method: str):
    getattr(strict.calls.actions, method)(call_control_id=CALL, **DOCUMENTED[method])
    assert events() == []


def test_the_documented_client_state_is_kept(strict: Telnyx):
    strict.calls.actions.update_client_state(call_control_id=CALL, client_state=STATE)
    assert strict.calls.retrieve_status(CALL).data.client_state == STATE


def test_a_documented_dial_calls_a_number_or_an_address(strict: Telnyx, events: Events):
    answer = strict.calls.dial(
        connection_id="7267xxxxxxxxxxxxxx",
        from_="+18005550101",
        to="+18005550100 or sip:username@sip.telnyx.com;secure=srtp",
    )
    assert (answer.data.record_type, answer.data.is_alive) == ("call", False)
    assert events("call.answered") == ["call.initiated", "call.answered"]
    assert strict.calls.retrieve_status(answer.data.call_control_id).data.is_alive


def test_an_unknown_call_can_be_read(strict: Telnyx):
    call = strict.calls.retrieve_status(CALL).data
    assert (call.call_control_id, call.is_alive, call.record_type) == (CALL, True, "call")


def test_the_active_calls_of_an_unknown_connection_are_one_page_with_one_call(strict: Telnyx):
    page = strict.connections.list_active_calls("1293384261075731461")
    assert len(page.data) == 1
    assert [call.call_control_id for call in page] == [page.data[0].call_control_id]


def test_an_unknown_delivery_can_be_read(strict: Telnyx):
    delivery = strict.webhook_deliveries.retrieve("C9C0797E-901D-4349-A33C-C2C8F31A92C2").data
    assert (delivery.record_type, delivery.status) == ("webhook_delivery", "failed")


def test_the_deliveries_of_a_fresh_world_are_one_page_with_one_example(strict: Telnyx):
    page = strict.webhook_deliveries.list()
    assert [delivery.id for delivery in page] == [page.data[0].id]


PARTICIPANT = {"id": "v3:abc123def456", "role": "user"}
SPOKEN = {"payload": "Say this on the call", "voice": "female"}

METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    "ai_assistant_add_messages": ("add_ai_assistant_messages", {"messages": [{"role": "system", "content": "Hi"}]}),
    "ai_assistant_join": ("join_ai_assistant", {"conversation_id": "v3:abc123", "participant": PARTICIPANT}),
    "ai_assistant_start": ("start_ai_assistant", {"participants": [PARTICIPANT]}),
    "ai_assistant_stop": ("stop_ai_assistant", {}),
    "answer": ("answer", {}),
    "bridge": ("bridge", {"call_control_id_to_bridge_with": OTHER}),
    "client_state_update": ("update_client_state", {"client_state": STATE}),
    "enqueue": ("enqueue", {"queue_name": "support"}),
    "conversation_relay_start": ("start_conversation_relay", {"url": "wss://example.com/conversation-relay"}),
    "conversation_relay_stop": ("stop_conversation_relay", {}),
    "fork_start": ("start_forking", {"rx": "udp:192.0.2.1:9000", "tx": "udp:192.0.2.1:9001"}),
    "fork_stop": ("stop_forking", {"stream_type": "decrypted"}),
    "gather": ("gather", {}),
    "gather_stop": ("stop_gather", {}),
    "gather_using_ai": ("gather_using_ai", {"parameters": {"properties": "bar", "required": "bar", "type": "bar"}}),
    "gather_using_audio": ("gather_using_audio", {"audio_url": "http://example.com/message.wav"}),
    "gather_using_speak": ("gather_using_speak", SPOKEN),
    "hangup": ("hangup", {}),
    "leave_queue": ("leave_queue", {}),
    "pay": ("pay", {}),
    "playback_start": ("start_playback", {"audio_url": "http://example.com/greeting.wav", "overlay": True}),
    "playback_stop": ("stop_playback", {}),
    "record_pause": ("pause_recording", {}),
    "record_resume": ("resume_recording", {}),
    "record_start": ("start_recording", {"channels": "single", "format": "wav", "timeout_secs": 5}),
    "record_stop": ("stop_recording", {"recording_id": "6e00ab49-9487-4364-8ad6-23965965afb2"}),
    "refer": ("refer", {"sip_address": "sip:username@sip.non-telnyx-address.com"}),
    "reject": ("reject", {"cause": "USER_BUSY"}),
    "send_dtmf": ("send_dtmf", {"digits": "1www2WABCDw9"}),
    "send_sip_info": ("send_sip_info", {"body": "<media_control/>", "content_type": "application/xml"}),
    "siprec_start": ("start_siprec", {"connector_name": "my-siprec-connector"}),
    "siprec_stop": ("stop_siprec", {}),
    "speak": ("speak", SPOKEN),
    "streaming_start": ("start_streaming", {}),
    "streaming_stop": ("stop_streaming", {"stream_id": "1edb94f9-7ef0-4150-b502-e0ebadfd9491"}),
    "suppression_start": ("start_noise_suppression", {}),
    "suppression_stop": ("stop_noise_suppression", {}),
    "switch_supervisor_role": ("switch_supervisor_role", {"role": "barge"}),
    "transcription_start": ("start_transcription", {"transcription_tracks": "both"}),
    "transcription_stop": ("stop_transcription", {}),
    "transfer": ("transfer", {"to": "+18005550100 or sip:username@sip.telnyx.com;secure=srtp"}),
}
"""The SDK's method for each command, and what it requires."""


def call_it(strict: Telnyx, action: str) -> str:
    method, arguments = METHODS[action]
    target = "call_control_id_to_bridge" if action == "bridge" else "call_control_id"
    body = {"client_state": STATE, "command_id": COMMAND_ID}
    answer = getattr(strict.calls.actions, method)(**{target: CALL}, **arguments, extra_body=body)
    return answer.data.result


def test_every_command_of_the_sdk_is_called_here():
    known = set(re.findall(r"/calls/{call_control_id}/actions/(\w+)", inspect.getsource(actions)))
    missing = known & CallCommand.registry.keys() - METHODS.keys()
    assert not missing, f"name the SDK's method for {missing} in METHODS of this file"


@pytest.mark.parametrize("action", METHODS)
def test_every_command_can_be_called_on_an_unknown_call(strict: Telnyx, action: str):
    assert call_it(strict, action) == "ok"


def test_all_commands_can_be_called_on_one_and_the_same_call_in_any_order(strict: Telnyx):
    for action in [*METHODS, *reversed(METHODS)]:
        assert call_it(strict, action) == "ok"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("send_dtmf", {"digits": "not digits!"}),
        ("refer", {"sip_address": "nobody"}),
        ("reject", {"cause": "NO_LUST"}),
        ("switch_supervisor_role", {"role": "shout"}),
        ("update_client_state", {"client_state": "not base64!"}),
        ("speak", {"payload": "x" * 6000, "voice": "female", "loop": 1000}),
        ("transfer", {"to": "nobody"}),
        ("gather", {"minimum_digits": 0, "maximum_digits": 1000, "valid_digits": "xyz"}),
    ],
)
def test_values_that_do_not_fit_are_let_through(strict: Telnyx, method: str, arguments: dict[str, Any]):
    answer = getattr(strict.calls.actions, method)(call_control_id=CALL, **arguments)
    assert answer.data.result == "ok"
