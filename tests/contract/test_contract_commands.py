"""Commands against the vendor's contract: paths, parameters and expected webhooks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from document import Document, Schema
from openapi import FACTS

from telnyx_emulator.commands import CallCommand, Command, ConferenceCommand, WorldCommand
from telnyx_emulator.commands.base import marks, parameters, required
from telnyx_emulator.commands.types import Known

COMMANDS: dict[str, type[Command]] = {
    **{f"/calls/{{call_control_id}}/actions/{action}": kind for action, kind in CallCommand.registry.items()},
    **{f"/conferences/{{id}}/actions/{action}": kind for action, kind in ConferenceCommand.registry.items()},
    **WorldCommand.registry,
}

UNDESCRIBED = {"/calls/{call_control_id}/actions/pay"}
"""Commands that the contract lacks: the SDK is newer, or they are the emulator's own."""

DESCRIBED = sorted(path for path, kind in COMMANDS.items() if Document(FACTS).has(kind.method, path))

BASE = {"client_state", "command_id"}
"""What every command takes, also where the document forgets to say so."""

IN_THE_SDK_ONLY = {
    "/calls": {"diversion", "route_to_mobile"},
    "/calls/{call_control_id}/actions/transfer": {"diversion", "route_to_mobile"},
    "/calls/{call_control_id}/actions/ai_assistant_add_messages": {"trigger_response"},
    "/calls/{call_control_id}/actions/fork_start": {"target"},  # in the description
    "/calls/{call_control_id}/actions/transcription_start": {"interim_results", "language"},  # of older clients
    "/conferences/{id}/actions/speak": {"service_level"},  # all parameters of voices are one group of ours
    "/calls/{call_control_id}/actions/hangup": {
        "reason",
        "sip_headers",  # both kinds of headers are one group of ours
    },
}
"""Parameters that the document lacks: the SDK is newer."""

REQUIRED_OTHERWISE = {
    # A queue or a video room may be named instead, so that the call id alone cannot be required.
    "/calls/{call_control_id}/actions/bridge": {"call_control_id"},
}

OPEN_VALUES = {
    "preferred_codecs",  # a comma list in any order; the document's only value is an example
}
"""Parameters with an enum in the document whose values are not checked."""

MORE_DEFAULTS = {
    "hold_after_unbridge": False,
    "end_conference_on_exit": False,
    "hold": False,
    "include_metadata_custom_headers": False,
    "loop": 1,
    "max_participants": 250,
    "mute": False,
    "play_beep": False,
    "secure": False,
    "send_message_history_updates": False,
    "send_partial_results": False,
    "soft_end_conference_on_exit": False,
    "start_conference_on_create": True,
    "start_conference_on_enter": False,
}
"""Defaults that the document does not state: what is not asked for is not done, and what is, once."""

STREAMS = {"streaming.started", "streaming.stopped", "streaming.failed"}
TALK = {"call.transcription", "call.conversation.ended", "call.conversation_insights.generated"}
ENDINGS = {"conference.participant.left", "conference.ended"}
PLAYED = {f"conference.{whose}playback.{end}" for whose in ("", "participant.") for end in ("started", "ended")}
SPOKEN = {f"conference.{whose}speak.{end}" for whose in ("", "participant.") for end in ("started", "ended")}
BY_THE_FAR_END = {"call.hold", "call.unhold"}

NOT_BY_THE_COMMAND: dict[str, set[str]] = {
    "/calls": BY_THE_FAR_END,
    "/calls/{call_control_id}/actions/answer": BY_THE_FAR_END,
}
"""Expected webhooks that nothing sends yet, or that the far end causes later, whatever was commanded."""

BESIDES: dict[str, set[str]] = {
    "/calls": TALK | {"call.bridged", "call.playback.started", "call.playback.ended"},  # bridge_on_answer, audio_url
    "/calls/{call_control_id}/actions/ai_assistant_add_messages": {"call.ai_gather.message_history_updated"},
    "/calls/{call_control_id}/actions/ai_assistant_start": {"call.ai_gather.message_history_updated"},
    "/calls/{call_control_id}/actions/ai_assistant_stop": TALK - {"call.transcription"},
    "/calls/{call_control_id}/actions/answer": TALK,
    "/calls/{call_control_id}/actions/conversation_relay_stop": {"call.conversation.ended"},
    "/calls/{call_control_id}/actions/streaming_start": STREAMS,
    "/conferences/{id}/actions/end": ENDINGS,
    "/conferences/{id}/actions/gather_using_audio": {
        "call.dtmf.received",
        "call.gather.ended",
        "call.playback.ended",
        "call.playback.started",
    },
    "/conferences/{id}/actions/join": {"conference.ended"},  # by one who was to end it
    "/conferences/{id}/actions/leave": {"conference.ended"},
    "/conferences/{id}/actions/play": PLAYED,
    "/conferences/{id}/actions/record_start": {"call.recording.error"},  # the vendor has none for conferences
    "/conferences/{id}/actions/send_dtmf": {"call.dtmf.received"},
    "/conferences/{id}/actions/speak": SPOKEN,
    "/conferences/{id}/actions/stop": {name for name in PLAYED | SPOKEN if name.endswith("ended")},
    "/calls/{call_control_id}/actions/transfer": {"call.playback.started", "call.playback.ended"},  # audio_url
    "/calls/{call_control_id}/actions/bridge": {"call.answered", "call.dequeued"},  # of ringing and waiting legs
    "/calls/{call_control_id}/actions/enqueue": {"call.enqueued", "call.dequeued"},
    "/calls/{call_control_id}/actions/leave_queue": {"call.dequeued"},
    "/calls/{call_control_id}/actions/refer": {"call.hangup"},  # of the leg that was referred away
    "/calls/{call_control_id}/actions/send_dtmf": {"call.dtmf.received"},  # of a bridged leg
}
"""Webhooks that commands cause though the document does not list them."""


@pytest.fixture(params=DESCRIBED)
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def kind(path: str) -> type[Command]:
    return COMMANDS[path]


@pytest.fixture
def request_schema(document: Document, path: str, kind: type[Command]) -> Schema:
    return document.request(kind.method, path)


@pytest.fixture
def described(document: Document, request_schema: Schema) -> dict[str, Schema]:
    """The parameters as the document has them."""
    return document.properties(request_schema)


@pytest.fixture
def ours(kind: type[Command]) -> dict[str, Schema]:
    """The parameters as our model has them."""
    return own_properties(kind.model_json_schema(by_alias=True))


def own_properties(schema: Schema) -> dict[str, Schema]:
    definitions = schema.get("$defs", {})
    return {name: plain(part, definitions) for name, part in schema["properties"].items()}


def plain(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """A schema without references, and with its alternatives merged: `X | None` is X."""
    if "$ref" in schema:
        schema = schema | definitions[schema["$ref"].rpartition("/")[2]]
    parts = [plain(part, definitions) for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    merged: Schema = dict(schema)
    for part in parts:
        merged |= {name: value for name, value in part.items() if name not in ("enum", "default")}
    values = [
        value for part in [schema, *parts] for value in part.get("enum", [part["const"]] if "const" in part else [])
    ]
    if values:
        merged["enum"] = values
    if "properties" in merged:
        merged["properties"] = {name: plain(part, definitions) for name, part in merged["properties"].items()}
    return merged


def in_path(path: str) -> set[str]:
    """Parameters that stand in the path and not in the body."""
    return set(re.findall(r"{(\w+)}", path))


@pytest.mark.parametrize("path", sorted(UNDESCRIBED))
def test_what_is_said_to_be_lacking_is_lacking(document: Document, path: str):
    assert not document.has(COMMANDS[path].method, path)


@pytest.mark.parametrize("path", sorted(COMMANDS.keys() - UNDESCRIBED))
def test_the_operation_exists(path: str):
    assert path in DESCRIBED, f"the contract has no command {path}: name it in UNDESCRIBED of this file"


def test_the_emulator_has_every_action_of_the_contract():
    actions = {name.split(" ")[1] for name in FACTS["operations"] if "}/actions/" in name}
    assert actions - COMMANDS.keys() == set()


def test_every_parameter_is_known(path: str, kind: type[Command], described: dict[str, Schema]):
    assert described.keys() - set(parameters(kind)) == set()


def test_no_parameter_is_invented(path: str, kind: type[Command], described: dict[str, Schema]):
    assert set(parameters(kind)) - described.keys() - BASE - in_path(path) == IN_THE_SDK_ONLY.get(path, set())


def test_the_same_parameters_are_required(path: str, kind: type[Command], request_schema: Schema):
    wanted = set(request_schema.get("required", ())) - REQUIRED_OTHERWISE.get(path, set())
    assert set(required(kind)) - in_path(path) == wanted


def test_all_values_of_enums_are_taken(kind: type[Command], described: dict[str, Schema], ours: dict[str, Schema]):
    noted = marks(kind)
    for name, schema in described.items():
        wanted = set(schema.get("enum", ())) if schema.get("type") != "boolean" else set()
        if wanted and name not in OPEN_VALUES:
            known = [note.values for note in noted.get(name, ()) if isinstance(note, Known)]
            assert wanted <= set(ours[name].get("enum", ())).union(*known), name


def test_defaults_agree(described: dict[str, Schema], ours: dict[str, Schema]):
    for name, schema in described.items():
        more = MORE_DEFAULTS.get(name)
        default = more if schema.get("default") is None else schema["default"]
        assert as_number(ours[name].get("default")) == as_number(default), name


def as_number(value: Any) -> Any:
    """The document writes some numbers as strings."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


def test_types_agree(described: dict[str, Schema], ours: dict[str, Schema]):
    for name, schema in described.items():
        wanted, given = schema.get("type"), ours[name].get("type")
        assert wanted is None or given is None or given == wanted, name


@pytest.mark.parametrize("bound", ["minimum", "maximum", "minLength", "maxLength"])
def test_bounds_agree(described: dict[str, Schema], ours: dict[str, Schema], bound: str):
    for name, schema in described.items():
        if bound in schema:
            assert ours[name].get(bound) == schema[bound], name


NESTED = (
    "answering_machine_detection_config",
    "assistant",
    "conference_config",
    "deepfake_detection",
    "noise_suppression_engine_config",
    "sound_modifications",
    "transcription_config",
)


BY_MODE = {("answering_machine_detection_config", "total_analysis_time_millis")}
"""Members without a default of their own: it is 3.5 s, or 30 s for the premium detection."""


def test_objects_inside_a_command_have_the_same_members(
    document: Document, described: dict[str, Schema], ours: dict[str, Schema]
):
    for name in described.keys() & set(NESTED):
        theirs, mine = document.properties(described[name]), ours[name]["properties"]
        assert theirs.keys() - mine.keys() == set(), name
        for member in theirs.keys() & mine.keys():
            wanted, given = theirs[member], mine[member]
            if (name, member) not in BY_MODE and member not in document.resolve(described[name]).get("required", ()):
                assert given.get("default") == wanted.get("default", given.get("default")), (name, member)
            assert set(wanted.get("enum", ())) <= set(given.get("enum", wanted.get("enum", ()))), (name, member)


def test_the_expected_webhooks_are_the_ones_that_are_sent(document: Document, path: str, kind: type[Command]):
    expected = document.expected_webhooks(kind.method, path)
    sent = {event.name for event in kind.emits}
    assert expected - sent == NOT_BY_THE_COMMAND.get(path, set())
    assert sent - expected == BESIDES.get(path, set())


@pytest.mark.parametrize("table", [IN_THE_SDK_ONLY, REQUIRED_OTHERWISE, NOT_BY_THE_COMMAND, BESIDES])
def test_the_exceptions_are_about_commands_that_exist(table: dict[str, set[str]]):
    assert table.keys() <= COMMANDS.keys()
