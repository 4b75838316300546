"""Every public method and property of the clients shows how it is used, and the examples do what they say."""

from __future__ import annotations

import ast
import doctest
import inspect
import types
from collections.abc import Iterator
from typing import Any

import pytest
from wire import dial, do, new_world

import telnyx_emulator
from telnyx_emulator import AsyncEmulatorClient, Emulator, EmulatorClient, Leg, Settings
from telnyx_emulator.client import Fault, Scenario, When, expectations
from telnyx_emulator.client.async_client import AsyncClock, AsyncFault, AsyncLeg, AsyncScenario, AsyncWatcher, AsyncWhen
from telnyx_emulator.client.clock import WorldClock
from telnyx_emulator.client.watching import Watcher

CLASSES = (
    *(EmulatorClient, Watcher, Leg, WorldClock, When, Fault, Scenario),
    *(AsyncEmulatorClient, AsyncWatcher, AsyncLeg, AsyncClock, AsyncWhen, AsyncFault, AsyncScenario),
)
PLAIN = {"url", "api_key", "id", "leg_id", "session_id", "from_", "to", "sync", "name", "serve_with", "media"}
"""What is known without asking, or cannot be done yet: a sentence says it all."""


def documented() -> Iterator[tuple[str, str]]:
    """Names and docstrings of classes, of what they define, and of the functions."""
    for kind in CLASSES:
        yield kind.__name__, kind.__doc__ or ""
        for name, it in vars(kind).items():
            if not name.startswith("_") and (inspect.isfunction(it) or isinstance(it, property)):
                yield f"{kind.__name__}.{name}", it.__doc__ or ""
    for name in ("command", "webhook", "delivered"):
        yield name, getattr(expectations, name).__doc__ or ""


DOCUMENTED = dict(documented())
AWAITED = {name for name in DOCUMENTED if name.startswith("Async")}
BLOCKING = DOCUMENTED.keys() - AWAITED
OWN = sorted(name for name in AWAITED if DOCUMENTED[name] not in {DOCUMENTED[other] for other in BLOCKING})
"""Those of which the text is not that of the method that blocks, whose example lacks an `await`."""


@pytest.mark.parametrize("name", DOCUMENTED)
def test_what_is_public_has_a_docstring_with_an_example(name: str) -> None:
    text = DOCUMENTED[name]
    assert text
    aside = name.rpartition(".")[2] in PLAIN or (name in AWAITED and ("see `" in text or "." in name))
    assert ">>> " in text or aside


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(Settings(port=0, settle=0, grace=0)) as server:
        yield server


def setting(world: EmulatorClient) -> dict[str, Any]:
    """What an example takes for granted: a caller who was answered and welcomed, and a call that was dialled."""

    def telnyx(name: str, leg: Any = None, **body: Any) -> int:
        """A command of the application."""
        if name == "dial":
            dial(world, body["to"])
            return 200
        return do(world, leg, name, **body)

    caller = world.incoming_call(from_="+15551230001", to="+15559990000")
    telnyx("answer", caller)
    telnyx("speak", caller, payload="Welcome!", voice="female")
    world.party("manual", number="+13125550123", persona="manual")
    telnyx("dial", to="+13125550123")
    public = {one: getattr(telnyx_emulator, one) for one in telnyx_emulator.__all__}
    return public | {"emulator": world, "caller": caller, "telnyx": telnyx, "Telnyx": lambda **given: None}


@pytest.mark.parametrize("name", sorted(BLOCKING))
def test_an_example_does_what_it_says(server: Emulator, name: str) -> None:
    with new_world(server) as world:
        example = doctest.DocTestParser().get_doctest(DOCUMENTED[name], setting(world), name, None, None)
        told: list[str] = []
        doctest.DocTestRunner(verbose=False).run(example, out=told.append)
        assert "".join(told) == ""


@pytest.mark.parametrize("name", OWN)
async def test_an_awaited_example_does_what_it_says(server: Emulator, name: str) -> None:
    blocking = new_world(server)
    given = setting(blocking)
    async with AsyncEmulatorClient(server.url, blocking.api_key) as world:
        given |= {"emulator": world, "caller": await world.call(given["caller"].id)}
        for example in doctest.DocTestParser().get_examples(DOCUMENTED[name]):
            if doctest.SKIP not in example.options:
                assert await run(example.source, given) == example.want
    blocking.close()


async def run(source: str, given: dict[str, Any]) -> str:
    """What an interactive session shows for it."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            node.value = ast.Call(ast.Name("_show", ast.Load()), [node.value], [])
    code = compile(ast.fix_missing_locations(tree), "<example>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    shown: list[str] = []
    given["_show"] = lambda value: None if value is None else shown.append(f"{value!r}\n")
    if (awaited := types.FunctionType(code, given)()) is not None:
        await awaited
    return "".join(shown)
