"""What tests of the clients share: an application that sends commands, and nothing else."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlsplit

from telnyx_emulator import Emulator, EmulatorClient

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
