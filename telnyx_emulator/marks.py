"""The settings of one test, as its marker and the configuration of pytest give them: which there are, and of what form.

What is wrong is said here, before anything is asked of the server, with the name of the place where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple


class Setting(NamedTuple):
    """What one setting may be, as a test and in words."""

    takes: Callable[[Any], bool]
    allowed: str


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _clock(value: Any) -> bool:
    return value in ("auto", "manual", "real") or (isinstance(value, str) and rate(value) > 0)


def _url(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.startswith(("http://", "https://")))


def _names(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(isinstance(name, str) for name in value)


_FLAG = Setting(_flag, "True or False")
_SECONDS = Setting(_number, "a number of real seconds")
_URL = Setting(_url, "a URL or None; an application is assigned in the test: telnyx_emulator.webhook_url = app")

SETTINGS: dict[str, Setting] = {
    "adopt": _FLAG,
    "clock": Setting(_clock, '"auto", "manual", "real", or a rate such as "x60"'),
    "failover_url": _URL,
    "grace": _SECONDS,
    "ignore": Setting(_names, 'a list of names: ["undelivered"]'),
    "jumps": Setting(lambda value: value in ("always", "while_waited"), '"always" or "while_waited"'),
    "seed": Setting(lambda value: value is None or type(value) is int, "a whole number or None"),
    "settle": _SECONDS,
    "strict": _FLAG,
    "verify": Setting(lambda value: value is True or value is False or value == "strict", 'True, False or "strict"'),
    "webhook_url": _URL,
}


def check(settings: Mapping[str, Any], where: str) -> None:
    """Raises ValueError for a setting that there is not, or that cannot be what it is; `where` it was written."""
    for name, value in settings.items():
        if name not in SETTINGS:
            raise ValueError(f'{where}: "{name}" is no setting of a test; {advice(name, SETTINGS)}')
        if not SETTINGS[name].takes(value):
            raise ValueError(f"{where}: {name} must be {SETTINGS[name].allowed}, not {value!r}")


def advice(name: str, known: Mapping[str, Any]) -> str:
    """What may have been meant instead."""
    close = get_close_matches(name, list(known), 1)
    return f'did you mean "{close[0]}"?' if close else f"there are {', '.join(sorted(known))}"


def rate(clock: str) -> float:
    """Virtual seconds for each real one of a clock such as `x60`; 0 if it is none of these."""
    match = re.fullmatch(r"x(\d+(?:\.\d+)?)", clock)
    return float(match[1]) if match else 0.0
