"""A look at audio that a command names, before the command is carried out: is it there, and how long is it?"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.types import Fetched
from telnyx_emulator.commands.validation import notes_of
from telnyx_emulator.core.account import Account
from telnyx_emulator.core.audio import audio_seconds
from telnyx_emulator.settings import Settings

PATIENCE_SECS = 1.0
MOST_BYTES = 32 * 1024 * 1024
MOST_KNOWN = 1000


async def fetch_audio(command: Command, account: Account, settings: Settings) -> None:
    """Note length or failure of all audio URLs in the command; what was fine once is not fetched again."""
    urls = [url for url in _audio_urls(command) if settings.fetch_media or is_private(url)]
    for url in urls:
        if not isinstance(account.audio.get(url), float):
            while len(account.audio) >= MOST_KNOWN:
                del account.audio[next(iter(account.audio))]
            account.audio.pop(url, None)
            found = await _look_at(url)
            if found is not None:
                account.audio[url] = found


def is_private(url: str) -> bool:
    """A host on this machine or this network: a private address, or a name without a dot."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))
    return address.is_loopback or address.is_private


def _audio_urls(command: Command) -> list[str]:
    fields = type(command).model_fields
    given = (name for name in command.model_fields_set if name in fields)
    marked = (name for name in given if any(isinstance(note, Fetched) for note in notes_of(fields[name])))
    return [url for name in marked if isinstance(url := getattr(command, name), str)]


async def _look_at(url: str) -> float | str | None:
    """Seconds, or why it cannot be had; None for audio that is there but of an unknown kind."""
    try:
        async with (
            asyncio.timeout(PATIENCE_SECS),
            aiohttp.ClientSession() as session,
            session.get(url) as response,
        ):
            if response.status != 200:
                return f"HTTP {response.status}"
            return audio_seconds(await response.content.read(MOST_BYTES))
    except TimeoutError:
        return f"no answer within {PATIENCE_SECS:g} s"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
