"""The server itself: run one, see whether it is up, and the keys it signs with."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import signal
import sys
from collections.abc import Callable
from types import NoneType
from typing import Any, Final, TypeVar, cast, get_args

import click
from pydantic.fields import FieldInfo

from telnyx_emulator.scenarios.problems import InvalidScenario
from telnyx_emulator.settings import Settings
from telnyx_emulator.signing import Signer
from telnyx_emulator.version import __version__

from .world import not_listening, refusals, show, world_options

Function = TypeVar("Function", bound=Callable[..., Any])


def settings_options(function: Function) -> Function:
    """One option for each setting, with its description; what is not given comes from the environment."""
    for name, field in reversed(Settings.model_fields.items()):
        function = _option(name, field)(function)
    return function


def _option(name: str, field: FieldInfo) -> Callable[[Function], Function]:
    flag, kind = name.replace("_", "-"), cast(Any, field.annotation)
    default = "" if field.default in (None, ()) or name == "signing_key" else f"  [default: {field.default}]"
    text = f"{field.description}{default}"
    if kind is bool:
        return click.option(f"--{flag}/--no-{flag}", name, default=None, help=text)
    plain = next((part for part in get_args(kind) if part is not NoneType), kind)
    if plain is str and get_args(kind)[-1:] == (...,):
        return click.option(f"--{flag.removesuffix('s')}", name, multiple=True, help=f"{text} (repeatable)")
    metavar = {int: "N", float: "SECONDS"}.get(plain, "TEXT")
    return click.option(f"--{flag}", name, metavar=metavar, help=text)


@click.command()
@settings_options
@click.option("--verbose", "-v", is_flag=True, help="log more to standard error")
def serve(verbose: bool, **flags: Any) -> None:
    """Run the emulator until it is interrupted.

    When it is ready it prints one line of JSON with its URLs, its real port and its public key. Every option
    can also be given as an environment variable: --webhook-url is TELNYX_EMULATOR_WEBHOOK_URL.
    """
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(message)s",
    )
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    with refusals():
        settings = Settings(**given)
    try:
        _run(settings)
    except InvalidScenario as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.ClickException(not_listening(settings, error)) from None


def _run(settings: Settings) -> None:
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        asyncio.run(_serve(settings))
    else:
        uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    # What is imported stays: to look for garbage in it would only delay the start.
    gc.disable()
    from telnyx_emulator.emulator import Emulator

    gc.freeze()
    gc.enable()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Emulator(settings) as emulator:
        announcement = {
            "ready": True,
            "url": emulator.url,
            "base_url": emulator.base_url,
            "port": emulator.port,
            "public_key": emulator.public_key,
            "version": __version__,
        }
        print(json.dumps(announcement), flush=True)
        await stop.wait()


@click.command()
@world_options
def ready(url: str, key: str | None) -> None:
    """Succeed if the emulator is up (for health checks)."""
    show(url, key, lambda client: client.get("ready"))


@click.command()
@click.option("--new", is_flag=True, help="make a new pair instead of showing the development pair")
@click.option("--signing-key", envvar="TELNYX_EMULATOR_SIGNING_KEY", help="show the public half of this key")
def keys(new: bool, signing_key: str | None) -> None:
    """Print the key pair that signs webhooks, ready for an .env file."""
    with refusals():
        secret = Signer.new_key() if new else signing_key
        signer = Signer(secret) if secret else Signer()
    click.echo(f"TELNYX_PUBLIC_KEY={signer.public_key}")
    if new and secret:
        click.echo(f"TELNYX_EMULATOR_SIGNING_KEY={secret}")


COMMANDS: Final = (serve, ready, keys)
