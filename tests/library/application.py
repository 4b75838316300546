"""A small application on Telnyx, as the scenarios of the library want one: it knows one job, and does it with care.

It answers callers and does its job with them, or dials when it is asked to (`POST /dial`). What a leg is for
stands in its client_state, so that little has to be remembered.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from contextlib import suppress
from typing import Any

import aiohttp
from aiohttp import web
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

OUR_NUMBER, AGENT, VOICEMAIL = "+15559990000", "+15557770001", "+15557770002"
CONNECTION = "2963572552552678752"
MUSIC, SOCKET = "https://files.example.com/waltz.mp3", "wss://media.example.com/calls"
MOST_PROMPTS = 3
Call = dict[str, Any]


class Api:
    """Sends commands. What fails on the way is sent again, under the same command_id."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self.base_url, self.headers = base_url, {"authorization": f"Bearer {api_key}"}

    async def post(self, path: str, **body: Any) -> Any:
        """The data of the answer, or None if the platform refuses: the call may just have ended."""
        body |= self.marks()
        async with aiohttp.ClientSession(headers=self.headers) as session:
            for _ in range(4):
                with suppress(aiohttp.ClientConnectionError):
                    async with session.post(f"{self.base_url}/{path}", json=body) as answer:
                        if answer.status < 500 and answer.status != 429:
                            return (await answer.json())["data"] if answer.ok else None
                        await asyncio.sleep(int(answer.headers.get("retry-after-ms", 10)) / 1000)
        return None

    def marks(self) -> dict[str, Any]:
        """What tells the platform that it is the same command again."""
        return {"command_id": str(uuid.uuid4())}


class Application:
    """`job`: what is done with callers, one of `job_…` below. `detection`: how machines are told from humans."""

    def __init__(self, api: Api, public_key: str, job: str = "menu", detection: str = "greeting_end") -> None:
        self.api, self.job, self.detection = api, job, detection
        self._key = VerifyKey(base64.b64decode(public_key))
        self._seen: set[str] = set()
        self._over: set[str] = set()
        self._prompts: dict[str, int] = {}
        self._agents: dict[str, str] = {}
        self._room: tuple[str, str] | None = None
        """The conference, and the leg of its host."""

    # -- HTTP ---------------------------------------------------------------------------------------------------

    def served(self) -> tuple[web.Application, str]:
        """The application, and the path of its webhooks."""
        app = web.Application()
        app.router.add_post("/webhooks", self.webhook)
        app.router.add_post("/dial", self.wish)
        if self.job == "campaign":
            app.on_startup.append(self.begin)
        return app, "/webhooks"

    async def begin(self, app: web.Application) -> None:
        """Calls somebody unasked, as soon as it is up."""
        self._campaign = asyncio.create_task(self.call_out(VOICEMAIL))

    async def webhook(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self.signed(request, body):
            return web.Response(status=403)
        event = json.loads(body)["data"]
        name, call = event["event_type"], event["payload"]
        if self.is_new(event["id"]) and not self.is_over(call.get("call_control_id")):
            if name == "call.hangup":
                self._over.add(call["call_control_id"])
            react = getattr(self, f"on_{name.replace('.', '_')}", None)
            if react is not None:
                await react(call)
        return web.Response()

    def signed(self, request: web.Request, body: bytes) -> bool:
        """Whether it is the platform that speaks, and just now."""
        stamp = request.headers.get("telnyx-timestamp", "0")
        signature = request.headers.get("telnyx-signature-ed25519", "")
        try:
            self._key.verify(f"{stamp}|".encode() + body, base64.b64decode(signature))
        except (BadSignatureError, ValueError):
            return False
        return abs(time.time() - int(stamp)) < 300

    def is_new(self, id: str) -> bool:
        """Webhooks come at least once; the second time they say nothing new."""
        new = id not in self._seen
        self._seen.add(id)
        return new

    def is_over(self, leg: str | None) -> bool:
        """Webhooks come in any order; those of a call that is over need no reaction."""
        return leg in self._over

    async def wish(self, request: web.Request) -> web.Response:
        made = await self.call_out((await request.json())["to"])
        return web.Response(status=202 if made else 409)

    async def call_out(self, to: str) -> Any:
        return await self.dial(to, role("callee"), answering_machine_detection=self.detection)

    # -- calls that begin and end -------------------------------------------------------------------------------

    async def on_call_initiated(self, call: Call) -> None:
        if call["direction"] == "incoming" and self.job == "ring_agent":
            made = await self.dial(AGENT, role("agent", call), timeout_secs=40)
            self._agents[call["call_control_id"]] = made["call_control_id"]
        elif call["direction"] == "incoming":
            await self.do(call, "answer", client_state=role("caller"))

    async def on_call_answered(self, call: Call) -> None:
        who, other = role_of(call)
        if who == "caller":
            await getattr(self, f"job_{self.job}")(call)
        elif who == "agent":
            await self.do(other, "bridge", call_control_id=call["call_control_id"], park_after_unbridge="self")

    async def on_call_hangup(self, call: Call) -> None:
        leg = call["call_control_id"]
        who, other = role_of(call)
        if who == "agent" and not self.is_over(other["call_control_id"]):
            await self.say(other, "Sorry, the agent is not there any more.")
        elif leg in self._agents:
            await self.do({"call_control_id": self._agents.pop(leg)}, "hangup")
        elif self._room is not None and leg == self._room[1]:
            await self.api.post(f"conferences/{self._room[0]}/actions/end")

    # -- what is done with callers ------------------------------------------------------------------------------

    async def job_greeting(self, call: Call) -> None:
        await self.say(call, "Welcome.")

    async def job_menu(self, call: Call) -> None:
        """Asks for one key, a few times; then it is better to hang up."""
        asked = self._prompts[call["call_control_id"]] = self._prompts.get(call["call_control_id"], 0) + 1
        if asked > MOST_PROMPTS:
            await self.do(call, "hangup")
            return
        keys = {"maximum_digits": 1, "valid_digits": "123", "timeout_millis": 5000}
        await self.do(call, "gather_using_speak", payload="Please press one, two or three.", voice="female", **keys)

    async def on_call_gather_ended(self, call: Call) -> None:
        if call["status"] == "valid":
            await self.say(call, "Thank you.")
        elif call["status"] != "call_hangup":
            await self.job_menu(call)

    async def job_agent(self, call: Call) -> None:
        await self.dial(AGENT, role("agent", call))

    async def job_transfer(self, call: Call) -> None:
        await self.do(call, "transfer", to=AGENT, timeout_secs=20, target_leg_client_state=role("agent", call))

    async def job_refer(self, call: Call) -> None:
        await self.do(call, "refer", sip_address="sip:agent@pbx.example.com")

    async def on_call_refer_failed(self, call: Call) -> None:
        await self.say(call, "Sorry, nobody is there.")

    async def job_siprec(self, call: Call) -> None:
        await self.do(call, "siprec_start", connector_name="recorder")

    async def job_queue(self, call: Call) -> None:
        await self.do(call, "enqueue", queue_name="support", max_wait_time_secs=600)

    async def on_call_dequeued(self, call: Call) -> None:
        if call["reason"] == "timeout":
            await self.say(call, "Sorry, all agents are busy.")

    async def job_conference(self, call: Call) -> None:
        """The first caller is the host."""
        leg = call["call_control_id"]
        if self._room is None:
            made = await self.api.post("conferences", call_control_id=leg, name="standup")
            self._room = made["id"], leg
            await self.api.post(f"conferences/{made['id']}/actions/record_start", format="mp3")
        elif await self.api.post(f"conferences/{self._room[0]}/actions/join", call_control_id=leg) is None:
            await self.say(call, "Sorry, the conference is full.")

    async def job_message(self, call: Call) -> None:
        await self.do(call, "record_start", format="mp3", channels="single", play_beep=True, max_length=30)

    async def on_call_recording_error(self, call: Call) -> None:
        if self.job == "message":
            await self.say(call, "Sorry, that did not work. Please call again.")

    async def job_music(self, call: Call) -> None:
        await self.do(call, "playback_start", audio_url=MUSIC)

    async def on_call_playback_ended(self, call: Call) -> None:
        if call["status"] in ("file_not_found", "failed"):
            await self.say(call, "Please hold the line.")

    async def job_listen(self, call: Call) -> None:
        engine = {"transcription_engine": "Google", "interim_results": True}
        await self.do(call, "transcription_start", transcription_engine="Google", transcription_engine_config=engine)

    async def on_call_transcription(self, call: Call) -> None:
        data = call["transcription_data"]
        if role_of(call)[0] == "callee":
            if "press two" in data["transcript"] and data["is_final"]:
                await self.do(call, "send_dtmf", digits="2")
        elif data["is_final"]:
            await self.say(call, "I see.")

    async def job_stream(self, call: Call) -> None:
        await self.do(call, "streaming_start", stream_url=SOCKET)

    async def on_streaming_failed(self, call: Call) -> None:
        """Once more; then without."""
        if call["call_control_id"] not in self._prompts:
            self._prompts[call["call_control_id"]] = 1
            await self.job_stream(call)
        else:
            await self.say(call, "Please hold the line for an agent.")

    # -- calls that go out --------------------------------------------------------------------------------------

    async def on_call_machine_detection_ended(self, call: Call) -> None:
        if call["result"] == "human":
            await self.say(call, "Hello, this is about your appointment.")
        elif self.job == "listen":
            await self.job_listen(call)

    async def on_call_machine_greeting_ended(self, call: Call) -> None:
        await self.say(call, "This is a message for you.")

    async def on_call_machine_premium_detection_ended(self, call: Call) -> None:
        if call["result"] == "fax_detected":
            await self.do(call, "hangup")

    # -- inside -------------------------------------------------------------------------------------------------

    async def do(self, call: Call, action: str, **body: Any) -> Any:
        return await self.api.post(f"calls/{call['call_control_id']}/actions/{action}", **body)

    async def say(self, call: Call, text: str) -> None:
        await self.do(call, "speak", payload=text, voice="female")

    async def dial(self, to: str, client_state: str, **body: Any) -> Any:
        given = {"to": to, "from": OUR_NUMBER, "connection_id": CONNECTION, "client_state": client_state}
        return await self.api.post("calls", **given, **body)


def role(name: str, call: Call | None = None) -> str:
    """What a leg is for, and for which other one, as its client_state."""
    return base64.b64encode(json.dumps([name, call and call["call_control_id"]]).encode()).decode()


def role_of(call: Call) -> tuple[str | None, Call]:
    """The same, read again; the other leg is as good as an event of it."""
    if not call.get("client_state"):
        return None, {}
    name, other = json.loads(base64.b64decode(call["client_state"]))
    return name, {"call_control_id": other}
