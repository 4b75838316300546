"""Bodies of the administration: strict, for a typing error there should not pass unnoticed."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from telnyx_emulator.commands.validation import InvalidParameters, refusals_of


class Request(BaseModel):
    """A body; unknown members are refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True)

    @classmethod
    def parse(cls, body: dict[str, Any]) -> Self:
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            raise InvalidParameters(refusals_of(error, cls)) from None
