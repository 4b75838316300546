"""Tests that are run inside a test."""

from __future__ import annotations

import pytest


def run(pytester: pytest.Pytester, code: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(code)
    usual = ("-p", "no:cacheprovider", "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function")
    return pytester.runpytest_inprocess(*usual, *options)
