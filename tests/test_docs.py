"""Every snippet of README and docs runs, except those that need a container engine."""

import json
import os
import re
import socket
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from telnyx_emulator import EmulatorClient
from telnyx_emulator.scenarios.loader import load_text
from telnyx_emulator.scenarios.schema import schema

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SNIPPETS = [
    pytest.param(language, code, id=f"{page.name}-{number}")
    for page in PAGES
    for number, (language, code) in enumerate(FENCE.findall(page.read_text()), 1)
]


def snippets(language):
    return [snippet for snippet in SNIPPETS if snippet.values[0] == language]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def served():
    """The environment of a shell whose `telnyx-emulator` and `curl` find a server that runs, and its port."""
    port = free_port()
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "TELNYX_API_KEY": "test",
        "TELNYX_EMULATOR_URL": f"http://127.0.0.1:{port}",
    }
    server = subprocess.Popen(
        ["telnyx-emulator", "serve", "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert json.loads(server.stdout.readline())["ready"]
    yield environment, port
    server.terminate()
    assert server.wait(timeout=60) == 0
    server.stdout.close()


@pytest.fixture
def shell(served):
    """Runs a script there; the world `test` is the only one, and new for each."""
    environment, port = served
    EmulatorClient(environment["TELNYX_EMULATOR_URL"], "test").drop_world()

    def run(code):
        script = code.replace("12111", str(port))
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], env=environment, capture_output=True, text=True
        )

    return run


def test_python_snippets_pass(tmp_path):
    """All in one process, since each of them would import the SDK anew."""
    for snippet in snippets("python"):
        name = re.sub(r"\W", "_", snippet.id)
        (tmp_path / f"test_{name}.py").write_text(snippet.values[1])
    options = ["-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
    command = [sys.executable, "-m", "pytest", *options, "-rA", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    tested = set(re.findall(r"^PASSED (?:\S*/)?(test_\w+)\.py", run.stdout, re.MULTILINE))
    assert tested == {path.stem for path in tmp_path.glob("test_*.py")}


@pytest.mark.parametrize(
    ("language", "code"), [snippet for snippet in snippets("bash") if "pip install" not in snippet.values[1]]
)
def test_shell_snippets_work(language, code, shell):
    """Those that install something are run by `.ci/run`, in fresh environments."""
    run = shell(code)
    assert run.returncode == 0, run.stderr
    assert '"errors"' not in run.stdout


@pytest.mark.parametrize(("language", "code"), snippets("json"))
def test_json_snippets_are_json(language, code):
    assert json.loads(code)


@pytest.mark.parametrize(("language", "code"), snippets("ini"))
def test_ini_snippets_configure_what_there_is(language, code, pytestconfig):
    parser = ConfigParser()
    parser.read_string(code)
    assert [name for name in parser["pytest"] if name not in pytestconfig._parser._inidict] == []


@pytest.mark.parametrize(("language", "code"), snippets("yaml"))
def test_yaml_snippets_are_yaml_and_those_of_scenarios_are_valid(language, code):
    data = YAML(typ="safe", pure=True).load(code)
    assert data
    if "scenario" in data:
        assert load_text(code)
    elif data.keys() <= schema()["properties"].keys():
        Draft202012Validator(schema()).validate({"version": 1, "scenario": "snippet", **data})


def test_every_snippet_is_checked_by_something():
    """`sh` is for the one that needs a container engine; tests/test_other_languages.py runs `js` and `go`."""
    here = {"python", "bash", "ini", "json", "yaml", "text", "sh"}
    assert {snippet.values[0] for snippet in SNIPPETS} == here | {"js", "go"}
    assert all("docker" in snippet.values[1] for snippet in snippets("sh"))


def test_the_tables_are_those_of_the_code():
    run = subprocess.run([sys.executable, ROOT / "docs" / "tables.py", "--check"], capture_output=True, text=True)
    assert run.returncode == 0, f"run `make docs`: {run.stdout}"


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_design_names_modules_that_are_there():
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+(?:\.py|/))`", (ROOT / "docs/design.md").read_text()))
    places = (ROOT / "telnyx_emulator", ROOT / "telnyx_emulator/core", ROOT, ROOT / "tests/contract")
    missing = {name for name in named if not any((place / name).exists() for place in places)}
    assert len(named) > 40
    assert missing == set()
