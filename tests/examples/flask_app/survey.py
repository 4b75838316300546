"""A survey after the call: one question, five keys. Flask, with the synchronous SDK, set up by the environment."""

from __future__ import annotations

import base64

from flask import Flask, request
from telnyx import Telnyx

MOST_TRIES = 3


class Survey:
    def __init__(self) -> None:
        self.telnyx = Telnyx()  # TELNYX_API_KEY, TELNYX_BASE_URL, TELNYX_PUBLIC_KEY
        self.actions = self.telnyx.calls.actions
        self.answers: list[tuple[str, int]] = []

    def webhook(self) -> tuple[str, int]:
        event = self.telnyx.webhooks.unwrap(request.get_data(as_text=True), headers=dict(request.headers)).data
        call = event.payload
        match event.event_type:
            case "call.initiated":
                self.actions.answer(call.call_control_id)
            case "call.answered":
                self.ask(call.call_control_id, attempt=1)
            case "call.gather.ended" if call.status == "valid":
                self.answers.append((call.from_, int(call.digits)))
                self.say(call.call_control_id, "Thank you.")
            case "call.gather.ended" if call.status != "call_hangup":
                self.ask(call.call_control_id, attempt=1 + int(base64.b64decode(call.client_state)))
            case "call.speak.ended" if call.status != "call_hangup":
                self.actions.hangup(call.call_control_id)
        return "", 204

    def ask(self, call: str, attempt: int) -> None:
        """The leg remembers, in its client state, which attempt it is."""
        if attempt > MOST_TRIES:
            self.say(call, "Sorry, never mind.")
            return
        self.actions.gather_using_speak(
            call,
            payload="How was it, from one to five?",
            voice="female",
            valid_digits="12345",
            maximum_digits=1,
            maximum_tries=1,
            client_state=base64.b64encode(str(attempt).encode()).decode(),
        )

    def say(self, call: str, text: str) -> None:
        self.actions.speak(call, payload=text, voice="female")


def make_app(survey: Survey) -> Flask:
    app = Flask(__name__)
    app.post("/webhooks")(survey.webhook)
    return app
