"""Which running emulator a command talks to, which world in it, and how it shows the answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from telnyx_emulator.client import DEFAULT_URL, EmulatorClient, EmulatorError

Function = TypeVar("Function", bound=Callable[..., Any])


def _local_url() -> str:
    """Where `serve` listens unless its options say otherwise; the variable for its port counts here too."""
    port = os.environ.get("TELNYX_EMULATOR_PORT")
    return f"http://127.0.0.1:{port}" if port else DEFAULT_URL


def world_options(function: Function) -> Function:
    """Which server, and which world in it."""
    function = click.option(
        "--key", envvar="TELNYX_API_KEY", help="API key that names the world (default: the only one there is)"
    )(function)
    return click.option(
        "--url",
        envvar="TELNYX_EMULATOR_URL",
        default=_local_url,
        help="the running emulator (default: the one on this machine)",
    )(function)


def show(url: str, key: str | None, action: Callable[[EmulatorClient], Any]) -> None:
    """Print what the emulator answers, as one line of JSON."""
    try:
        click.echo(json.dumps(action(EmulatorClient(url, key))))
    except EmulatorError as error:
        raise click.ClickException(str(error)) from None
