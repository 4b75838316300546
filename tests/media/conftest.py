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
