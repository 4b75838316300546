"""A support line: callers hear a menu, wait in a queue or leave a message. aiohttp, with the asynchronous SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web
from telnyx import AsyncTelnyx

MENU = "For support press one. To leave a message press two."


class SupportLine:
    def __init__(self, telnyx: AsyncTelnyx) -> None:
        self.telnyx, self.actions = telnyx, telnyx.calls.actions
        self.messages: list[str] = []

    async def webhook(self, request: web.Request) -> web.Response:
        event = self.telnyx.webhooks.unwrap(await request.text(), headers=dict(request.headers)).data
        call = event.payload.call_control_id
        match event.event_type:
            case "call.initiated":
                await self.actions.answer(call)
            case "call.answered":
                await self.menu(call)
            case "call.gather.ended" if event.payload.status != "call_hangup":
                await self.chosen(call, event.payload.digits)
            case "call.recording.saved":
                self.messages.append(event.payload.recording_urls.mp3)
        return web.Response()

    async def menu(self, call: str) -> None:
        await self.actions.gather_using_speak(call, payload=MENU, voice="female", maximum_digits=1)

    async def chosen(self, call: str, digits: str) -> None:
        match digits:
            case "1":
                await self.actions.enqueue(call, queue_name="support", max_wait_time_secs=3600)
            case "2":
                await self.actions.start_recording(call, channels="single", format="mp3", play_beep=True)
            case _:
                await self.menu(call)

    async def client(self, app: web.Application) -> AsyncIterator[None]:
        async with self.telnyx:
            yield

    def app(self) -> web.Application:
        app = web.Application()
        app.cleanup_ctx.append(self.client)
        app.router.add_post("/webhooks", self.webhook)
        return app
