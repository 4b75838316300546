"""Writes the tables of the documentation from the code: `python docs/tables.py`, or `--check` to see if they are."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from telnyx_emulator.core.far_end import MAGIC_NUMBERS, PERSONAS
from telnyx_emulator.http.admin.world import command_rows

DOCS = Path(__file__).parent
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: str, rows: list[tuple[str, ...]]) -> str:
    names = [name.strip() for name in head.split("|")]
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def commands() -> str:
    rows = [
        (
            f"`{row['method']} {row['path'].removeprefix('/calls/{call_control_id}')}`",
            row["about"],
            code(row["webhooks"]),
            code(row["not_yet_acting"]),
        )
        for row in command_rows()
    ]
    return table("request | what it does | webhooks | not yet acting", rows)


def numbers() -> str:
    rows = [(f"`{digits}`", f"`{name}`", PERSONAS[name].about) for digits, name in sorted(MAGIC_NUMBERS.items())]
    return table("digits | persona | what it does", rows)


def personas() -> str:
    return table("persona | what it does", [(f"`{one.name}`", one.about) for one in PERSONAS.values()])


TABLES: dict[str, Callable[[], str]] = {"commands": commands, "numbers": numbers, "personas": personas}


def rendered(text: str) -> str:
    """A page with its tables as they should be."""
    return TABLE.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def main(check: bool) -> int:
    stale = [page for page in sorted(DOCS.glob("*.md")) if rendered(page.read_text()) != page.read_text()]
    for page in stale:
        print(f"{page.name}: {'out of date, run `make docs`' if check else 'written'}")
        if not check:
            page.write_text(rendered(page.read_text()))
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
