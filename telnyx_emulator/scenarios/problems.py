"""What is wrong with a scenario: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, from 1; what came as data and not as text has a path instead, such as `/faults/0`."""

    file: str
    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.file}:{self.line}"
        return f"{self.file}:{self.path}" if self.path else self.file


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong; `message` says what to do."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class InvalidScenario(ValueError):
    """All that is wrong with a scenario, in the order of its lines and each thing once."""

    def __init__(self, problems: Iterable[Mistake]) -> None:
        self.problems = tuple(sorted(set(problems), key=_order))
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def at(cls, place: Place, message: str) -> InvalidScenario:
        """One mistake, after which nothing more can be said."""
        return cls([Mistake(place, message)])


def _order(problem: Mistake) -> tuple[str, int, str, str]:
    return problem.place.file, problem.place.line or 0, problem.place.path, problem.message
