"""Everything that can be set, by flag, by `TELNYX_EMULATOR_*` variable, or in Python."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from telnyx_emulator.core.time.clock import ClockMode, Jumps
from telnyx_emulator.signing import DEVELOPMENT_KEY, Signer

SEEDED_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When a seeded world begins: ids contain the time, so the time must be the same too."""


def _split(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _clock(value: str) -> str:
    if value not in ("real", "manual", "auto") and not (_rate(value) > 0):
        raise ValueError("must be real, manual, auto, or a rate such as x60")
    return value


def _rate(value: str) -> float:
    match = re.fullmatch(r"x(\d+(?:\.\d+)?)", value)
    return float(match[1]) if match else 0.0


def _signing_key(value: str) -> str:
    Signer(value)
    return value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Delays = Annotated[tuple[Annotated[float, Field(ge=0)], ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """The settings of one emulator. Times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="TELNYX_EMULATOR_", frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=12111, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    webhook_url: str | None = Field(default=None, description="where webhooks go that nothing else gives a URL")
    failover_url: str | None = Field(default=None, description="where they go when the first URL does not take them")
    clock: Annotated[str, AfterValidator(_clock)] = Field(default="real", description="real, x60, manual or auto")
    settle: float = Field(default=0.025, ge=0, description="real seconds of silence before the auto clock jumps")
    jumps: Jumps = Field(default="always", description="when the auto clock jumps: always, or while_waited only")
    grace: float = Field(
        default=1.0,
        ge=0,
        description="real seconds of silence before a wait goes on to limits, or gives up",
    )
    guard: float = Field(default=5.0, gt=0, description="real seconds after which a clock that is held complains")
    seed: int | None = Field(default=None, description="makes ids and outcomes repeatable")
    epoch: datetime | None = Field(
        default=None, description="when virtual time begins (default: now, or fixed by a seed)"
    )
    signing_key: Annotated[str, AfterValidator(_signing_key)] = Field(
        default=DEVELOPMENT_KEY, description="base64 of the 32 bytes that sign webhooks"
    )
    api_keys: Names = Field(default=(), description="the only API keys that are accepted (default: any)")
    strict: bool = Field(default=False, description="refuse unknown parameters, connections and connectors")
    adopt: bool = Field(default=False, description="create on the spot whatever a request names")
    connections: Names = Field(default=(), description="connections that exist from the start (for strict)")
    siprec_connectors: Names = Field(default=(), description="SIPREC connectors that exist from the start (for strict)")
    scenarios: Names = Field(default=(), description="a file or builtin:NAME that every fresh world performs")
    one_world: bool = Field(default=False, description="every API key names the same world")
    fetch_media: bool = Field(default=False, description="look at audio on public hosts too, not only on private ones")
    refuse_double_auth: bool = Field(
        default=False,
        description="answer 400, as S3 does, when an Authorization header comes with a link to a recording",
    )
    rate_limit: int | None = Field(default=None, ge=1, description="requests a second before 429 (default: never)")
    webhook_attempts: int = Field(default=3, ge=1, description="attempts for each URL")
    webhook_backoff: Delays = Field(default=(1.0, 2.0), description="virtual seconds between attempts")
    webhook_timeout: float = Field(default=2.0, gt=0, description="real seconds to wait for an answer to a webhook")
    webhook_tls_verify: bool = Field(default=True, description="check the certificates of webhook URLs")
    dial_override_skips_initiated: bool = Field(
        default=False, description="send call.initiated to the application even if dial has a webhook_url"
    )
    journal_size: int = Field(default=10_000, ge=1, description="entries kept of journal and delivery log")
    world_idle: float = Field(
        default=3600.0, gt=0, description="real seconds after which a world without calls is dropped"
    )
    max_worlds: int = Field(default=10_000, ge=1, description="worlds at most; the longest unused is dropped")

    @property
    def clock_mode(self) -> ClockMode:
        return "scaled" if self.clock.startswith("x") else self.clock  # type: ignore[return-value]

    @property
    def clock_rate(self) -> float:
        return _rate(self.clock) or 1.0

    def starts_at(self, seed: int | None = None) -> datetime | None:
        """When the virtual time of a world with this seed (else the one that was set) begins; None: now."""
        if self.epoch is not None:
            return self.epoch if self.epoch.tzinfo else self.epoch.replace(tzinfo=UTC)
        return None if seed is None and self.seed is None else SEEDED_EPOCH
