"""Applications of all kinds, served: where their webhooks go, what they answer, and what becomes of their errors."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from fastapi import FastAPI, Request
from flask import Flask, request
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from telnyx_emulator.apps import Served, prepared, serve, serving
from telnyx_emulator.background import LoopThread

EVENT = {"data": {"event_type": "call.initiated"}, "meta": {"attempt": 1}}


async def post(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=EVENT) as response:
        return response.status, await response.text()


def aiohttp_app(path: str = "/webhooks") -> web.Application:
    async def webhook(request: web.Request) -> web.Response:
        return web.json_response({"got": (await request.json())["data"]["event_type"]}, status=202)

    app = web.Application()
    app.router.add_post(path, webhook)
    app.router.add_get("/health", webhook)
    return app


def fastapi_app(path: str = "/webhooks") -> FastAPI:
    app = FastAPI()

    @app.post(path, status_code=202)
    async def webhook(request: Request) -> dict[str, str]:
        return {"got": (await request.json())["data"]["event_type"]}

    return app


def starlette_app(path: str = "/webhooks") -> Starlette:
    async def webhook(request: Any) -> JSONResponse:
        return JSONResponse({"got": (await request.json())["data"]["event_type"]}, 202)

    return Starlette(routes=[Route(path, webhook, methods=["POST"])])


def flask_app(path: str = "/webhooks") -> Flask:
    app = Flask("flask_app")

    @app.post(path)
    def webhook() -> tuple[dict[str, str], int]:
        return {"got": request.json["data"]["event_type"]}, 202

    return app


KINDS = [aiohttp_app, fastapi_app, starlette_app, flask_app]


@pytest.mark.parametrize("kind", KINDS)
async def test_webhooks_go_to_the_only_path_that_takes_them(kind: Any) -> None:
    async with serve(kind("/telnyx/webhooks")) as url:
        status, text = await post(url)
    assert (status, "call.initiated" in text) == (202, True)
    assert url.endswith("/telnyx/webhooks")


@pytest.mark.parametrize("kind", KINDS)
async def test_one_may_say_where_they_go(kind: Any) -> None:
    async with serve((kind(), "/elsewhere")) as url:
        assert (await post(url))[0] == 404


@pytest.mark.parametrize("kind", KINDS)
def test_an_application_can_live_in_another_thread(kind: Any) -> None:
    with LoopThread() as thread:
        served = prepared(kind())
        thread.run(served.start())
        assert thread.run(post(served.url))[0] == 202
        thread.run(served.stop())
        with pytest.raises(aiohttp.ClientConnectionError):
            thread.run(post(served.url))


def two_paths() -> FastAPI:
    app = fastapi_app("/calls")
    app.add_api_route("/messages", lambda: None, methods=["POST"])
    return app


def test_two_paths_that_could_be_meant_are_one_question() -> None:
    with pytest.raises(ValueError, match=r"takes POST at /calls, /messages: say which one .* \(app, '/calls'\)"):
        prepared(two_paths())


async def test_a_path_with_variables_is_none_to_guess() -> None:
    async with serve(flask_app("/webhooks/<tenant>")) as url:
        assert url.endswith("/")


# -- functions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "status", "body"),
    [(None, 200, ""), (204, 204, ""), (503, 503, ""), ((202, {"a": 1}), 202, '{"a": 1}'), ("anything", 200, "")],
)
async def test_a_function_may_return_its_answer(returned: Any, status: int, body: str) -> None:
    async with serve(lambda event: returned) as url:
        assert await post(url) == (status, body)


async def test_a_function_gets_the_whole_webhook() -> None:
    got: list[Any] = []
    async with serve(got.append) as url:
        await post(url)
    assert got == [EVENT]


async def test_a_webhook_by_get_is_the_same_to_a_function() -> None:
    got: list[Any] = []
    async with (
        serve(got.append) as url,
        aiohttp.ClientSession() as session,
        session.get(url, params={"payload": '{"data": {}}'}) as response,
    ):
        assert response.status == 200
    assert got == [{"data": {}}]


async def test_a_plain_function_may_block() -> None:
    began = asyncio.Event()
    loop, go_on = asyncio.get_running_loop(), threading.Event()

    def app(event: Any) -> None:
        loop.call_soon_threadsafe(began.set)
        assert go_on.wait(5)

    async with serve(app) as url:
        answer = asyncio.create_task(post(url))
        await began.wait()
        go_on.set()
        assert (await answer)[0] == 200


async def test_a_coroutine_function_lives_in_the_callers_loop() -> None:
    got: asyncio.Queue[Any] = asyncio.Queue()
    async with serve(got.put) as url:
        await post(url)
    assert got.get_nowait() == EVENT


async def test_an_object_with_a_coroutine_call_is_a_coroutine_function() -> None:
    class App:
        async def __call__(self, event: Any) -> int:
            self.loop = asyncio.get_running_loop()
            return 201

    app = App()
    async with serve(app) as url:
        assert (await post(url))[0] == 201
    assert app.loop is asyncio.get_running_loop()


@pytest.mark.parametrize(("function", "settle"), [(print, 0.0), (asyncio.sleep, None)])
def test_only_a_plain_function_that_has_returned_is_done(function: Any, settle: float | None) -> None:
    served = prepared(function)
    served.close()
    assert served.settle == settle


async def test_a_function_that_hangs_does_not_delay_the_end() -> None:
    reached, hanging = threading.Event(), threading.Event()
    async with serve(lambda event: (reached.set(), hanging.wait(120))) as url:
        task = asyncio.create_task(post(url))
        await asyncio.to_thread(reached.wait, 60)
        began = time.perf_counter()
    assert time.perf_counter() - began < 60
    hanging.set()
    with pytest.raises(aiohttp.ClientError):
        await task


# -- errors ---------------------------------------------------------------------------------------------------


def broken_function() -> Any:
    def app(event: Any) -> None:
        raise KeyError("call_control_id")

    return app


def broken_coroutine_function() -> Any:
    async def app(event: Any) -> None:
        raise KeyError("call_control_id")

    return app


def broken_fastapi() -> Any:
    app = FastAPI()

    @app.post("/")
    async def webhook() -> None:
        raise KeyError("call_control_id")

    return app


def broken_wsgi() -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        raise KeyError("call_control_id")

    return app


def broken_wsgi_generator() -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        yield b""
        raise KeyError("call_control_id")

    return app


def broken_aiohttp() -> Any:
    async def webhook(request: web.Request) -> web.Response:
        raise KeyError("call_control_id")

    app = web.Application()
    app.router.add_post("/", webhook)
    return app


def broken_flask() -> Any:
    app = Flask("flask_app")

    @app.post("/")
    def webhook() -> str:
        raise KeyError("call_control_id")

    return app


BROKEN = [
    broken_function, broken_coroutine_function, broken_fastapi, broken_wsgi, broken_wsgi_generator, broken_aiohttp,
]  # fmt: skip


@pytest.mark.parametrize("kind", [*BROKEN, broken_flask])
async def test_an_exception_is_kept_for_the_report(kind: Any) -> None:
    served = prepared(kind())
    await served.start()
    assert (await post(served.url))[0] == 500
    await served.stop()
    assert [repr(fault) for fault in served.faults] == ["KeyError('call_control_id')"]


@pytest.mark.parametrize("kind", BROKEN)
async def test_what_is_tried_again_is_logged_once_without_our_frames(
    kind: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(kind()) as url:
        for _ in range(3):
            await post(url)
    [record] = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert record.exc_text is not None
    assert record.exc_text.split('File "')[1].startswith(__file__)


@pytest.mark.parametrize("error", [SystemExit(3), pytest.fail.Exception("no such customer"), StopIteration()])
@pytest.mark.parametrize("kind", ["function", "coroutine function", "aiohttp", "fastapi", "flask", "wsgi"])
def test_nothing_that_an_application_raises_ends_what_serves_it(kind: str, error: BaseException) -> None:
    with LoopThread() as thread:
        served = prepared(raising(kind, error))
        thread.run(served.start())
        assert [thread.run(post(served.url))[0] for _ in range(2)] == [500, 500]
        thread.run(served.stop())
    assert str(error) in str(served.faults[0])


def raising(kind: str, error: BaseException) -> Any:
    def plain(*arguments: Any) -> Any:
        raise error

    async def coroutine(request: Request) -> Any:
        raise error

    if kind in ("function", "wsgi"):
        return (lambda event: plain()) if kind == "function" else lambda environ, respond: plain()
    app: Any = {"aiohttp": web.Application, "fastapi": FastAPI, "flask": lambda: Flask("app")}.get(kind, lambda: None)()
    if kind == "aiohttp":
        app.router.add_post("/", coroutine)
    elif app is not None:
        app.post("/")(coroutine if kind == "fastapi" else plain)
    return app or coroutine


async def test_a_request_that_is_cut_off_is_no_error_of_the_application(caplog: pytest.LogCaptureFixture) -> None:
    reached = asyncio.Event()

    async def waiting_for_ever(event: Any) -> None:
        reached.set()
        await asyncio.Event().wait()

    served = prepared(waiting_for_ever)
    await served.start()
    task = asyncio.create_task(post(served.url))
    await reached.wait()
    await served.stop()
    with pytest.raises(aiohttp.ClientError):
        await task
    assert (served.faults, caplog.records) == ([], [])


async def test_what_an_application_raises_when_it_is_over_is_not_its_fault() -> None:
    reached, go_on = threading.Event(), threading.Event()

    def app(event: Any) -> None:
        reached.set()
        go_on.wait(60)
        raise KeyError("gone")

    served = prepared(app)
    await served.start()
    task = asyncio.create_task(post(served.url))
    await asyncio.to_thread(reached.wait, 60)
    await served.stop()
    go_on.set()
    with pytest.raises(aiohttp.ClientError):
        await task
    assert served.faults == []


@pytest.mark.parametrize("kind", ["flask", "function"])
async def test_a_request_under_way_may_end(kind: str) -> None:
    began, ended = threading.Event(), threading.Event()

    def app(*event: Any) -> str:
        began.set()
        time.sleep(0.1)
        ended.set()
        return ""

    flask = Flask("app")
    flask.post("/", endpoint="app")(app)
    async with serve(flask if kind == "flask" else (lambda event: app())) as url:
        task = asyncio.create_task(post(url))
        await asyncio.to_thread(began.wait, 60)
    assert ended.is_set()
    assert (await task)[0] == 200


def two_arguments(webhook: Any, headers: Any) -> None: ...


async def two_arguments_awaited(environ: Any, start_response: Any) -> None: ...


@pytest.mark.parametrize("function", [two_arguments, two_arguments_awaited])
def test_a_function_of_two_arguments_is_no_wsgi_application(function: Any) -> None:
    with pytest.raises(TypeError, match="takes one argument, the decoded webhook"):
        prepared(function)


async def end_all() -> None:
    async def task() -> None:
        raise SystemExit(3)

    background = asyncio.create_task(task())
    await asyncio.Event().wait()
    await background


def test_a_loop_that_a_task_has_ended_is_said_and_replaced(caplog: pytest.LogCaptureFixture) -> None:
    with LoopThread("apps") as thread:
        served = prepared(print)
        thread.run(served.start())
        with pytest.raises(RuntimeError, match="what ran in the thread 'apps' has ended it"):
            thread.run(end_all())
        thread.run(served.stop())
        with serving(print) as url:
            assert thread.run(post(url))[0] == 200
    assert "a task has ended all that ran in the thread 'apps'" in caplog.text
    gc.collect()  # here, and not in another test: what raised is told once more by asyncio


def test_code_that_blocks_can_serve_an_application_too() -> None:
    got: list[Any] = []
    with serving(got.append) as url:
        assert asyncio.run(post(url))[0] == 200
    assert got == [EVENT]


def test_there_must_be_a_loop_of_asyncio() -> None:
    with pytest.raises(RuntimeError, match=r"event loop of asyncio \(not trio\)"):
        prepared(print).begin()


async def test_a_status_that_is_none_is_an_error_of_the_function() -> None:
    async with serve(lambda event: 42) as url:
        assert (await post(url)) == (500, "ValueError: the function returned 42, which is no HTTP status of an answer")


@pytest.mark.parametrize("thing", [42, None, FastAPI, web.Application, lambda: None])
def test_what_is_no_application_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match="function"):
        prepared(thing)


def test_a_path_begins_with_a_slash() -> None:
    with pytest.raises(ValueError, match="must begin with a slash"):
        prepared((print, "webhooks"))


def test_uvicorn_is_asked_for_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'telnyx-emulator\[asgi\]'"):
        prepared(fastapi_app())


# -- beginning and end ----------------------------------------------------------------------------------------


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    app.state.log = ["start"]
    yield
    app.state.log.append("end")


async def test_an_asgi_application_has_its_lifespan() -> None:
    app = FastAPI(lifespan=lifespan)
    async with serve(app):
        assert app.state.log == ["start"]
    assert app.state.log == ["start", "end"]


async def test_an_aiohttp_application_has_its_signals() -> None:
    app, log = aiohttp_app(), []

    async def context(app: web.Application) -> AsyncIterator[None]:
        log.append("start")
        yield
        log.append("end")

    app.cleanup_ctx.append(context)
    async with serve(app):
        assert log == ["start"]
    assert log == ["start", "end"]


async def begun(app: Any) -> Served:
    served = prepared(app)
    served.begin()
    return served


@pytest.mark.parametrize("kind", KINDS)
async def test_it_can_begin_without_being_waited_for(kind: Any) -> None:
    served = await begun(kind())
    assert (await post(served.url))[0] == 202
    await served.stop()


def failing() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        raise RuntimeError("no database")
        yield

    return FastAPI(lifespan=lifespan)


async def test_a_start_that_fails_is_told_and_leaves_nothing_behind() -> None:
    served = await begun(failing())
    with pytest.raises(RuntimeError, match="lifespan failed to start"):
        await served.ready()
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(served.url)
    await served.stop()


def test_an_application_of_another_loop_says_what_to_do() -> None:
    app = aiohttp_app()

    async def once() -> None:
        async with serve(app):
            pass

    asyncio.run(once())
    with pytest.raises(RuntimeError) as caught:
        asyncio.run(once())
    assert caught.value.__notes__ == ["An aiohttp application belongs to one event loop: make a new one for each test."]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_end_is_quick(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("aio", "asgi", "functions", "wsgi"):
        monkeypatch.setattr(f"telnyx_emulator.apps.{module}.PATIENCE_SECS", 30)
    served = await begun(kind())
    async with aiohttp.ClientSession() as session:  # its connection stays open
        async with session.post(served.url, json=EVENT):
            pass
        began = time.perf_counter()
        await served.stop()
        assert time.perf_counter() - began < 30
