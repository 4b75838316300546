"""A part of a scenario as YAML that is read as the same part again: only what was set, by the names of the format."""

from __future__ import annotations

import io
import json
import re
from typing import Any, Final

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from telnyx_emulator.core.time.durations import WRITTEN

from .reading import SWITCHES, resolved

LINE: Final = 100
"""So long a map or a list may be to stand in one line."""

PLAIN = re.compile(rf"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*|{WRITTEN.strip('^$')}")
SECTIONS: Final = ("parties", "faults", "timeline", "expect")
ANCHORS: Final = ("at", "when")
OLD_WORDS: Final = (*SWITCHES, "y", "n")
"""Truth values of YAML 1.1: quoted, for the sake of other readers."""


def as_yaml(part: BaseModel) -> str:
    """The YAML of a scenario, a fault, a party or another part; a scenario's sections stand one below the other."""
    given = part.model_dump(mode="json", by_alias=True, exclude_unset=True)
    tree = CommentedMap((_text(key), _at_the_top(key, value)) for key, value in _ordered(given))
    if not tree:
        return "{}\n"
    yaml = YAML()
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()


def _ordered(given: dict[str, Any]) -> list[tuple[str, Any]]:
    """What it waits for comes before what it does."""
    return sorted(given.items(), key=lambda entry: entry[0] not in ANCHORS)


def _at_the_top(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return _block_text(value)
    return _laid_out(value, 0 if key in SECTIONS else 1)


def _laid_out(value: Any, depth: int) -> Any:
    """Short maps and lists in one line, long ones in several; sections of a scenario always in several."""
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, dict | list) or not value:
        return value
    if isinstance(value, dict):
        node: Any = CommentedMap((_text(key), _laid_out(inner, depth + 1)) for key, inner in _ordered(value))
    else:
        node = CommentedSeq(_laid_out(inner, depth + 1) for inner in value)
    if depth > 0 and len(json.dumps(value)) <= LINE - 2 * depth:
        node.fa.set_flow_style()
    return node


def _text(text: str) -> str:
    is_plain = PLAIN.fullmatch(text) and isinstance(resolved(text), str) and text.lower() not in OLD_WORDS
    return text if is_plain else DoubleQuotedScalarString(text.replace("${", "$${"))


def _block_text(text: str) -> str:
    lines = text.split("\n")
    tidy = all(line.isprintable() and line == line.strip() for line in lines) and all(lines[:-1])
    return LiteralScalarString(text) if len(lines) > 1 and tidy and "${" not in text else _text(text)
