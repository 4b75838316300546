"""JUnit XML: what CI servers read."""

from __future__ import annotations

from xml.etree import ElementTree

from telnyx_emulator.scenarios.junit import Case, junit


def test_one_case_for_each_run_with_its_time_and_its_ladder() -> None:
    root = ElementTree.fromstring(junit([Case("refer-declined", 0.1234, "a.yaml", output="  virtual  caller")]))
    suite = root[0]
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("time")) == ("1", "0", "0.123")
    (case,) = suite
    assert (case.get("name"), case.get("file"), case.get("time")) == ("refer-declined", "a.yaml", "0.123")
    assert case.findtext("system-out") == "  virtual  caller"


def test_failures_errors_and_what_was_skipped_are_told_apart() -> None:
    cases = [
        Case("a", message="expected command speak", report="FAILED\n  ladder"),
        Case("b", message="cannot be read", error=True),
        Case("c", skipped="not today"),
        Case("d", properties={"sip": 603}),
    ]
    (suite,) = ElementTree.fromstring(junit(cases))
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    failed, broken, skipped, fine = suite
    assert failed.find("failure").attrib == {"message": "expected command speak", "type": "failure"}
    assert failed.findtext("failure") == "FAILED\n  ladder"
    assert broken.findtext("error") == "cannot be read"
    assert skipped.find("skipped").get("message") == "not today"
    assert fine.find("properties/property").attrib == {"name": "sip", "value": "603"}


def test_texts_that_xml_cannot_contain_become_readable() -> None:
    text = 'a\x00b\x1b[31m <&"> ]]> \ud800 \ufffe 日本\n\ttab'
    (suite,) = ElementTree.fromstring(junit([Case(text, message=text, output=text)], suite="\x01"))
    assert suite.get("name") == "\\x01"
    readable = 'a\\x00b\\x1b[31m <&"> ]]> \\xd800 \\xfffe 日本\n\ttab'
    assert suite[0].findtext("system-out") == readable
    assert suite[0].get("name") == readable


def test_no_runs_make_an_empty_suite() -> None:
    (suite,) = ElementTree.fromstring(junit([]))
    assert (suite.get("tests"), list(suite)) == ("0", [])
