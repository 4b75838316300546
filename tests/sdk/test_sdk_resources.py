"""What is configured by the SDK, with its strict validation of every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from telnyx import NotFoundError, Telnyx, UnprocessableEntityError

from telnyx_emulator import Emulator

URL = "https://example.com/hook"
ACCOUNT = {"type": "a", "project_id": "b"}


@pytest.fixture
def plain(connect: Callable[..., Telnyx], blocking: Emulator) -> Telnyx:
    """A client with strict models, of a server where only what was made exists."""
    return connect(blocking, _strict_response_validation=True)


READS: list[tuple[str, dict[str, Any]]] = [
    ("call_control_applications.retrieve", {"id": "1293384261075731499"}),
    ("call_control_applications.list", {"filter": {"application_name": {"contains": "some"}}, "sort": "created_at"}),
    ("connections.retrieve", {"id": "id"}),
    ("connections.list", {"page_number": 0, "page_size": 0}),
    ("connections.retrieve_count", {}),
    ("call_events.list", {"filter": {"type": "webhook", "from": "+12025550142", "failed": False}}),
    ("media.retrieve", {"media_name": "media_name"}),
    ("media.list", {"filter": {"content_type": ["audio_mpeg", "application_xml"]}}),
    ("media.upload", {"media_url": "http://www.example.com/audio.mp3", "media_name": "my-file"}),
    ("media.delete", {"media_name": "media_name"}),
    ("siprec_connectors.retrieve", {"connector_name": "connector_name"}),
    ("siprec_connectors.create", {"host": "siprec.telnyx.com", "name": "my-siprec-connector", "port": 5060}),
    ("siprec_connectors.delete", {"connector_name": "connector_name"}),
    ("dialogflow_connections.retrieve", {"connection_id": "connection_id"}),
    ("dialogflow_connections.create", {"connection_id": "connection_id", "service_account": ACCOUNT}),
    ("noise_suppression_engines.list", {}),
    ("outbound_voice_profiles.list", {"filter": {"name": {"contains": "office"}}}),
    ("outbound_voice_profiles.retrieve", {"id": "1293384261075731499"}),
    ("telephony_credentials.list", {"filter": {"status": "active", "tag": "some"}}),
    ("telephony_credentials.retrieve", {"id": "id"}),
    ("credential_connections.list", {"filter": {"fqdn": "fqdn"}}),
    ("credential_connections.actions.check_registration_status", {"id": "id"}),
    ("phone_numbers.list", {"filter": {"phone_number": "555"}}),
    ("phone_numbers.retrieve", {"id": "1293384261075731499"}),
    ("phone_numbers.slim_list", {}),
]
"""Methods with literals of the documentation, which exist nowhere."""


@pytest.mark.parametrize(("method", "arguments"), READS, ids=[name for name, _ in READS])
def test_where_everything_is_adopted_the_documented_calls_work_twice(
    strict: Telnyx, method: str, arguments: dict[str, Any]
):
    target: Any = strict
    for name in method.split("."):
        target = getattr(target, name)
    for _ in range(2):
        target(**arguments)


def test_an_application_lives_and_goes(plain: Telnyx):
    applications = plain.call_control_applications
    made = applications.create(application_name="router", webhook_event_url=URL, webhook_timeout_secs=5).data
    assert made is not None
    assert (made.webhook_timeout_secs, made.webhook_api_version, made.first_command_timeout_secs) == (5, "2", 30)
    assert applications.retrieve(str(made.id)).data == made
    changed = applications.update(str(made.id), application_name="other", webhook_event_url=URL, active=False).data
    assert changed is not None
    assert (changed.application_name, changed.active) == ("other", False)
    assert [one.id for one in applications.list()] == [made.id]
    assert [one.connection_name for one in plain.connections.list()] == ["other"]
    applications.delete(str(made.id))
    assert list(applications.list()) == []


def test_all_pages_of_a_list_are_read(plain: Telnyx):
    for number in range(5):
        plain.outbound_voice_profiles.create(name=f"profile {number}")
    names = [profile.name for profile in plain.outbound_voice_profiles.list(page_size=2, sort="name")]
    assert names == [f"profile {number}" for number in range(5)]


def test_a_token_is_a_text(plain: Telnyx):
    made = plain.telephony_credentials.create(connection_id="1234567890").data
    assert made is not None
    assert plain.telephony_credentials.create_token(str(made.id)).count(".") == 2


def test_a_taken_name_is_an_unprocessable_entity(plain: Telnyx):
    plain.siprec_connectors.create(host="a", name="mine", port=5060)
    with pytest.raises(UnprocessableEntityError) as refused:
        plain.siprec_connectors.create(host="a", name="mine", port=5060)
    assert refused.value.body["errors"][0]["code"] == "10012"  # type: ignore[index]


def test_media_that_is_known_by_its_url_alone_cannot_be_downloaded(plain: Telnyx):
    plain.media.upload(media_url="http://www.example.com/audio.mp3", media_name="mine")
    with pytest.raises(NotFoundError, match="--fetch-media"):
        plain.media.download("mine")
