"""The pytest plugin: a server for the session, a world for each test, and a verdict at its end.

It is loaded in every run of pytest wherever the package is installed, so nothing of the package is imported before
a fixture is used.
"""

from __future__ import annotations

import functools
import inspect
import json
import uuid
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from telnyx_emulator.background import LoopThread
    from telnyx_emulator.bench import Bench
    from telnyx_emulator.client import EmulatorClient
    from telnyx_emulator.client.async_client import AsyncEmulatorClient
    from telnyx_emulator.client.connections import Connections
    from telnyx_emulator.settings import Settings

PATIENCE_SECS = 10.0
"""Real seconds that an application may take to answer a webhook of the session's own server; a test that waits for
one which takes longer fails."""

BENCH: pytest.StashKey[Bench] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the server is, and what all tests have in common."""
    group = parser.getgroup("telnyx_emulator", "telnyx_emulator")
    group.addoption("--telnyx-emulator-url", metavar="URL", help="a server that runs already, instead of one's own")
    group.addoption("--telnyx-emulator-key", metavar="KEY", help="the API key of all tests, which then have one world")
    parser.addini("telnyx_emulator_port", "the port of the server (default: a free one)", default="0")
    parser.addini("telnyx_emulator_api_key", "like --telnyx-emulator-key", default="")
    parser.addini(
        "telnyx_emulator",
        "settings of all tests, `name = value`, like those of the marker",
        type="linelist",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker."""
    config.addinivalue_line(
        "markers",
        "telnyx_emulator(**settings): settings of this test: clock, strict, adopt, seed, settle, grace, verify, …",
    )


# -- fixtures -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def telnyx_emulator_settings() -> dict[str, Any]:
    """Settings of the session's server, to be overridden in a conftest.py: `{"webhook_attempts": 1}`.

    `clock`, `jumps` and `seed` are those of all tests, whose markers may say otherwise.
    """
    return {}


@pytest.fixture(scope="session")
def telnyx_emulator_url(pytestconfig: pytest.Config, telnyx_emulator_settings: dict[str, Any]) -> Iterator[str]:
    """Where the server is. Override it in a conftest.py to start one in another way, such as in a container."""
    if given := pytestconfig.getoption("--telnyx-emulator-url"):
        yield given
        return
    from telnyx_emulator.emulator import Emulator

    emulator = Emulator(_server_settings(pytestconfig, telnyx_emulator_settings))
    try:
        emulator.__enter__()
    except OSError as error:
        pytest.fail(
            f"the emulator cannot listen on port {emulator.settings.port}: {error.strerror or error}. With several"
            " workers and a fixed port, run one server for all of them, and give its --telnyx-emulator-url.",
            pytrace=False,
        )
    yield emulator.url
    emulator.__exit__(None, None, None)


@pytest.fixture(scope="session")
def _telnyx_emulator_apps() -> Iterator[LoopThread]:
    """Where the applications of synchronous tests live: one thread, so that one application can serve many tests."""
    from telnyx_emulator.background import LoopThread

    with LoopThread("telnyx_emulator applications") as thread:
        yield thread


@pytest.fixture(scope="session")
def _telnyx_emulator_connections() -> Iterator[Connections]:
    """To the server, for all tests: a new client opens none."""
    from telnyx_emulator.client.connections import Connections

    with Connections() as connections:
        yield connections


@pytest.fixture
def _telnyx_emulator_bench(
    request: pytest.FixtureRequest,
    telnyx_emulator_url: str,
    telnyx_emulator_settings: dict[str, Any],
    _telnyx_emulator_apps: LoopThread,
    _telnyx_emulator_connections: Connections,
) -> Iterator[Bench]:
    from telnyx_emulator.bench import Bench
    from telnyx_emulator.client import EmulatorError

    settings = _settings(request, telnyx_emulator_settings)
    key = _key(request, settings)
    bench = Bench(telnyx_emulator_url, key, _telnyx_emulator_apps, _telnyx_emulator_connections)
    try:
        bench.open(settings)
    except EmulatorError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    request.node.stash[BENCH] = bench
    yield bench
    del request.node.stash[BENCH]
    bench.close()


@pytest.fixture
def telnyx_emulator(_telnyx_emulator_bench: Bench) -> EmulatorClient:
    """A world of its own, with an API key of its own: drive its far ends, move its clock, verify what happened."""
    return _telnyx_emulator_bench.client


@pytest.fixture
def async_telnyx_emulator(_telnyx_emulator_bench: Bench) -> AsyncEmulatorClient:
    """The same for tests that share their event loop with the application: what asks the emulator is awaited."""
    return _telnyx_emulator_bench.async_client


@pytest.fixture
def telnyx_env(_telnyx_emulator_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment variables that SDKs read, for the time of the test."""
    client = _telnyx_emulator_bench.client
    variables = {
        "TELNYX_API_KEY": str(client.api_key),
        "TELNYX_BASE_URL": client.base_url,
        "TELNYX_PUBLIC_KEY": client.public_key,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def _server_settings(config: pytest.Config, given: dict[str, Any]) -> Settings:
    """Those of the session's server. An application may import its SDK first when its first webhook is there, which
    takes seconds where many workers do it at once."""
    from pydantic import ValidationError

    from telnyx_emulator.marks import advice
    from telnyx_emulator.settings import Settings

    port = int(config.getini("telnyx_emulator_port"))
    usual: dict[str, Any] = {
        "port": port,
        "clock": "auto",
        "api_keys": (),
        "webhook_timeout": PATIENCE_SECS,
        "guard": PATIENCE_SECS,
    }
    where = "the fixture telnyx_emulator_settings"
    for name in given.keys() - Settings.model_fields.keys():
        pytest.fail(
            f'{where}: "{name}" is no setting of a server; {advice(name, Settings.model_fields)}', pytrace=False
        )
    if given.get("api_keys") and not _pinned_key(config):
        pytest.fail(f"{where}: with api_keys, name one of them by --telnyx-emulator-key", pytrace=False)
    try:
        return Settings(**(usual | given))
    except ValidationError as error:
        wrong = "; ".join(f"{one['loc'][0] if one['loc'] else ''}: {one['msg']}" for one in error.errors())
        raise pytest.fail.Exception(f"{where} (or TELNYX_EMULATOR_* variables): {wrong}", pytrace=False) from None


def _settings(request: pytest.FixtureRequest, of_server: dict[str, Any]) -> dict[str, Any]:
    """Those of the server that worlds have, of the configuration, and of the markers, the closest last."""
    settings: dict[str, Any] = {name: of_server[name] for name in ("clock", "jumps", "seed") if name in of_server}
    _check(settings, "the fixture telnyx_emulator_settings")
    for line in request.config.getini("telnyx_emulator"):
        name, _, value = line.partition("=")
        one = {name.strip(): _read(value.strip())}
        _check(one, "the configuration telnyx_emulator")
        settings |= one
    for marker in reversed(list(request.node.iter_markers("telnyx_emulator"))):
        if marker.args:
            pytest.fail(
                "settings of the marker telnyx_emulator have names: telnyx_emulator(strict=True)", pytrace=False
            )
        _check(marker.kwargs, "the marker telnyx_emulator")
        settings |= marker.kwargs
    return settings


def _check(settings: dict[str, Any], where: str) -> None:
    from telnyx_emulator.marks import check

    try:
        check(settings, where)
    except ValueError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _read(value: str) -> Any:
    """`true`, `7` and `0.2` are what they look like; all else is text."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _pinned_key(config: pytest.Config) -> str:
    return str(config.getoption("--telnyx-emulator-key") or config.getini("telnyx_emulator_api_key"))


def _key(request: pytest.FixtureRequest, settings: dict[str, Any]) -> str:
    """One's own for each test: worlds of other tests, sessions and workers are out of reach."""
    config = request.config
    if pinned := _pinned_key(config):
        workers = getattr(config, "workerinput", {}).get("workercount", 1)
        if workers > 1 and config.getoption("--telnyx-emulator-url"):
            pytest.fail(
                "one key is one world, which workers cannot share: leave out --telnyx-emulator-url, so that each"
                " worker has a server of its own, or let each test have its own key",
                pytrace=False,
            )
        return pinned
    if settings.get("seed") is not None:  # the same ids in every run
        return f"KEY{uuid.uuid5(uuid.NAMESPACE_URL, request.node.nodeid).hex}"
    return f"KEY{uuid.uuid4().hex}"


# -- the end of a test ----------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test that passed fails nevertheless if a fault was not used, a webhook did not arrive, …"""
    bench = item.stash.get(BENCH, None)
    if bench is None:
        return (yield)
    inside = bench.in_loop and isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj)
    if inside:
        item.obj = _judged_in_loop(item.obj, bench)  # type: ignore[attr-defined]
    yield
    if not inside:
        with _verdict(bench):
            bench.verify()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The report of a failure: where the test asked, what happened, and what the application raised."""
    bench = item.stash.get(BENCH, None)
    if bench is not None and call.excinfo is not None:
        from telnyx_emulator.client import EmulatorError, ExpectationError

        bench.told |= call.excinfo.errisinstance(ExpectationError)
        if call.excinfo.errisinstance((EmulatorError, ExpectationError)):
            call.excinfo.traceback = call.excinfo.traceback.filter(_leads_somewhere)
    report = yield
    if bench is not None and report.failed:
        report.sections.extend(bench.sections())
    return report


def _leads_somewhere(frame: Any) -> bool:
    """Not inside a client, or a thread of one: the line of the test that asked is what matters."""
    module = str(frame.frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] not in ("telnyx_emulator", "concurrent")


def _judged_in_loop(body: Callable[..., Awaitable[None]], bench: Bench) -> Callable[..., Awaitable[None]]:
    """The test, and its verdict while the application still runs in the same loop."""

    @functools.wraps(body)
    async def judged(*args: Any, **kwargs: Any) -> None:
        __tracebackhide__ = True
        try:
            await body(*args, **kwargs)
            with _verdict(bench):
                await bench.verify_in_loop()
        finally:
            await bench.stop_in_loop()

    return judged


@contextmanager
def _verdict(bench: Bench) -> Iterator[None]:
    """The report is the failure: the way to it through this plugin says nothing."""
    from telnyx_emulator.client import ExpectationError

    try:
        yield
    except ExpectationError as error:
        bench.told = True
        raise pytest.fail.Exception(str(error), pytrace=False) from None
