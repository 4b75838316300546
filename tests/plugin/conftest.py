"""Tests that are run inside a test."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def run(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    """Runs the code of a test file, with options."""

    def run(code: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(code)
        usual = ("-p", "no:cacheprovider", "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function")
        return pytester.runpytest_inprocess(*usual, *options)

    return run
