"""What the API answers when it refuses: one class for each of the vendor's errors.

Codes, titles and details are those of the vendor's list of error codes; the status is the one seen on the
wire (a bad call id and an ended call are 422, never 404).
"""

from __future__ import annotations

from typing import Any, ClassVar


class ApiError(Exception):
    """One entry of the `errors` array. `pointer` names a place in the body, `parameter` one in the query."""

    status: ClassVar[int] = 422
    code: ClassVar[str]
    title: ClassVar[str]
    detail: ClassVar[str]

    def __init__(self, detail: str | None = None, *, pointer: str | None = None, parameter: str | None = None) -> None:
        super().__init__(detail or self.detail)
        self.pointer, self.parameter = pointer, parameter

    def entry(self) -> dict[str, Any]:
        """The wire form, an item of `errors`."""
        entry: dict[str, Any] = {"code": self.code, "title": self.title, "detail": str(self)}
        if self.pointer is not None:
            entry["source"] = {"pointer": self.pointer}
        elif self.parameter is not None:
            entry["source"] = {"parameter": self.parameter}
        return entry

    def entries(self) -> list[dict[str, Any]]:
        return [self.entry()]

    def body(self) -> dict[str, Any]:
        return {"errors": self.entries()}

    def headers(self) -> dict[str, str]:
        return {}


class ResourceNotFound(ApiError):
    status = 404
    code = "10005"
    title = "Resource not found"
    detail = "The requested resource or URL could not be found."


class AuthenticationFailed(ApiError):
    status = 401
    code = "10009"
    title = "Authentication failed"
    detail = "The required authentication headers were either invalid or not included in the request."

    def entry(self) -> dict[str, Any]:
        return super().entry() | {"meta": {"url": f"https://developers.telnyx.com/docs/overview/errors/{self.code}"}}


class NotPermitted(ApiError):
    """Our own front door: a web page, or a name that is not ours, must not drive the emulator."""

    status = 403
    code = "10010"
    title = "Authorization failed"
    detail = "You do not have permission to perform the requested action on the specified resource or resources."


class DialRefused(ApiError):
    """A dial that the platform refuses at once; the vendor answers `data` and `errors` together, untitled."""

    status = 403
    code = "10010"
    title = "Authorization failed"
    detail = "Connection has no Outbound Profile assigned D38. Connection has no Outbound Profile assigned."

    def __init__(self, call_control_id: str) -> None:
        super().__init__()
        self.call_control_id = call_control_id

    def body(self) -> dict[str, Any]:
        return {
            "data": {"call_control_id": self.call_control_id},
            "errors": [{"code": self.code, "detail": self.detail}],
            "telnyx_error": {"error_code": "D38"},
        }


class RateLimited(ApiError):
    status = 429
    code = "10011"
    title = "Too many requests"
    detail = "You have exceeded the maximum number of allowed requests."

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        return {"retry-after": str(self.retry_after)}


class MethodNotAllowed(ApiError):
    status = 405
    code = "10030"
    title = "Method not allowed"
    detail = "The URL is valid, but the method is not allowed."

    def __init__(self, allowed: list[str]) -> None:
        super().__init__()
        self.allowed = allowed

    def headers(self) -> dict[str, str]:
        return {"allow": ", ".join(self.allowed)}


class BadRequest(ApiError):
    status = 400
    code = "10015"
    title = "Bad Request"
    detail = "The request failed because it was not well-formed."


class BodyTooLarge(BadRequest):
    status = 413


class InvalidJson(ApiError):
    status = 400
    code = "10023"
    title = "Invalid JSON"
    detail = "The supplied JSON is invalid."


class InvalidEncoding(ApiError):
    status = 400
    code = "10028"
    title = "Character encoding error"
    detail = "The request body was not able to be decoded."

    def entry(self) -> dict[str, Any]:
        return super().entry() | {"meta": {"url": f"https://developers.telnyx.com/docs/overview/errors/{self.code}"}}


class JsonExpected(ApiError):
    status = 415
    code = "10029"
    title = "Expected JSON Content-Type"
    detail = "Must encode request as 'application/json'"


class InvalidFilter(ApiError):
    status = 422
    code = "10031"
    title = "Invalid request filter"
    detail = "The request filter is invalid."


class InvalidConnection(ApiError):
    code = "10015"
    title = "Invalid value for connection_id (Call Control App ID)"
    detail = (
        "The requested connection_id (Call Control App ID) is either invalid or does not exist."
        " Only Call Control Apps with valid webhook URL are accepted."
    )


class UnknownAssociation(ApiError):
    code = "10017"
    title = "Associated resource does not exist"
    detail = "The requested parameter is invalid as the associated resource does not exist."


class Unprocessable(ApiError):
    code = "10027"
    title = "Unprocessable Entity"
    detail = "The server understood the syntax of the request but was unable to process the instructions."


class InvalidCallControlId(ApiError):
    code = "90015"
    title = "Invalid Call Control ID"
    detail = "The call_control_id provided was not valid."

    def __init__(self, detail: str | None = None, *, pointer: str = "/call_control_id") -> None:
        super().__init__(detail, pointer=pointer)


class CallEnded(ApiError):
    code = "90018"
    title = "Call has already ended"
    detail = "This call is no longer active and can't receive commands."


class NotAnswered(ApiError):
    code = "90034"
    title = "Call not answered yet"
    detail = "This call can't receive this command because it has not been answered yet."

    def __init__(self, action: str) -> None:
        super().__init__(f"This call can't receive {action} command because it has not been answered yet.")


class NotInQueue(ApiError):
    code = "90035"
    title = "Call not in queue"
    detail = "This call can't receive this command because it has not been put in any queue yet."


class InvalidCommand(ApiError):
    code = "90102"
    title = "Command is invalid"
    detail = "Call answer command cannot be issued for outbound calls."


class NotSupervising(Unprocessable):
    detail = "This call does not supervise another call. Dial it with supervise_call_control_id."


class AlreadyBridged(Unprocessable):
    detail = "The call to bridge with is already bridged, and prevent_double_bridge was set."


class NothingToOverlay(Unprocessable):
    detail = "Audio can only be overlaid on a playback that is under way."


class ClockHeld(ApiError):
    """Ours: the virtual clock was asked to move, and somebody did not let it."""

    status = 409
    code = "10008"
    title = "Request timeout"
    detail = "The clock could not move."

    def headers(self) -> dict[str, str]:
        # SDKs would repeat a 409 three times over; this one is final.
        return {"x-should-retry": "false"}
