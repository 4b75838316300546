"""What fails a test at its end, and what its report then says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow
Run = Callable[..., pytest.RunResult]


FAILING = """
    import pytest

    def call_in(emulator, app):
        emulator.webhook_url = app
        return emulator.incoming_call(from_="+15551230001", to="+15559990000")

    def test_a_webhook_that_is_not_taken(telnyx_emulator):
        def app(event):
            raise KeyError("customer")
        call_in(telnyx_emulator, app)

    def test_a_fault_that_is_not_used(telnyx_emulator):
        telnyx_emulator.when(command="refer", name="declined").outcome(sip=603)

    def test_a_wish_that_is_not_met(telnyx_emulator):
        caller = call_in(telnyx_emulator, lambda event: None)
        caller.wait_for("call.answered")

    def test_an_assertion_that_does_not_hold(telnyx_emulator):
        caller = call_in(telnyx_emulator, lambda event: None)
        assert caller.state == "answered"

    @pytest.mark.telnyx_emulator(verify=False)
    def test_nobody_judges(telnyx_emulator):
        telnyx_emulator.when(command="refer").outcome(sip=603)

    @pytest.mark.xfail(strict=True)
    def test_a_failure_that_was_announced(telnyx_emulator):
        telnyx_emulator.when(command="refer").outcome(sip=603)
"""


def test_what_a_test_did_not_notice_fails_it(run: Run) -> None:
    result = run(FAILING)
    result.assert_outcomes(failed=4, passed=1, xfailed=1)
    text = result.stdout.str().partition("short test summary info")[0]  # where CI is set, it tells all once more
    parts = {
        name: text.split(f"_ {name} _", 1)[1].split("\n____", 1)[0]
        for name in (
            "test_a_webhook_that_is_not_taken",
            "test_a_fault_that_is_not_used",
            "test_a_wish_that_is_not_met",
            "test_an_assertion_that_does_not_hold",
        )
    }
    not_taken = parts["test_a_webhook_that_is_not_taken"]
    assert "call.initiated" in not_taken
    assert 'raise KeyError("customer")' in not_taken
    assert "declined" in parts["test_a_fault_that_is_not_used"]
    assert "pytest_plugin.py" not in not_taken
    assert all("-- call.initiated" in parts[name] for name in parts if name != "test_a_fault_that_is_not_used")
    assert all(part.count("-- call.initiated") <= 1 for part in parts.values())
    assert "ERROR at teardown" not in text


ASYNC = """
    import pytest

    async def app(event):
        raise KeyError("customer")

    async def test_a_webhook_that_is_not_taken(async_telnyx_emulator):
        async_telnyx_emulator.webhook_url = app
        await async_telnyx_emulator.incoming_call(from_="+15551230001", to="+15559990000")

    async def test_a_webhook_that_is_taken(async_telnyx_emulator):
        got = []
        async def app(event):
            got.append(event["data"]["event_type"])
        async_telnyx_emulator.webhook_url = app
        caller = await async_telnyx_emulator.incoming_call(from_="+15551230001", to="+15559990000")
        await caller.hang_up()
        await caller.wait_for("call.hangup")
        assert got == ["call.initiated", "call.hangup"]

    def failing(app):
        raise RuntimeError("no database")

    async def test_an_application_that_does_not_start(async_telnyx_emulator):
        from aiohttp import web
        app = web.Application()
        app.on_startup.append(failing)
        async_telnyx_emulator.webhook_url = app
"""


@pytest.mark.parametrize(
    ("plugins", "mark"),
    [
        (["-o", "asyncio_mode=auto", "-p", "no:aiohttp"], ""),
        (["-o", "asyncio_mode=auto"], ""),
        (
            ["-p", "no:asyncio", "-p", "no:aiohttp", "-W", "ignore::pytest.PytestConfigWarning"],
            "pytestmark = pytest.mark.anyio\nanyio_backend = pytest.fixture(lambda: 'asyncio')",
        ),
    ],
    ids=["asyncio", "aiohttp", "anyio"],
)
def test_a_test_that_shares_its_loop_is_judged_in_it(run: Run, plugins: list[str], mark: str) -> None:
    code = ASYNC.replace("import pytest", f"import pytest\n{mark}".replace("\n", "\n    "), 1)
    result = run(code, *plugins)
    result.assert_outcomes(failed=2, passed=1)
    text = result.stdout.str()
    assert 'KeyError("customer")' in text
    assert "no database" in text
    assert "-- call.initiated" in text
