"""Several scenarios, one after the other or side by side, against an application that is served for them or not."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from telnyx_emulator.apps import Served, prepared
from telnyx_emulator.core.ids import digest
from telnyx_emulator.emulator import Emulator
from telnyx_emulator.scenarios.loader import Run

from .one import PATIENCE_SECS, RunResult, run

AT_ONCE: Final = 8
"""So many runs go on side by side."""


@dataclass(frozen=True, slots=True)
class Program:
    """How scenarios are run. Times in real seconds.

    `app`: an application object, or a function that makes one, given `base_url` and `api_key`; it must not wait for
    the emulator. Else `app_url` says where webhooks go. `seed` None: the scenario's own, else 0.
    """

    app: Any = None
    app_url: str | None = None
    seed: int | None = None
    strict: bool = False
    patience: float = PATIENCE_SECS
    grace: float | None = None

    @property
    def makes_apps(self) -> bool:
        """Whether each run has an application, a key and so a world of its own."""
        if self.app is None or not callable(self.app):
            return False
        try:
            parameters = inspect.signature(self.app).parameters
        except (TypeError, ValueError):
            return False
        return bool({"base_url", "api_key"} & parameters.keys())


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
    batch = Batch(emulator, program, on_begin, on_result)
    if program.makes_apps:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(batch.with_its_own(run_, key))
                    for run_, key in zip(runs, keys_of(runs), strict=True)
                ]
        except* NoApplication as failed:
            raise failed.exceptions[0] from None
        return [task.result() for task in tasks]
    async with _served(program.app) as app:
        return [await batch.one(run_, key, app) for run_, key in zip(runs, keys_of(runs), strict=True)]


class Batch:
    """What all of several runs have in common."""

    def __init__(
        self,
        emulator: Emulator,
        program: Program,
        on_begin: Callable[[Run], None],
        on_result: Callable[[RunResult], None],
    ) -> None:
        self._emulator, self._program = emulator, program
        self._on_begin, self._on_result = on_begin, on_result
        self._places = asyncio.Semaphore(AT_ONCE)

    async def with_its_own(self, run_: Run, key: str) -> RunResult:
        """In a world of its own, with an application that is made for it."""
        async with self._places:
            # Nothing is awaited until the scenario has begun: an application may act as soon as it is made.
            app = _application(lambda: _made(self._program.app, self._emulator.base_url, key))
            try:
                return await self.one(run_, key, app, lambda: _ready(app))
            finally:
                await app.stop()
                self._emulator.tenants.drop(self._emulator.world(key))

    async def one(
        self, run_: Run, key: str, app: Served | None, ready: Callable[[], Awaitable[None]] | None = None
    ) -> RunResult:
        """`ready`: to be awaited once the scenario has begun."""
        program = self._program
        settle = app.settle if app is not None else None
        self._on_begin(run_)
        result = await run(
            self._emulator,
            run_.scenario,
            name=run_.id,
            key=key,
            webhook_url=app.url if app is not None else program.app_url,
            ready=ready,
            seed=_seed(run_, program),
            strict=program.strict,
            settle=settle,
            patience=program.patience,
            grace=settle if program.grace is None else program.grace,
        )
        self._on_result(result)
        return result


def keys_of(runs: Sequence[Run]) -> list[str]:
    """An API key for each run. Ids depend on it, so it is the same whatever else is run."""
    before: Counter[str] = Counter()
    keys = []
    for run_ in runs:
        keys.append(f"KEY_{digest(run_.id, before[run_.id]):016x}")
        before[run_.id] += 1
    return keys


def _seed(run_: Run, program: Program) -> int:
    if program.seed is not None:
        return program.seed
    return run_.scenario.seed or 0


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
