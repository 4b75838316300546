"""The applications and tests in other languages that the documentation shows pass.

They take their time to compile, so they run when they are asked for: `TELNYX_NODE_MODULES` names a folder of
node_modules with the official SDK in it, `TELNYX_GO` is set to anything.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from telnyx_emulator import EmulatorClient

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parent.parent / "docs" / "node-and-go.md"
NODE_MODULES = os.environ.get("TELNYX_NODE_MODULES")


def snippets(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture
def environment(tmp_path):
    """What an application is told of a server that runs, and a folder of its own."""
    command = [Path(sys.executable).parent / "telnyx-emulator", "serve", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    told = json.loads(server.stdout.readline())
    yield os.environ | {
        "TELNYX_BASE_URL": told["base_url"],
        "TELNYX_API_KEY": "elsewhere",
        "TELNYX_PUBLIC_KEY": told["public_key"],
    }
    server.terminate()
    assert server.wait(timeout=60) == 0
    server.stdout.close()


def passes(command, environment, folder):
    run = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    client = EmulatorClient(environment["TELNYX_BASE_URL"], environment["TELNYX_API_KEY"])
    assert client.events("call.hangup"), "the test made no call"


@pytest.mark.skipif(NODE_MODULES is None, reason="needs node, and TELNYX_NODE_MODULES")
def test_the_node_application_passes_its_test(environment, tmp_path):
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    for code in snippets("js"):
        name = re.match(r"// (\S+)\n", code)[1]
        (tmp_path / name).write_text(code)
    passes(["node", "--test"], environment, tmp_path)


@pytest.mark.skipif("TELNYX_GO" not in os.environ, reason="needs go, and TELNYX_GO")
def test_the_go_application_passes_its_test(environment, tmp_path):
    (tmp_path / "go.mod").write_text("module example\n\ngo 1.21\n")
    [code] = snippets("go")
    (tmp_path / "main_test.go").write_text(code)
    passes(["go", "test", "./..."], environment | {"GOFLAGS": "-count=1", "GOTOOLCHAIN": "local"}, tmp_path)
