"""What tests of the clients share: an application that sends commands, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http.client import HTTPConnection
from itertools import count
from socket import socket
from typing import Any, Protocol
from urllib.parse import urlsplit

from telnyx_emulator import AsyncEmulatorClient, Emulator, EmulatorClient

_worlds = count(1)


class Simulation(Protocol):
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


async def until(condition: Callable[[], object]) -> None:
    """Let the loop go on until it holds, however busy the machine is; a minute means never."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # of whatever kind the condition is
            await asyncio.sleep(0)


def send(world: Simulation, path: str, **body: Any) -> tuple[int, Any]:
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


def do(world: Simulation, leg: Identified, action: str, **body: Any) -> int:
    """A command to a leg; the status of the answer."""
    return send(world, f"/calls/{leg.id}/actions/{action}", **body)[0]


def dial(world: Simulation, to: str) -> str:
    """The application dials; the call_control_id."""
    status, answer = send(world, "/calls", **{"to": to, "from": "+15550002222", "connection_id": "1"})
    assert status == 200, answer
    return str(answer["data"]["call_control_id"])
