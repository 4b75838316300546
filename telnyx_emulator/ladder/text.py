"""A ladder as lines of text, whose bars stand below one another whatever is between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from .legs import cells, cut
from .rows import Arrow, Row

FIRST_BAR: Final = 14
LEG_GAP, FAR_GAP, NEAR_GAP = 12, 19, 26
"""Cells between bars, at least: of two legs, of the last leg and the emulator, of that and the application."""
WIDEST_LABEL: Final = 44
WIDEST_NAME: Final = 20
WIDEST_TEXT: Final = 160
LONG_SECS: Final = 60.0
"""Virtual seconds of nothing that get a line of their own."""
BEFORE, AFTER = 5, 20
"""Rows that are kept at the beginning and at the end when some are left out."""

STYLES: Final = {
    "time": "\033[2m",
    "name": "\033[1m",
    "far": "\033[35m",
    "webhook": "\033[32m",
    "command": "\033[36m",
    "good": "",
    "bad": "\033[31m",
    "note": "\033[33m",
    "mark": "\033[1;33m",
}
PLAIN: Final = "\033[0m"


class TextPiece(NamedTuple):
    """Text at a place in a line."""

    start: int
    text: str
    style: str = ""


class Gap(NamedTuple):
    """Rows that are not shown."""

    rows: int


def drawn(rows: list[Row], names: list[str], color: bool, most: int | None = None) -> str:
    """All lines, the names of the columns first."""
    names = [cut(name, WIDEST_NAME) for name in names]
    hours = any(row.at >= 3600 for row in rows)
    drawing = Drawing(_bars(rows, names, hours), color, hours)
    lines = [drawing.heading(names)]
    last: float | None = None
    for row in _shown(rows, most):
        if isinstance(row, Gap):
            lines.append(drawing.gap(f"… {row.rows} rows …"))
            last = None
            continue
        if last is not None and row.at - last >= LONG_SECS:
            lines.append(drawing.gap(f"… {span(row.at - last)} …"))
        lines.append(drawing.row(row))
        last = row.at
    return "\n".join(lines) + "\n"


def instant(seconds: float, hours: bool = False) -> str:
    """`mm:ss.d`, with the hours in front once there are some."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    if hours or minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02d}:{rest / 10:04.1f}"
    return f"{minutes:02d}:{rest / 10:04.1f}"


def span(seconds: float) -> str:
    """A long time in its two largest units."""
    whole = round(seconds) if seconds < 600 else round(seconds / 60) * 60
    parts = [(whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    first = next(place for place, (count, _) in enumerate(parts) if count or place == len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count)


def _shown(rows: list[Row], most: int | None) -> Iterator[Row | Gap]:
    """All rows; if they are too many, those at both ends and near whatever is marked or missing."""
    if most is None or len(rows) <= most:
        yield from rows
        return
    marked = {place for place, row in enumerate(rows) if row.mark or (row.near or row.far or Arrow("", True)).lost}
    near = max(1, (most - BEFORE - AFTER) // (2 * len(marked) or 1))
    kept = {*range(BEFORE), *range(len(rows) - AFTER, len(rows))}
    kept |= {place for mark in marked for place in range(mark - near, mark + near + 1)}
    places = [-1, *sorted(kept & set(range(len(rows))))]
    for before, place in pairwise(places):
        if place - before > 1:
            yield Gap(place - before - 1)
        yield rows[place]


def _bars(rows: list[Row], names: list[str], hours: bool) -> list[int]:
    """Where the bars stand: every name and every label has room, up to a limit."""
    before = cells(names[0]) // 2 if names else 0
    bars = [max(FIRST_BAR, len(instant(0, hours)) + 4 + before)]
    for left, right in pairwise(names):
        bars.append(bars[-1] + max(LEG_GAP, cells(left) // 2 + cells(right) // 2 + 3))
    if names:
        needed = [bars[row.column] + _room(row.far) for row in rows if row.far]
        bars.append(max([bars[-1] + FAR_GAP + 1, bars[-1] + cells(names[-1]) // 2 + 8, *needed]))
    bars.append(bars[-1] + max([NEAR_GAP + 1, *(_room(row.near) for row in rows if row.near)]))
    return bars


def _room(arrow: Arrow) -> int:
    return min(cells(arrow.label), WIDEST_LABEL) + 9


class Drawing:
    """Lines of one ladder."""

    def __init__(self, bars: list[int], color: bool, hours: bool) -> None:
        self._bars, self._color, self._hours = bars, color, hours
        self._emulator, self._app = bars[-2:]

    def heading(self, names: list[str]) -> str:
        columns = zip(self._bars, [*names, "emulator", "app"], strict=True)
        pieces = [TextPiece(bar - cells(name) // 2, name, "name") for bar, name in columns]
        return self._line([TextPiece(2, "virtual", "time"), *pieces])

    def gap(self, text: str) -> str:
        bars = [TextPiece(bar, ":", "time") for bar in self._bars]
        return self._line([*bars, TextPiece(self._emulator + 4, text, "time")])

    def row(self, row: Row) -> str:
        pieces = [TextPiece(2, instant(row.at, self._hours), "time")]
        covered: range = range(0)
        if row.far:
            start = self._bars[row.column]
            covered = range(start + 1, self._emulator)
            style = "bad" if row.far.lost else "far"
            pieces.append(TextPiece(start + 1, _arrow(row.far, len(covered), "---"), style))
        if row.near:
            style = "bad" if row.near.lost else "webhook" if row.near.rightward else "command"
            width = self._app - self._emulator - 1
            pieces.append(TextPiece(self._emulator + 1, _arrow(row.near, width, "--"), style))
        bars = ((bar, "*" if row.note and bar == self._emulator else "|") for bar in self._bars if bar not in covered)
        pieces += [TextPiece(bar, mark) for bar, mark in bars]
        return self._line([*pieces, *self._remarks(row)])

    def _remarks(self, row: Row) -> Iterator[TextPiece]:
        """What stands behind the last bar."""
        start = self._app + 2
        said = [(row.note, "note" if row.level != "bad" else "bad"), (row.result, row.level)]
        said += [(" ".join(row.details), ""), (row.mark, "mark")]
        for text, style in said:
            if text:
                text = cut(text, WIDEST_TEXT)
                yield TextPiece(start, text, style)
                start += cells(text) + 3

    def _line(self, pieces: list[TextPiece]) -> str:
        line, at = [], 0
        for piece in sorted(pieces, key=lambda piece: piece.start):
            style = STYLES.get(piece.style, "") if self._color else ""
            line.append(" " * (piece.start - at))
            line.append(f"{style}{piece.text}{PLAIN}" if style else piece.text)
            at = piece.start + cells(piece.text)
        return "".join(line).rstrip()


def _arrow(arrow: Arrow, width: int, shaft: str) -> str:
    """`-- LABEL ----->`, `<-- LABEL -----`, or `(LABEL)   XX` where nothing came, its mark at the sender's end."""
    label = cut(arrow.label, width - 8)
    if arrow.lost:
        text = f"   {label}{' ' * (width - 5 - cells(label))}"
        return f"XX{text}" if arrow.rightward else f"{text}XX"
    head = f"{shaft} {label} " if arrow.rightward else f"<-- {label} "
    rest = "-" * (width - cells(head) - arrow.rightward)
    return f"{head}{rest}>" if arrow.rightward else f"{head}{rest}"
