"""`telnyx-emulator run`: which files, which application, and what it prints and writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from telnyx_emulator.cli import main

pytestmark = pytest.mark.slow

SCENARIOS = Path(__file__).parent / "scenarios"
SAMPLES = SCENARIOS / "samples"
REFER, SIPREC = SAMPLES / "refer-declined.yaml", SAMPLES / "siprec-recorder-unreachable.yaml"
QUIET = """
version: 1
scenario: {}
timeline: [ {{ at: 0s, call: {{ to: "+15559990000" }} }} ]
expect: [ {{ command: {}, never: true }} ]
"""


@pytest.fixture(autouse=True)
def beside_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the application is found that is named by its module."""
    monkeypatch.chdir(SCENARIOS)
    monkeypatch.setenv("TELNYX_EMULATOR_SETTLE", "0.01")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["run", *map(str, arguments)])


def quiet(folder: Path, name: str, command: str) -> Path:
    """A scenario that needs no application, and fails if it sends this command."""
    file = folder / f"{name}.yaml"
    file.write_text(QUIET.format(name, command))
    return file


def test_all_variants_are_run_and_counted() -> None:
    result = run(REFER, "--app", "desk:desk")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert sorted(line.split()[1] for line in lines[:4]) == [f"refer-declined[sip={n}]" for n in (403, 480, 486, 603)]
    assert all(line.startswith("pass  ") for line in lines[:4])
    assert lines[4] == "4 passed"


def test_set_narrows_a_matrix() -> None:
    result = run(REFER, "--app", "desk:desk", "--set", "sip=486")
    assert result.output.splitlines()[-1] == "1 passed"


def test_the_ladder_of_a_run_that_passes_is_shown_on_request() -> None:
    result = run(REFER, "--app", "desk:desk", "--set", "sip=486", "--ladder")
    assert "NOTIFY 486" in result.output


def test_a_folder_and_a_builtin_scenario_are_sources_too() -> None:
    result = run(SAMPLES, "builtin:inbound-caller", "--app", "desk:dialler")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "8 passed"


def test_a_failure_is_told_with_its_ladder_and_ends_with_1(tmp_path: Path) -> None:
    result = run(quiet(tmp_path, "silent", "answer"), REFER, "--set", "sip=486", "--app", "desk:desk")
    assert result.exit_code == 1
    assert "FAIL  silent  (" in result.output
    assert "FAILED  expected  " in result.output
    assert "<- never" in result.output
    assert result.output.splitlines()[-1] == "1 passed, 1 failed"


def test_results_as_junit_and_what_happened_as_lines_of_json(tmp_path: Path) -> None:
    junit, log = tmp_path / "junit.xml", tmp_path / "log.jsonl"
    failing = quiet(tmp_path, "silent", "answer")
    run(SIPREC, failing, "--app", "desk:desk", "--junit", junit, "--log", log)
    suite = ElementTree.parse(junit).getroot()
    assert [case.get("name") for case in suite.iter("testcase")] == ["siprec-recorder-unreachable", "silent"]
    assert len(list(suite.iter("failure"))) == 1
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"command", "event", "far_end"} <= {entry["kind"] for entry in entries}
    titles = [entry["name"] for entry in entries if entry["kind"] == "run"]
    assert titles == ["siprec-recorder-unreachable", "silent"]


def test_the_same_seed_writes_the_same_log(tmp_path: Path) -> None:
    def log(*options: str) -> bytes:
        file = tmp_path / "log.jsonl"
        assert run(REFER, SIPREC, "--app", "desk:desk", "--log", file, *options).exit_code == 0
        return file.read_bytes()

    first = log()
    assert log() == log("--seed", "0") == first
    assert log("--seed", "1") != first


def test_strict_fails_a_command_that_nothing_expects() -> None:
    result = run(SIPREC, "--app", "desk:desk", "--strict")
    assert result.exit_code == 1
    assert "which nothing expects" in result.output


def test_an_application_that_fits_no_run_has_one_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds the emulator in its environment, and is served for all runs."""
    module = "import os, desk\napp = desk.desk(os.environ['TELNYX_BASE_URL'], os.environ['TELNYX_API_KEY'])\n"
    (tmp_path / "one_app.py").write_text(module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(SCENARIOS)
    result = run(REFER, "--app", "one_app:app")
    assert result.exit_code == 0, result.output
    assert "TELNYX_BASE_URL" not in os.environ


def test_without_an_application_a_scenario_may_need_none(tmp_path: Path) -> None:
    result = run(quiet(tmp_path, "silent", "answer"), "--port", "0", "--patience", "0.1")
    assert result.exit_code == 0, result.output
    assert set(json.loads(result.output.splitlines()[0])) == {"ready", "base_url", "public_key"}


# -- an application outside --------------------------------------------------------------------------------------

OUTSIDE = """
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import desk

app = None

class Webhooks(BaseHTTPRequestHandler):
    def do_POST(self):
        app(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Webhooks)
print(server.server_port, flush=True)
app = desk.desk(sys.stdin.readline().strip(), "KEY_of_its_own")
server.serve_forever()
"""


def test_an_application_outside_keeps_its_key_and_takes_one_scenario_after_the_other() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OUTSIDE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=SCENARIOS
    ) as app:
        assert app.stdin is not None
        assert app.stdout is not None
        try:
            port = int(app.stdout.readline())
            url = f"http://127.0.0.1:{port}/webhooks?a=b"
            with subprocess.Popen(
                [sys.executable, "-m", "telnyx_emulator", "run", str(REFER), "--app-url", url, "--port", "0"],
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"TELNYX_EMULATOR_GRACE": "0.2"},
            ) as emulator:
                assert emulator.stdout is not None
                app.stdin.write(json.loads(emulator.stdout.readline())["base_url"] + "\n")
                app.stdin.flush()
                rest = emulator.stdout.read()
            assert rest.splitlines()[-1] == "4 passed", rest
            assert emulator.returncode == 0
        finally:
            app.kill()


# -- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.yaml"], "nowhere.yaml: cannot be read"),
        (["builtin:refer-decline"], 'did you mean "refer-declined"?'),
        ([str(REFER), "--set", "sip"], '"sip" is no assignment; write name=value'),
        ([str(REFER), "--set", "spi=486"], 'did you mean "sip"?'),
        ([str(REFER), "--app", "desk:desk", "--app-url", "http://127.0.0.1:1/"], "give --app or --app-url, not both"),
        ([str(REFER), "--app", "desk"], "write MODULE:ATTR, such as myapp:app"),
        ([str(REFER), "--app", "desk_of_nobody:app"], "ModuleNotFoundError: No module named 'desk_of_nobody'"),
        ([str(REFER), "--app", "desk:nothing"], "AttributeError: module 'desk' has no attribute 'nothing'"),
        ([str(REFER), "--app", "desk:OUR_NUMBER"], "not to '+15559990000'"),
        ([str(REFER), "--app", "desk:broken"], "RuntimeError: no database"),
        ([str(REFER), "--app", "desk:not_starting"], "RuntimeError: no queue"),
        ([str(REFER), "--port", "70000"], "port: Input should be less than or equal to 65535"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_run_ends_with_2_and_says_why(arguments: list[str], told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert told in result.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (QUIET.format("silent", "answer").replace("timeline", "timelin"), ':4: unknown key "timelin", did you mean'),
        (
            QUIET.format("silent", "answer") + "faults: [{ when: { command: answer }, do: { media: { loss: 0.5 } } }]",
            "media faults cannot be performed yet",
        ),
    ],
)
def test_an_invalid_file_is_told_and_nothing_is_run(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "wrong.yaml").write_text(text)
    result = run(tmp_path, SIPREC, "--app", "desk:desk")
    assert result.exit_code == 2
    assert told in result.output
    assert "pass" not in result.output


def test_a_server_does_not_start_with_a_scenario_that_cannot_be_performed() -> None:
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--scenario", "builtin:refer-declined"])
    assert result.exit_code == 2
    assert "one variant is performed at a time, set one of sip=403" in result.output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--app-url", "nonsense"], "write the webhook URL"),
        (["--junit", "nowhere/report.xml"], "there is no folder nowhere"),
        (["--seed", "-1"], "not in the range"),
        (["--grace", "-1"], "not in the range"),
    ],
)
def test_options_that_cannot_be_meant_are_refused_before_anything_is_run(options: list[str], told: str) -> None:
    result = run(SIPREC, *options)
    assert result.exit_code == 2
    assert told in result.output


def test_one_application_that_cannot_be_made_ends_the_others_in_peace(tmp_path: Path) -> None:
    (tmp_path / "moody.py").write_text(
        "made = []\ndef make(base_url, api_key):\n    made.append(1)\n    if len(made) == 3:\n"
        "        raise ValueError('enough')\n    return lambda event: None\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        result = run(REFER, "--app", "moody:make")
    assert result.exit_code == 2
    assert "enough" in result.output


def test_an_empty_folder_has_nothing_to_run(tmp_path: Path) -> None:
    assert "there is no scenario in" in run(tmp_path).output


def test_a_port_that_is_taken_is_told() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as taken:
        result = run(SIPREC, "--port", taken.server_port)
    assert result.exit_code == 2
    assert "Choose another --port" in result.output
