"""Several scenarios, one after the other or side by side, against an application that is served for them or not."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from telnyx_emulator.apps import prepared
from telnyx_emulator.core.ids import digest
from telnyx_emulator.emulator import Emulator
from telnyx_emulator.scenarios.loader import Run

from .one import PATIENCE_SECS, Result, run

AT_ONCE: Final = 8
"""So many runs go on side by side."""


@dataclass(frozen=True, slots=True)
class Program:
    """How scenarios are run. `app`: an application object, or a function that makes one, given `base_url` and
    `api_key`; else `app_url` says where webhooks go. `seed` None: the scenario's own, else 0. Times in real seconds.
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


@dataclass(frozen=True, slots=True)
class Where:
    """Where the application of a run is. `settle`: real seconds after which it does nothing more by itself."""

    url: str | None
    settle: float | None = None


async def run_all(
    emulator: Emulator,
    runs: Sequence[Run],
    program: Program,
    on_begin: Callable[[Run], None] = lambda run: None,
    on_result: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Run them; the results are in the order of `runs`, whichever ends first.

    An application that the function makes gets one run each, and they go side by side. Any other one has one
    world, whatever its API key, in which one follows the other: `one_world` has to be set.
    """

    async def one(run_: Run, key: str, where: Where) -> Result:
        on_begin(run_)
        result = await run(
            emulator,
            run_.scenario,
            name=run_.id,
            key=key,
            webhook_url=where.url,
            seed=_seed(run_, program),
            strict=program.strict,
            settle=where.settle,
            patience=program.patience,
            grace=where.settle if program.grace is None else program.grace,
        )
        on_result(result)
        return result

    if not program.makes_apps:
        async with _served(program.app, program.app_url) as where:
            return [await one(run_, "KEY_run", where) for run_ in runs]

    places = asyncio.Semaphore(AT_ONCE)

    async def made(run_: Run, key: str) -> Result:
        async with places, _served(_make(program.app, emulator.base_url, key), None) as where:
            result = await one(run_, key, where)
        emulator.tenants.drop(emulator.world(key))
        return result

    return await asyncio.gather(*(made(run_, key) for run_, key in zip(runs, keys_of(runs), strict=True)))


def keys_of(runs: Sequence[Run]) -> list[str]:
    """An API key for each run: the same whatever else is run, as ids depend on it."""
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


def _make(maker: Callable[..., Any], base_url: str, key: str) -> Any:
    """What the function makes; it is given those of the two that it takes."""
    parameters = inspect.signature(maker).parameters
    given = {"base_url": base_url, "api_key": key}
    return maker(**{name: value for name, value in given.items() if name in parameters})


@asynccontextmanager
async def _served(app: Any, url: str | None) -> AsyncIterator[Where]:
    """An application, served meanwhile; without one, whatever is at the URL."""
    if app is None:
        yield Where(url)
        return
    served = prepared(app)
    await served.start()
    try:
        yield Where(served.url, served.settle)
    finally:
        await served.stop()
