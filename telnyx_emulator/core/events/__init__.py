"""What happened, as the application is told: one class per webhook type, a module per chapter.

Importing this package fills the registry of `Event`.
"""

from . import ai, calls, conferences, costs, detection, media, payment, queues, recording, sip, streaming  # noqa: F401
from .base import Event

__all__ = ["Event"]
