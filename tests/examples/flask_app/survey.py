"""A survey after the call: one question, five keys. Flask, with the synchronous SDK, which the environment configures."""

from __future__ import annotations

import base64

from flask import Flask, request
from telnyx import Telnyx

QUESTION = "How was it, from one to five?"


def make_app() -> Flask:
    app = Flask(__name__)
    telnyx = Telnyx()  # TELNYX_API_KEY, TELNYX_BASE_URL, TELNYX_PUBLIC_KEY
    actions = telnyx.calls.actions
    app.config["ANSWERS"] = answers = []

    @app.post("/webhooks")
    def webhook() -> tuple[str, int]:
        event = telnyx.webhooks.unwrap(request.get_data(as_text=True), headers=dict(request.headers)).data
        payload = event.payload
        match event.event_type:
            case "call.initiated":
                actions.answer(payload.call_control_id)
            case "call.answered":
                ask(payload.call_control_id, tries=1)
            case "call.gather.ended" if payload.status == "valid":
                answers.append((payload.from_, int(payload.digits)))
                actions.speak(payload.call_control_id, payload="Thank you.", voice="female")
            case "call.gather.ended" if payload.status in ("invalid", "timeout"):
                asked_again(payload.call_control_id, tries=int(base64.b64decode(payload.client_state)))
            case "call.speak.ended":
                actions.hangup(payload.call_control_id)
        return "", 204

    def ask(call: str, tries: int) -> None:
        actions.gather_using_speak(
            call,
            payload=QUESTION,
            voice="female",
            valid_digits="12345",
            maximum_digits=1,
            maximum_tries=1,
            client_state=base64.b64encode(str(tries).encode()).decode(),
        )

    def asked_again(call: str, tries: int) -> None:
        if tries < 3:
            ask(call, tries + 1)
        else:
            actions.speak(call, payload="Sorry, never mind.", voice="female")

    return app
