#!/usr/bin/env bash
# aiohttp 3.14.5 (client)
#
# Behaviour: one `await session.get(url)` sends the request twice when the server reads it and closes the connection
# without an answer, even if the connection was fresh and nothing was reused. The caller sees one ServerDisconnectedError.
# A POST is sent once. So a GET that has an effect on the other side has it twice, and no setting of the call tells so
# (the same holds for the other methods that HTTP calls idempotent: HEAD, PUT, DELETE, OPTIONS, TRACE).
#
# Output seen:
#   GET: ServerDisconnectedError after 2 requests
#   PUT: ServerDisconnectedError after 2 requests
#   POST: ServerDisconnectedError after 1 requests
#
# Why users of a voice API meet it: webhooks may be delivered by GET, and a receiver that crashes while it handles one
# gets it twice in the same attempt. A counter of attempts, or a test that expects one request for each, is off by one.
# The same goes for PUT commands such as an update of the client state.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiohttp==3.14.5
cat >"$folder/try.py" <<'PYTHON'
import asyncio

import aiohttp

requests = 0


async def read_and_close(reader, writer):
    global requests
    await reader.readuntil(b"\r\n\r\n")
    requests += 1
    writer.close()


async def main():
    global requests
    server = await asyncio.start_server(read_and_close, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    seen = {}
    for method in ("GET", "PUT", "POST"):
        requests = 0
        async with aiohttp.ClientSession() as session:
            try:
                await session.request(method, url)
            except aiohttp.ServerDisconnectedError as error:
                print(f"{method}: {type(error).__name__} after {requests} requests")
        seen[method] = requests
    assert seen == {"GET": 2, "PUT": 2, "POST": 1}, seen


asyncio.run(main())
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
