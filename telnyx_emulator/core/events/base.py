"""What happened, as the application is told: one class per webhook type.

An event lists the payload fields beyond those that every event of a call has (see `Call.emit`). Only fields
that are given are sent, an explicit None as null, so a field that live payloads lack is simply not given.
Values are checked against the vendor's enums: an SDK silently mistypes a webhook that strays from them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """One webhook's own fields.

    `parties`: whether the payload also names `from` and `to`. `legs`: whether it names a leg at all, `leg_id`:
    that leg's `call_leg_id` too. `dated`: whether `created_at` stands beside `occurred_at`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: ClassVar[str]
    parties: ClassVar[bool] = True
    legs: ClassVar[bool] = True
    leg_id: ClassVar[bool] = True
    dated: ClassVar[bool] = False
    registry: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls, name: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if name:
            if name in Event.registry:
                raise TypeError(f"{name} is declared twice")
            cls.name = name
            Event.registry[name] = cls
