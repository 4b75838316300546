"""Whatever is sent: an answer in JSON, and never a failure of our own."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import aiohttp
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from wire import KEY, Answer, Api

from telnyx_emulator import Emulator, Settings
from telnyx_emulator.commands import CallCommand, ConferenceCommand, WorldCommand
from telnyx_emulator.commands.base import parameters
from telnyx_emulator.http import admin, api, resources

pytestmark = pytest.mark.slow

ROUTES = [*api.ROUTES, *resources.ROUTES, *admin.ROUTES]
COMMANDS = [
    *CallCommand.registry.values(),
    *WorldCommand.registry.values(),
    *ConferenceCommand.registry.values(),
]
OTHER_TYPES = {"text/plain; charset=utf-8", "application/x-ndjson"}
"""Of the ladder, of tokens, and of the journal as it is written."""
NAMES = sorted({name for command in COMMANDS for name in parameters(command)} | {"seconds", "mode", "digits", "sip"})

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
bodies = (
    st.dictionaries(st.sampled_from(NAMES), values, max_size=4).map(lambda body: json.dumps(body).encode())
    | values.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=20)
)
headers = st.dictionaries(
    st.sampled_from(
        ["content-type", "accept", "authorization", "origin", "host", "x-emulator-adopt", "content-encoding", "accept"]
    ),
    st.sampled_from(["application/json", "text/html", f"Bearer {KEY}", "localhost", "1", "gzip", "identity"])
    | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8),
    max_size=2,
)
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND"])
queries = st.dictionaries(
    st.sampled_from(["page[number]", "page[size]", "page[after]", "after", "kind", "filter[status][eq]", "filter[x]"]),
    texts | st.integers().map(str),
    max_size=2,
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, str], bytes]:
    """Mostly near a real route, so that they get past the front door."""
    route = draw(st.sampled_from(ROUTES))
    action = draw(st.sampled_from(sorted(CallCommand.registry)))
    ids = st.just("{live}") | texts.map(lambda text: quote(text, safe=""))
    near = route.path.replace("{action}", action).replace("{verb}", draw(st.sampled_from(["press", "hold", "hangup"])))
    near = "/".join(draw(ids) if segment.startswith("{") else segment for segment in near.split("/"))
    path = draw(st.just(near) | st.just(f"/v2{near}/") | texts.map(lambda text: "/" + quote(text)))
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in draw(queries).items())
    return draw(st.just(route.method) | methods), f"{path}?{query}", draw(headers), draw(bodies)


def assert_envelope(method: str, answer: Answer) -> None:
    assert answer.status < 500
    if method == "HEAD":
        return
    if answer.status == 204:
        assert answer.raw == b""
        return
    if answer.status < 300 and answer.headers["content-type"] in OTHER_TYPES:
        return
    assert answer.headers["content-type"] == "application/json"
    if answer.status < 300:
        assert "data" in answer.json
    else:
        assert all(error["code"] and error["detail"] for error in answer.json["errors"])


def test_no_request_makes_the_server_fail_or_answer_anything_but_json() -> None:
    async def start() -> Api:
        await emulator.__aenter__()
        return Api(aiohttp.ClientSession(), emulator)

    async def ask(client: Api, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        live = next(reversed(client.world.world.calls), "nobody")
        return await client.send(method, path.replace("{live}", live), headers=headers, data=body)

    async def stop(client: Api) -> None:
        for path in ("/_emulator/journal", "/_emulator/state", "/_emulator/clock"):
            assert (await client.get(path)).status == 200
        await client._session.close()
        await emulator.__aexit__(None, None, None)

    emulator = Emulator(Settings(port=0, clock="manual", settle=0, guard=0.1))
    with asyncio.Runner() as runner:
        client = runner.run(start())
        runner.run(client.answered())

        @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(requests())
        def probe(request: tuple[str, str, dict[str, str], Any]) -> None:
            assert_envelope(request[0], runner.run(ask(client, *request)))

        try:
            probe()
        finally:
            runner.run(stop(client))
