"""Applications built with the official SDK, end to end: every webhook is verified and typed by it."""

from __future__ import annotations

import base64

from stage import OUR_NUMBER, Application
from wire import Api

AGENT = "+15550003333"


def state(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


async def test_an_ivr_answers_gathers_a_digit_and_transfers(application: Application, far_end: Api):
    calls = application.calls.actions

    @application.on("call.initiated")
    async def pick_up(call):
        if call.direction == "incoming":
            await calls.answer(call.call_control_id, client_state=state("menu"))

    @application.on("call.answered")
    async def ask(call):
        if call.client_state == state("menu"):
            await calls.gather_using_speak(
                call.call_control_id, payload="For sales press one.", voice="female", maximum_digits=1
            )

    @application.on("call.gather.ended")
    async def connect(call):
        assert call.digits == "1"
        await calls.transfer(call.call_control_id, to=AGENT, target_leg_client_state=state("agent"))

    await far_end.post("/_emulator/clock/hold/test")
    caller = await far_end.incoming(caller_name="Jane Doe")
    await far_end.verb(caller, "press", digits="1")
    await far_end.delete("/_emulator/clock/hold/test")
    await far_end.until("call.bridged", "call.bridged")
    await far_end.verb(caller, "hangup")
    await far_end.until("call.hangup", "call.hangup")

    agent = application.received[5].payload["call_control_id"]
    assert [(one.name, one.payload["call_control_id"]) for one in application.received] == [
        ("call.initiated", caller),
        ("call.answered", caller),
        ("call.dtmf.received", caller),
        ("call.gather.ended", caller),
        ("call.initiated", agent),
        ("call.answered", agent),
        ("call.bridged", caller),
        ("call.bridged", agent),
        ("call.hangup", caller),
        ("call.hangup", agent),
    ]
    initiated, dialled = application.payloads("call.initiated")
    assert (initiated["direction"], initiated["state"], initiated["client_state"]) == ("incoming", "parked", None)
    assert initiated["caller_id_name"] == "Jane Doe"
    assert (dialled["direction"], dialled["from"], dialled["to"]) == ("outgoing", OUR_NUMBER, AGENT)
    assert dialled["client_state"] == state("agent")
    gathered = application.payload("call.gather.ended")
    assert (gathered["digits"], gathered["status"], gathered["client_state"]) == ("1", "valid", state("menu"))
    assert application.payload("call.dtmf.received")["digit"] == "1"
    over, cleared = application.payloads("call.hangup")
    assert (over["hangup_cause"], over["hangup_source"], over["sip_hangup_cause"]) == (
        "normal_clearing",
        "caller",
        "200",
    )
    assert cleared["hangup_cause"] == "normal_clearing"
    assert len({one.payload["call_session_id"] for one in application.received}) == 1


async def test_a_message_is_left_after_the_beep_of_a_voicemail(application: Application, far_end: Api):
    calls = application.calls.actions

    @application.on("call.machine.greeting.ended")
    async def speak(call):
        assert call.result == "beep_detected"
        await calls.speak(call.call_control_id, payload="Please call us back.", voice="male", language="en-GB")

    @application.on("call.speak.ended")
    async def hang_up(call):
        await calls.hangup(call.call_control_id)

    call = await application.dial("+15550100901", answering_machine_detection="greeting_end", client_state=state("ad"))
    await far_end.until("call.hangup")

    assert (
        application.names(call)
        == application.names()
        == [
            "call.initiated",
            "call.answered",
            "call.machine.detection.ended",
            "call.machine.greeting.ended",
            "call.speak.started",
            "call.speak.ended",
            "call.hangup",
        ]
    )
    assert application.payload("call.machine.detection.ended")["result"] == "machine"
    assert application.payload("call.speak.ended")["status"] == "completed"
    over = application.payload("call.hangup")
    assert (over["hangup_cause"], over["hangup_source"]) == ("normal_clearing", "caller")
    assert {one.payload["client_state"] for one in application.received} == {state("ad")}


async def test_a_declined_refer_leaves_the_call_and_a_good_one_ends_it(application: Application, far_end: Api):
    call = await application.dial(AGENT)
    await far_end.until("call.answered")
    await application.calls.actions.refer(call, sip_address="sip:fails-603@example.com")
    await far_end.until("call.refer.failed")
    assert (await application.calls.retrieve_status(call)).data.is_alive

    await application.calls.actions.refer(call, sip_address="sip:fine@example.com")
    await far_end.until("call.refer.completed", "call.hangup")
    assert not (await application.calls.retrieve_status(call)).data.is_alive
    assert application.names() == [
        "call.initiated",
        "call.answered",
        "call.refer.started",
        "call.refer.failed",
        "call.refer.started",
        "call.refer.completed",
        "call.hangup",
    ]
    assert application.payload("call.refer.failed")["sip_notify_response"] == 603
    assert application.payload("call.refer.completed")["sip_notify_response"] == 200


async def test_siprec_fails_by_its_connector_and_else_starts_and_stops(application: Application, far_end: Api):
    calls = application.calls.actions
    call = await application.dial(AGENT)
    await far_end.until("call.answered")
    await calls.start_siprec(call, connector_name="fails-no-answer")
    await far_end.until("siprec.failed")
    await calls.start_siprec(call, connector_name="recorder")
    await far_end.until("siprec.started")
    await calls.stop_siprec(call)
    await far_end.until("siprec.stopped")

    assert application.names()[2:] == ["siprec.failed", "siprec.started", "siprec.stopped"]
    assert application.payload("siprec.failed")["failure_cause"] == "no_answer"
    assert application.payload("siprec.stopped")["hangup_cause"] == "normal_clearing"


async def test_an_application_can_read_back_what_was_delivered(application: Application, far_end: Api):
    call = await application.dial("+15550100486")
    await far_end.until("call.hangup")
    page = await application.client.webhook_deliveries.list(filter={"event_type": "call.hangup"})
    (delivery,) = page.data
    assert delivery.status == "delivered"
    assert delivery.webhook.payload["call_control_id"] == call
    assert delivery.webhook.payload["hangup_cause"] == "user_busy"
    assert delivery.attempts[0].http.response.status == 200
    again = await application.client.webhook_deliveries.retrieve(delivery.id)
    assert again.data == delivery
