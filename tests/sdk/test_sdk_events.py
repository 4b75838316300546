"""Every type of webhook by its natural cause: verified, and typed by the SDK as what it is."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from stage import FALLBACK, UNTYPED, Application, class_of
from wire import Api

from telnyx_emulator.core.events import Event

CALLEE, VOICEMAIL, NO_MEDIA = "+15550003333", "+15550100901", "+15550100906"
SIGNATURE, TIMESTAMP = "telnyx-signature-ed25519", "telnyx-timestamp"


async def answered(application: Application, far_end: Api) -> str:
    """An incoming call that the application took."""
    call = await far_end.incoming()
    await application.calls.actions.answer(call)
    await far_end.until("call.initiated", "call.answered")
    return call


async def dialled(application: Application, far_end: Api) -> str:
    call = await application.dial(CALLEE)
    await far_end.until("call.initiated", "call.answered")
    return call


async def the_far_end_acts(application: Application, far_end: Api) -> None:
    call = await answered(application, far_end)
    await far_end.verb(call, "hold")
    await far_end.verb(call, "unhold")
    await application.calls.actions.gather(call, maximum_digits=1)
    await far_end.verb(call, "press", digits="7")
    await far_end.verb(call, "hangup")
    await far_end.until("call.hold", "call.unhold", "call.gather.ended", "call.dtmf.received", "call.hangup")


async def prompts_are_heard(application: Application, far_end: Api) -> None:
    call = await answered(application, far_end)
    await application.calls.actions.speak(call, payload="Hello.", voice="female")
    await application.calls.actions.start_playback(call, audio_url="https://example.com/music.mp3")
    await far_end.until("call.speak.started", "call.speak.ended", "call.playback.started", "call.playback.ended")


async def legs_are_bridged(application: Application, far_end: Api) -> None:
    call, other = await answered(application, far_end), await dialled(application, far_end)
    await application.calls.actions.bridge(call, call_control_id_to_bridge_with=other)
    await application.calls.actions.send_sip_info(call, body="<ok/>", content_type="application/xml")
    await far_end.until("call.bridged", "call.bridged", "call.sip_info.received")


async def sip_goes_well_and_wrong(application: Application, far_end: Api) -> None:
    actions, call = application.calls.actions, await answered(application, far_end)
    await actions.refer(call, sip_address="sip:fails-busy@example.com")
    await actions.start_siprec(call, connector_name="fails-503")
    await far_end.until("call.refer.failed", "siprec.failed")
    await actions.start_siprec(call, connector_name="recorder")
    await far_end.until("siprec.started")
    await actions.refer(call, sip_address="sip:fine@example.com")
    await far_end.until("call.refer.completed", "siprec.stopped", "call.hangup")


async def machines_answer(application: Application, far_end: Api) -> None:
    await application.dial(VOICEMAIL, answering_machine_detection="detect_beep")
    await far_end.until("call.machine.detection.ended", "call.machine.greeting.ended")
    await application.dial(VOICEMAIL, answering_machine_detection="premium")
    await far_end.until("call.machine.premium.detection.ended", "call.machine.premium.greeting.ended")


async def a_call_waits(application: Application, far_end: Api) -> None:
    call = await answered(application, far_end)
    await application.calls.actions.enqueue(call, queue_name="support", max_wait_time_secs=60)
    await application.calls.actions.leave_queue(call)
    await far_end.until("call.enqueued", "call.dequeued")


async def a_call_is_paid_for(application: Application, far_end: Api) -> None:
    made = await application.client.call_control_applications.create(
        application_name="paid", webhook_event_url=application.url, call_cost_in_webhooks=True
    )
    await far_end.verb(await far_end.incoming(connection_id=made.data.id), "hangup")
    await far_end.until("call.cost")


async def calls_are_recorded(application: Application, far_end: Api) -> None:
    actions, call = application.calls.actions, await answered(application, far_end)
    await actions.start_recording(call, format="wav", channels="dual", transcription=True)
    await actions.start_recording(call, format="mp3", channels="single", custom_file_name="fails-backend")
    await actions.stop_recording(call)
    await far_end.until("call.recording.saved", "call.recording.error", "call.recording.transcription.saved")


async def media_leaves_the_call(application: Application, far_end: Api) -> None:
    actions, call = application.calls.actions, await answered(application, far_end)
    await actions.start_streaming(call, stream_url="wss://fails-503.example.com/media")
    await far_end.until("streaming.failed")
    await actions.start_streaming(call, stream_url="wss://example.com/media")
    await far_end.until("streaming.started")
    await actions.start_forking(call, rx="udp:192.0.2.1:9000", tx="udp:192.0.2.1:9001")
    await actions.stop_forking(call)
    await far_end.until("streaming.stopped", "call.fork.started", "call.fork.stopped")
    await actions.start_transcription(call, transcription_engine="Telnyx")
    await far_end.verb(call, "say", text="Good morning")
    await far_end.until("call.transcription")


async def an_ai_talks(application: Application, far_end: Api) -> None:
    actions, call = application.calls.actions, await answered(application, far_end)
    await far_end.post("/_emulator/clock/hold/test")
    await actions.gather_using_ai(
        call,
        parameters={"properties": {"age": {"type": "integer"}}, "required": ["age"]},
        send_partial_results=True,
        send_message_history_updates=True,
    )
    await far_end.verb(call, "say", text="I am 42")
    await far_end.delete("/_emulator/clock/hold/test")
    await far_end.until("call.ai_gather.message_history_updated", "call.ai_gather.partial_results")
    await far_end.until("call.ai_gather.ended", "call.conversation.ended")
    await actions.start_ai_assistant(call, assistant={"id": "assistant-1"})
    await actions.stop_ai_assistant(call)
    await far_end.until("call.conversation.ended", "call.conversation_insights.generated")


async def voices_are_looked_into(application: Application, far_end: Api) -> None:
    for callee in (CALLEE, NO_MEDIA):
        await application.dial(callee, deepfake_detection={"enabled": True})
    await far_end.until("call.deepfake_detection.result", "call.deepfake_detection.error")


async def somebody_pays(application: Application, far_end: Api) -> None:
    call = await answered(application, far_end)
    await application.calls.actions.pay(call, amount=12.5, payment_token="tok_1")
    await far_end.until("call.payment.progress", "call.payment.completed")


async def people_confer(application: Application, far_end: Api) -> None:
    host, guest = await answered(application, far_end), await dialled(application, far_end)
    conferences = application.client.conferences
    id = (await conferences.create(call_control_id=host, name="Business")).data.id
    actions = conferences.actions
    await actions.join(id, call_control_id=guest)
    await actions.record_start(id, format="wav")
    for heard_by in ([], [guest]):
        await actions.speak(id, payload="Hello.", voice="female", call_control_ids=heard_by)
        await actions.play(id, audio_url="https://example.com/music.mp3", call_control_ids=heard_by)
    prompts = [f"conference.{whose}playback.ended" for whose in ("", "participant.")]
    await far_end.until("conference.created", *prompts)
    await far_end.verb(guest, "say", text="Good morning")
    await actions.leave(id, call_control_id=guest)
    await actions.end_conference(id)
    await far_end.until("conference.floor.changed", "conference.ended", "conference.recording.saved")


CAUSES = (
    people_confer,
    the_far_end_acts,
    prompts_are_heard,
    legs_are_bridged,
    sip_goes_well_and_wrong,
    machines_answer,
    a_call_waits,
    a_call_is_paid_for,
    calls_are_recorded,
    media_leaves_the_call,
    an_ai_talks,
    voices_are_looked_into,
    somebody_pays,
)


async def test_every_type_of_webhook_has_a_cause(application: Application, far_end: Api):
    for cause in CAUSES:
        await cause(application, far_end)
    known = {name for name in Event.registry if name in UNTYPED or class_of(name)}
    assert set(application.names()) == known, "let one of the CAUSES in this file cause this webhook"


async def test_sip_info_has_no_class_in_the_sdk_and_is_sent_like_all_others(application: Application, far_end: Api):
    await legs_are_bridged(application, far_end)
    (received,) = [one for one in application.received if one.name == "call.sip_info.received"]
    assert type(received.event).__name__ == FALLBACK
    assert received.raw["data"].keys() == {"event_type", "id", "occurred_at", "payload", "record_type"}
    assert received.payload.keys() == {
        "body",
        "call_control_id",
        "call_leg_id",
        "call_session_id",
        "client_state",
        "connection_id",
        "content_type",
        "from",
        "to",
    }
    assert (received.payload["body"], received.payload["content_type"]) == ("<ok/>", "application/xml")


TAMPERED = {
    "another body": lambda body, headers: (body.replace("incoming", "outgoing"), headers),
    "another signature": lambda body, headers: (
        body,
        headers | {SIGNATURE: base64.b64encode(bytes(64)).decode()},
    ),
    "another time": lambda body, headers: (body, headers | {TIMESTAMP: str(int(headers[TIMESTAMP]) - 1)}),
    "no signature": lambda body, headers: (body, {TIMESTAMP: headers[TIMESTAMP]}),
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
async def test_the_signature_covers_body_and_time(
    application: Application, far_end: Api, tamper: Callable[[str, dict[str, str]], tuple[str, dict[str, str]]]
):
    await answered(application, far_end)
    received = application.received[0]
    webhooks = application.client.webhooks
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert webhooks.unwrap(received.body, headers=headers) == received.event
    body, headers = tamper(received.body, headers)
    with pytest.raises(ValueError, match=r"[Ss]ignature"):
        webhooks.unwrap(body, headers=headers)
