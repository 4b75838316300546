"""Which running emulator a command talks to, which world in it, and how it shows the answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from telnyx_emulator.client import DEFAULT_URL, EmulatorClient, EmulatorError
from telnyx_emulator.settings import Settings

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


@contextmanager
def refusals() -> Iterator[None]:
    """What the emulator refuses, or a value that cannot be, is told in a sentence."""
    try:
        yield
    except EmulatorError as error:
        raise click.ClickException(str(error)) from None
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise click.UsageError("; ".join(problems)) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def not_listening(settings: Settings, error: OSError) -> str:
    """Why a server could not begin."""
    reason = f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}."
    return f"{reason} Choose another --port; 0 takes a free one."


def show(url: str, key: str | None, action: Callable[[EmulatorClient], Any]) -> None:
    """Print what the emulator answers, as one line of JSON."""
    with refusals():
        click.echo(json.dumps(action(EmulatorClient(url, key))))
