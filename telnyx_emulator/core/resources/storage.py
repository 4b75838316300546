"""Storage of the application's own, where its recordings go instead of the vendor's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Storage:
    """The credentials for one connection, as they were given; nothing is really uploaded."""

    connection_id: str
    backend: str
    configuration: dict[str, Any]

    @property
    def bucket(self) -> str:
        return str(self.configuration.get("bucket") or "")

    def address(self, path: str) -> str:
        """Where a file is: the backend's own kind of URL, without signature or extension."""
        if self.backend == "azure":
            account = self.configuration.get("account_name") or "account"
            return f"https://{account}.blob.core.windows.net/{self.bucket}/{path}"
        if self.backend == "s3-generic":
            return f"{str(self.configuration.get('endpoint') or '').rstrip('/')}/{self.bucket}/{path}"
        scheme = "gs" if self.backend == "gcs" else "s3"
        return f"{scheme}://{self.bucket}/{path}"
