"""What the fields of models are for, read from the texts under them.

It is read when it is asked for, never at import: pydantic's own `use_attribute_docstrings` would look at the source
of every model at every start.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def explained(model: type[BaseModel]) -> dict[str, str]:
    """The description of each field: the text under it, in the model or in one that it derives from, or "".

    >>> from telnyx_emulator.commands import Command
    >>> explained(Command.names["reject"])["cause"]
    'Why the call is refused; it decides the `hangup_cause` and the SIP status.'
    """
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if issubclass(kind, BaseModel) and kind is not BaseModel:
            found |= _texts_of_module(kind.__module__).get(kind.__qualname__, {})
    return {name: found.get(name) or field.description or "" for name, field in model.model_fields.items()}


@cache
def _texts_of_module(name: str) -> dict[str, dict[str, str]]:
    """The texts under the fields of each class of a module; none where there is no source."""
    try:
        source = inspect.getsource(sys.modules[name])
    except OSError:
        return {}
    return dict(_texts_in(ast.parse(source), ""))


def _texts_in(outer: ast.AST, prefix: str) -> Iterator[tuple[str, dict[str, str]]]:
    for node in ast.iter_child_nodes(outer):
        if isinstance(node, ast.ClassDef):
            yield f"{prefix}{node.name}", _texts_under(node)
            yield from _texts_in(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield from _texts_in(node, f"{prefix}{node.name}.<locals>.")


def _texts_under(definition: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
