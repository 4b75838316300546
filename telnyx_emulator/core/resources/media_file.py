"""Audio that the application uploaded, and plays by its name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

DEFAULT_TTL_SECS = 172_800
LONGEST_TTL_SECS = 630_720_000


@dataclass(slots=True)
class MediaFile:
    """A file in the account's media storage. `content` is None if it is known by its URL alone.

    `seconds`: how long it plays; None if that cannot be told.
    """

    name: str
    content_type: str
    content: bytes | None
    seconds: float | None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    media_url: str | None = None
