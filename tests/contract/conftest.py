"""The facts of the vendor's contract, which every test here compares the emulator with."""

from __future__ import annotations

import pytest
from document import Document
from openapi import FACTS


@pytest.fixture(scope="session")
def document() -> Document:
    """Operations and webhooks."""
    return Document(FACTS)


@pytest.fixture(scope="session")
def error_codes() -> dict[str, dict[str, str]]:
    """Error codes: fingerprints of the title and the detail of each."""
    codes: dict[str, dict[str, str]] = FACTS["errors"]
    return codes
