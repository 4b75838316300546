"""Run scenarios against an application, and say what came of it."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from pydantic import ValidationError

from telnyx_emulator.scenarios.problems import InvalidScenario
from telnyx_emulator.settings import Settings

if TYPE_CHECKING:
    from telnyx_emulator.emulator import Emulator
    from telnyx_emulator.runs import Result
    from telnyx_emulator.scenarios.loader import Run

INVALID: Final = 2


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE|DIR|builtin:NAME…")
@click.option("--app-url", help="the webhook URL of an application that runs already")
@click.option("--app", metavar="MODULE:ATTR", help="serve this application object, or what this function makes")
@click.option("--port", type=int, help="port to listen on  [default: 12111, or a free one with --app]")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="a parameter's value (repeatable)")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="write the results as JUnit XML")
@click.option("--log", type=click.Path(dir_okay=False, path_type=Path), help="write what happened, as lines of JSON")
@click.option("--seed", type=int, help="makes chance and ids repeatable  [default: the scenario's own, else 0]")
@click.option("--strict", is_flag=True, help="a command that nothing expects fails the run")
@click.option("--grace", type=float, help="real seconds of silence after which nothing more is to be expected")
@click.option("--patience", type=float, help="real seconds to wait for the first request  [default: 10]")
def run(sources: tuple[str, ...], **options: Any) -> None:
    """Run scenarios against your application.

    The exit code is 0 when all pass, 1 when one fails, 2 when a file is invalid or the application cannot be had.
    An outside application uses the base URL and the public key that are printed first, with any API key. MODULE:ATTR
    is an aiohttp, ASGI or WSGI application or a function of one webhook, which finds TELNYX_BASE_URL, TELNYX_API_KEY
    and TELNYX_PUBLIC_KEY in its environment; or a function that takes base_url and api_key and makes one: then
    the runs go side by side.
    """
    if options["app"] and options["app_url"]:
        raise click.UsageError("give --app or --app-url, not both")
    runs = _load(sources, options["assignments"])
    settings = _settings(options)
    try:
        results = asyncio.run(_run(runs, settings, options))
    except OSError as error:
        raise click.UsageError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}."
            " Choose another --port; 0 takes a free one."
        ) from None
    _write(results, options)
    sys.exit(0 if all(result.passed for result in results) else 1)
