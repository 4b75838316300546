"""Everything put together: settings, worlds, and the server in front of them."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from telnyx_emulator.background import LoopThread
from telnyx_emulator.http import admin, api, downloads, resources
from telnyx_emulator.http.routes import Route
from telnyx_emulator.http.server import Server
from telnyx_emulator.settings import Settings
from telnyx_emulator.tenants import Tenant, Tenants
from telnyx_emulator.webhooks import Sender

ROUTES = (*api.ROUTES, *resources.ROUTES, *downloads.ROUTES, *admin.ROUTES)
"""All that an emulator answers to."""


class Emulator:
    """A running emulator, for as long as its `async with` block lasts.

    async with Emulator(Settings(port=0)) as emulator:
        print(emulator.base_url)

    A plain `with` block runs it in a thread of its own, for code that blocks; there `world` is out of reach.
    `routes`: what it answers to.
    """

    def __init__(self, settings: Settings | None = None, routes: Iterable[Route] = ROUTES) -> None:
        self.settings = settings or Settings()
        self.sender = Sender(self.settings)
        self.tenants = Tenants(self.settings, self.sender)
        self._server = Server(self.settings, self.tenants, self.sender.signer, routes)
        self.port = self.settings.port

    @property
    def url(self) -> str:
        """The server's origin; a name that means every address is not one that can be called."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.settings.host, self.settings.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """What goes into `TELNYX_BASE_URL`."""
        return f"{self.url}/v2"

    @property
    def public_key(self) -> str:
        """What goes into `TELNYX_PUBLIC_KEY`."""
        return self.sender.signer.public_key

    def world(self, key: str) -> Tenant:
        """The world of an API key, for tests that run in the same event loop."""
        return self.tenants.world(key, keep=True)

    def __enter__(self) -> Emulator:
        self._thread = LoopThread()
        try:
            return self._thread.run(self.__aenter__())
        except BaseException:
            self._thread.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._thread.run(self.__aexit__(kind, error, trace))
        finally:
            self._thread.close()

    async def __aenter__(self) -> Emulator:
        self.port = await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.tenants.close()
        await self._server.close()
        await self.sender.close()
