"""The vendor's codes for parameters that do not fit, with its titles and details.

Where the vendor's texts leave blanks ("between  and  characters"), a refusal has a detail of its own.
"""

from typing import Final

DIGIT_LIST = "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, *, or #"

CATALOGUE: Final[dict[str, tuple[str, str]]] = {
    "10003": (
        "Invalid URL",
        "The URL provided was invalid, malformed, or too long. URLs can be a maximum of 2000 characters.",
    ),
    "10004": ("Missing required parameter", "A required parameter was missing."),
    "10006": ("Invalid ID", "The resource ID provided was invalid."),
    "10011": (
        "Media encryption not supported for PSTN calls",
        "Media encryption is not supported for PSTN calls.",
    ),
    "10015": ("Bad Request", "The request failed because it was not well-formed."),
    "10016": (
        "Phone number must be in +E164 format",
        "The specified phone number parameter must be in E164 format.",
    ),
    "10025": ("String length out of range", "The string length is outside the allowed range."),
    "10026": ("Invalid parameter type", "The parameter is of the wrong type."),
    "10032": ("Invalid enumerated value", "The value must be one of"),
    "10033": ("Value outside of range", "The value is outside of allowed range"),
    "100001": ("Invalid Dialogflow API", "The value should be either 'es' or 'cx'"),
    "90000": (
        "Invalid value for format",
        "Format must be of type 'string' with a value of either 'mp3' or 'wav'.",
    ),
    "90001": (
        "Invalid value for channels",
        "Channels must be a 'string' with a value of either 'single' or 'dual'.",
    ),
    "90007": (
        "Invalid value for terminating_digit",
        f"The 'terminating_digit' parameter must be a 'string' with a value of {DIGIT_LIST}.",
    ),
    "90008": (
        "Invalid value for valid_digits",
        f"The 'valid_digits' parameter must be a 'string' with a value of {DIGIT_LIST}.",
    ),
    "90009": (
        "Invalid value for loop",
        "The 'loop' parameter must either be 'infinity' or an 'integer' with a minimum value of 1"
        " and a maximum value of 100.",
    ),
    "90010": (
        "Invalid value for payload",
        "The 'payload' parameter should contain between 1 and 5000 characters.",
    ),
    "90011": (
        "Invalid value for payload_type",
        "The 'payload_type' parameter must be of type 'string' with a value of either text or ssml.",
    ),
    "90012": (
        "Invalid value for voice",
        "The 'voice' parameter must be 'female' or 'male' when using the en-US language.",
    ),
    "90013": (
        "Invalid value for language",
        "The 'language' parameter must be of type 'string' with a value of either de-DE, en-AU, en-GB, en-US,"
        " es-ES, fr-CA, fr-FR, it-IT, ja-JP, ko-KR, nl-NL, pt-BR, sv-SE or tr-TR.",
    ),
    "90014": (
        "Invalid value for digits",
        "The 'digits' parameter must be a 'string' made of a combination of either"
        " 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, A, B, C, D, w, W, * or #.",
    ),
    "90016": (
        "Invalid value for stop",
        "The 'stop' parameter must be a 'string' with a value of 'all', 'current' or 'overlay'.",
    ),
    "90017": (
        "Invalid value for client_state",
        "The 'client_state' parameter must be a valid base64 string.",
    ),
    "90022": (
        "Invalid value for minimum_digits",
        "The 'minimum_digits' parameter must be an 'integer' with a minimum value of 1 and a maximum value of 128.",
    ),
    "90023": (
        "Invalid value for maximum_digits",
        "The 'maximum_digits' parameter must be an 'integer' with a minimum value of 1 and a maximum value of 128.",
    ),
    "90024": (
        "Invalid value for maximum_tries",
        "The 'maximum_tries' parameter must be an 'integer' with a minimum value of 1 and a maximum value of 128.",
    ),
    "90025": (
        "Invalid value for timeout_millis",
        "The 'timeout_millis' parameter must be an 'integer' with a minimum and a maximum value accepted by command",
    ),
    "90026": (
        "Invalid value for inter_digit_timeout_millis",
        "The 'inter_digit_timeout_millis' parameter must be an 'integer' with a minimum value of 1"
        " and a maximum value of 120000.",
    ),
    "90027": (
        "Invalid value for duration_millis",
        "The 'duration_millis' parameter must be an 'integer' with a minimum value of 100 and a maximum value of 500.",
    ),
    "90028": (
        "Invalid value for timeout_secs",
        "The 'timeout_secs' parameter must be an 'integer' with a minimum and a maximum value accepted by command",
    ),
    "90029": (
        "Invalid value for time_limit_secs",
        "The 'time_limit_secs' parameter must be an 'integer' with a minimum value of 60"
        " and a maximum value of 14,000.",
    ),
    "90030": (
        "Invalid value for service_level",
        "The 'service_level' parameter must be of type 'string' with a value of either 'basic' or 'premium'.",
    ),
    "90049": (
        "Invalid value for record_timeout_secs",
        "The 'record_timeout_secs' parameter must be an 'integer' with a minimum value of 0.",
    ),
    "90053": (
        "Call recording triggered with 'timeout_secs' while transcribing",
        "Call recording can not be started with 'timeout_secs' while the call is being transcribed.",
    ),
    "90056": (
        "Invalid value for initial_timeout_millis",
        "The 'initial_timeout_millis' parameter must be an 'integer' with a minimum value of 1"
        " and a maximum value of 120000.",
    ),
    "90057": (
        "Invalid call control event type for webhook_urls",
        "The webhook_urls json keys must be valid call control event types.",
    ),
    "90059": (
        "Invalid value for recording_track",
        "The 'recording_track' parameter must be a 'string' with a value of either 'inbound', 'outbound' or 'both'.",
    ),
}
