"""A small call centre, for scenarios to be tried on: it answers, offers a menu, and does what the caller wants.

`desk` and `dialler` make an application, given a base URL and an API key. An application is a plain function of
one webhook. It talks plain HTTP, without an SDK.

The menu: 1 an agent by transfer, 2 the queue, 3 a message after the tone, 4 a conference, 5 some music,
9 good bye; nothing: an agent by REFER.
"""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from threading import Timer
from typing import Any

from aiohttp import web

OUR_NUMBER, AGENT, VOICEMAIL = "+15559990000", "+15557770001", "+15557770002"
CONNECTION = "2963572552552678752"
Event = dict[str, Any]


class Line:
    """The API, with the patience that an SDK has. What is refused is not done, and that is all."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self._base_url, self._key = base_url, api_key
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def do(self, leg: str, action: str, **body: Any) -> Any:
        return self.post(f"calls/{leg}/actions/{action}", **body)

    def post(self, path: str, **body: Any) -> Any:
        for pause in (0.01, 0.01, None):
            try:
                return self._once(path, body)
            except urllib.error.HTTPError as error:
                with error:
                    if pause is None or (error.code < 500 and error.code != 429):
                        return None
            except (OSError, ValueError):
                if pause is None:
                    return None
            time.sleep(pause)
        return None

    def _once(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"authorization": f"Bearer {self._key}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self._base_url}/{path}", json.dumps(body).encode(), headers)
        with self._opener.open(request, timeout=60) as response:
            return json.load(response)["data"]


class Desk:
    """What the call centre does with each webhook. A webhook that comes twice counts once."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._seen: set[str] = set()
        self._menu: dict[str, Callable[[Event], None]] = {
            "1": self._transfer,
            "2": lambda call: self._do(call, "enqueue", queue_name="support", max_wait_time_secs=120),
            "3": lambda call: self._say(call, "Leave a message after the tone.", "message"),
            "4": self._confer,
            "5": lambda call: self._do(call, "playback_start", audio_url="https://music.example.com/waltz.mp3"),
            "9": lambda call: self._say(call, "Good bye.", "bye"),
        }

    def __call__(self, webhook: Event) -> None:
        event = webhook["data"]
        if event["id"] in self._seen:
            return
        self._seen.add(event["id"])
        react = getattr(self, "on_" + event["event_type"].replace(".", "_"), None)
        if react is not None:
            react(event["payload"])

    # -- calls that come in -----------------------------------------------------------------------------------

    def on_call_initiated(self, call: Event) -> None:
        if call["direction"] == "incoming":
            self._do(call, "answer")

    def on_call_answered(self, call: Event) -> None:
        if call["to"] == OUR_NUMBER:
            self._do(call, "siprec_start", connector_name="recorder")
            self._do(
                call,
                "gather_using_speak",
                payload="Welcome. Press a key, or hold the line for an agent.",
                voice="female",
                maximum_digits=1,
                timeout_millis=5000,
            )

    def on_call_gather_ended(self, call: Event) -> None:
        if call["status"] == "call_hangup":
            return
        choose = self._menu.get(call["digits"], self._refer)
        choose(call)

    def _refer(self, call: Event) -> None:
        self._do(call, "refer", sip_address="sip:agent@pbx.example.com")

    def on_call_refer_failed(self, call: Event) -> None:
        self._say(call, "Sorry, nobody is there.", "sorry")

    def _transfer(self, call: Event) -> None:
        self._transferred = call
        self._do(call, "transfer", to=AGENT, timeout_secs=20)

    def on_call_hangup(self, call: Event) -> None:
        if call["to"] == AGENT and call["hangup_cause"] != "normal_clearing":
            self._say(self._transferred, "Sorry, the agent is not there.", "sorry")

    def _confer(self, call: Event) -> None:
        self.line.post("conferences", call_control_id=call["call_control_id"], name="desk", max_participants=2)

    def on_call_dequeued(self, call: Event) -> None:
        if call["reason"] == "timeout":
            self._say(call, "Sorry, all agents are busy.", "sorry")

    def on_call_speak_ended(self, call: Event) -> None:
        what = call["client_state"]
        if call["status"] != "completed":
            return
        if what == state("message"):
            self._do(call, "record_start", format="mp3", channels="single", play_beep=True, max_length=30)
        elif what == state("bye"):
            self._do(call, "hangup")

    def on_call_recording_saved(self, call: Event) -> None:
        self._say(call, "Thank you.", "bye")

    def on_call_recording_error(self, call: Event) -> None:
        self._say(call, "Sorry, that did not work.", "sorry")

    # -- calls that go out ------------------------------------------------------------------------------------

    def on_call_machine_greeting_ended(self, call: Event) -> None:
        self._say(call, "This is a message for you.", "left")

    def on_call_machine_detection_ended(self, call: Event) -> None:
        if call["result"] == "human":
            self._say(call, "Hello, how are you?", "bye")

    # -- inside -----------------------------------------------------------------------------------------------

    def _do(self, call: Event, action: str, **body: Any) -> Any:
        return self.line.do(call["call_control_id"], action, **body)

    def _say(self, call: Event, text: str, what: str) -> None:
        self._do(call, "speak", payload=text, voice="female", client_state=state(what))

    def dial(self, to: str, **body: Any) -> Any:
        return self.line.post("calls", to=to, **({"from": OUR_NUMBER, "connection_id": CONNECTION} | body))


def state(word: str) -> str:
    """A word as client_state."""
    return base64.b64encode(word.encode()).decode()


def desk(base_url: str, api_key: str) -> Desk:
    """The call centre: it waits for calls."""
    return Desk(Line(base_url, api_key))


def dialler(base_url: str, api_key: str) -> Desk:
    """The same, which by itself calls somebody as soon as it is up."""
    made = desk(base_url, api_key)
    timer = Timer(0.05, made.dial, [VOICEMAIL], {"answering_machine_detection": "greeting_end"})
    timer.daemon = True
    timer.start()
    return made


def broken(base_url: str, api_key: str) -> Desk:
    """One that cannot even be made."""
    raise RuntimeError("no database")


def not_starting(base_url: str, api_key: str) -> web.Application:
    """One that fails when it is to be served."""

    async def start(app: web.Application) -> None:
        raise RuntimeError("no queue")

    app = web.Application()
    app.on_startup.append(start)
    return app
