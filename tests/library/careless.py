"""The same application with one mistake each, of the kind that is found in production."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from aiohttp import web
from application import Api, Application, Call, role, role_of


class Impatient(Api):
    """Whatever goes wrong, is not tried again."""

    async def post(self, path: str, **body: Any) -> Any:
        url = f"{self.base_url}/{path}"
        async with aiohttp.request("POST", url, json=body, headers=self.headers) as answer:
            return (await answer.json())["data"] if answer.ok else None


class Unmarked(Api):
    """Tries again, and does not say that it is the same command."""

    def marks(self) -> dict[str, Any]:
        return {}


class Hurried(Unmarked):
    """Waits for nobody longer than a tenth of a second, and tries again."""

    async def post(self, path: str, **body: Any) -> Any:
        try:
            return await asyncio.wait_for(super().post(path, **body), 0.1)
        except TimeoutError:
            return await super().post(path, **body)


class Raising(Api):
    """Takes every refusal for a catastrophe."""

    async def post(self, path: str, **body: Any) -> Any:
        data = await super().post(path, **body)
        if data is None:
            raise RuntimeError("the platform refused")
        return data


class Forgetful(Application):
    """Does everything that a webhook says, however often it says so."""

    def is_new(self, id: str) -> bool:
        return True


class Belated(Application):
    """Does not know which calls are over."""

    def is_over(self, leg: str | None) -> bool:
        return False


class Persistent(Belated):
    """Repeats the menu whyever it ended."""

    async def on_call_gather_ended(self, call: Call) -> None:
        await self.job_menu(call)


class Endless(Application):
    """Asks again and again."""

    async def job_menu(self, call: Call) -> None:
        self._prompts.clear()
        await super().job_menu(call)


class Curt(Application):
    """Whoever does not press a key at once is hung up on."""

    async def on_call_gather_ended(self, call: Call) -> None:
        await self.do(call, "hangup")


class Trusting(Application):
    """Believes whoever sends something."""

    def signed(self, request: web.Request, body: bytes) -> bool:
        return True


class Mute(Application):
    """Never says a word, least of all when something goes wrong."""

    async def say(self, call: Call, text: str) -> None:
        pass


class Redialling(Application):
    """Dials again at once whenever a call ends."""

    async def on_call_hangup(self, call: Call) -> None:
        if role_of(call)[0] == "callee" and len(self._over) < 6:
            await self.call_out(call["to"])


class Ringing(Application):
    """Lets it ring for as long as the platform allows."""

    async def dial(self, to: str, client_state: str, **body: Any) -> Any:
        return await super().dial(to, client_state, **body | {"timeout_secs": 600})


class Hasty(Application):
    """Speaks as soon as anything is detected."""

    async def on_call_machine_detection_ended(self, call: Call) -> None:
        await self.say(call, "This is a message for you.")

    async def on_call_machine_premium_detection_ended(self, call: Call) -> None:
        await self.say(call, "This is a message for you.")

    async def on_call_transcription(self, call: Call) -> None:
        await self.say(call, "I see.")


class Careless(Application):
    """Does not look after those who are left on the line, nor after what happens to them."""

    async def on_call_hangup(self, call: Call) -> None:
        pass

    async def on_streaming_failed(self, call: Call) -> None:
        pass

    async def on_call_dequeued(self, call: Call) -> None:
        await self.say(call, "Sorry, all agents are busy.")


class Unparked(Application):
    """Bridges, and lets the platform hang up on the caller."""

    async def on_call_answered(self, call: Call) -> None:
        who, other = role_of(call)
        if who == "agent":
            await self.do(call, "bridge", **other)
        else:
            await super().on_call_answered(call)


class Panicking(Application):
    """Ends the call, or all calls, when something unforeseen happens."""

    async def panic(self, call: Call) -> None:
        await self.do(call, "hangup")

    on_call_hold = on_siprec_failed = on_siprec_stopped = panic

    async def on_call_recording_error(self, call: Call) -> None:
        assert self._room is not None
        await self.api.post(f"conferences/{self._room[0]}/actions/end")

    async def on_call_refer_failed(self, call: Call) -> None:
        await self.job_refer(call)


class OneLine(Application):
    """Has one variable for the call."""

    leg: str

    async def on_call_initiated(self, call: Call) -> None:
        self.leg = call["call_control_id"]
        await self.do(call, "answer", client_state=role("caller"))

    async def do(self, call: Call, action: str, **body: Any) -> Any:
        return await super().do({"call_control_id": self.leg}, action, **body)
