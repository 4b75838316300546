"""The command line: the server as a process, and the far end by hand."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner, Result

from telnyx_emulator import Emulator, EmulatorClient, Settings, __version__
from telnyx_emulator.cli import main
from telnyx_emulator.signing import Signer


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A server in a process of its own, and the line in which it announced itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "telnyx_emulator", "serve", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_announces_itself_in_one_line_and_ends_cleanly_within_a_second(number: signal.Signals) -> None:
    with serving("--port", "0", TELNYX_EMULATOR_CLOCK="manual", TELNYX_EMULATOR_API_KEYS="KEY_a") as (process, ready):
        assert ready == {
            "ready": True,
            "url": f"http://127.0.0.1:{ready['port']}",
            "base_url": f"http://127.0.0.1:{ready['port']}/v2",
            "port": ready["port"],
            "public_key": Signer().public_key,
            "version": __version__,
        }
        client = EmulatorClient(ready["base_url"])
        client.incoming_call(from_="+15550001111")
        assert client.get("clock")["mode"] == "manual"
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=30)  # though a connection of the client is still open
        assert (process.returncode, rest, complaints) == (0, "", "")


def test_a_port_that_is_taken_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port))
    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}: " in result.output
    assert "Choose another --port; 0 takes a free one." in result.output


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--clock", "fast"], "clock: Value error, must be real, manual, auto, or a rate such as x60"),
        (["--port", "x"], "port: Input should be a valid integer"),
        (["--port", "70000"], "port: Input should be less than or equal to 65535"),
        (["--signing-key", "abc"], "`telnyx-emulator keys --new` makes one"),
        (["--webhook-backoff", "1,soon"], "webhook_backoff.1: Input should be a valid number"),
    ],
)
def test_a_bad_option_says_what_is_wrong(arguments: list[str], complaint: str) -> None:
    result = run("serve", *arguments)
    assert result.exit_code == 2
    assert complaint in result.output


def test_a_bad_variable_says_what_is_wrong() -> None:
    result = run("serve", TELNYX_EMULATOR_WEBHOOK_ATTEMPTS="0")
    assert result.exit_code == 2
    assert "webhook_attempts: Input should be greater than or equal to 1" in result.output


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that `serve` would have run with."""
    settings: list[Settings] = []
    monkeypatch.setattr("telnyx_emulator.cli.server._run", settings.append)
    return settings


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["--host", "0.0.0.0"], "host", "0.0.0.0"),
        (["--webhook-url", "http://127.0.0.1:1/w"], "webhook_url", "http://127.0.0.1:1/w"),
        (["--failover-url", "http://127.0.0.1:1/f"], "failover_url", "http://127.0.0.1:1/f"),
        (["--clock", "x60"], "clock_rate", 60),
        (["--seed", "7"], "seed", 7),
        (["--api-key", "a", "--api-key", "b"], "api_keys", ("a", "b")),
        (["--connection", "1"], "connections", ("1",)),
        (["--strict"], "strict", True),
        (["--adopt"], "adopt", True),
        (["--no-webhook-tls-verify"], "webhook_tls_verify", False),
        (["--webhook-backoff", "0.1,0.2"], "webhook_backoff", (0.1, 0.2)),
        (["--webhook-timeout", "0.5"], "webhook_timeout", 0.5),
    ],
)
def test_flags_become_settings(served: list[Settings], arguments: list[str], name: str, value: Any) -> None:
    result = run("serve", *arguments)
    assert result.exit_code == 0, result.output
    assert getattr(served[0], name) == value


def test_a_flag_wins_over_its_variable(served: list[Settings]) -> None:
    run("serve", "--seed", "1", "--no-strict", TELNYX_EMULATOR_SEED="2", TELNYX_EMULATOR_STRICT="1")
    assert (served[0].seed, served[0].strict) == (1, False)


def test_every_setting_has_a_flag_with_its_description() -> None:
    text = " ".join(run("serve", "--help").output.split())
    for name, field in Settings.model_fields.items():
        singular = name in ("api_keys", "connections", "siprec_connectors", "scenarios")
        flag = name.replace("_", "-").removesuffix("s") if singular else None
        assert f"--{flag or name.replace('_', '-')}" in text
        assert field.description
        assert field.description.split()[0] in text


def command(running: Emulator, path: str, **body: Any) -> dict[str, Any]:
    """What an application with the key of these tests does."""
    headers = {"authorization": "Bearer KEY_cli", "content-type": "application/json"}
    request = urllib.request.Request(f"{running.base_url}/{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as response:
        data: dict[str, Any] = json.load(response)["data"]
    return data


def test_the_far_end_by_hand(running: Emulator) -> None:
    def far_end(*arguments: str) -> dict[str, Any]:
        result = run(*arguments, "--url", running.url, "--key", "KEY_cli")
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    call = far_end("call", "--from", "+15550001111", "--to", "+15550002222", "--caller-name", "Ann")
    assert (call["from"], call["to"], call["state"]) == ("+15550001111", "+15550002222", "ringing")
    command(running, f"calls/{call['call_control_id']}/actions/answer")
    assert far_end("press", "latest", "12#", "--every", "0.5")["state"] == "answered"
    emulator = EmulatorClient(running.url, "KEY_cli")
    emulator.post("clock/advance", {"seconds": 5})
    far_end("say", call["call_leg_id"], "good morning")
    far_end("hold", "latest")
    far_end("unhold", "latest")
    assert far_end("hangup", call["call_control_id"])["state"] == "ended"
    acts = [(entry["name"], entry.get("text")) for entry in emulator.get("journal?kind=far_end")]
    assert [name for name, _ in acts] == ["call", "press", "say", "hold", "unhold", "hangup"]
    assert acts[2] == ("say", "good morning")


def test_the_dialled_party_answers_or_rejects_by_hand(running: Emulator) -> None:
    dial = {"to": "+15550100020", "from": "+15550002222", "connection_id": "1"}
    first, second = (command(running, "calls", **dial)["call_control_id"] for _ in range(2))
    where = ("--url", running.url, "--key", "KEY_cli")
    assert json.loads(run("answer", first, *where).output)["state"] == "answered"
    assert json.loads(run("reject", second, "--cause", "busy", *where).output)["state"] == "ended"


def test_the_world_and_the_server_can_be_named_by_variables(running: Emulator) -> None:
    environment = {"TELNYX_EMULATOR_URL": running.url, "TELNYX_API_KEY": "KEY_cli"}
    assert run("call", "--from", "+15550001111", **environment).exit_code == 0
    assert run("hangup", "latest", TELNYX_EMULATOR_URL=running.url).exit_code == 0
    EmulatorClient(running.url, "KEY_other").post("reset")
    result = run("hangup", "latest", TELNYX_EMULATOR_URL=running.url)
    assert result.exit_code == 1
    assert "several worlds" in result.output


def test_what_cannot_be_done_is_said_and_ends_with_1(running: Emulator) -> None:
    result = run("press", "nobody", "1", "--url", running.url, "--key", "KEY_cli")
    assert (result.exit_code, result.output) == (1, "Error: There is no call nobody in this world.\n")


def test_ready_fails_where_nobody_answers(running: Emulator) -> None:
    assert run("ready", "--url", running.url).exit_code == 0
    result = run("ready", "--url", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "start `telnyx-emulator serve`" in result.output


def test_keys_prints_the_development_pair_s_public_half() -> None:
    assert run("keys").output == f"TELNYX_PUBLIC_KEY={Signer().public_key}\n"


def test_keys_new_prints_a_pair_that_fits() -> None:
    lines = dict(line.split("=", 1) for line in run("keys", "--new").output.splitlines())
    assert list(lines) == ["TELNYX_PUBLIC_KEY", "TELNYX_EMULATOR_SIGNING_KEY"]
    assert Signer(lines["TELNYX_EMULATOR_SIGNING_KEY"]).public_key == lines["TELNYX_PUBLIC_KEY"]
    assert run("keys", "--new").output != run("keys", "--new").output


def test_keys_shows_the_public_half_of_a_given_key() -> None:
    key = base64.b64encode(b"k" * 32).decode()
    expected = f"TELNYX_PUBLIC_KEY={Signer(key).public_key}\n"
    assert run("keys", "--signing-key", key).output == expected
    assert run("keys", TELNYX_EMULATOR_SIGNING_KEY=key).output == expected
    assert run("keys", "--signing-key", "abc").exit_code == 2
