"""What the API answers when it refuses a command to a conference."""

from __future__ import annotations

from telnyx_emulator.core.errors import ApiError, InvalidCallControlId


class ConferenceOver(ApiError):
    code = "90019"
    title = "Conference has already ended"
    detail = "This conference is no longer active and can't receive commands."


class ConferenceFull(ApiError):
    code = "90032"
    title = "Maximum number of participants reached"
    detail = "The participant is unable to join because the maximum number of participants has been reached."

    def __init__(self, most: int) -> None:
        super().__init__(f"The maximum allowed value of `max_participants` has been reached at {most}.")


class ConferenceEmpty(ApiError):
    code = "90033"
    title = "Conference has no active participants"
    detail = "This conference does not have any active participants."


class ConferenceExists(ApiError):
    """A second use of the code."""

    code = "90033"
    title = "Unable to execute command"
    detail = "Conference with given name already exists and it's active."


class AlreadyJoined(ApiError):
    code = "90044"
    title = "Conference join not allowed"
    detail = "Participant must not join the same conference twice."


class UnknownConference(ApiError):
    status = 404
    code = "90058"
    title = "Invalid conference_id"
    detail = "The conference does not exist."


class NotParticipating(InvalidCallControlId):
    """A leg that a command to a conference names, and that is not in it."""
