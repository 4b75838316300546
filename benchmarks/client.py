"""A client that costs next to nothing, so that the server is what is measured."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any, cast

KEY = "benchmark"
PATIENCE_SECS = 60.0


class Connection(asyncio.Protocol):
    """Sends requests one after the other over one connection, each when the one before was answered."""

    def __init__(self, requests: list[bytes]) -> None:
        self._requests = iter(requests)
        self._received = b""
        self.bodies: list[bytes] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        self._received = b""
        if not head.startswith(b"HTTP/1.1 2"):
            self.done.set_exception(RuntimeError(f"{head.decode()}\n\n{body.decode()}"))
            self._transport.close()
            return
        self.bodies.append(body)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(request)


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(b"content-length:") + len(b"content-length:")
    return int(lowered[start:].split(b"\r\n", 1)[0])


def request(method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
    """A request with a JSON body, as it goes over the wire."""
    content = json.dumps(body or {}).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {KEY}\r\n"
        f"content-type: application/json\r\naccept: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def _same(connection: Connection) -> Connection:
    return connection


async def exchange(port: int, streams: list[list[bytes]]) -> list[list[bytes]]:
    """Send each stream of requests over a connection of its own, side by side; returns the bodies of the answers."""
    loop = asyncio.get_running_loop()
    connections = [Connection(requests) for requests in streams]
    for connection in connections:
        await loop.create_connection(partial(_same, connection), "127.0.0.1", port)
    async with asyncio.timeout(PATIENCE_SECS):
        await asyncio.gather(*(connection.done for connection in connections))
    return [connection.bodies for connection in connections]


async def answered_calls(port: int, count: int, connections: int) -> list[list[str]]:
    """That many incoming calls, each answered with a client state; their ids, by the connection that made them."""
    inbound = {"from": "+15550001111", "to": "+15559990000", "connection_id": "2963572552552678752"}
    call = request("POST", "/_emulator/calls", inbound)
    made = await exchange(port, [[call] * (count // connections)] * connections)
    ids = [[json.loads(body)["data"]["call_control_id"] for body in bodies] for bodies in made]
    answers = [
        [request("POST", f"/v2/calls/{id}/actions/answer", {"client_state": STATE}) for id in one] for one in ids
    ]
    await exchange(port, answers)
    return ids


STATE = "eyJzdGVwIjoiZ3JlZXRpbmciLCJjdXN0b21lciI6NDJ9"


def commands(ids: list[str], count: int) -> list[bytes]:
    """Four commands for one call after the other, that leave it as it was: speech begins and is stopped."""
    found: list[bytes] = []
    while len(found) < count:
        for id in ids:
            path = f"/v2/calls/{id}/actions"
            found += (
                request("POST", f"{path}/speak", {"payload": "Please hold the line.", "voice": "female"}),
                request("PUT", f"{path}/client_state_update", {"client_state": STATE}),
                request("POST", f"{path}/gather_stop", {"client_state": STATE}),
                request("POST", f"{path}/playback_stop", {"stop": "all"}),
            )
    return found[:count]
