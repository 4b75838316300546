"""Results as JUnit XML, which every CI server reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
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
    counts: dict[str, Any] = {
        "tests": len(listed),
        "failures": sum(not case.error for case in failed),
        "errors": sum(case.error for case in failed),
        "skipped": sum(case.skipped is not None for case in listed),
        "time": _seconds(sum(case.seconds for case in listed)),
    }
    root = ElementTree.Element("testsuites")
    inside = _add(root, "testsuite", name=suite, **counts)
    root.attrib.update(inside.attrib)
    for case in listed:
        _add_case(inside, case)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _add_case(suite: ElementTree.Element, case: Case) -> None:
    names = {"classname": case.classname, "name": case.name, "file": case.file}
    element = _add(suite, "testcase", **names, time=_seconds(case.seconds))
    if case.properties:
        properties = _add(element, "properties")
        for name, value in case.properties.items():
            _add(properties, "property", name=name, value=value)
    if case.message is not None:
        kind = "error" if case.error else "failure"
        _add(element, kind, case.report or case.message, message=case.message, type=kind)
    if case.skipped is not None:
        _add(element, "skipped", message=case.skipped)
    if case.output:
        _add(element, "system-out", case.output)


def _add(to: ElementTree.Element, tag: str, text: str | None = None, **attributes: object) -> ElementTree.Element:
    given = {name: _possible(str(value)) for name, value in attributes.items() if value is not None}
    element = ElementTree.SubElement(to, tag, given)
    element.text = text and _possible(text)
    return element


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _possible(text: str) -> str:
    """Readable instead of what XML cannot contain."""
    return IMPOSSIBLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
