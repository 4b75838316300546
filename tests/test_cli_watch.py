"""The command line that looks on: `ladder`, `tail` and `verify`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from telnyx_emulator import Emulator, EmulatorClient
from telnyx_emulator.cli import main
from telnyx_emulator.signing import Signer

pytestmark = pytest.mark.slow

NOBODY = "http://127.0.0.1:1"


def run(*arguments: str, input: bytes | None = None, **environment: str | None) -> Result:
    return CliRunner().invoke(main, arguments, env={"TELNYX_PUBLIC_KEY": None} | environment, input=input)


def test_ladder_prints_what_happened(running: Emulator) -> None:
    EmulatorClient(running.url, "KEY_a").incoming_call(from_="+15550001111")
    where = ("--url", running.url, "--key", "KEY_a")
    text = run("ladder", *where)
    assert (text.exit_code, text.output.split()[:2]) == (0, ["virtual", "caller"])
    assert run("ladder", *where, "--format", "mermaid", "--leg", "caller").output.startswith("sequenceDiagram\n")
    data = json.loads(run("ladder", *where, "--format", "json", "--session", "latest").output)
    assert data["columns"] == ["caller", "emulator", "app"]
    unknown = run("ladder", *where, "--leg", "nobody")
    assert (unknown.exit_code, unknown.output) == (1, "Error: There is no leg nobody in this world; legs: caller.\n")
    assert run("ladder", "--url", NOBODY).exit_code == 1
    assert run("ladder", "--url", "ftp://x").exit_code == 2


# -- tail ----------------------------------------------------------------------------------------------------------


class Tail:
    """What a running `tail` prints, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self._lines = process, Queue[str]()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def line(self, wanted: str) -> str:
        """The next line that has this in it."""
        try:
            while wanted not in (line := self._lines.get(timeout=60)):
                pass
        except Empty:
            raise AssertionError(f"no line with {wanted!r}") from None
        return line


@contextmanager
def tailing(*arguments: str) -> Iterator[Tail]:
    process = subprocess.Popen(
        [sys.executable, "-m", "telnyx_emulator", "tail", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    with process:
        tail = Tail(process)
        try:
            yield tail
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
            tail._reader.join()
        assert process.returncode == 0, list(tail._lines.queue)


def test_tail_prints_what_happens_and_goes_on_after_a_reset(running: Emulator) -> None:
    client = EmulatorClient(running.url, "KEY_a")
    client.incoming_call(from_="+15550001111")
    with tailing("--url", running.url, "--key", "KEY_a", "--all") as tail:
        assert "\x1b" not in tail.line(">|   INVITE")
        assert re.sub(" +", " ", tail.line("call.initiated")).endswith(
            "caller |> call.initiated no url +15559990000 from=+15550001111"
        )
        client.reset()
        tail.line("-- the world begins anew --")
        client.incoming_call(from_="+15550001112")
        tail.line("+15550001112")


def test_tail_begins_with_what_is_new_and_has_colours_on_request(running: Emulator) -> None:
    client = EmulatorClient(running.url, "KEY_a")
    client.incoming_call(from_="+15550001111")
    with tailing("--url", running.url, "--key", "KEY_a", "--color") as tail:
        _eventually(lambda: running.world("KEY_a").journal.watchers)
        client.incoming_call(from_="+15550001112")
        line = tail.line("call.initiated")
        assert "+15550001112" in line
        assert "\x1b[" in line


def _eventually(condition: Callable[[], object]) -> None:
    """For what happens in another process."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextmanager
def serving(port: int) -> Iterator[int]:
    command = [sys.executable, "-m", "telnyx_emulator", "serve", "--port", str(port), "--clock", "manual"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["port"]
        finally:
            process.terminate()


def test_tail_survives_a_restart_of_the_server() -> None:
    with ExitStack() as stack:
        with serving(0) as port:
            url = f"http://127.0.0.1:{port}"
            EmulatorClient(url, "KEY_a").incoming_call(from_="+15550001111")
            tail = stack.enter_context(tailing("--url", url, "--key", "KEY_a", "--all"))
            tail.line("+15550001111")
        tail.line("waiting for it --")
        stack.enter_context(serving(port))
        tail.line("-- the server is there again --")
        EmulatorClient(url, "KEY_a").incoming_call(from_="+15550001112")
        tail.line("+15550001112")


def test_tail_needs_a_server_to_begin_with() -> None:
    result = run("tail", "--url", NOBODY)
    assert result.exit_code == 1
    assert "start `telnyx-emulator serve`" in result.output


# -- verify --------------------------------------------------------------------------------------------------------

BODY = b'{"data":{"event_type":"call.answered","id":"1","payload":{}},"meta":{"attempt":1}}'


@pytest.fixture
def signed(tmp_path: Path) -> list[str]:
    """Arguments with a body in a file and the headers that belong to it."""
    (tmp_path / "body").write_bytes(BODY)
    headers = Signer().headers(BODY, int(time.time()))
    (tmp_path / "headers").write_text("".join(f"{name}: {value}\n" for name, value in headers.items()))
    return ["--body", str(tmp_path / "body"), "--headers", str(tmp_path / "headers"), "--offline"]


def test_verify_takes_files_as_they_were_captured(signed: list[str]) -> None:
    result = run("verify", *signed)
    assert (result.exit_code, result.output) == (0, "The signature is valid.\n")


def test_verify_takes_single_headers_and_standard_input() -> None:
    headers = Signer().headers(BODY, int(time.time()))
    given = ["--timestamp", headers["telnyx-timestamp"], "--signature", headers["telnyx-signature-ed25519"]]
    assert run("verify", *given, "--body", "-", "--offline", input=BODY).exit_code == 0


def test_verify_takes_headers_as_json(signed: list[str], tmp_path: Path) -> None:
    headers = Signer().headers(BODY, int(time.time()))
    file = tmp_path / "headers.json"
    file.write_text(json.dumps({name: [value] for name, value in headers.items()}))
    assert run("verify", *signed, "--headers", str(file)).exit_code == 0
    file.write_text("[1]")
    assert run("verify", *signed, "--headers", str(file)).exit_code == 2


def test_verify_says_what_is_wrong_and_ends_with_1(signed: list[str]) -> None:
    other = Signer(Signer.new_key()).public_key
    for result in (run("verify", *signed, "--public-key", other), run("verify", *signed, TELNYX_PUBLIC_KEY=other)):
        assert result.exit_code == 1
        assert result.output == (
            "The signature is not valid.\n"
            "- It was signed with the development key, but another public key is configured.\n"
            f"  Set TELNYX_PUBLIC_KEY={Signer().public_key}\n"
        )


def test_verify_asks_the_emulator_that_is_there(running: Emulator, signed: list[str]) -> None:
    online = [argument for argument in signed if argument != "--offline"]
    result = run("verify", *online, "--url", running.url, "--key", "KEY_a")
    assert (result.exit_code, result.output) == (0, "The signature is valid.\n")


def test_verify_without_an_emulator_judges_by_the_files(signed: list[str]) -> None:
    online = [argument for argument in signed if argument != "--offline"]
    result = run("verify", *online, "--url", NOBODY)
    assert result.exit_code == 0
    assert "judged by the files alone" in result.output


def test_verify_without_a_file_says_which(signed: list[str]) -> None:
    result = run("verify", "--body", "/nowhere/body", "--offline")
    assert result.exit_code == 2
    assert "/nowhere/body: No such file or directory" in result.output
