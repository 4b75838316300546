"""Settings from Python and from the environment; flags are in test_cli.py."""

from __future__ import annotations

import ast
import base64
from datetime import UTC, datetime
from inspect import getsource
from typing import Any

import pytest
from pydantic import ValidationError

from telnyx_emulator import Settings

ENVIRONMENT = {
    "PORT": ("0", "port", 0),
    "WEBHOOK_URL": ("http://127.0.0.1:8000/w", "webhook_url", "http://127.0.0.1:8000/w"),
    "CLOCK": ("x60", "clock_rate", 60),
    "SEED": ("7", "seed", 7),
    "STRICT": ("1", "strict", True),
    "ADOPT": ("true", "adopt", True),
    "API_KEYS": ("KEY_a, KEY_b,", "api_keys", ("KEY_a", "KEY_b")),
    "CONNECTIONS": ("1", "connections", ("1",)),
    "WEBHOOK_BACKOFF": ("0.5,2", "webhook_backoff", (0.5, 2.0)),
    "WEBHOOK_TIMEOUT": ("0.25", "webhook_timeout", 0.25),
    "EPOCH": ("2030-01-02T03:04:05Z", "epoch", datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)),
}


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_the_environment_fills_what_is_not_given(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    text, attribute, value = ENVIRONMENT[name]
    monkeypatch.setenv(f"TELNYX_EMULATOR_{name}", text)
    assert getattr(Settings(), attribute) == value


def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELNYX_EMULATOR_PORT", "1")
    assert Settings(port=2).port == 2


def test_nothing_needs_to_be_set() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.clock_mode) == ("127.0.0.1", 12111, "real")
    assert (settings.webhook_attempts, settings.webhook_backoff, settings.webhook_timeout) == (3, (1, 2), 2)


@pytest.mark.parametrize(
    ("clock", "mode", "rate"),
    [("real", "real", 1), ("manual", "manual", 1), ("auto", "auto", 1), ("x60", "scaled", 60), ("x0.5", "scaled", 0.5)],
)
def test_the_clock_is_a_mode_or_a_rate(clock: str, mode: str, rate: float) -> None:
    settings = Settings(clock=clock)
    assert (settings.clock_mode, settings.clock_rate) == (mode, rate)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("clock", "fast"),
        ("clock", "x0"),
        ("clock", "60"),
        ("port", 65_536),
        ("port", -1),
        ("webhook_attempts", 0),
        ("webhook_backoff", "-1"),
        ("webhook_backoff", "1,soon"),
        ("webhook_timeout", 0),
        ("guard", 0),
        ("settle", -0.1),
        ("rate_limit", 0),
        ("journal_size", 0),
        ("max_worlds", 0),
        ("signing_key", "nonsense"),
        ("epoch", "once"),
        ("colour", "red"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**{name: value})
    assert caught.value.errors()[0]["loc"][0] == name


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


def test_a_seed_fixes_the_beginning_of_time_and_an_epoch_sets_it() -> None:
    assert Settings().starts_at() is None
    assert Settings(seed=1).starts_at() == datetime(2026, 1, 1, tzinfo=UTC)
    assert Settings(seed=1, epoch="2030-01-01T00:00:00").starts_at() == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_signing_key_is_the_base64_of_32_bytes() -> None:
    key = base64.b64encode(b"k" * 32).decode()
    assert Settings(signing_key=key).signing_key == key


def test_type_checkers_need_no_plugin_to_see_that_everything_has_a_default() -> None:
    # They look for the keyword `default`; a positional one is known to the plugin of pydantic alone.
    [fields] = [node for node in ast.walk(ast.parse(getsource(Settings))) if isinstance(node, ast.ClassDef)]
    calls = [node.value for node in fields.body if isinstance(node, ast.AnnAssign)]
    assert len(calls) == len(Settings.model_fields)
    assert all("default" in {word.arg for word in call.keywords} for call in calls if isinstance(call, ast.Call))
