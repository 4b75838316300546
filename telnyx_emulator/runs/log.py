"""The event log of a run: the same for the same seed, wherever it is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yarl import URL

from telnyx_emulator.scenarios.engine import Performance
from telnyx_emulator.tenants import Tenant

EMULATOR, APPLICATION = "http://emulator", "http://application"
"""What the two are called in a log: their ports may be others each time."""


def log_of(tenant: Tenant, performance: Performance, names: Mapping[str, str], url: str) -> Iterator[str]:
    """Lines of JSON. `url`: of the emulator."""
    origins = {url: EMULATOR, tenant.account.origin: EMULATOR}
    if tenant.webhook_url is not None:
        origins[str(URL(tenant.webhook_url).origin())] = APPLICATION
    for line in event_log(performance.entries(), names):
        for origin, instead in origins.items():
            line = line.replace(origin, instead)
        yield line
