"""A world for each test."""

from collections.abc import Iterator

import pytest
from world import World


@pytest.fixture
def world() -> Iterator[World]:
    """Nothing in it may break by a fault of our own."""
    world = World()
    yield world
    assert world.notes("fault") == []
