"""The scenarios that come with the package: `builtin:NAME`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from .names import advice

BUILTIN: Final = "builtin:"


@cache
def folder() -> Traversable:
    """In an installed package a part of it; in a source tree the folder `scenarios` beside it."""
    package = files("telnyx_emulator")
    installed = package / "builtin"
    return installed if installed.is_dir() else Path(str(package)).parent / "scenarios"


@cache
def names() -> tuple[str, ...]:
    """All there are, in alphabetical order."""
    return tuple(sorted(one.name.removesuffix(".yaml") for one in folder().iterdir() if one.name.endswith(".yaml")))


def text_of(source: str) -> str:
    """The text of `builtin:NAME`; ValueError with advice if there is none."""
    name = source.removeprefix(BUILTIN)
    if name not in names():
        raise ValueError(f'no builtin scenario "{name}"{advice(name, names())} All: {", ".join(names())}')
    return (folder() / f"{name}.yaml").read_text(encoding="utf-8")
