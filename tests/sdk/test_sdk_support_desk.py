"""A support desk with the official SDK: a queue, a conference with a supervisor, and its recording, listened to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from socket import socket

import aiohttp
import pytest
from stage import Application
from wire import Api, Heard, hear

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.tenants import Tenant

CUSTOMER, AGENT, BOSS = "+15550001111", "+15550003333", "+15550004444"
CREATED, JOINED, LEFT = "conference.created", "conference.participant.joined", "conference.participant.left"
SAVED, FLOOR = "conference.recording.saved", "conference.floor.changed"
LEFT_CHANNEL, RIGHT_CHANNEL = 0, 1
"""Of the recording: whose leg made the conference, and everybody else."""


@pytest.fixture
async def emulator(endpoint: socket) -> AsyncIterator[Emulator]:
    """A server whose clock moves only when it is told to."""
    url = f"http://127.0.0.1:{endpoint.getsockname()[1]}/webhooks"
    async with Emulator(Settings(port=0, clock="manual", settle=0.005, guard=60, webhook_url=url)) as emulator:
        yield emulator


@pytest.fixture
async def world(emulator: Emulator, application: Application) -> Tenant:
    return emulator.world(application.client.api_key)


class Desk:
    """The application: who calls waits, who is dialled answers; the agent's leg makes the conference."""

    def __init__(self, application: Application, far_end: Api, world: Tenant) -> None:
        self.application, self.far_end, self.world = application, far_end, world
        self.conferences = application.client.conferences
        self.room = ""
        self.people: dict[str, str] = {}
        calls = application.calls.actions

        @application.on("call.initiated")
        async def take(call):
            if call.direction == "incoming":
                await calls.answer(call.call_control_id)

        @application.on("call.answered")
        async def place(call):
            if call.from_ == CUSTOMER:
                await calls.enqueue(call.call_control_id, queue_name="support")
            elif call.to == AGENT:
                made = await self.conferences.create(call_control_id=call.call_control_id, name="desk")
                self.room = made.data.id
            else:
                await self.do("join", call_control_id=call.call_control_id, supervisor_role="monitor")

        @application.on(CREATED)
        async def fetch(conference):
            waiting = await application.client.queues.calls.list("support")
            for one in waiting.data:
                await self.conferences.actions.join(conference.conference_id, call_control_id=one.call_control_id)

    async def do(self, action: str, **arguments: object) -> None:
        """A command to the conference."""
        answer = await getattr(self.conferences.actions, action)(self.room, **arguments)
        assert answer.data.result == "ok"

    async def pass_time(self, seconds: float) -> None:
        """Time, and what the application makes of what happens at its end."""
        await self.world.advance(seconds)
        await self.world.rest()

    async def command(self, action: str, **arguments: object) -> None:
        """A command to the conference, and all that the application makes of it."""
        await self.do(action, **arguments)
        await self.world.rest()

    async def press(self, who: str, digits: str) -> None:
        await self.far_end.verb(self.people[who], "press", digits=digits)
        await self.pass_time(2)

    async def hears(self) -> dict[str, set[str]]:
        """Who hears whom, by name, as the administration shows it."""
        state = (await self.far_end.get("/_emulator/state")).data
        (room,) = (one for one in state["conferences"] if one["id"] == self.room)
        names = {call: name for name, call in self.people.items()}
        return {names[one["call_control_id"]]: {names[call] for call in one["hears"]} for one in room["participants"]}

    async def open(self) -> None:
        """The customer waits until the agent is there."""
        self.people["customer"] = await self.far_end.incoming(**{"from": CUSTOMER})
        await self.pass_time(1)
        waiting = (await self.application.client.queues.retrieve("support")).data
        assert waiting.current_size == 1
        self.people["agent"] = await self.application.dial(AGENT)
        await self.pass_time(1)
        assert (await self.application.client.queues.retrieve("support")).data.current_size == 0

    async def supervise(self) -> None:
        self.people["boss"] = await self.application.dial(BOSS)
        await self.pass_time(3)  # those who are called say hello first

    async def listen(self) -> Heard:
        url = self.application.payload(SAVED)["recording_urls"]["wav"]
        async with aiohttp.ClientSession() as browser, browser.get(url) as response:
            assert response.status == 200
            return hear(await response.read())


@pytest.fixture
def desk(application: Application, far_end: Api, world: Tenant) -> Desk:
    return Desk(application, far_end, world)


def who(desk: Desk) -> list[tuple[str, str | None]]:
    """All webhooks that were verified, in order, with the leg that each is about."""
    names = {call: name for name, call in desk.people.items()}
    return [(one.name, names.get(one.payload.get("call_control_id", ""))) for one in desk.application.received]


async def test_a_supervised_conversation_is_recorded(desk: Desk):
    customer, agent = "customer", "agent"
    await desk.open()
    assert desk.application.payload("call.dequeued")["reason"] == "bridged"
    assert await desk.hears() == {agent: {customer}, customer: {agent}}

    await desk.supervise()
    boss = "boss"
    assert await desk.hears() == {agent: {customer}, customer: {agent}, boss: {agent, customer}}
    ids = desk.people
    whisper = {"supervisor_role": "whisper", "whisper_call_control_ids": [ids[agent]]}
    await desk.command("update", call_control_id=ids[boss], **whisper)
    assert await desk.hears() == {agent: {customer, boss}, customer: {agent}, boss: {agent, customer}}
    await desk.command("update", call_control_id=ids[boss], supervisor_role="barge")
    everybody = {agent: {customer, boss}, customer: {agent, boss}, boss: {agent, customer}}
    assert await desk.hears() == everybody

    await desk.command("hold", call_control_ids=[ids[customer]])
    assert await desk.hears() == {agent: {boss}, customer: set(), boss: {agent}}
    await desk.command("unhold", call_control_ids=[ids[customer]])
    assert await desk.hears() == everybody
    await desk.command("mute", call_control_ids=[ids[customer]])
    assert await desk.hears() == {agent: {boss}, customer: {agent, boss}, boss: {agent}}
    await desk.command("unmute", call_control_ids=[ids[customer]])
    assert await desk.hears() == everybody

    await desk.command("record_start", format="wav", channels="dual")
    await desk.press(customer, "1")
    await desk.press(agent, "5")
    await desk.command("record_pause")
    await desk.press(customer, "2")
    await desk.press(agent, "6")
    await desk.command("record_resume")
    await desk.press(customer, "3")
    await desk.far_end.verb(ids[agent], "say", text="You get a new one.")
    await desk.pass_time(2)
    await desk.command("end_conference")
    await desk.pass_time(1)

    assert who(desk) == [
        ("call.initiated", customer),
        ("call.answered", customer),
        ("call.enqueued", customer),
        ("call.initiated", agent),
        ("call.answered", agent),
        (CREATED, agent),
        (JOINED, agent),
        ("call.dequeued", customer),
        (JOINED, customer),
        ("call.initiated", boss),
        ("call.answered", boss),
        (JOINED, boss),
        *[("call.dtmf.received", customer), ("call.dtmf.received", agent)] * 2,
        ("call.dtmf.received", customer),
        (FLOOR, agent),
        ("call.hangup", agent),
        (LEFT, agent),
        ("call.hangup", customer),
        (LEFT, customer),
        ("call.hangup", boss),
        (LEFT, boss),
        ("conference.ended", agent),
        (SAVED, agent),
    ]
    assert [one["digit"] for one in desk.application.payloads("call.dtmf.received")] == ["1", "5", "2", "6", "3"]
    assert desk.application.payload("conference.ended")["reason"] == "host_left"

    saved, file = desk.application.payload(SAVED), await desk.listen()
    assert (saved["channels"], saved["format"], saved["conference_id"]) == ("dual", "wav", desk.room)
    assert (len(file.channels), file.seconds) == (2, 8.0)  # the pause is left out
    assert (file.keys(LEFT_CHANNEL), file.keys(RIGHT_CHANNEL)) == ("5", "13")
    assert file.loudness(0, 2, RIGHT_CHANNEL) > 0 == file.loudness(0, 2, LEFT_CHANNEL)
    assert file.loudness(2, 4, LEFT_CHANNEL) > 0 == file.loudness(2, 4, RIGHT_CHANNEL)
    assert file.loudness(4, 6, RIGHT_CHANNEL) > 0 == file.loudness(4, 6, LEFT_CHANNEL)
    assert file.loudness(6, 8, LEFT_CHANNEL) > 0 == file.loudness(6, 8, RIGHT_CHANNEL)
    kept = (await desk.application.client.recordings.retrieve(saved["recording_id"])).data
    assert (kept.conference_id, kept.source, kept.duration_millis) == (desk.room, "conference", 8000)


async def test_the_answer_comes_before_the_webhooks(application: Application, far_end: Api, world: Tenant):
    moments: list[str] = []

    @application.on(CREATED)
    async def created(_):
        moments.append(CREATED)

    @application.on(JOINED)
    async def joined(_):
        moments.append(JOINED)

    call = await far_end.incoming()
    await application.calls.actions.answer(call)
    await world.advance(1)
    made = await application.client.conferences.create(call_control_id=call, name="desk")
    moments.append("answered")
    assert made.data.name == "desk"
    await world.rest()
    assert moments == ["answered", CREATED, JOINED]
