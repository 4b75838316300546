"""The vendor's API over plain HTTP, as an application without an SDK has it."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from typing import Any

import aiohttp


class Api:
    """Sends commands. What fails on the way is sent again, under the same command_id."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self.base_url, self.headers = base_url, {"authorization": f"Bearer {api_key}"}

    async def post(self, path: str, **body: Any) -> Any:
        """The data of the answer, or None if the platform refuses: the call may just have ended."""
        body |= self.marks()
        async with aiohttp.ClientSession(headers=self.headers) as session:
            for _ in range(4):
                with suppress(aiohttp.ClientConnectionError):
                    async with session.post(f"{self.base_url}/{path}", json=body) as answer:
                        if answer.status < 500 and answer.status != 429:
                            return (await answer.json())["data"] if answer.ok else None
                        await asyncio.sleep(int(answer.headers.get("retry-after-ms", 10)) / 1000)
        return None

    def marks(self) -> dict[str, Any]:
        """What tells the platform that it is the same command again."""
        return {"command_id": str(uuid.uuid4())}
