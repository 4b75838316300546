"""What is wrong with a body: the vendor's code, a pointer, and everything at once."""

import pytest
from simulation import CALLEE

from telnyx_emulator.commands import CallCommand, WorldCommand
from telnyx_emulator.commands.catalogue import CATALOGUE
from telnyx_emulator.commands.media import Speak
from telnyx_emulator.commands.validation import InvalidParameters
from telnyx_emulator.core.events import Event


def parse(name: str, **fields):
    kind = WorldCommand.registry.get(name) or CallCommand.registry[name]
    return kind.parse(kind.example | fields)


def refused(name: str, **fields) -> list[tuple[str, str]]:
    """Code and pointer of each error."""
    with pytest.raises(InvalidParameters) as error:
        parse(name, **fields)
    return [(entry["code"], entry["source"]["pointer"]) for entry in error.value.entries()]


def detail(name: str, **fields) -> str:
    with pytest.raises(InvalidParameters) as error:
        parse(name, **fields)
    (entry,) = error.value.entries()
    return entry["detail"]


UUID = "12345678-1234-1234-1234-123456789abc"
LONG_URL = "http://example.com/" + "x" * 2000

BAD = [
    # what is required
    ("/calls", {"to": None}, "10004"),
    ("/calls", {"to": " "}, "10004"),
    ("/calls", {"to": []}, "10004"),
    ("/calls", {"from": ""}, "10004"),
    ("/calls", {"connection_id": None}, "10004"),
    ("speak", {"payload": " "}, "10004"),
    ("speak", {"voice": None}, "10004"),
    ("send_dtmf", {"digits": ""}, "10004"),
    ("transfer", {"to": None}, "10004"),
    ("refer", {"sip_address": " "}, "10004"),
    ("client_state_update", {"client_state": None}, "10004"),
    # numbers and addresses
    ("/calls", {"to": "5551234"}, "10016"),
    ("/calls", {"to": "+0555"}, "10016"),
    ("/calls", {"to": f"{CALLEE},"}, "10016"),
    ("/calls", {"to": f"{CALLEE},x"}, "10016"),
    ("/calls", {"to": [f"{CALLEE},200"]}, "10016"),
    ("/calls", {"to": [CALLEE, "bob"]}, "10016"),
    ("/calls", {"to": 5551234}, "10026"),
    ("/calls", {"to": [CALLEE, 7]}, "10026"),
    ("transfer", {"to": "bob"}, "10016"),
    ("transfer", {"to": [CALLEE]}, "10026"),
    ("refer", {"sip_address": CALLEE}, "10015"),
    ("refer", {"sip_address": "sip:bob@home@work"}, "10015"),
    # URLs
    ("answer", {"webhook_url": "ftp://example.com"}, "10003"),
    ("answer", {"webhook_url": "example.com"}, "10003"),
    ("answer", {"webhook_url": "http://"}, "10003"),
    ("answer", {"webhook_url": "http://[::1"}, "10003"),
    ("answer", {"webhook_url": "http://example.com/a b"}, "10003"),
    ("answer", {"webhook_url": LONG_URL}, "10003"),
    ("answer", {"webhook_url": 7}, "10003"),
    ("playback_start", {"audio_url": "file:///etc/passwd", "media_name": None}, "10003"),
    ("answer", {"webhook_urls": {"call.ringing": "http://example.com"}}, "90057"),
    ("answer", {"webhook_urls": {"call.hangup": "nowhere"}}, "10003"),
    ("answer", {"webhook_urls": {"call.hangup": []}}, "10003"),
    ("answer", {"webhook_urls": {"call.hangup": [7]}}, "10003"),
    ("answer", {"webhook_urls": "http://example.com"}, "10026"),
    ("answer", {"webhook_url_method": "PUT"}, "10032"),
    # base64
    ("answer", {"client_state": "not base64"}, "90017"),
    ("answer", {"client_state": "abc"}, "90017"),
    ("answer", {"client_state": "ä==="}, "90017"),
    ("answer", {"client_state": 7}, "90017"),
    ("client_state_update", {"client_state": "?"}, "90017"),
    # digits
    ("send_dtmf", {"digits": "12x"}, "90014"),
    ("send_dtmf", {"digits": 12}, "90014"),
    ("send_dtmf", {"duration_millis": 99}, "90027"),
    ("send_dtmf", {"duration_millis": 501}, "90027"),
    ("/calls", {"send_digits_on_answer": "1" * 65}, "90014"),
    ("gather", {"minimum_digits": 0}, "90022"),
    ("gather", {"maximum_digits": 129}, "90023"),
    ("gather", {"terminating_digit": "##"}, "90007"),
    ("gather", {"terminating_digit": "A"}, "90007"),
    ("gather", {"valid_digits": "12A"}, "90008"),
    ("gather", {"valid_digits": ""}, "90008"),
    ("gather", {"timeout_millis": 0}, "90025"),
    ("gather", {"inter_digit_timeout_millis": 120_001}, "90026"),
    ("gather", {"initial_timeout_millis": 0}, "90056"),
    ("gather", {"minimum_digits": "many"}, "90022"),
    ("gather", {"gather_id": "x" * 41}, "10025"),
    ("gather_using_audio", {"maximum_tries": 0}, "90024"),
    # speech and audio
    ("speak", {"payload": "x" * 5001}, "90010"),
    ("speak", {"payload_type": "markdown"}, "90011"),
    ("speak", {"service_level": "gold"}, "90030"),
    ("speak", {"stop": "overlay"}, "90016"),
    ("speak", {"loop": 0}, "90009"),
    ("speak", {"loop": 101}, "90009"),
    ("speak", {"loop": "forever"}, "90009"),
    ("speak", {"loop": True}, "90009"),
    ("speak", {"loop": 1.5}, "90009"),
    ("speak", {"target_legs": "all"}, "10032"),
    ("speak", {"voice": 7}, "10026"),
    ("playback_start", {"overlay": "perhaps"}, "10026"),
    ("playback_start", {"audio_type": "ogg"}, "10032"),
    ("playback_stop", {"stop": "everything"}, "90016"),
    # enumerations, ranges, lengths, types
    ("reject", {"cause": "BUSY"}, "10032"),
    ("/calls", {"timeout_secs": 4}, "90028"),
    ("/calls", {"timeout_secs": 601}, "90028"),
    ("/calls", {"timeout_secs": False}, "90028"),
    ("/calls", {"time_limit_secs": 29}, "90029"),
    ("/calls", {"time_limit_secs": 14_401}, "90029"),
    ("/calls", {"record_channels": "stereo"}, "10032"),
    ("/calls", {"record_timeout_secs": -1}, "90049"),
    ("/calls", {"record_max_length": 43_201}, "10033"),
    ("/calls", {"record_custom_file_name": ""}, "10025"),
    ("/calls", {"answering_machine_detection": "yes"}, "10032"),
    ("/calls", {"stream_bidirectional_sampling_rate": 8001}, "10032"),
    ("/calls", {"billing_group_id": "mine"}, "10006"),
    ("/calls", {"link_to": 7}, "10026"),
    ("/calls", {"transcription": {}}, "10026"),
    ("/calls", {"transcription_config": "Google"}, "10026"),
    ("/calls", {"custom_headers": {}}, "10026"),
    ("hangup", {"reason": 7}, "10026"),
    ("bridge", {"video_room_id": f"{UUID}0"}, "10006"),
    ("suppression_start", {"direction": "sideways"}, "10032"),
    ("siprec_start", {"session_timeout_secs": 1.5}, "10026"),
    ("siprec_start", {"session_timeout_secs": "soon"}, "10026"),
    ("send_sip_info", {"content_type": "json"}, "10015"),
]


@pytest.mark.parametrize(
    ("name", "fields", "code"), BAD, ids=[f"{name} {next(iter(fields))}" for name, fields, _ in BAD]
)
def test_a_bad_parameter_has_the_vendors_code_and_is_pointed_at(name, fields, code):
    assert refused(name, **fields) == [(code, f"/{next(iter(fields))}")]


@pytest.mark.parametrize(
    ("name", "fields", "code", "pointer"),
    [
        ("answer", {"custom_headers": [{"name": " ", "value": "1"}]}, "10004", "/custom_headers/0/name"),
        ("answer", {"custom_headers": [{"name": "X"}]}, "10004", "/custom_headers/0/value"),
        ("answer", {"sip_headers": [{"name": "X-Mine", "value": "1"}]}, "10032", "/sip_headers/0/name"),
        ("answer", {"sound_modifications": {"pitch": 0}}, "10033", "/sound_modifications/pitch"),
        ("answer", {"assistant": {"id": "a", "greeting": "x" * 3001}}, "10025", "/assistant/greeting"),
        ("answer", {"deepfake_detection": {"enabled": True, "timeout": 4}}, "10033", "/deepfake_detection/timeout"),
        (
            "answer",
            {"webhook_retries_policies": {"a/b~c": {"retries_ms": ["soon"]}}},
            "10026",
            "/webhook_retries_policies/a~1b~0c/retries_ms/0",
        ),
        (
            "/calls",
            {"answering_machine_detection_config": {"maximum_number_of_words": -1}},
            "10033",
            "/answering_machine_detection_config/maximum_number_of_words",
        ),
    ],
)
def test_a_bad_value_inside_an_object_is_pointed_at_by_its_whole_way(name, fields, code, pointer):
    assert refused(name, **fields) == [(code, pointer)]


@pytest.mark.parametrize("policy", [[1] * 6, [60_001], [30_000, 30_001], [-1]])
def test_retries_have_a_limit(policy):
    found = refused("answer", webhook_retries_policies={"call.hangup": {"retries_ms": policy}})
    assert found == [("10033", "/webhook_retries_policies")]


def test_retries_within_the_limit_are_accepted():
    for policy in ([], [60_000], [1, 2, 3, 4, 5]):
        parse("answer", webhook_retries_policies={"call.hangup": {"retries_ms": policy}})


def test_everything_that_is_wrong_is_told_at_once():
    assert refused("/calls", to="bob", **{"from": None}, timeout_secs=1, client_state="?", record_format="ogg") == [
        ("90017", "/client_state"),
        ("10032", "/record_format"),
        ("90028", "/timeout_secs"),
        ("10016", "/to"),
        ("10004", "/from"),
    ]


def test_every_entry_has_a_title_a_detail_and_a_source():
    with pytest.raises(InvalidParameters) as error:
        parse("/calls", to="bob", timeout_secs=1)
    assert str(error.value) == "/timeout_secs: 90028; /to: 10016"
    for entry in error.value.body()["errors"]:
        assert entry.keys() == {"code", "title", "detail", "source"}
        assert entry["title"] == CATALOGUE[entry["code"]][0]


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        ("/calls", {"to": None}, "The 'to' parameter is required and cannot be blank."),
        ("/calls", {"to": "bob"}, "The 'to' parameter must be in E164 format."),
        ("/calls", {"record_channels": "stereo"}, "The value must be one of: dual, single."),
        ("speak", {"voice": 7}, "The parameter must be of type string, but received type integer"),
        ("/calls", {"transcription": {}}, "The parameter must be of type boolean, but received type object"),
        ("/calls", {"custom_headers": {}}, "The parameter must be of type array, but received type object"),
        ("gather", {"gather_id": "x" * 41}, "The field must be between 1 and 40 characters long, but was 41."),
        (
            "/calls",
            {"record_max_length": -1},
            "The value is outside of allowed range 0 to 43200",
        ),
        (
            "answer",
            {"webhook_urls": {"call.ringing": "http://a.example"}},
            "The webhook_urls json keys must be valid call control event types; not call.ringing.",
        ),
    ],
)
def test_details_say_what_would_fit(name, fields, expected):
    assert detail(name, **fields) == expected


# -- what is accepted ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fields", "attribute", "value"),
    [
        ("/calls", {"to": "sip:bob@example.com,+15550001111"}, "to", ["sip:bob@example.com,+15550001111"]),
        ("/calls", {"to": [CALLEE, "sip:bob@example.com"]}, "to", [CALLEE, "sip:bob@example.com"]),
        ("/calls", {"to": f"{CALLEE},1w2#"}, "to", [f"{CALLEE},1w2#"]),
        ("/calls", {"from": "conf"}, "from_", "conf"),
        ("/calls", {"timeout_secs": "45"}, "timeout_secs", 45),
        ("/calls", {"timeout_secs": 0}, "timeout_secs", 30),
        ("/calls", {"timeout_secs": "0"}, "timeout_secs", 30),
        ("/calls", {"retry_on_timeout": "false"}, "retry_on_timeout", False),
        ("/calls", {"link_to": None}, "link_to", None),
        ("/calls", {"billing_group_id": UUID.upper()}, "billing_group_id", UUID.upper()),
        ("speak", {"loop": "infinity"}, "loop", "infinity"),
        ("speak", {"loop": "100"}, "loop", 100),
        ("speak", {"payload": "x" * 5000}, "payload", "x" * 5000),
        ("speak", {"client_state": None}, "client_state", None),
        ("speak", {"client_state": ""}, "client_state", ""),
        ("speak", {"client_state": "_-8="}, "client_state", "_-8="),
        ("refer", {"sip_address": "sips:bob"}, "sip_address", "sips:bob"),
        ("answer", {"webhook_url": "https://example.com:8443/x?y=z"}, "webhook_url", "https://example.com:8443/x?y=z"),
        (
            "answer",
            {"webhook_urls": {"call.hangup": "http://a.example"}},
            "webhook_urls",
            {"call.hangup": ["http://a.example"]},
        ),
    ],
)
def test_what_clients_send_is_understood(name, fields, attribute, value):
    assert getattr(parse(name, **fields), attribute) == value


def test_null_is_as_good_as_absent():
    assert parse("speak", loop=None, stop=None, language=None).given() == Speak.example


def test_unknown_fields_are_kept():
    command = parse("speak", colour={"red": 1})
    assert command.model_extra == {"colour": {"red": 1}}
    assert list(command.unknown()) == ["colour"]


def test_webhook_urls_may_name_every_event_that_the_vendor_has():
    urls = dict.fromkeys(Event.registry, "http://a.example")
    assert parse("answer", webhook_urls=urls).webhook_urls.keys() == urls.keys()


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_catalogue_has_a_title_and_a_detail_for_every_code(code):
    title, text = CATALOGUE[code]
    assert code.isdigit()
    assert title
    assert text
