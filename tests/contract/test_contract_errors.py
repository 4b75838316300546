"""Texts of errors against the vendor's list of codes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from distil import fingerprint

from telnyx_emulator.commands.catalogue import CATALOGUE
from telnyx_emulator.core.conference import refusals
from telnyx_emulator.core.conference.refusals import ConferenceExists, ConferenceFull
from telnyx_emulator.core.errors import (
    ApiError,
    AssistantInProgress,
    ClockHeld,
    ConnectionDisabled,
    DialRefused,
    InvalidConnection,
    LinkRefused,
    NotPermitted,
    OneAuthorizationOnly,
    ProfileDisabled,
    QueueNotEmpty,
    RangeNotSatisfiable,
)

OTHER_TITLES = {
    # The API itself words these differently from the list; its own examples win.
    "10011": "Media encryption not supported for PSTN calls",
    "10015": "Invalid value for connection_id (Call Control App ID)",
    "10016": "Phone number must be in +E164 format",
    "90032": ConferenceFull.title,
    "90033": ConferenceExists.title,  # a second meaning of the code
    "90034": "Call not answered yet",
}

OTHER_DETAILS = {
    # Again the wording of the API's examples.
    "10011": "Media encryption is not supported for PSTN calls.",
    "10015": InvalidConnection.detail,
    "10016": "The specified phone number parameter must be in E164 format.",
    "90015": "The call_control_id provided was not valid.",
    "90033": ConferenceExists.detail,
    # The list leaves gaps for names and numbers, which whoever refuses fills in.
    "90032": ConferenceFull.detail,
    "10025": "The string length is outside the allowed range.",
    "10026": "The parameter is of the wrong type.",
    "10031": "The request filter is invalid.",
    "10033": "The value is outside of allowed range",
    # What cannot be processed is told in plain words.
    "10027": None,
}

OUR_OWN = {
    ClockHeld,
    NotPermitted,
    DialRefused,
    ConnectionDisabled,
    ProfileDisabled,
    QueueNotEmpty,
    AssistantInProgress,
    LinkRefused,
    OneAuthorizationOnly,
    RangeNotSatisfiable,
}
"""Errors that the list does not have: the emulator's own, the refused dial with its untitled entry, and one that
is only among the examples of the API."""


def errors(base: type[ApiError] = ApiError) -> Iterator[type[ApiError]]:
    for error in base.__subclasses__():
        yield error
        yield from errors(error)


MODULES = {ApiError.__module__, refusals.__name__}
ERRORS = [error for error in errors() if error.__module__ in MODULES and error not in OUR_OWN]
TEXTS = [(error.__name__, error.code, error.title, error.detail) for error in ERRORS] + [
    (f"catalogue {code}", code, title, detail) for code, (title, detail) in CATALOGUE.items()
]


@pytest.mark.parametrize(("name", "code", "title", "detail"), TEXTS, ids=[text[0] for text in TEXTS])
def test_an_error_has_the_title_and_the_detail_of_the_vendors_list(
    error_codes: dict[str, dict[str, str]], name: str, code: str, title: str, detail: str
):
    listed = error_codes[code]
    assert fingerprint(title) == listed["title"] or title == OTHER_TITLES.get(code)
    other = OTHER_DETAILS.get(code, "")
    assert fingerprint(detail) == listed["detail"] or detail == other or other is None


@pytest.mark.parametrize("code", sorted(OTHER_TITLES.keys() | OTHER_DETAILS.keys()))
def test_an_exception_is_still_needed(error_codes: dict[str, dict[str, str]], code: str):
    listed = error_codes[code]["title"], error_codes[code]["detail"]
    assert any(text[1] == code and tuple(map(fingerprint, text[2:])) != listed for text in TEXTS)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_a_code_means_the_same_wherever_it_is_used(error: type[ApiError]):
    titles = {other.title for other in ERRORS if other.code == error.code}
    titles |= {CATALOGUE[error.code][0]} if error.code in CATALOGUE else set()
    assert len(titles) == 1 or error.code in OTHER_TITLES
