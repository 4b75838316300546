"""Links to recordings that need no API key: signed, as object storage does it, and good for ten minutes."""

from __future__ import annotations

import hashlib
import hmac
import string
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from telnyx_emulator.core.errors import LinkRefused
from telnyx_emulator.core.recording.recording import Recording
from telnyx_emulator.core.resources.stores import Stores

LIFETIME_SECS = 600
BUCKET: Final = "telephony-recorder-prod"
ALGORITHM: Final = "AWS4-HMAC-SHA256"
DATE_FORMAT: Final = "%Y%m%dT%H%M%SZ"
SIGNED: Final = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders")
PLAIN: Final = frozenset(string.ascii_letters + string.digits + "-._~")


def location_of(world: Stores, recording: Recording) -> dict[str, str]:
    """Where a saved recording can be fetched from now on, by its format."""
    return {recording.options.format: recording.stored_at or link(world, f"/{BUCKET}/{recording.path}")}


def link(world: Stores, path: str) -> str:
    """A URL of this server that is good for `LIFETIME_SECS`."""
    date = world.clock.now().strftime(DATE_FORMAT)
    values = (
        ALGORITHM,
        f"{world.access_key}/{date[:8]}/us-east-1/s3/aws4_request",
        date,
        str(LIFETIME_SECS),
        "host",
    )
    query = dict(zip(SIGNED, values, strict=True))
    query["X-Amz-Signature"] = _signature(world, path, query)
    parameters = "&".join(f"{name}={_quoted(value)}" for name, value in query.items())
    # The name of the file, behind bucket, user and day, may have slashes of its own.
    return f"{world.origin}{'/'.join(map(_quoted, path.split('/', 4)))}?{parameters}"


def verify(world: Stores, path: str, query: Mapping[str, str]) -> None:
    """Raise `LinkRefused` unless this world signed the link, and not too long ago."""
    if not all(name in query for name in SIGNED):
        raise LinkRefused
    if not hmac.compare_digest(_signature(world, path, query), query.get("X-Amz-Signature", "")):
        raise LinkRefused
    oldest = world.clock.now() - timedelta(seconds=LIFETIME_SECS)
    if query["X-Amz-Date"].replace("Z", ".000000") < oldest.strftime("%Y%m%dT%H%M%S.%f"):
        raise LinkRefused("The link has expired. GET /v2/recordings/{recording_id} has a fresh one.")


def access_key_of(query: Mapping[str, str]) -> str:
    """Whose link it is: the part of the credential that names the world."""
    return query.get("X-Amz-Credential", "").partition("/")[0]


def _signature(world: Stores, path: str, query: Mapping[str, str]) -> str:
    text = "\n".join([path, *(query[name] for name in SIGNED)])
    return hmac.new(world.secret, text.encode(), hashlib.sha256).hexdigest()


def _quoted(text: str) -> str:
    return "".join(char if char in PLAIN else "".join(f"%{byte:02X}" for byte in char.encode()) for char in text)
