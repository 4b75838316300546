"""Appointment reminders by phone: people confirm by pressing a key, machines get a message. FastAPI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from telnyx import AsyncTelnyx

OUR_NUMBER = "+15559990000"
QUESTION = "You have an appointment tomorrow at ten. Press one to confirm."


def make_app(telnyx: AsyncTelnyx) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with telnyx:
            yield

    app = FastAPI(lifespan=lifespan)
    actions = telnyx.calls.actions
    outcomes: dict[str, str] = {}

    @app.post("/reminders/{number}", status_code=202)
    async def remind(number: str) -> dict[str, str]:
        outcomes[number] = "calling"
        await telnyx.calls.dial(
            connection_id="reminders", from_=OUR_NUMBER, to=number, answering_machine_detection="detect_beep"
        )
        return {"status": "calling"}

    @app.get("/reminders/{number}")
    async def outcome(number: str) -> dict[str, str]:
        return {"status": outcomes[number]}

    @app.post("/webhooks")
    async def webhook(request: Request) -> None:
        event = telnyx.webhooks.unwrap((await request.body()).decode(), headers=dict(request.headers)).data
        call = event.payload.call_control_id
        match event.event_type:
            case "call.machine.detection.ended" if event.payload.result == "human":
                await actions.gather_using_speak(call, payload=QUESTION, voice="female", maximum_digits=1)
            case "call.machine.greeting.ended":
                await actions.speak(call, payload="You have an appointment tomorrow at ten.", voice="female")
            case "call.gather.ended":
                outcomes[event.payload.to] = "confirmed" if event.payload.digits == "1" else "not confirmed"
                await actions.hangup(call)
            case "call.speak.ended":
                outcomes[event.payload.to] = "message left"
                await actions.hangup(call)
            case "call.hangup" if outcomes[event.payload.to] == "calling":
                outcomes[event.payload.to] = event.payload.hangup_cause

    return app
