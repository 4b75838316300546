"""The two ends of the wire: clients of the API, an application that gets webhooks, and what is in its audio files."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count, groupby
from math import cos, pi
from socket import socket
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import web
from yarl import URL

from telnyx_emulator import AsyncEmulatorClient, Emulator, EmulatorClient
from telnyx_emulator.commands import CallCommand
from telnyx_emulator.media.tones import KEYS
from telnyx_emulator.tenants import Tenant

KEY = "KEY0000_test"
CALLER, OUR_NUMBER, CALLEE = "+15550001111", "+15550002222", "+15550003333"
CONNECTION = "2963572552552678752"
BARRIER = "/passer-by"


async def until(condition: Callable[[], object]) -> None:
    """Let the loop go on until it holds, however busy the machine is; a minute means never."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # of whatever kind the condition is
            await asyncio.sleep(0)


@dataclass
class Answer:
    """What the emulator answered; unpacks into status and JSON."""

    status: int
    json: Any
    headers: Mapping[str, str]
    raw: bytes

    def __iter__(self) -> Iterator[Any]:
        return iter((self.status, self.json))

    @property
    def data(self) -> Any:
        assert self.status < 300, self.raw
        return self.json["data"]

    @property
    def error(self) -> dict[str, Any]:
        """The only error."""
        (error,) = self.json["errors"]
        return error

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of the only error."""
        return self.status, self.error["code"]


class Api:
    """A client with an API key."""

    def __init__(self, session: aiohttp.ClientSession, emulator: Emulator, key: str | None = KEY) -> None:
        self._session, self._emulator, self.key = session, emulator, key
        self._seen = 0
        self.headers = {"authorization": f"Bearer {key}"} if key else {}

    def with_key(self, key: str | None) -> Api:
        return Api(self._session, self._emulator, key)

    @property
    def world(self) -> Tenant:
        return self._emulator.world(self.key or "")

    async def send(self, method: str, path: str, **request: Any) -> Answer:
        request["headers"] = self.headers | request.get("headers", {})
        url = URL(self._emulator.url + path, encoded=True)
        async with self._session.request(method, url, **request) as response:
            raw = await response.read()
            is_json = raw and response.content_type == "application/json"
            return Answer(response.status, json.loads(raw) if is_json else None, response.headers, raw)

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.send("GET", f"{path}?{urlencode(query)}" if query else path)

    async def post(self, path: str, **body: Any) -> Answer:
        return await self.send("POST", path, json=body)

    async def put(self, path: str, **body: Any) -> Answer:
        return await self.send("PUT", path, json=body)

    async def patch(self, path: str, **body: Any) -> Answer:
        return await self.send("PATCH", path, json=body)

    async def delete(self, path: str) -> Answer:
        return await self.send("DELETE", path)

    # -- calls ------------------------------------------------------------------------------------------------

    async def incoming(self, **call: Any) -> str:
        """Somebody calls; returns the call_control_id."""
        given = {"from": CALLER, "to": OUR_NUMBER, "connection_id": CONNECTION} | call
        return (await self.post("/_emulator/calls", **given)).data["call_control_id"]

    async def answered(self, **call: Any) -> str:
        """An incoming call that was answered, and whose webhooks have arrived."""
        id = await self.incoming(**call)
        await self.do(id, "answer")
        await self.rest()
        return id

    async def dial(self, **fields: Any) -> Answer:
        return await self.post(
            "/v2/calls", **({"to": CALLEE, "from": OUR_NUMBER, "connection_id": CONNECTION} | fields)
        )

    async def dialled(self, **fields: Any) -> str:
        """An outgoing call that rings; returns the call_control_id."""
        return (await self.dial(**fields)).data["call_control_id"]

    async def do(self, id: str, action: str, **body: Any) -> Any:
        """A command to a leg, which succeeds; returns its `data`."""
        return (await self.act(id, action, **body)).data

    async def act(self, id: str, action: str, **body: Any) -> Answer:
        method = CallCommand.registry[action].method if action in CallCommand.registry else "POST"
        return await self.send(method, f"/v2/calls/{id}/actions/{action}", json=body)

    async def verb(self, id: str, verb: str, **body: Any) -> Any:
        """What the far end of a leg does, once the application has reacted to all that it was told."""
        return (await self.post(f"/_emulator/calls/{id}/{verb}", **body)).data

    # -- time and what happened -------------------------------------------------------------------------------

    async def advance(self, seconds: float) -> None:
        await self.world.advance(seconds)
        await self.rest()

    async def rest(self) -> None:
        """Until no webhook is under way."""
        await self.world.rest()

    async def barrier(self, receiver: Receiver) -> None:
        """Until a webhook of another world has come and gone: what could leave before it has arrived too."""
        other = self.with_key("KEY_of_a_passer_by")
        other.world.webhook_url = f"{receiver.origin}{BARRIER}"
        await other.incoming()
        await other.rest()
        receiver.received = [one for one in receiver.received if one.path != BARRIER]

    async def until(self, *names: str) -> None:
        """Until the application has taken these webhooks, counted from where the last `until` ended."""
        missing = list(names)
        while missing:
            entries = (await self.get("/_emulator/journal", kind="delivery", wait=60, after=self._seen)).data
            assert entries, f"never taken: {missing}"
            for entry in entries:
                self._seen = entry["seq"]
                if entry["name"] in missing and entry.get("status") == 200:
                    missing.remove(entry["name"])
                if not missing:
                    break

    async def waits(self, under_way: bool = True) -> None:
        """Until a wait or a long poll is under way, or none any more."""
        await until(lambda: bool(self.world.journal.watchers) == under_way)

    async def deliveries(self, **query: Any) -> list[dict[str, Any]]:
        return (await self.get("/v2/webhook_deliveries", **query)).data


@dataclass
class Reaction:
    """What the application does with a webhook."""

    status: int = 200
    delay: float = 0.0
    location: str | None = None
    drop: bool = False
    until: asyncio.Event | None = None
    """Answer only when this is set."""


@dataclass
class Received:
    """One webhook as it arrived."""

    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def signed(self) -> bytes:
        """What the signature covers besides the timestamp."""
        return self.query["payload"].encode() if self.method == "GET" else self.body

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.signed)

    @property
    def name(self) -> str:
        return self.json["data"]["event_type"]

    @property
    def payload(self) -> dict[str, Any]:
        return self.json["data"]["payload"]

    @property
    def attempt(self) -> int:
        return self.json["meta"]["attempt"]


@dataclass
class Receiver:
    """An application's webhook endpoint: it takes everything, at any path, unless told otherwise."""

    origin: str = ""
    received: list[Received] = field(default_factory=list)
    _reactions: dict[str, list[Reaction]] = field(default_factory=dict)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"{self.origin}/webhooks"

    def on(self, what: str, *reactions: int | Reaction) -> None:
        """How to react to an event type, or at a path: once each, in turn; the last one from then on."""
        self._reactions[what] = [one if isinstance(one, Reaction) else Reaction(one) for one in reactions]

    @property
    def names(self) -> list[str]:
        """Event types in the order in which they arrived."""
        return [one.name for one in self.received]

    def got(self, name: str) -> list[Received]:
        return [one for one in self.received if one.name == name]

    def one(self, name: str) -> Received:
        (one,) = self.got(name)
        return one

    async def arrival(self, count: int = 1) -> None:
        """Until so many webhooks have arrived."""
        async with asyncio.timeout(60):
            while len(self.received) < count:
                await self._arrived.wait()
                self._arrived.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        arrived = Received(
            asyncio.get_running_loop().time(),
            request.method,
            request.path,
            dict(request.query),
            request.headers.copy(),
            await request.read(),
        )
        self.received.append(arrived)
        self._arrived.set()
        expected = self._next(request.path) or (self._next(arrived.name) if request.path != BARRIER else None)
        reaction = expected or Reaction()
        await asyncio.sleep(reaction.delay)
        if reaction.until is not None:
            await reaction.until.wait()
        if reaction.drop and request.transport is not None:
            request.transport.abort()
        headers = {"location": reaction.location} if reaction.location else {}
        return web.Response(status=reaction.status, text="thank you", headers=headers)

    def _next(self, what: str) -> Reaction | None:
        reactions = self._reactions.get(what, [])
        return reactions.pop(0) if len(reactions) > 1 else next(iter(reactions), None)


# -- clients in Python --------------------------------------------------------------------------------------------

_worlds = count(1)


class AnyClient(Protocol):
    """A client of either kind."""

    @property
    def base_url(self) -> str: ...

    @property
    def api_key(self) -> str | None: ...


class Identified(Protocol):
    @property
    def id(self) -> str: ...


def new_key() -> str:
    return f"KEY_driven_{next(_worlds)}"


def new_world(running: Emulator) -> EmulatorClient:
    """A world of its own, whose clock jumps while somebody waits."""
    client = EmulatorClient(running.url, new_key())
    client.clock.auto("while_waited")
    return client


def idle(client: EmulatorClient | AsyncEmulatorClient) -> list[socket]:
    """The connections that are kept for the next request."""
    return [connection.raw for connection in client._transport._connections._idle]


def busy(client: EmulatorClient | AsyncEmulatorClient) -> list[socket]:
    """The connections that an answer is awaited on."""
    return [connection.raw for connection in client._transport._connections._busy]


def send(world: AnyClient, path: str, **body: Any) -> tuple[int, Any]:
    """A request of the application; status and JSON of the answer."""
    address = urlsplit(world.base_url)
    connection = HTTPConnection(address.hostname or "", address.port)
    headers = {"authorization": f"Bearer {world.api_key}", "content-type": "application/json"}
    try:
        connection.request("POST", address.path + path, json.dumps(body), headers)
        with connection.getresponse() as response:
            return response.status, json.load(response)
    finally:
        connection.close()


def do(world: AnyClient, leg: Identified, action: str, **body: Any) -> int:
    """A command to a leg; the status of the answer."""
    return send(world, f"/calls/{leg.id}/actions/{action}", **body)[0]


def dial(world: AnyClient, to: str) -> str:
    """The application dials; the call_control_id."""
    status, answer = send(world, "/calls", **{"to": to, "from": "+15550002222", "connection_id": "1"})
    assert status == 200, answer
    return str(answer["data"]["call_control_id"])


# -- what is in audio files ---------------------------------------------------------------------------------------

WINDOW = 205
"""Samples in which the frequencies of keys can be told apart at 8 kHz."""


@dataclass
class Heard:
    """The channels of a file, left first."""

    rate: int
    channels: list[array[int]]

    @property
    def seconds(self) -> float:
        return len(self.channels[0]) / self.rate

    def keys(self, channel: int = 0) -> str:
        """The keys whose tones are in a channel, in order."""
        samples = self.channels[channel]
        windows = [samples[start : start + WINDOW] for start in range(0, len(samples) - WINDOW, WINDOW)]
        return "".join(key for key, _ in groupby(map(_key, windows)) if key)

    def loudness(self, began: float, ended: float, channel: int = 0) -> int:
        """The loudest sample of a stretch of time."""
        part = self.channels[channel][int(began * self.rate) : int(ended * self.rate)]
        return max(map(abs, part), default=0)


def hear(data: bytes) -> Heard:
    with wave.open(io.BytesIO(data)) as file:
        assert file.getsampwidth() == 2
        samples = array("h", file.readframes(file.getnframes()))
        count = file.getnchannels()
        return Heard(file.getframerate(), [samples[channel::count] for channel in range(count)])


def wav(samples: array[int], rate: int = 8000, channels: int = 1, width: int = 2) -> bytes:
    """A file as others make it."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def _key(samples: array[int]) -> str | None:
    """The key whose two frequencies are strong, and nothing else is."""
    tones = {hertz: _power(samples, hertz) for pair in KEYS.values() for hertz in pair}
    loud = sorted(tones, key=lambda hertz: tones[hertz], reverse=True)[:2]
    enough = min(tones[hertz] for hertz in loud) > 0.1 * sum(sample * sample for sample in samples) > 0
    return next((key for key, pair in KEYS.items() if enough and set(pair) == set(loud)), None)


def _power(samples: array[int], hertz: int) -> float:
    """Goertzel: how much of the samples' energy is at one frequency, 0.5 and more for one that is alone."""
    factor = 2 * cos(2 * pi * hertz / 8000)
    last = before = 0.0
    for sample in samples:
        last, before = sample + factor * last - before, last
    return (last * last + before * before - factor * last * before) * 2 / len(samples)
