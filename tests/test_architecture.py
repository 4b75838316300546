"""The shape of the package: who may import whom, how long things are, and what they are called."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

import telnyx_emulator

ROOT = Path(telnyx_emulator.__file__).parent
PACKAGE = ROOT.name


def _name_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name_of(path): path for path in sorted(ROOT.rglob("*.py"))}
TREES = {module: ast.parse(path.read_text()) for module, path in MODULES.items()}

CORE = {"core"}
WORLD = {
    "core", "journal", "observed", "matching", "clock_driver", "settings", "signing", "webhooks", "faults", "scenarios",
    "callers", "app_requests", "ladder", "leg_names", "signature_help",
}  # fmt: skip
ALLOWED: dict[str, set[str]] = {
    "core": CORE,
    "commands": {"commands", *CORE},
    "journal": {"journal", *CORE},
    "leg_names": CORE,
    "media": {"media", *CORE},
    "clock_driver": CORE,
    "matching": set(),
    "observed": {"journal"},
    "faults": {"observed", *CORE},
    "signing": set(),
    "settings": {"core", "signing"},
    "callers": CORE,
    "ladder": {"ladder", "journal", "leg_names"},
    "eventlog": {"journal"},
    "signature_help": {"signature_help", "signing"},
    "scenarios": {
        "scenarios",
        "callers",
        "commands",
        "journal",
        "observed",
        "matching",
        "faults",
        "ladder",
        "leg_names",
        *CORE,
    },
    "webhooks": {"webhooks", "core", "settings", "signing", "journal", "observed", "faults"},
    "app_requests": {"webhooks", *CORE},
    "tenants": WORLD,
    "findings": {"faults", "journal", "observed", "scenarios"},
    "http": {"http", "commands", "findings", "media", "tenants", "version", *WORLD},
    "background": set(),
    "apps": {"apps", "background"},
    "emulator": {"background", "http", "tenants", "webhooks", "settings"},
    "bench": {"apps", "background", "client", "marks"},
    "marks": set(),
    "pytest_plugin": {"background", "bench", "client", "emulator", "marks", "settings"},
    "client": {"client", "apps"},  # the latter when it is given an application
    "runs": {"runs", "apps", "core", "emulator", "eventlog", "findings", "journal", "ladder", "scenarios", "tenants"},
    "cli": {
        "cli",
        "runs",
        "version",
        "client",
        "emulator",
        "settings",
        "signing",
        "scenarios",
        "core",
        "journal",
        "ladder",
        "signature_help",
    },
    "__main__": {"cli"},
    "version": set(),
    PACKAGE: {"client", "emulator", "matching", "settings", "version"},
}
"""What each part may import of the package itself. `telnyx_emulator` stands for its `__init__`."""

CORE_LIBRARIES = {"pydantic", "pydantic_core", "typing_extensions"}
NEVER_IN_CORE = {"asyncio", "concurrent", "multiprocessing", "select", "socket", "ssl", "threading", "urllib"}


def _part(module: str) -> str:
    """The first name below the package: `http` for `telnyx_emulator.http.admin.calls`."""
    return module.removeprefix(f"{PACKAGE}.").partition(".")[0]


def _imports(module: str, tree: ast.AST | None = None) -> set[str]:
    """Full names of the imported modules, those for type checkers and within functions too.

    `from package import module` is the module, not the package.
    """
    found = set()
    for node in ast.walk(TREES[module] if tree is None else tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            names = {f"{base}.{alias.name}" for alias in node.names}
            found |= names & MODULES.keys()
            if names - MODULES.keys():
                found.add(base)
    return found


def _absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    is_package = MODULES[module].name == "__init__.py"
    steps = node.level - 1 if is_package else node.level
    parts = module.split(".")[: len(module.split(".")) - steps]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _own(module: str) -> set[str]:
    return {name for name in _imports(module) if name.partition(".")[0] == PACKAGE}


IMPORTS = {module: _own(module) for module in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_the_parts_below_its_own(module: str):
    assert {_part(name) for name in IMPORTS[module]} <= ALLOWED[_part(module)]


@pytest.mark.parametrize("module", [module for module in MODULES if _part(module) == "core"])
def test_the_core_needs_only_pydantic_and_does_no_input_or_output(module: str):
    libraries = {name.partition(".")[0] for name in _imports(module)} - {PACKAGE}
    assert libraries <= sys.stdlib_module_names | CORE_LIBRARIES
    assert not libraries & NEVER_IN_CORE


def test_in_the_core_only_the_clock_reads_the_computers_own_clocks():
    wall_clock = re.compile(r"datetime\.(now|utcnow|today)|date\.today|time\.\w+\(")
    readers = {
        module
        for module in MODULES
        if _part(module) == "core" and (wall_clock.search(MODULES[module].read_text()) or "time" in _imports(module))
    }
    assert readers == {f"{PACKAGE}.core.time.clock"}


def _knotted(graph: dict[str, set[str]]) -> set[str]:
    """Those that import themselves by way of others."""

    def reaches_itself(start: str) -> bool:
        seen, ahead = set[str](), list(graph[start] - {start})
        while ahead:
            one = ahead.pop()
            if one == start:
                return True
            if one not in seen:
                seen.add(one)
                ahead += graph.get(one, ())
        return False

    return {one for one in graph if reaches_itself(one)}


def test_no_module_imports_itself_by_way_of_others():
    assert _knotted(IMPORTS) == set()


def test_no_two_parts_of_the_package_import_each_other():
    parts: dict[str, set[str]] = {}
    for module, names in IMPORTS.items():
        parts.setdefault(_part(module), set()).update(map(_part, names))
    assert _knotted(parts) == set()


def test_a_knot_is_all_that_leads_back_to_itself():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": {"d"}}
    assert _knotted(graph) == {"b", "c"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import asyncio", {"asyncio"}),
        ("from . import ids", {f"{PACKAGE}.core.ids"}),
        ("from .. import Emulator", {PACKAGE}),
        ("from ..commands.base import execute", {f"{PACKAGE}.commands.base"}),
        ("def f():\n    from telnyx_emulator import cli", {f"{PACKAGE}.cli"}),
        ("if TYPE_CHECKING:\n    from .call import Call", {f"{PACKAGE}.core.call"}),
    ],
)
def test_imports_are_read_from_the_source(source: str, found: set[str]):
    assert _imports(f"{PACKAGE}.core.leg", ast.parse(source)) == found


# -- size ------------------------------------------------------------------------------------------------------

FILE_LINES, FUNCTION_LINES, MEDIAN_LINES = 450, 45, 8

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


def _lines(function: AnyFunction) -> int:
    """Lines of code: strings that only explain do not count."""
    notes = [node for node in ast.walk(function) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    return _extent(function) - sum(map(_extent, notes))


def _extent(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


FUNCTIONS = {
    f"{module}:{node.lineno} {node.name}": _lines(node)
    for module, tree in TREES.items()
    for node in ast.walk(tree)
    if isinstance(node, AnyFunction)
}


def test_files_are_short():
    lengths = {module: len(path.read_text().splitlines()) for module, path in MODULES.items()}
    assert {module: lines for module, lines in lengths.items() if lines >= FILE_LINES} == {}


def test_functions_are_short():
    assert {name: lines for name, lines in FUNCTIONS.items() if lines >= FUNCTION_LINES} == {}


def test_most_functions_are_very_short():
    assert median(FUNCTIONS.values()) <= MEDIAN_LINES


# -- names and words ---------------------------------------------------------------------------------------------

VAGUE_MODULES = {"common", "helper", "helpers", "misc", "util", "utils"}
VAGUE_CLASSES = ("Factory", "Handler", "Helper", "Manager", "Service", "Util", "Utils")
CLEAR_WITHOUT_WORDS = 5


def test_modules_are_called_after_what_is_in_them():
    assert [module for module in MODULES if VAGUE_MODULES & set(module.replace("_", ".").split("."))] == []


def test_classes_are_called_after_what_they_are():
    names = [node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert [name for name in names if name.endswith(VAGUE_CLASSES)] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_for(module: str):
    assert ast.get_docstring(TREES[module])


def _undocumented() -> Iterator[str]:
    """Public classes that derive from none that is documented, and public functions of some length."""
    definitions = [(module, node) for module, tree in TREES.items() for node in tree.body]
    classes = {node.name: node for _, node in definitions if isinstance(node, ast.ClassDef)}

    def explained(node: ast.ClassDef) -> bool:
        bases = [classes[name] for base in node.bases if (name := ast.unparse(base)) in classes]
        return bool(ast.get_docstring(node)) or any(map(explained, bases))

    for module, node in definitions:
        if isinstance(node, ast.ClassDef):
            silent = not explained(node)
        elif isinstance(node, AnyFunction):
            silent = not ast.get_docstring(node) and _extent(node) > CLEAR_WITHOUT_WORDS
        else:
            continue
        if silent and not node.name.startswith("_"):
            yield f"{module}.{node.name}"


def test_what_is_public_and_not_plain_to_see_is_explained():
    assert list(_undocumented()) == []
