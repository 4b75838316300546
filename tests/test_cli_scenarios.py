"""`telnyx-emulator check` and `schema`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from telnyx_emulator.cli import main
from telnyx_emulator.core.far_end.behaviour import MAGIC_NUMBERS
from telnyx_emulator.scenarios import library

GOOD = 'version: 1\nscenario: good\nparams: { sip: 603 }\nmatrix: { sip: [403, 603] }\nabout: "with ${sip}"\n'


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    return path


def test_a_good_file_is_ok_and_says_how_many_runs_it_makes(good: Path) -> None:
    result = run("check", good)
    assert (result.exit_code, result.output) == (0, f"OK {good}: 2 runs\n")
    assert run("check", good, "--set", "sip=486").output == f"OK {good}: 1 run\n"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("faults: [{ when: { command: dial }, tmies: 1, do: { api: { reset: true } } }]", 'did you mean "times"?'),
        ("parties: { a: { number: +15551230001 } }", 'quote it: "+15551230001"'),
        ("timeline: [{ on: { command: dial }, as: x }]", 'write "when"'),
        ("expect: [{ webhook: call.siprec.failed }]", 'did you mean "siprec.failed"?'),
        ("faults: [{ when: { command: hangup }, do: { outcome: {} } }]", "an api fault can refuse it"),
    ],
    ids=["a mistyped key", "an unquoted number", "on as a key", "an unknown event", "an impossible fault"],
)
def test_a_bad_file_is_refused_with_file_line_and_advice(good: Path, line: str, complaint: str) -> None:
    bad = good.with_name("bad.yaml")
    bad.write_text(f"version: 1\nscenario: bad\n{line}\n")
    result = run("check", good.parent)
    assert result.exit_code == 1
    first, second = result.output.splitlines()
    assert first.startswith(f"{bad}:3: ")
    assert complaint in first
    assert second == f"OK {good}: 2 runs"


def test_a_slip_is_a_warning_and_no_error(good: Path) -> None:
    good.write_text(f"{GOOD}expect:\n  - {{ command: speak, leg: bob }}\n")
    result = run("check", good)
    assert result.exit_code == 0
    assert result.output == f'{good}:7: warning: no leg is called "bob"\nOK {good}: 2 runs\n'


def test_builtin_scenarios_are_checked_by_name() -> None:
    assert run("check", "builtin:refer-declined").output == "OK builtin:refer-declined: 4 runs\n"
    result = run("check", "builtin:refer-declind")
    assert result.exit_code == 1
    assert 'no builtin scenario "refer-declind", did you mean "refer-declined"?' in result.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["check"], "name a file, a folder or builtin:NAME, or give --numbers"),
        (["check", "x.yaml", "--set", "sip"], '"sip" is no assignment; write name=value'),
    ],
)
def test_what_cannot_be_done_says_what_can(arguments: list[str], complaint: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert complaint in result.output


def test_a_folder_without_scenarios_and_a_file_that_is_not_there_are_told(tmp_path: Path) -> None:
    assert "no scenario in" in run("check", tmp_path).output
    assert run("check", tmp_path / "x.yaml").output == f"{tmp_path}/x.yaml: cannot be read: No such file or directory\n"


def test_a_parameter_that_none_of_several_files_has_is_told(good: Path) -> None:
    result = run("check", good, "builtin:inbound-caller", "--set", "spi=1")
    assert result.exit_code == 2
    assert "--set spi: no scenario has such a parameter" in result.output
    assert run("check", good, "builtin:inbound-caller", "--set", "sip=1").exit_code == 0


def test_numbers_lists_the_magic_ones() -> None:
    lines = run("check", "--numbers").output.splitlines()
    assert len(lines) == len(MAGIC_NUMBERS) + 1
    assert "+15550100486  busy               is busy (SIP 486)" in lines


def test_schema_prints_the_schema_or_writes_it(tmp_path: Path) -> None:
    output = tmp_path / "schema.json"
    assert run("schema", "--output", output).output == ""
    assert json.loads(output.read_text()) == json.loads(run("schema").output)
    assert output.read_bytes() == (Path(library.__file__).parent / "schema.json").read_bytes()


def test_help_imports_neither_the_server_nor_yaml() -> None:
    code = (
        "import sys; from telnyx_emulator.cli import main; main(['--help'], standalone_mode=False); "
        "print([name for name in ('aiohttp', 'ruamel.yaml', 'telnyx_emulator.commands') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.splitlines()[-1] == "[]", result.stderr
