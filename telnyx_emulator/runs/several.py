"""Several scenarios, one after the other or side by side, against an application that is served for them or not."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from telnyx_emulator.apps import Served, prepared
from telnyx_emulator.core.ids import digest
from telnyx_emulator.emulator import Emulator
from telnyx_emulator.scenarios.loader import Run

from .one import Program, RunResult, run

AT_ONCE: Final = 8
"""So many runs go on side by side."""


async def run_all(
    emulator: Emulator,
    runs: Sequence[Run],
    program: Program,
    on_begin: Callable[[Run], None] = lambda run: None,
    on_result: Callable[[RunResult], None] = lambda result: None,
) -> list[RunResult]:
    """Run them; the results are in the order of `runs`, whichever ends first.

    An application that the function makes gets one run each, and they go side by side. Any other one has one
    world, whatever its API key, in which one follows the other: `one_world` has to be set. Raises NoApplication.
    """
    places = asyncio.Semaphore(AT_ONCE)

    async def one(loaded: Run, key: str, app: Served | None, ready: Callable[[], Awaitable[None]] | None) -> RunResult:
        on_begin(loaded)
        result = await run(emulator, loaded, program, key, app, ready)
        on_result(result)
        return result

    async def with_its_own(loaded: Run, key: str) -> RunResult:
        async with places:
            # Nothing is awaited until the scenario has begun: an application may act as soon as it is made.
            app = _application(lambda: _made(program.app, emulator.base_url, key))
            try:
                return await one(loaded, key, app, lambda: _ready(app))
            finally:
                await app.stop()
                emulator.tenants.drop(emulator.world(key))

    if program.makes_apps:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(with_its_own(*each)) for each in zip(runs, keys_of(runs), strict=True)]
        except* NoApplication as failed:
            raise failed.exceptions[0] from None
        return [task.result() for task in tasks]
    async with _served(program.app) as app:
        return [await one(*each, app, None) for each in zip(runs, keys_of(runs), strict=True)]


def keys_of(runs: Sequence[Run]) -> list[str]:
    """An API key for each run. Ids depend on it, so it is the same whatever else is run."""
    ids = [run_.id for run_ in runs]
    return [f"KEY_{digest(id, ids[:place].count(id)):016x}" for place, id in enumerate(ids)]


class NoApplication(Exception):
    """There is nothing that could be served, or it fails before its first webhook; the message says why."""


def _application(get: Callable[[], Any]) -> Served:
    """Begins to serve; nothing is awaited."""
    try:
        app = prepared(get())
        app.begin()
        return app
    except Exception as error:  # whatever the user's code does
        raise NoApplication(f"{type(error).__name__}: {error}") from error


async def _ready(app: Served) -> None:
    try:
        await app.ready()
    except Exception as error:
        raise NoApplication(f"{type(error).__name__}: {error}") from error


def _made(maker: Callable[..., Any], base_url: str, key: str) -> Any:
    """What the function makes; it is given those of the two that it takes."""
    parameters = inspect.signature(maker).parameters
    given = {"base_url": base_url, "api_key": key}
    return maker(**{name: value for name, value in given.items() if name in parameters})


@asynccontextmanager
async def _served(app: Any) -> AsyncIterator[Served | None]:
    """An application, if there is one, served for all runs."""
    if app is None:
        yield None
        return
    served = _application(lambda: app)
    try:
        await _ready(served)
        yield served
    finally:
        await served.stop()
