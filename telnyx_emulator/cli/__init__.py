"""The command line. Each module is a group of commands that belong together; nothing heavy is imported to show help."""

from __future__ import annotations

import click

from telnyx_emulator.version import __version__

from . import calls, run, scenarios, server, watch


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="telnyx-emulator")
def main() -> None:
    """A local server that behaves like the Telnyx Voice API."""


for command in (*server.COMMANDS, *run.COMMANDS, *calls.COMMANDS, *scenarios.COMMANDS, *watch.COMMANDS):
    main.add_command(command)
