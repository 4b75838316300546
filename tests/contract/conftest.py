"""The vendor's own documents, where they are at hand; without them these tests are skipped."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from vendor import Document


def _read(variable: str) -> Any:
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"{variable} does not name the vendor's document")
    return json.loads(Path(path).read_text())


@pytest.fixture(scope="session")
def document() -> Document:
    """The OpenAPI document of the voice API."""
    return Document(_read("TELNYX_VOICE_OPENAPI"))


@pytest.fixture(scope="session")
def error_codes() -> dict[str, dict[str, str]]:
    """The list of error codes: title and detail of each."""
    codes: dict[str, dict[str, str]] = _read("TELNYX_ERROR_CODES")
    return codes
