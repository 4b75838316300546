"""Appointment reminders by phone: people confirm by pressing a key, machines get a message. FastAPI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from telnyx import AsyncTelnyx

OUR_NUMBER = "+15559990000"
MESSAGE = "You have an appointment tomorrow at ten."

Reminder = dict[str, str]


class Reminders:
    def __init__(self, telnyx: AsyncTelnyx) -> None:
        self.telnyx, self.actions = telnyx, telnyx.calls.actions
        self.outcomes: dict[str, str] = {}

    async def remind(self, number: str) -> Reminder:
        dialled = await self.telnyx.calls.dial(
            connection_id="reminders", from_=OUR_NUMBER, to=number, answering_machine_detection="detect_beep"
        )
        return self.reminder(dialled.data.call_control_id)

    def reminder(self, id: str) -> Reminder:
        return {"id": id, "status": self.outcomes.get(id, "calling")}

    async def webhook(self, request: Request) -> None:
        event = self.telnyx.webhooks.unwrap((await request.body()).decode(), headers=dict(request.headers)).data
        payload, call = event.payload, event.payload.call_control_id
        match event.event_type:
            case "call.machine.detection.ended" if payload.result == "human":
                question = f"{MESSAGE} Press one to confirm."
                await self.actions.gather_using_speak(call, payload=question, voice="female", maximum_digits=1)
            case "call.machine.greeting.ended":
                await self.actions.speak(call, payload=MESSAGE, voice="female")
            case "call.gather.ended":
                self.outcomes[call] = "confirmed" if payload.digits == "1" else "not confirmed"
                await self.hang_up(call, payload.status)
            case "call.speak.ended":
                self.outcomes[call] = "message left"
                await self.hang_up(call, payload.status)
            case "call.hangup":
                self.outcomes.setdefault(call, payload.hangup_cause)

    async def hang_up(self, call: str, status: str) -> None:
        if status != "call_hangup":
            await self.actions.hangup(call)


def make_app(telnyx: AsyncTelnyx) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with telnyx:
            yield

    reminders, app = Reminders(telnyx), FastAPI(lifespan=lifespan)
    app.post("/reminders", status_code=202)(reminders.remind)
    app.get("/reminders/{id}")(reminders.reminder)
    app.post("/webhooks")(reminders.webhook)
    return app
