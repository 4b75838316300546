"""The event log: the same lines for the same seed, and nothing of real time in them."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from simulation import Story
from wire import Api, Reaction, Receiver

from telnyx_emulator import Emulator, Settings, eventlog

CALLER = "v3:caller"


def logged(story: Story, **more) -> list[dict[str, Any]]:
    return [json.loads(line) for line in eventlog.lines(story.entries, {CALLER: "caller"}, **more)]


def test_an_event_stands_in_one_line_with_what_finally_came_of_it() -> None:
    story = Story()
    id = story.event("call.answered", codec="PCMU")
    story.attempt(id, "call.answered", status=500, latency_ms=812.3)
    story.attempt(id, "call.answered", attempt=2, latency_ms=3.1, url="http://127.0.0.1:4711/hooks")
    assert logged(story) == [
        {
            "at": 0.0,
            "kind": "event",
            "name": "call.answered",
            "leg": "caller",
            "payload": {"call_control_id": CALLER, "codec": "PCMU"},
            "delivery": {"result": "delivered", "attempts": 2, "status": 200},
        }
    ]


def test_faults_and_copies_of_a_delivery_are_told_with_it() -> None:
    story = Story()
    id = story.event("call.answered")
    story.add("injection", "lost", plane="delivery", on="call.answered")
    story.attempt(id, "call.answered", status=None, error="refused", fault="lost")
    story.attempt(id, "call.answered", attempt=2, fault="twice")
    story.attempt(id, "call.answered", attempt=2, copy=1, fault="twice")
    (line,) = logged(story)
    assert line["delivery"] == {
        "result": "delivered", "attempts": 2, "status": 200, "faults": ["lost", "twice"], "copies": 1,
    }  # fmt: skip


def test_what_nobody_took_says_so() -> None:
    story = Story()
    failed, nowhere = story.event("a"), story.event("b")
    story.event("c")
    story.attempt(failed, "a", status=404)
    story.add("delivery", "a", event_id=failed, result="failed", attempts=1)
    story.add("delivery", "b", event_id=nowhere, result="no_url", attempts=0)
    assert [line["delivery"]["result"] for line in logged(story)] == ["failed", "no_url", "pending"]


def test_a_command_has_its_body_but_no_id_that_is_another_one_each_time() -> None:
    story = Story()
    story.command("speak", status=422, code="90018", payload="hi", command_id="d1c4")
    assert logged(story) == [
        {
            "at": 0.0,
            "kind": "command",
            "name": "speak",
            "leg": "caller",
            "status": 422,
            "body": {"payload": "hi"},
            "codes": ["90018"],
        }
    ]


def test_addresses_with_ports_are_replaced_wherever_they_are() -> None:
    story = Story()
    story.command("playback_start", audio_url="http://127.0.0.1:80/a.mp3", other=["see http://127.0.0.1:8080/x"])
    (line,) = logged(story, origins={eventlog.origin("http://127.0.0.1:80/hooks?x=1"): "http://app"})
    assert line["body"] == {"audio_url": "http://app/a.mp3", "other": ["see http://127.0.0.1:8080/x"]}


def test_links_to_recordings_lose_their_signature_and_their_host() -> None:
    story = Story()
    story.event("call.recording.saved", recording_urls={"wav": "http://127.0.0.1:43121/v2/a.wav?X-Amz-Signature=ab"})
    assert logged(story)[0]["payload"]["recording_urls"] == {"wav": "/v2/a.wav"}


def test_what_depends_on_real_time_is_left_out_or_stands_at_its_place() -> None:
    story = Story()
    story.at = 1.0
    story.add("state", "parked")
    story.add("warning", "clock_held", None, detail="waiting for you, 1.3 s")
    story.add("warning", "speak", detail="unknown voice")
    story.add("state", "app_request", None, method="POST", path="/dial", status=200, error=None)
    assert [line["name"] for line in logged(story)] == ["app_request", "parked", "speak"]


def test_every_line_ends_with_a_newline() -> None:
    story = Story()
    story.inbound()
    lines = list(eventlog.lines(story.entries))
    assert len(lines) == 4
    assert all(line.endswith(b"}\n") and line.count(b"\n") == 1 for line in lines)


def test_how_fast_the_application_is_and_what_it_does_meanwhile_changes_nothing() -> None:
    told = []
    for slow in (False, True):
        story = Story()
        id = story.event("call.initiated")
        if not slow:
            story.attempt(id, "call.initiated", latency_ms=1.0)
        story.command("answer")
        if slow:
            story.attempt(id, "call.initiated", latency_ms=900.0)
        told.append(list(eventlog.lines(story.entries)))
    assert told[0] == told[1]


async def recorded_call(receiver: Receiver) -> list[bytes]:
    """The log of a call that is recorded, in a server of its own."""
    settings = Settings(port=0, clock="manual", settle=0.0, seed=7, webhook_url=receiver.url)
    async with Emulator(settings) as emulator, aiohttp.ClientSession() as session:
        api = Api(session, emulator)
        id = await api.answered()
        await api.do(id, "record_start", format="wav", channels="single")
        await api.advance(5)
        await api.do(id, "hangup")
        await api.advance(5)
        origins = {eventlog.origin(receiver.url): "http://app"}
        return list(eventlog.lines(api.world.journal.after(0), api.world.names(), origins))


async def test_two_runs_with_the_same_seed_give_the_same_bytes(receiver: Receiver) -> None:
    receiver.on("call.answered", Reaction(delay=0.05), Reaction())
    first, second = await recorded_call(receiver), await recorded_call(receiver)
    assert any(b"call.recording.saved" in line for line in first)
    assert first == second
    assert b"127.0.0.1" not in b"".join(first)
