"""What fields are for, as it stands in the source."""

from typing import ClassVar

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.base import Outcome
from telnyx_emulator.commands.explained import explained


class First(Outcome):
    """An outcome."""

    after: int = 0
    """So long
    after."""
    silent: int = 0
    count: ClassVar[int] = 3
    """No field."""


class Second(First):
    """One that knows more."""

    sip: int | None = None
    """The status."""


def test_the_text_behind_a_field_explains_it_also_where_it_is_inherited():
    assert explained(Second) == {"after": "So long after.", "silent": "", "sip": "The status."}


def test_every_field_of_an_outcome_is_explained():
    models = {command.outcomes for command in Command.names.values() if command.outcomes}
    silent = [f"{model.__name__}.{name}" for model in models for name, text in explained(model).items() if not text]
    assert silent == []
