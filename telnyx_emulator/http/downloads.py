"""Files of recordings by signed link: no API key comes with them, the link itself names the world."""

from __future__ import annotations

import re

from telnyx_emulator.core.errors import LinkRefused, OneAuthorizationOnly, RangeNotSatisfiable, ResourceNotFound
from telnyx_emulator.core.recording.links import BUCKET, access_key_of, verify
from telnyx_emulator.core.recording.recording import Recording
from telnyx_emulator.media.files import CONTENT_TYPES, content, size_of

from . import Reply, RequestContext, Route

RANGE = re.compile(r"bytes=(?=\d|-\d)(\d*)-(\d*)")


async def download(request: RequestContext) -> Reply:
    """`GET /telephony-recorder-prod/{user_id}/{date}/{name}`, as a whole or a part of it (`Range`)."""
    if request.settings.refuse_double_auth and "authorization" in request.headers:
        raise OneAuthorizationOnly
    tenant = request.tenants.signer_of(access_key_of(request.query))
    if tenant is None:
        raise LinkRefused
    tenant.clock.fire_due()
    path = "/".join(request.params[name] for name in ("user_id", "date", "name"))
    verify(tenant.world, f"/{BUCKET}/{path}", request.query)
    recording = tenant.world.files.get(path)
    if recording is None:
        raise ResourceNotFound
    return _part(recording, request.headers.get("range", ""))


def _part(recording: Recording, range: str) -> Reply:
    """What a `Range` header asks for; several ranges at once, or none that is legible, mean the whole file."""
    size = size_of(recording)
    match = RANGE.fullmatch(range)
    start, end = _bounds(match[1], match[2], size) if match else (0, size)
    headers = {
        "accept-ranges": "bytes",
        "content-type": CONTENT_TYPES[recording.options.format],
        "content-length": str(end - start),
    }
    if match:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    return Reply(content(recording, start, end - start), 206 if match else 200, headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The first byte, and the one after the last. Without a first one, so many at the end."""
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise RangeNotSatisfiable(size)
    return start, end


PATH = f"/{BUCKET}/{{user_id}}/{{date}}/{{name}}"
ROUTES = [Route(method, PATH, download, open=True) for method in ("GET", "HEAD")]
