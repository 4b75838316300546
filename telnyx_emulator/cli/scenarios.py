"""Scenario files: are they right, what may stand in them, and who is there without any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from telnyx_emulator.scenarios.loader import Run

INVALID: Final = 1


def assignments(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The values of `--set name=value`."""
    if not given:
        return {}
    from telnyx_emulator.scenarios.parameters import assignment

    try:
        return dict(map(assignment, given))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("sources", nargs=-1, metavar="FILE|DIR|builtin:NAME…")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", callback=assignments, help="a parameter's value")
@click.option("--numbers", is_flag=True, help="list the magic numbers instead")
def check(sources: tuple[str, ...], given: dict[str, str], numbers: bool) -> None:
    """Look for errors in scenarios, without running them; 1 if there are any.

    Warnings tell of what is allowed and yet looks like a slip.
    """
    if numbers:
        return _show_numbers()
    if not sources:
        raise click.UsageError("name a file, a folder or builtin:NAME, or give --numbers")
    from telnyx_emulator.scenarios.loader import load_each
    from telnyx_emulator.scenarios.problems import InvalidScenario

    try:
        loaded = load_each(sources, given)
    except InvalidScenario as error:
        raise click.UsageError(str(error)) from None
    if not loaded:
        raise click.UsageError(f"no scenario in {', '.join(sources)}")
    for source, found in loaded:
        click.echo(found if isinstance(found, InvalidScenario) else _verdict(source, found))
    if any(isinstance(found, InvalidScenario) for _, found in loaded):
        raise SystemExit(INVALID)


def _verdict(source: str, runs: list[Run]) -> str:
    from telnyx_emulator.scenarios.lint import warnings

    slips = dict.fromkeys(f"{slip.place}: warning: {slip.message}" for run in runs for slip in warnings(run))
    told = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    return "\n".join([*slips, f"OK {source}: {told}"])


def _show_numbers() -> None:
    from telnyx_emulator.core.far_end.behaviour import MAGIC_NUMBERS, MAGIC_PREFIX, PERSONAS

    for digits, name in sorted(MAGIC_NUMBERS.items()):
        click.echo(f"{MAGIC_PREFIX}{digits}  {name:18} {PERSONAS[name].about}")
    click.echo("fails-<SIP status or cause> in a REFER target, connector or SIP address fails so: sip:fails-603@pbx")


@click.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="write it to this file")
def schema(output: Path | None) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from telnyx_emulator.scenarios.schema import schema as whole

    found: dict[str, Any] = whole()
    text = json.dumps(found, indent=2, ensure_ascii=False)
    if output is None:
        click.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")


COMMANDS: Final = (check, schema)
