"""A world for each test."""

from collections.abc import Iterator

import pytest
from simulation import Simulation


@pytest.fixture
def world() -> Iterator[Simulation]:
    """Nothing in it may break by a fault of our own."""
    world = Simulation()
    yield world
    assert world.notes("fault") == []


class Real:
    """The computer's clock, moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def real() -> Real:
    return Real()
