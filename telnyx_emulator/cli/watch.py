"""Look at what happens and at what is wrong: the ladder, as a whole or live, and signatures that do not verify."""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import click

from telnyx_emulator.client import EmulatorError
from telnyx_emulator.client.transport import Ask, Transport, query
from telnyx_emulator.client.wire import only_given

from .world import refusals, world_options

WAIT_SECS: Final = 30.0
"""Real seconds that one long poll may take."""
PATIENCE_SECS: Final = 70.0
SIGNATURE, TIMESTAMP = "telnyx-signature-ed25519", "telnyx-timestamp"
AGAIN_SECS: Final = 0.5
"""Real seconds until a server that is gone is looked for again."""


@click.command()
@world_options
@click.option("--format", type=click.Choice(["text", "mermaid", "json"]), default="text", show_default=True)
@click.option("--session", help="a call_session_id, or `latest` (default: the whole world)")
@click.option("--leg", help="a leg by its name in the ladder, its call_control_id or call_leg_id, or `latest`")
def ladder(url: str, key: str | None, format: str, session: str | None, leg: str | None) -> None:
    """Print what happened: far ends, emulator and application, with virtual times."""
    server = _server(url, key)
    path = query("ladder", session=session, leg=leg, format=format)
    with refusals():
        if format == "json":
            click.echo(json.dumps(server.send(Ask("GET", path))))
        else:
            click.echo(server.send(Ask("GET", path, takes="text")), nl=False)


# -- live ------------------------------------------------------------------------------------------------------------


@click.command()
@world_options
@click.option("--all", "everything", is_flag=True, help="begin with all that happened before")
@click.option("--color/--no-color", default=None, help="(default: colours on a terminal)")
def tail(url: str, key: str | None, everything: bool, color: bool | None) -> None:
    """Print what happens while it happens, until it is interrupted.

    It goes on when the world is reset or the server is started anew, and says so. Looking on holds no clock and
    moves none.
    """
    from telnyx_emulator.journal import Entry
    from telnyx_emulator.ladder import Live

    if color is None:
        color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    with refusals(), suppress(KeyboardInterrupt):
        names: dict[str, str] = {}
        live = Live(names, color)
        for line in _follow(_server(url, key), everything):
            if isinstance(line, str):
                live = Live(names, color)
                click.echo(f"-- {line} --")
                continue
            if line["leg_name"] is not None:
                names[line["call_control_id"]] = line["leg_name"]
            for text in live.lines(Entry.read(line)):
                click.echo(text, color=color)


def _follow(server: Transport, everything: bool) -> Iterator[dict[str, Any] | str]:
    """Lines of the journal as they come, and sentences about what became of world and server."""
    meta = _page(server, 0, 0.0)["meta"]
    after, world = 0 if everything else meta["newest"], meta["journal"]
    while True:
        try:
            answer = _page(server, after, WAIT_SECS, world)
        except EmulatorError as error:
            yield f"{error}; waiting for it"
            _until_it_is_back(server)
            yield "the server is there again"
            world = ""
            continue
        if (found := answer["meta"]["journal"]) != world:
            if world:
                yield "the world begins anew"
            after, world = 0, found
            continue
        yield from answer["data"]
        after = answer["meta"]["last"]


def _page(server: Transport, after: int, wait: float, world: str | None = None) -> dict[str, Any]:
    path = query("journal", after=after, wait=wait, passive=1, journal=world)
    page: dict[str, Any] = server.send(Ask("GET", path, takes="whole"))
    return page


def _until_it_is_back(server: Transport) -> None:
    while True:
        time.sleep(AGAIN_SECS)
        try:
            _page(server, 0, 0.0)
        except EmulatorError:
            continue
        return


# -- signatures ------------------------------------------------------------------------------------------------------


@click.command()
@world_options
@click.option(
    "--body", type=click.Path(allow_dash=True), required=True, help="file with the raw body; - is standard input"
)
@click.option("--headers", type=click.Path(allow_dash=True), help="file with `Name: value` lines, or a JSON object")
@click.option("--timestamp", help=f"the header {TIMESTAMP}")
@click.option("--signature", help=f"the header {SIGNATURE}")
@click.option("--public-key", envvar="TELNYX_PUBLIC_KEY", help="the key that your application uses")
@click.option("--tolerance", type=float, default=300.0, show_default=True, help="real seconds a timestamp may be old")
@click.option("--offline", is_flag=True, help="do not ask a running emulator what it sent")
def verify(body: str, headers: str | None, public_key: str | None, tolerance: float, **options: Any) -> None:
    """Say why the signature of a webhook does not verify. Ends with 0 if it does, else with 1.

    A running emulator is asked, if there is one: it knows what it sent. Without one the files tell a lot, too.
    """
    from telnyx_emulator.signature_help import explain

    given = _headers(headers) if headers else {}
    named = {TIMESTAMP: options["timestamp"], SIGNATURE: options["signature"]}
    given |= {name: value for name, value in named.items() if value is not None}
    raw = _read(body)
    told = None
    if not options["offline"]:
        about = {"headers": given, "body_base64": base64.b64encode(raw).decode(), "tolerance": tolerance}
        told = _asked(options["url"], options["key"], about | only_given(public_key=public_key))
    if told is None:
        told = explain(given, raw, public_key, now=time.time(), tolerance=tolerance).shown()
    click.echo("The signature is valid." if told["valid"] else "The signature is not valid.")
    for one in told["problems"]:
        click.echo(f"- {one['problem']}\n  {one['advice']}")
    if not told["valid"]:
        raise SystemExit(1)


def _asked(url: str, key: str | None, given: dict[str, Any]) -> Any:
    """What the emulator says; None if there is none, and a word about it on standard error."""
    try:
        return _server(url, key, 5.0).send(Ask("POST", "verify-signature", given))
    except EmulatorError as error:
        click.echo(f"(judged by the files alone: {error})", err=True)
        return None


def _headers(file: str) -> dict[str, str]:
    text = _read(file).decode(errors="replace")
    try:
        found = json.loads(text)
    except ValueError:
        lines = (line.partition(":") for line in text.splitlines() if ":" in line[1:])
        return {name.strip(): value.strip() for name, _, value in lines}
    if not isinstance(found, dict):
        raise click.UsageError("--headers: a JSON object, or lines such as `telnyx-timestamp: 1700000000`")
    return {name: str(value[0] if isinstance(value, list) and value else value) for name, value in found.items()}


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from None


def _server(url: str, key: str | None, patience: float = PATIENCE_SECS) -> Transport:
    with refusals():
        return Transport(url, key, patience)


COMMANDS: Final = (ladder, tail, verify)
