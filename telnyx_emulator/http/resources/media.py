"""Media storage: audio that is uploaded, by URL or as a file, and played by its name."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field

from telnyx_emulator.commands.types import NonBlank, Url
from telnyx_emulator.commands.validation import InvalidParameters, Refusal, needed
from telnyx_emulator.core.audio.length import audio_seconds
from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.errors import AudioNotDownloaded, DuplicateResource, ResourceNotFound
from telnyx_emulator.core.model import World
from telnyx_emulator.core.resources.media_file import DEFAULT_TTL_SECS, LONGEST_TTL_SECS, MediaFile

from .. import Reply, RequestContext, Route, auto_create
from ..fetch import Download, download, is_private
from ..filters import complain
from ..multipart import form_parts
from .collection import Collection
from .crud import Body

MOST_BYTES = 20 * 1024 * 1024
UNKNOWN_TYPE = "application/octet-stream"


class MediaUpdate(Body):
    """New content, or a new time to live, in seconds from now."""

    media_url: Url | None = None
    """Where the file is fetched from."""
    ttl_secs: Annotated[int, Field(ge=1, le=LONGEST_TTL_SECS)] = DEFAULT_TTL_SECS
    """How long the file is kept, in seconds."""


class MediaUpload(MediaUpdate):
    """Without a name of its own a file gets one."""

    media_name: NonBlank | None = None
    """The name that commands use for the file; unset: a new one."""


async def upload(request: RequestContext) -> Reply:
    """`POST /media`, as JSON or as a form with the file in `media`."""
    world = request.tenant.world
    asked, content = _request(request, MediaUpload)
    if content is None and asked.media_url is None:
        raise InvalidParameters([needed("media_url")])
    name = asked.media_name or world.ids.uuid4()
    if world.media_file(name) is not None and not request.adopts:
        raise DuplicateResource(pointer="/media_name")
    now = world.clock.now()
    file = MediaFile(name, UNKNOWN_TYPE, None, None, now, now, now + timedelta(seconds=asked.ttl_secs))
    await _fill(request, file, content, asked.media_url)
    world.media[name] = file
    return Reply({"data": show(file)}, 201)


async def update(request: RequestContext) -> Reply:
    """`PUT /media/{media_name}`; what is not given stays."""
    file = MEDIA.find(request)
    asked, content = _request(request, MediaUpdate)
    await _fill(request, file, content, asked.media_url)
    file.updated_at = request.tenant.clock.now()
    if "ttl_secs" in asked.model_fields_set:
        file.expires_at = file.updated_at + timedelta(seconds=asked.ttl_secs)
    return Reply({"data": show(file)})


async def fetch(request: RequestContext) -> Reply:
    """`GET /media/{media_name}/download`: the bytes, if they are known."""
    file = MEDIA.find(request)
    if file.content is None:
        detail = f"The content of {file.name} is not known: it was uploaded by a URL that is not fetched here."
        raise ResourceNotFound(f"{detail} See --fetch-media.")
    return Reply(file.content, headers={"content-type": file.content_type})


def show(file: MediaFile) -> dict[str, Any]:
    """The wire form; the content is a matter of the download."""
    return {
        "content_type": file.content_type,
        "created_at": wire_time(file.created_at),
        "expires_at": wire_time(file.expires_at),
        "media_name": file.name,
        "updated_at": wire_time(file.updated_at),
    }


def _is_of_type(types: str) -> Callable[[MediaFile], bool]:
    """A list of types; SDKs write the slash as an underscore."""
    known = {one.strip().replace("_", "/") for one in types.split(",")}
    return lambda file: file.content_type in known


def _alive(world: World) -> dict[str, MediaFile]:
    return {name: file for name in tuple(world.media) if (file := world.media_file(name)) is not None}


def _remove(request: RequestContext, file: MediaFile) -> None:
    del request.tenant.world.media[file.name]


def _request(request: RequestContext, kind: type[MediaUpload] | type[MediaUpdate]) -> tuple[Any, Download | None]:
    """What was said, and the file that came with it."""
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        return request.parse(kind, request.body()), None
    parts = form_parts(content_type, request.raw)
    file = parts.pop("media", None)
    if file is None:
        raise InvalidParameters([needed("media")])
    guessed = file.content_type or mimetypes.guess_type(file.filename or "")[0] or UNKNOWN_TYPE
    body = {name: part.text for name, part in parts.items()}
    return request.parse(kind, body), Download(file.content, guessed)


async def _fill(request: RequestContext, file: MediaFile, content: Download | None, url: str | None) -> None:
    """Put the content into a file: what came with the request, or what is found under the URL."""
    if url is not None and content is None:
        file.media_url, file.content, file.seconds = url, None, None
        file.content_type = mimetypes.guess_type(urlsplit(url).path)[0] or UNKNOWN_TYPE
        content = await _fetched(request, url)
    if content is not None:
        if len(content.content) > MOST_BYTES:
            raise InvalidParameters([Refusal("10033", "/media", f"A file can be {MOST_BYTES} bytes long.")])
        file.content, file.content_type = content
        file.seconds = audio_seconds(content.content)


async def _fetched(request: RequestContext, url: str) -> Download | None:
    """Hosts of this network are asked, others only with `--fetch-media`: they count as reachable."""
    if not (request.settings.fetch_media or is_private(url)):
        return None
    found = await download(url)
    if isinstance(found, str):
        complain(request, AudioNotDownloaded(f"Provided audio file couldn't be downloaded: {found}."))
        return None
    return found


MEDIA: Collection[World, MediaFile] = Collection(
    path="/media",
    key="media_name",
    kept=_alive,
    create=auto_create.media,
    show=lambda world, file: show(file),
    filters={"filter[content_type]": _is_of_type},
    remove=_remove,
    deleted=204,
)

ROUTES = [
    *MEDIA.routes(),
    Route("POST", "/media", upload, most_bytes=MOST_BYTES + 64 * 1024),
    Route("PUT", "/media/{media_name}", update, most_bytes=MOST_BYTES + 64 * 1024),
    Route("GET", "/media/{media_name}/download", fetch),
]
