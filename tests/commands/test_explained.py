"""What fields are for, as it stands in the source."""

from typing import ClassVar

from pydantic import BaseModel, Field

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


def test_a_text_given_to_the_field_itself_counts_too_and_so_does_one_in_a_function():
    class Local(Outcome):
        first: int = Field(0, description="From the field.")
        second: int = 0
        """From the source."""

    assert explained(Local) == {"first": "From the field.", "second": "From the source."}


def test_without_the_source_there_are_no_texts(monkeypatch):
    def missing(module):
        raise OSError("could not get source code")

    monkeypatch.setattr("inspect.getsource", missing)
    sourceless = type("Sourceless", (BaseModel,), {"__annotations__": {"field": int}, "__module__": "json"})
    assert explained(sourceless) == {"field": ""}
