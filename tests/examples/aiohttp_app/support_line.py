"""A support line: callers hear a menu, wait in a queue or leave a message. aiohttp, with the asynchronous SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web
from telnyx import AsyncTelnyx

MENU = "For support press one. To leave a message press two."


def make_app(telnyx: AsyncTelnyx) -> web.Application:
    actions = telnyx.calls.actions

    async def webhook(request: web.Request) -> web.Response:
        event = telnyx.webhooks.unwrap(await request.text(), headers=dict(request.headers)).data
        call = event.payload.call_control_id
        match event.event_type:
            case "call.initiated":
                await actions.answer(call)
            case "call.answered":
                await menu(call)
            case "call.gather.ended":
                await chosen(call, event.payload.digits, event.payload.status)
            case "call.recording.saved":
                app["messages"].append(event.payload.recording_urls.mp3)
        return web.Response()

    async def menu(call: str) -> None:
        await actions.gather_using_speak(call, payload=MENU, voice="female", maximum_digits=1)

    async def chosen(call: str, digits: str, status: str) -> None:
        if status == "call_hangup":
            return
        match digits:
            case "1":
                await actions.enqueue(call, queue_name="support", max_wait_time_secs=3600)
            case "2":
                await actions.start_recording(call, channels="single", format="mp3", play_beep=True)
            case _:
                await menu(call)

    async def telnyx_client(app: web.Application) -> AsyncIterator[None]:
        async with telnyx:
            yield

    app = web.Application()
    app["messages"] = []
    app.cleanup_ctx.append(telnyx_client)
    app.router.add_post("/webhooks", webhook)
    return app
