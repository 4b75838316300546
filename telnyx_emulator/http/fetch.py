"""A look at audio that a command names, before the command is carried out: is it there, and how long is it?"""

from __future__ import annotations

import asyncio
from functools import cache
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.types import Fetched
from telnyx_emulator.commands.validation import notes_of
from telnyx_emulator.core.audio.length import audio_seconds
from telnyx_emulator.core.model import World
from telnyx_emulator.settings import Settings

PATIENCE_SECS = 1.0
MOST_BYTES = 32 * 1024 * 1024
MOST_KNOWN = 1000
LONGEST_WAVE, MOST_WAVES = 2 * 1024 * 1024, 32


@cache
def audio_parameters(command: type[Command]) -> frozenset[str]:
    """The parameters that name audio."""
    fields = command.model_fields.items()
    return frozenset(name for name, field in fields if any(isinstance(note, Fetched) for note in notes_of(field)))


async def fetch_audio(command: Command, settings: Settings, world: World) -> None:
    """Note length or failure of what it names, as far as it may be looked at; what was fine is not fetched again."""
    named = (getattr(command, name) for name in audio_parameters(type(command)) & command.model_fields_set)
    urls = [url for url in named if isinstance(url, str) and (settings.fetch_media or is_private(url))]
    for url in urls:
        if not isinstance(world.audio.get(url), float):
            while len(world.audio) >= MOST_KNOWN:
                del world.audio[next(iter(world.audio))]
            world.audio.pop(url, None)
            found = await download(url)
            seconds = found if isinstance(found, str) else audio_seconds(found.content)
            if seconds is not None:
                world.audio[url] = seconds
            if isinstance(found, Download) and found.content[:4] == b"RIFF":
                _keep(world.waves, url, found.content)
    if urls:
        world.clock.fire_due()


def is_private(url: str) -> bool:
    """A host on this machine or this network: a private address, or a name without a dot."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))
    return address.is_loopback or address.is_private


def _keep(waves: dict[str, bytes], url: str, content: bytes) -> None:
    """The latest few files that are not too long: recordings can have them in them."""
    if len(content) <= LONGEST_WAVE:
        while len(waves) >= MOST_WAVES:
            del waves[next(iter(waves))]
        waves[url] = content


class Download(NamedTuple):
    """What was found under a URL, and what its server says that it is."""

    content: bytes
    content_type: str


async def download(url: str) -> Download | str:
    """What is found under a URL, or why it cannot be had."""
    try:
        async with (
            asyncio.timeout(PATIENCE_SECS),
            aiohttp.ClientSession() as session,
            session.get(url) as response,
        ):
            if response.status != 200:
                return f"HTTP {response.status}"
            return Download(await _read(response), response.content_type)
    except TimeoutError:
        return f"no answer within {PATIENCE_SECS:g} s"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """All of it, within reason: a single `read(n)` gives no more than has arrived."""
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > MOST_BYTES:
            break
    return bytes(content[:MOST_BYTES])
