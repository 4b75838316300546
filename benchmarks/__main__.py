"""Print the table: `python -m benchmarks [--quick] [--json]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Awaitable, Callable

import uvloop

from .row import Row
from .size import command_cost, idle_cpu, memory_per_call
from .speed import commands_per_second, webhooks_per_second
from .start import start_to_first_answer

BENCHMARKS: tuple[Callable[[bool], Awaitable[Row]], ...] = (
    commands_per_second,
    webhooks_per_second,
    start_to_first_answer,
    idle_cpu,
    memory_per_call,
    command_cost,
)
HEAD = ("name", "measured", "baseline", "ratio", "target", "met?")


async def measure(quick: bool, chosen: str) -> list[Row]:
    rows = []
    for benchmark in BENCHMARKS:
        if chosen in benchmark.__name__:
            print(f"{benchmark.__name__} …", file=sys.stderr, flush=True)
            rows.append(await benchmark(quick))
    return rows


def table(rows: list[Row]) -> str:
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed as ratios within one run.")
    parser.add_argument("--quick", action="store_true", help="shorter and less exact")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--only", default="", metavar="TEXT", help="what has this in its name")
    options = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("TELNYX_")]:
        del os.environ[name]  # settings of somebody's own emulator
    rows = uvloop.run(measure(options.quick, options.only))
    print(json.dumps([row.facts() for row in rows], indent=2) if options.json else table(rows))


main()
