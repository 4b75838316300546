#!/usr/bin/env bash
# starlette 1.10.0 (so FastAPI too) on uvicorn 0.54.0 with h11 0.16.0
#
# Behaviour: a request whose handler raises is answered with a complete 500 that says nothing of the connection. In
# HTTP/1.1 that means that it stays open, as after the 200 before it. But uvicorn closes the socket right behind it:
# Starlette's outermost middleware sends the 500 and raises the exception again, and uvicorn, which sees an exception
# behind a response that has begun, closes the transport. (An exception in a bare ASGI application is different: uvicorn
# answers that one itself, with "connection: close".)
#
# Output seen:
#   200: connection header None, afterwards open
#   500: connection header None, afterwards closed
#
# Why users of a voice API meet it: a sender of webhooks keeps connections alive. The webhook after a failed one is
# written into a connection that is being closed, and counts as a second failure, though the application never saw it.
# A test client or a load generator in front of a FastAPI application shows the same as random resets.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check starlette==1.10.0 uvicorn==0.54.0 h11==0.16.0
cat >"$folder/try.py" <<'PYTHON'
import http.client
import socket
import threading
import time

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def fine(request):
    return PlainTextResponse("fine")


async def fails(request):
    raise RuntimeError("the handler failed")


app = Starlette(routes=[Route("/fine", fine, methods=["POST"]), Route("/fails", fails, methods=["POST"])])
listener = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", http="h11"))
threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True).start()
while not server.started:
    time.sleep(0.01)


def ask(path):
    connection = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=10)
    connection.request("POST", path, b"{}")
    response = connection.getresponse()
    response.read()
    header, will_close = response.getheader("connection"), response.will_close
    assert not will_close, "the response announces the end of the connection"
    connection.sock.settimeout(2)
    try:
        after = "closed" if connection.sock.recv(1) == b"" else "more data"
    except TimeoutError:
        after = "open"
    print(f"{response.status}: connection header {header}, afterwards {after}")
    return after


seen = [ask("/fine"), ask("/fails")]
assert seen == ["open", "closed"], seen
PYTHON
"$folder/venv/bin/python" "$folder/try.py"
