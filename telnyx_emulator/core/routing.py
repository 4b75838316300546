"""Where the webhooks of a leg go when a command said so; see `webhooks.py` for what is tried in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Method = Literal["POST", "GET"]


@dataclass(frozen=True, slots=True)
class WebhookOverride:
    """The webhook parameters of dial, answer or transfer. `retries`: milliseconds between attempts, by event."""

    url: str | None = None
    method: Method = "POST"
    urls: dict[str, tuple[str, ...]] = field(default_factory=dict)
    urls_method: Method = "POST"
    retries: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def then(self, later: WebhookOverride) -> WebhookOverride:
        """What holds after a later command gave its own: it replaces what it names and keeps the rest."""
        return WebhookOverride(
            later.url or self.url,
            later.method if later.url else self.method,
            self.urls | later.urls,
            later.urls_method if later.urls else self.urls_method,
            self.retries | later.retries,
        )


@dataclass(slots=True, eq=False)
class Session:
    """The legs that belong together. Bridged sessions share one delivery order from then on."""

    id: str
    merged_into: Session | None = None

    def root(self) -> Session:
        """The session that stands for all that were merged with this one."""
        root = self
        while root.merged_into is not None:
            root = root.merged_into
        if root is not self:
            self.merged_into = root
        return root

    def merge(self, other: Session) -> None:
        mine, theirs = self.root(), other.root()
        if mine is not theirs:
            theirs.merged_into = mine
