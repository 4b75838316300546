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
    reason: ClassVar[str] = "D38"

    def __init__(self, call_control_id: str) -> None:
        super().__init__()
        self.call_control_id = call_control_id

    def body(self) -> dict[str, Any]:
        return {
            "data": {"call_control_id": self.call_control_id},
            "errors": [{"code": self.code, "detail": self.detail}],
            "telnyx_error": {"error_code": self.reason},
        }


class ConnectionDisabled(DialRefused):
    detail = "Connection is disabled D16. The connection that the call was to go out by is not active."
    reason = "D16"


class ProfileDisabled(DialRefused):
    detail = "Outbound Profile is disabled D15. The outbound voice profile of the connection is not enabled."
    reason = "D15"


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


class DuplicateResource(ApiError):
    code = "10012"
    title = "Duplicate resource"
    detail = "Resource is a duplicate."


class AudioNotDownloaded(ApiError):
    status = 400
    code = "90040"
    title = "Downloading audio file failed"
    detail = "Provided audio file couldn't be downloaded due to a timeout."


class UnknownAssociation(ApiError):
    code = "10017"
    title = "Associated resource does not exist"
    detail = "The requested parameter is invalid as the associated resource does not exist."


class Unprocessable(ApiError):
    code = "10027"
    title = "Unprocessable Entity"
    detail = "The server understood the syntax of the request but was unable to process the instructions."


class Mp3Unavailable(Unprocessable):
    """Ours: the encoder is an optional dependency."""

    detail = "MP3 files need an encoder: pip install telnyx-emulator[mp3]"


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


class RecordingTooEarly(ApiError):
    code = "90020"
    title = "Call recording triggered before audio started"
    detail = "Call recording cannot be started until audio has commenced on the call."


class NotAnswered(ApiError):
    code = "90034"
    title = "Call not answered yet"
    detail = "This call can't receive this command because it has not been answered yet."

    def __init__(self, action: str) -> None:
        super().__init__(f"This call can't receive {action} command because it has not been answered yet.")


class NotForked(ApiError):
    code = "90031"
    title = "Call is not currently forked"
    detail = "Can't stop forking, because the call isn't currently forked."


class NotInQueue(ApiError):
    code = "90035"
    title = "Call not in queue"
    detail = "This call can't receive this command because it has not been put in any queue yet."


class QueueFull(ApiError):
    code = "90036"
    title = "Queue full"
    detail = "The queue is full and can't accept more calls."

    def __init__(self, name: str) -> None:
        super().__init__(f"The '{name}' queue is full and can't accept more calls.")


class QueueSizeFixed(ApiError):
    code = "90037"
    title = "Queue max_size cannot be modified"
    detail = "Queue exists and max_size cannot be modified."


class AlreadyInQueue(ApiError):
    code = "90038"
    title = "Call already in queue"
    detail = "Call can't be added to a queue it's already in."


class QueueNotEmpty(ApiError):
    status = 400
    code = "90050"
    title = "Unable to delete queue"
    detail = "Only empty queues can be deleted."


class UnknownRecording(ResourceNotFound):
    """A recording that a command or a path names."""

    def __init__(self) -> None:
        super().__init__(pointer="/recording_id")


class LinkRefused(ApiError):
    """A link to a recording that is too old, or that was never signed."""

    status = 403
    code = "10010"
    title = "Authorization failed"
    detail = "The link was not signed by this server."


class RangeNotSatisfiable(ApiError):
    status = 416
    code = "10015"
    title = "Bad Request"
    detail = "The requested range is outside of the file."

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def headers(self) -> dict[str, str]:
        return {"content-range": f"bytes */{self.size}"}


class OneAuthorizationOnly(BadRequest):
    detail = "Only one auth mechanism is allowed: the link is signed, and an Authorization header came with it."


class UnknownQueue(ResourceNotFound):
    """A queue, or a call in it, that a path names and that is not there."""


class QueueExists(DuplicateResource):
    """A queue is to be made under a name that is taken."""


class QueuedCallEnded(CallEnded):
    """Who was next in line had hung up before, and was kept to be called back."""


class StreamingUsed(ApiError):
    code = "90045"
    title = "Media Streaming is used."
    detail = "This command can't be issued when media streaming is used."


class StreamingNotUsed(ApiError):
    code = "90048"
    title = "Media Streaming is not used."
    detail = "This command can only be issued when media streaming is used."


class SilenceTaken(ApiError):
    """Both the transcription and a recording that ends by silence want to listen for speech."""

    code = "90053"
    title = "Call recording triggered with 'timeout_secs' while transcribing"
    detail = "Call recording can not be started with 'timeout_secs' while the call is being transcribed."


class TranscriptionInProgress(ApiError):
    code = "90054"
    title = "Call Transcription is already in progress"
    detail = "Call Transcription can not be started more than once."


class TranscriptionNeeded(ApiError):
    """A recording that ends by silence listens to the transcription."""

    code = "90055"
    title = "Call transcription can not be stopped"
    detail = "Call transcription can not be stopped while there is a recording with 'timeout_secs' in progress."


class AssistantInProgress(ApiError):
    code = "90061"
    title = "AI Assistant is already in progress"
    detail = "AI Assistant cannot be started more than once."


class InvalidCommand(ApiError):
    code = "90102"
    title = "Command is invalid"
    detail = "Call answer command cannot be issued for outbound calls."


class UnknownConversation(UnknownAssociation):
    """There is no AI conversation of that id, or there is none any more."""


class UnknownParticipant(InvalidCallControlId):
    """A leg that is to take part in an AI conversation is not up."""

    def __init__(self, id: str, pointer: str) -> None:
        super().__init__(pointer=pointer)
        self.id = id


class NoAssistant(Unprocessable):
    detail = "There is no AI assistant on this call. Start one with ai_assistant_start."


class NotSupervising(Unprocessable):
    detail = "This call does not supervise another call. Dial it with supervise_call_control_id."


class AlreadyBridged(Unprocessable):
    detail = "The call to bridge with is already bridged, and prevent_double_bridge was set."


class NothingToOverlay(Unprocessable):
    detail = "Audio can only be overlaid on a playback that is under way."


class ClockHeld(ApiError):
    """Ours: the virtual clock was asked to move, and something held it."""

    status = 409
    code = "10008"
    title = "Request timeout"
    detail = "The clock could not move."

    def headers(self) -> dict[str, str]:
        # SDKs would repeat a 409 three times over; this one is final.
        return {"x-should-retry": "false"}
