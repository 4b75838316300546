"""Results as JUnit XML, which every CI server reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot contain, not even escaped."""


@dataclass(frozen=True, slots=True)
class Case:
    """One run. `seconds`: real ones. `message`: why it failed, in one line, and `report` at length.

    `error`: it could not be run at all. `output`: the ladder.
    """

    name: str
    seconds: float = 0.0
    file: str | None = None
    classname: str = "telnyx_emulator"
    message: str | None = None
    report: str = ""
    error: bool = False
    skipped: str | None = None
    output: str = ""
    properties: Mapping[str, object] = field(default_factory=dict)


def junit(cases: Iterable[Case], suite: str = "telnyx-emulator") -> bytes:
    """One test suite with a test case for each run, as UTF-8."""
    listed = list(cases)
    failed = [case for case in listed if case.message is not None]
    counts = {
        "tests": len(listed),
        "failures": sum(not case.error for case in failed),
        "errors": sum(case.error for case in failed),
        "skipped": sum(case.skipped is not None for case in listed),
    }
    numbers = {name: str(count) for name, count in counts.items()}
    numbers["time"] = _seconds(sum(case.seconds for case in listed))
    root = ElementTree.Element("testsuites", {"name": _possible(suite), **numbers})
    inside = ElementTree.SubElement(root, "testsuite", {"name": _possible(suite), **numbers})
    for case in listed:
        _add(inside, case)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _add(suite: ElementTree.Element, case: Case) -> None:
    given = {"classname": case.classname, "name": case.name, "file": case.file}
    names = {name: _possible(value) for name, value in given.items() if value is not None}
    element = ElementTree.SubElement(suite, "testcase", {**names, "time": _seconds(case.seconds)})
    if case.properties:
        properties = ElementTree.SubElement(element, "properties")
        for name, value in case.properties.items():
            ElementTree.SubElement(properties, "property", {"name": _possible(name), "value": _possible(str(value))})
    if case.message is not None:
        kind = "error" if case.error else "failure"
        problem = ElementTree.SubElement(element, kind, {"message": _possible(case.message), "type": kind})
        problem.text = _possible(case.report or case.message)
    if case.skipped is not None:
        ElementTree.SubElement(element, "skipped", {"message": _possible(case.skipped)})
    if case.output:
        ElementTree.SubElement(element, "system-out").text = _possible(case.output)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _possible(text: str) -> str:
    """Readable instead of what XML cannot contain."""
    return IMPOSSIBLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
