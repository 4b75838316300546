"""The vendor's codes for parameters that do not fit, with its titles and details.

Where the vendor's texts leave blanks ("between  and  characters"), a refusal has a detail of its own.
"""

from typing import Final

DIGIT_LIST = "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, *, or #"


def _invalid(name: str, rule: str) -> tuple[str, str]:
    """Title and detail for a value of a parameter that does not fit."""
    return f"Invalid value for {name}", f"The '{name}' parameter {rule}"


CATALOGUE: Final[dict[str, tuple[str, str]]] = {
    "10003": (
        "Invalid URL",
        "The URL provided was invalid, malformed, or too long. URLs can be a maximum of 2000 characters.",
    ),
    "10004": ("Missing required parameter", "A required parameter was missing."),
    "10006": ("Invalid ID", "The resource ID provided was invalid."),
    "10011": ("Media encryption not supported for PSTN calls", "Media encryption is not supported for PSTN calls."),
    "10015": ("Bad Request", "The request failed because it was not well-formed."),
    "10016": ("Phone number must be in +E164 format", "The specified phone number parameter must be in E164 format."),
    "10025": ("String length out of range", "The string length is outside the allowed range."),
    "10026": ("Invalid parameter type", "The parameter is of the wrong type."),
    "10032": ("Invalid enumerated value", "The value must be one of"),
    "10033": ("Value outside of range", "The value is outside of allowed range"),
    "100001": ("Invalid Dialogflow API", "The value should be either 'es' or 'cx'"),
    "90000": ("Invalid value for format", "Format must be of type 'string' with a value of either 'mp3' or 'wav'."),
    "90001": ("Invalid value for channels", "Channels must be a 'string' with a value of either 'single' or 'dual'."),
    "90007": _invalid("terminating_digit", f"must be a 'string' with a value of {DIGIT_LIST}."),
    "90008": _invalid("valid_digits", f"must be a 'string' with a value of {DIGIT_LIST}."),
    "90009": _invalid(
        "loop", "must either be 'infinity' or an 'integer' with a minimum value of 1 and a maximum value of 100."
    ),
    "90010": _invalid("payload", "should contain between 1 and 5000 characters."),
    "90011": _invalid("payload_type", "must be of type 'string' with a value of either text or ssml."),
    "90012": _invalid("voice", "must be 'female' or 'male' when using the en-US language."),
    "90013": _invalid(
        "language",
        "must be of type 'string' with a value of either de-DE, en-AU, en-GB, en-US,"
        " es-ES, fr-CA, fr-FR, it-IT, ja-JP, ko-KR, nl-NL, pt-BR, sv-SE or tr-TR.",
    ),
    "90014": _invalid(
        "digits",
        "must be a 'string' made of a combination of either 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, A, B, C, D, w, W, * or #.",
    ),
    "90016": _invalid("stop", "must be a 'string' with a value of 'all', 'current' or 'overlay'."),
    "90017": _invalid("client_state", "must be a valid base64 string."),
    "90022": _invalid("minimum_digits", "must be an 'integer' with a minimum value of 1 and a maximum value of 128."),
    "90023": _invalid("maximum_digits", "must be an 'integer' with a minimum value of 1 and a maximum value of 128."),
    "90024": _invalid("maximum_tries", "must be an 'integer' with a minimum value of 1 and a maximum value of 128."),
    "90025": _invalid("timeout_millis", "must be an 'integer' with a minimum and a maximum value accepted by command"),
    "90026": _invalid(
        "inter_digit_timeout_millis", "must be an 'integer' with a minimum value of 1 and a maximum value of 120000."
    ),
    "90027": _invalid(
        "duration_millis", "must be an 'integer' with a minimum value of 100 and a maximum value of 500."
    ),
    "90028": _invalid("timeout_secs", "must be an 'integer' with a minimum and a maximum value accepted by command"),
    "90029": _invalid(
        "time_limit_secs", "must be an 'integer' with a minimum value of 60 and a maximum value of 14,000."
    ),
    "90030": _invalid("service_level", "must be of type 'string' with a value of either 'basic' or 'premium'."),
    "90049": _invalid("record_timeout_secs", "must be an 'integer' with a minimum value of 0."),
    "90053": (
        "Call recording triggered with 'timeout_secs' while transcribing",
        "Call recording can not be started with 'timeout_secs' while the call is being transcribed.",
    ),
    "90056": _invalid(
        "initial_timeout_millis", "must be an 'integer' with a minimum value of 1 and a maximum value of 120000."
    ),
    "90057": (
        "Invalid call control event type for webhook_urls",
        "The webhook_urls json keys must be valid call control event types.",
    ),
    "90059": _invalid("recording_track", "must be a 'string' with a value of either 'inbound', 'outbound' or 'both'."),
}
