"""Run scenarios against an application, and say what came of it."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from telnyx_emulator.scenarios.junit import Case, junit
from telnyx_emulator.scenarios.problems import InvalidScenario
from telnyx_emulator.settings import Settings

from .world import not_listening, refusals

if TYPE_CHECKING:
    from telnyx_emulator.emulator import Emulator
    from telnyx_emulator.runs import RunResult
    from telnyx_emulator.scenarios.loader import Run


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE|DIR|builtin:NAME…")
@click.option("--app-url", help="the webhook URL of an application that runs already")
@click.option("--app", metavar="MODULE:ATTR", help="serve this application object, or what this function makes")
@click.option("--port", type=int, help="port to listen on  [default: 12111, or a free one with --app]")
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="a parameter's value (repeatable)")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="write the results as JUnit XML")
@click.option("--log", type=click.Path(dir_okay=False, path_type=Path), help="write what happened, as lines of JSON")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    help="makes chance and ids repeatable  [default: the scenario's own, else 0]",
)
@click.option("--strict", is_flag=True, help="a command that nothing expects fails the run")
@click.option("--ladder", is_flag=True, help="show the ladder of runs that pass, too")
@click.option(
    "--grace", type=click.FloatRange(0, 3600), help="real seconds of silence after which nothing more is to be expected"
)
@click.option(
    "--patience", type=click.FloatRange(0, 3600), help="real seconds to wait for the first request  [default: 10]"
)
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
    if options["app_url"] and not options["app_url"].startswith(("http://", "https://")):
        raise click.UsageError(f"--app-url {options['app_url']}: write the webhook URL, http://127.0.0.1:8000/webhooks")
    for file in (options["junit"], options["log"]):
        if file is not None and not file.parent.is_dir():
            raise click.UsageError(f"there is no folder {file.parent} for {file.name}")
    runs = _load(sources, options["assignments"])
    settings = _settings(options)
    results = asyncio.run(_run(runs, settings, options))
    _write(results, options)
    sys.exit(0 if all(result.passed for result in results) else 1)


def _load(sources: Sequence[str], assignments: Sequence[str]) -> list[Run]:
    """All runs of all files. All errors in them are told together, and then nothing is run."""
    from telnyx_emulator.scenarios.engine import impossible
    from telnyx_emulator.scenarios.loader import load_each
    from telnyx_emulator.scenarios.parameters import assignment

    with refusals():
        loaded = load_each(sources, dict(map(assignment, assignments)))
    wrong = [str(found) for _, found in loaded if isinstance(found, InvalidScenario)]
    runs = [run for _, found in loaded if not isinstance(found, InvalidScenario) for run in found]
    wrong += [f"{run.source}: {reason}" for run in runs if (reason := impossible(run.scenario)) is not None]
    if wrong:
        raise click.UsageError("\n".join(wrong))
    if not runs:
        raise click.UsageError(f"there is no scenario in {', '.join(sources)}")
    return runs


def _settings(options: dict[str, Any]) -> Settings:
    """Those of `serve` hold here too, as far as they are given by variables."""
    given: dict[str, Any] = {"clock": "auto", "one_world": True, "seed": options["seed"] or 0}
    if options["port"] is not None or options["app"]:
        given["port"] = options["port"] or 0
    if options["app_url"]:
        given["webhook_url"] = options["app_url"]
    with refusals():
        return Settings(**given)


async def _run(runs: Sequence[Run], settings: Settings, options: dict[str, Any]) -> list[RunResult]:
    from telnyx_emulator.emulator import Emulator
    from telnyx_emulator.runs import NoApplication, Program, run_all
    from telnyx_emulator.runs.one import PATIENCE_SECS

    async with AsyncExitStack() as stack:
        try:
            emulator = await stack.enter_async_context(Emulator(settings))
        except OSError as error:
            raise click.UsageError(not_listening(settings, error)) from None
        with _environment(emulator):
            program = Program(
                app=_attribute(options["app"]) if options["app"] else None,
                app_url=options["app_url"],
                seed=options["seed"],
                strict=options["strict"],
                patience=PATIENCE_SECS if options["patience"] is None else options["patience"],
                grace=options["grace"],
            )
            emulator.tenants.one_world = not program.makes_apps
            if program.app is None:
                _announce(emulator)
            try:
                return await run_all(emulator, runs, program, _begun, partial(_told, ladder=options["ladder"]))
            except NoApplication as error:
                raise click.UsageError(f"--app {options['app']}: {error}") from None


def _announce(emulator: Emulator) -> None:
    """What an outside application needs, in the form in which `serve` says it."""
    click.echo(json.dumps({"ready": True, "base_url": emulator.base_url, "public_key": emulator.public_key}))


@contextmanager
def _environment(emulator: Emulator) -> Iterator[None]:
    """An application that is served here finds the emulator in its environment."""
    ours = {"TELNYX_BASE_URL": emulator.base_url, "TELNYX_PUBLIC_KEY": emulator.public_key}
    ours["TELNYX_API_KEY"] = os.environ.get("TELNYX_API_KEY") or "KEY_run"
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _attribute(path: str) -> Any:
    """MODULE:ATTR, where modules of the current folder count too."""
    module, colon, name = path.partition(":")
    if not (module and colon and name):
        raise click.UsageError(f"--app {path}: write MODULE:ATTR, such as myapp:app")
    sys.path.insert(0, os.getcwd())
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as error:  # the user's module may raise anything when it is imported
        raise click.UsageError(f"--app {path}: {type(error).__name__}: {error}") from None
    finally:
        sys.path.remove(os.getcwd())
    return found


# -- what people see -----------------------------------------------------------------------------------------------


def _begun(run: Run) -> None:
    if sys.stdout.isatty():
        click.echo(f"\r\x1b[K      {run.id} …", nl=False)


def _told(result: RunResult, ladder: bool) -> None:
    """One line for each run, as soon as it is over; everything that is wrong below it."""
    if sys.stdout.isatty():
        click.echo("\r\x1b[K", nl=False)
    word = click.style("pass", fg="green") if result.passed else click.style("FAIL", fg="red", bold=True)
    click.echo(f"{word}  {result.name}  ({result.virtual:.1f} s virtual, {result.real:.2f} s)")
    if not result.passed:
        click.echo(result.wrong.text(color=sys.stdout.isatty()))
    elif ladder:
        click.echo(result.ladder)


def _write(results: Sequence[RunResult], options: dict[str, Any]) -> None:
    """The summary, and the files that were asked for."""
    failed = sum(not result.passed for result in results)
    passed = len(results) - failed
    click.echo(f"{passed} passed, {failed} failed" if failed else f"{passed} passed")
    if options["log"]:
        options["log"].write_bytes(b"".join(line for result in results for line in result.log))
    if options["junit"]:
        options["junit"].write_bytes(junit(map(_case, results)))


def _case(result: RunResult) -> Case:
    return Case(
        result.name,
        result.real,
        message=None if result.passed else result.wrong.summary,
        report=result.report,
        output=result.ladder if result.passed else "",
        properties={"seed": result.seed, "virtual_seconds": round(result.virtual, 3)},
    )


COMMANDS: Final = (run,)
