"""A ladder as a sequence diagram of Mermaid, which Markdown viewers draw."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .rows import Arrow, Row
from .text import LONG_SECS, instant, span


def drawn(rows: list[Row], names: list[str]) -> str:
    """The diagram; far ends are `leg1`, `leg2`, … with their names as aliases."""
    ids = [f"leg{number}" for number in range(1, len(names) + 1)]
    lines = ["sequenceDiagram"]
    lines += [f"    participant {id} as {escaped(name) or id}" for id, name in zip(ids, names, strict=True)]
    lines += ["    participant emulator", "    participant app"]
    last: float | None = None
    for row in rows:
        if last is not None and row.at - last >= LONG_SECS:
            lines.append(f"    Note over emulator: … {span(row.at - last)} …")
        lines += [f"    {line}" for line in _lines(row, ids)]
        last = row.at
    return "\n".join(lines) + "\n"


def _lines(row: Row, ids: list[str]) -> Iterator[str]:
    remarks = [row.result, " ".join(row.details), row.mark]
    if row.note:
        yield f"Note over emulator: {_said(row, row.note, remarks)}"
    if row.far:
        yield _message(row, row.far, ids[row.column], "emulator", [] if row.near else remarks)
    if row.near:
        yield _message(row, row.near, "emulator", "app", remarks)


def _message(row: Row, arrow: Arrow, left: str, right: str, remarks: list[str]) -> str:
    sender, receiver = (left, right) if arrow.rightward else (right, left)
    failed = arrow.lost or (row.level == "bad" and arrow is row.near and arrow.rightward)
    return f"{sender}{'-x' if failed else '->>'}{receiver}: {_said(row, arrow.label, remarks)}"


def _said(row: Row, text: str, remarks: list[str]) -> str:
    return escaped(" · ".join([f"{instant(row.at)} {text}", *filter(None, remarks)]))


def escaped(text: str) -> str:
    """Nothing in it means anything to Mermaid."""
    return re.sub(r"[#;<>\"%{}\\`&\r\n]", lambda found: f"#{ord(found[0])};", text).strip()
