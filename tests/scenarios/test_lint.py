"""What is allowed and yet looks like a slip."""

from __future__ import annotations

import pytest

from telnyx_emulator.scenarios import library
from telnyx_emulator.scenarios.lint import warnings
from telnyx_emulator.scenarios.loader import load, load_text


def told(body: str) -> list[str]:
    """The warnings, as `line: message`; the body begins in line 3."""
    [run] = load_text(f"version: 1\nscenario: s\n{body}", "f")
    return [str(slip).removeprefix("f:") for slip in warnings(run)]


CALL = "timeline: [{ at: 0s, call: { as: customer } }]\n"


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (
            CALL + "expect: [{ command: speak, leg: custmer }]",
            '4: no leg is called "custmer", did you mean "customer"?',
        ),
        (
            CALL + "faults: [{ when: { command: dial, leg: bob }, do: { api: { status: 500 } } }]",
            '4: no leg is called "bob"; there are customer',
        ),
        ("timeline: [{ at: 1s, hangup: { leg: bob } }]", '3: no leg is called "bob"'),
        (
            "parties:\n  a: { name: Ann }",
            '4: nothing meets "a": no number to be dialled at, and no call is from there',
        ),
        ("expect: [{ webhook: call.gather.ended, where: { digits: 1 } }]", "3: call.gather.ended never has digits 1"),
        (
            "expect: [{ webhook: call.machine.greeting.ended, where: { result: no_beep_detected } }]",
            '3: call.machine.greeting.ended never has result "no_beep_detected"',
        ),
        (
            "expect:\n  - { command: speak }\n  - { command: speak, never: true }",
            "5: command speak must be seen, and must never be: both cannot be met",
        ),
        (
            "faults:\n  - { when: { command: dial }, do: { api: { status: 500 } } }\n"
            "  - { when: { command: dial }, do: { api: { status: 503 } } }",
            "5: never fires: one before it has the same when, and no times",
        ),
        ("params: { x: 1 }", '3: nothing refers to "x"; write ${x} where it belongs'),
    ],
)
def test_a_slip_is_told_with_its_line(body: str, warning: str) -> None:
    assert told(body) == [warning]


@pytest.mark.parametrize(
    "body",
    [
        CALL + "expect: [{ command: speak, leg: customer }, { command: speak, leg: callee-2 }]",
        'parties: { a: { number: "+1555" }, r: { kind: siprec_recorder } }\nexpect: [{ command: speak, leg: a }]',
        "parties: { a: {} }\ntimeline: [{ at: 0s, call: { from: a } }]",
        "timeline: [{ when: { command: speak }, as: x }]\nexpect: [{ webhook: call.hangup, leg: x }]",
        "expect: [{ webhook: call.gather.ended, where: { digits: { regex: '1' }, client_state: { base64: y } } }]",
        "expect: [{ far_end: press, where: { digits: x } }, { webhook: call.answered, where: { exists: true } }]",
        "expect: [{ command: speak }, { command: speak, never: true, within: 3s }]",
        "faults:\n  - { when: { command: dial }, times: 1, do: { api: { status: 500 } } }\n"
        "  - { when: { command: dial }, do: { api: { status: 503 } } }",
    ],
)
def test_what_can_be_meant_is_no_slip(body: str) -> None:
    assert told(body) == []


@pytest.mark.parametrize("name", library.names())
def test_builtin_scenarios_have_none(name: str) -> None:
    assert [slip for run in load(f"builtin:{name}") for slip in warnings(run)] == []
