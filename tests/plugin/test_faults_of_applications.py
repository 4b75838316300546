"""What an application of a test raises: told in the report of that test, and of no harm to the next one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

RAISING = """
    import sys
    import time

    import pytest
    from aiohttp import web
    from flask import Flask

    def call_in(emulator, app):
        emulator.webhook_url = app
        emulator.incoming_call(from_="+15551230001", to="+15559990000")

    def test_it_exits(telnyx_emulator):
        call_in(telnyx_emulator, lambda webhook: sys.exit(3))

    def test_it_fails(telnyx_emulator):
        def app(webhook):
            pytest.fail("no such customer")
        call_in(telnyx_emulator, app)

    def test_aiohttp(telnyx_emulator):
        async def webhook(request):
            raise KeyError("aiohttp customer")
        app = web.Application()
        app.router.add_post("/", webhook)
        call_in(telnyx_emulator, app)

    def test_flask(telnyx_emulator):
        app = Flask("app")
        @app.post("/")
        def webhook():
            raise KeyError("flask customer")
        call_in(telnyx_emulator, app)

    def test_the_next_one_is_served(telnyx_emulator):
        got = []
        call_in(telnyx_emulator, got.append)
        telnyx_emulator.wait_for("call.initiated")
        assert got

    def test_an_application_is_still_busy_at_the_end(telnyx_emulator):
        def app(webhook):
            time.sleep(0.2)
            telnyx_emulator.calls[0].answer()
        call_in(telnyx_emulator, app)
        assert not "the end"
"""


def test_whatever_an_application_raises_is_in_the_report_of_its_test(run: Callable[..., pytest.RunResult]) -> None:
    result = run(RAISING)
    result.assert_outcomes(failed=5, passed=1)
    text = result.stdout.str().partition("short test summary info")[0]
    parts = {name: text.split(f"_ {name} _", 1)[1].split("\n____", 1)[0] for name in NEEDLES}
    for name, needle in NEEDLES.items():
        assert "errors of the application" in parts[name]
        assert needle in parts[name].split("errors of the application")[1]
    assert "INTERNALERROR" not in text
    assert "Captured log teardown" not in text
    assert text.count('raise KeyError("aiohttp customer")') == 2  # in the log, and in the section


NEEDLES = {
    "test_it_exits": "SystemExit: 3",
    "test_it_fails": "no such customer",
    "test_aiohttp": "KeyError: 'aiohttp customer'",
    "test_flask": "KeyError: 'flask customer'",
}
