"""What the emulator is measured against: the least that does the same on the wire."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
import uvloop
from aiohttp import web
from nacl.signing import SigningKey


async def _handle(request: web.Request) -> web.Response:
    await request.json()
    return web.json_response({"data": {"result": "ok"}})


@asynccontextmanager
async def handler() -> AsyncIterator[int]:
    """A server that reads JSON and answers with JSON, whatever the path; yields its port."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", _handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def sign_and_post(url: str, body: bytes, count: int, concurrency: int) -> None:
    """Sign and send a body that often, and do nothing else."""
    key, left = SigningKey(bytes(32)), iter(range(count))

    async def work(session: aiohttp.ClientSession) -> None:
        for _ in left:
            stamp = str(int(time.time()))
            signature = base64.b64encode(key.sign(stamp.encode() + b"|" + body).signature).decode()
            headers = {
                "content-type": "application/json",
                "user-agent": "telnyx-webhooks",
                "telnyx-signature-ed25519": signature,
                "telnyx-timestamp": stamp,
            }
            async with session.post(url, data=body, headers=headers) as response:
                await response.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(work(session) for _ in range(concurrency)))


class Receiver(asyncio.Protocol):
    """Takes webhooks and says 200; nothing more, so that the sender is what is measured."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]):
            self._received = b""
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


async def receive() -> None:
    """Print the port of a receiver, and run it until SIGTERM."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    server = await loop.create_server(Receiver, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await stop.wait()


if __name__ == "__main__":
    uvloop.run(receive())
