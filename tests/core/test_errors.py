"""Errors: the vendor's codes and bodies."""

import pytest

from telnyx_emulator.core import errors
from telnyx_emulator.core.errors import (
    ApiError,
    AuthenticationFailed,
    CallEnded,
    ClockHeld,
    DialRefused,
    InvalidCallControlId,
    InvalidEncoding,
    InvalidFilter,
    MethodNotAllowed,
    NotAnswered,
    RangeNotSatisfiable,
    RateLimited,
)


def test_an_entry_has_code_title_and_detail_and_no_source_for_errors_of_state():
    assert CallEnded().body() == {
        "errors": [
            {
                "code": "90018",
                "title": "Call has already ended",
                "detail": "This call is no longer active and can't receive commands.",
            }
        ]
    }


def test_not_answered_names_the_command():
    (entry,) = NotAnswered("speak").entries()
    assert entry["code"] == "90034"
    assert entry["detail"] == "This call can't receive speak command because it has not been answered yet."


def test_a_bad_call_control_id_points_at_itself():
    assert InvalidCallControlId().entry()["source"] == {"pointer": "/call_control_id"}
    assert InvalidCallControlId(pointer="/link_to").entry()["source"] == {"pointer": "/link_to"}


def test_a_query_parameter_is_named_as_such():
    assert InvalidFilter(parameter="filter[x]").entry()["source"] == {"parameter": "filter[x]"}


@pytest.mark.parametrize("kind", [AuthenticationFailed, InvalidEncoding])
def test_errors_of_the_gateway_link_to_their_explanation(kind):
    assert kind().entry()["meta"]["url"].endswith(f"/errors/{kind.code}")


def test_a_refused_dial_has_data_and_untitled_errors_together():
    error = DialRefused("v3:x")
    assert error.status == 403
    assert error.body() == {
        "data": {"call_control_id": "v3:x"},
        "errors": [{"code": "10010", "detail": error.detail}],
        "telnyx_error": {"error_code": "D38"},
    }


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (CallEnded(), {}),
        (RateLimited(3), {"retry-after": "3"}),
        (MethodNotAllowed(["GET", "POST"]), {"allow": "GET, POST"}),
        (ClockHeld(), {"x-should-retry": "false"}),
        (RangeNotSatisfiable(7), {"content-range": "bytes */7"}),
    ],
)
def test_some_errors_carry_headers(error, headers):
    assert error.headers() == headers


def test_every_error_has_a_status_a_code_a_title_and_a_detail():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ApiError)]
    for kind in set(kinds) - {ApiError}:
        assert 400 <= kind.status < 500
        assert kind.code.isdigit()
        assert kind.title
        assert kind.detail
