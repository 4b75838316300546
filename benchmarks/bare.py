"""What the emulator is measured against: `python -m benchmarks.bare handler|receiver` prints its port and runs."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import sys
import time
from typing import cast

import aiohttp
import uvloop
from aiohttp import web
from nacl.signing import SigningKey


async def handle(request: web.Request) -> web.Response:
    """The least that a JSON endpoint does."""
    await request.json()
    return web.json_response({"data": {"result": "ok"}})


async def serve_handler() -> int:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return port


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


async def serve_receiver() -> int:
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    return port


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


async def main(what: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    port = await {"handler": serve_handler, "receiver": serve_receiver}[what]()
    print(json.dumps({"port": port}), flush=True)
    await stop.wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
