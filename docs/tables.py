"""Writes the tables of the documentation from the code: `python docs/tables.py`, or `--check` to see if they are."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import field_tables
from pydantic import BaseModel

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.base import Outcome
from telnyx_emulator.commands.explained import explained
from telnyx_emulator.core.far_end.behaviour import MAGIC_NUMBERS, PERSONAS
from telnyx_emulator.http.admin.world import command_rows
from telnyx_emulator.journal import schema
from telnyx_emulator.scenarios import library
from telnyx_emulator.scenarios.loader import load

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
            f"[`{row['method']} {row['path'].removeprefix('/calls/{call_control_id}')}`](parameters.md#{row['name']})",
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


def scenarios() -> str:
    abouts = {name: load(f"builtin:{name}")[0].scenario.about or "" for name in library.names()}
    rows = [(f"[`{name}`]({name}.yaml)", " ".join(about.split())) for name, about in abouts.items()]
    return table("scenario | what it is about", rows)


def outcome_fields() -> str:
    sharing: dict[type[Outcome], list[str]] = {}
    """The commands that have the same ones."""
    for name, command in sorted(Command.names.items()):
        if command.outcomes is not None:
            sharing.setdefault(command.outcomes, []).append(name)
    rows = []
    for model, names in sharing.items():
        for number, (field, text) in enumerate(fields(model, sharing)):
            rows.append(("" if number else code(names), f"`{field}`", text))
    return table("command | field | what it does", rows)


def fields(
    model: type[BaseModel], elsewhere: dict[type[Outcome], list[str]], before: str = ""
) -> list[tuple[str, str]]:
    """The fields of a model and of those inside it, what they are for, and the words that they know.

    `elsewhere`: models that have rows of their own.
    """
    found = []
    for name, text in explained(model).items():
        annotation = model.model_fields[name].annotation
        inside = [one for one in parts(annotation) if isinstance(one, type) and issubclass(one, Outcome)]
        words = [word for one in parts(annotation) if get_origin(one) is Literal for word in get_args(one)]
        known = f" One of {code(words)}." if len(words) > 1 else ""
        same = "".join(f" As for {code(elsewhere[one][-1:])}." for one in inside if one in elsewhere)
        found.append((f"{before}{name}", text + known + same))
        for one in inside:
            found += [] if one in elsewhere else fields(one, elsewhere, f"{before}{name}.")
    return found


def parts(annotation: Any) -> list[Any]:
    """The alternatives in an annotation."""
    inner = [] if get_origin(annotation) is Literal else get_args(annotation)
    return [one for part in inner for one in parts(part)] or [annotation]


def journal() -> str:
    rows = [(f"`{type}`", f"`{kind}`", code(own), about) for type, kind, own, about in schema.rows()]
    return table("type | kind | fields of its own | what it tells", rows)


TABLES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "common": field_tables.common,
    "events": field_tables.events,
    "journal": journal,
    "numbers": numbers,
    "objects": field_tables.objects,
    "outcome_fields": outcome_fields,
    "parameters": field_tables.parameters,
    "personas": personas,
    "resources": field_tables.resources,
    "scenarios": scenarios,
}


def rendered(text: str) -> str:
    """A page with its tables as they should be."""
    return TABLE.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def main(check: bool) -> int:
    pages = [*sorted(DOCS.glob("*.md")), DOCS.parent / "scenarios" / "README.md"]
    stale = [page for page in pages if rendered(page.read_text()) != page.read_text()]
    for page in stale:
        print(f"{page.name}: {'out of date, run `make docs`' if check else 'written'}")
        if not check:
            page.write_text(rendered(page.read_text()))
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
