"""What is configured against the vendor's contract: what requests can say, and what is answered."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from document import Document
from wire import Answer, Api

from telnyx_emulator.http.resources import (
    call_control_applications,
    dialogflow_connections,
    media,
    siprec_connectors,
)
from telnyx_emulator.http.resources.crud import Body

BODIES: dict[tuple[str, str], type[Body]] = {
    ("POST", "/call_control_applications"): call_control_applications.ApplicationBody,
    ("PATCH", "/call_control_applications/{id}"): call_control_applications.ApplicationUpdate,
    ("POST", "/dialogflow_connections/{connection_id}"): dialogflow_connections.DialogflowBody,
    ("PUT", "/dialogflow_connections/{connection_id}"): dialogflow_connections.DialogflowBody,
    ("POST", "/media"): media.MediaUpload,
    ("PUT", "/media/{media_name}"): media.MediaUpdate,
    ("POST", "/siprec_connectors"): siprec_connectors.ConnectorBody,
    ("PUT", "/siprec_connectors/{connector_name}"): siprec_connectors.ConnectorBody,
}

REQUIRED_OTHERWISE = {"/media": {"media_url"}}
"""Not needed where a file comes with the request."""

OTHER_DEFAULTS = {"webhook_api_version", "outbound", "inbound"}
"""An application gets version 2 unless it asks for 1; objects have the defaults of their members."""

URL = "https://example.com/hook"
APPLICATION = {
    "application_name": "router",
    "webhook_event_url": URL,
    "webhook_event_failover_url": URL,
    "inbound": {"channel_limit": 1, "sip_subdomain": "a"},
    "outbound": {"channel_limit": 1, "outbound_voice_profile_id": "1293384261075731499"},
}
CONNECTOR = {"name": "mine", "host": "siprec.example.com", "port": 5060, "app_subdomain": "a"}
DIALOGFLOW = {"service_account": {"type": "a"}, "environment": "live", "conversation_profile_id": "a"}


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_request_can_say_what_the_document_says(document: Document, method: str, path: str):
    described, ours = document.request(method, path), BODIES[method, path].model_json_schema(mode="validation")
    properties = document.properties(described)
    assert ours["properties"].keys() == properties.keys()
    needed = set(described.get("required", ())) - REQUIRED_OTHERWISE.get(path, set())
    assert set(ours.get("required", ())) == needed
    for name, wanted in properties.items():
        mine = ours["properties"][name]
        if name not in OTHER_DEFAULTS:
            assert mine.get("default") == wanted.get("default", mine.get("default")), name
        assert set(wanted.get("enum", ())) <= set(mine.get("enum", ())), name


@pytest.mark.parametrize("name", ["inbound", "outbound"])
def test_an_object_in_a_request_has_the_members_of_the_document(document: Document, name: str):
    body = call_control_applications.ApplicationBody.model_fields[name].annotation
    described = document.properties(document.request("POST", "/call_control_applications"))[name]
    assert body is not None
    assert body.model_json_schema()["properties"].keys() == document.properties(described).keys()


async def walk(document: Document, api: Api, path: str, named: str, body: dict[str, Any], **more: Any) -> None:
    """Create, read, change and delete; every answer is valid."""

    def check(method: str, described: str, answer: Answer) -> None:
        assert answer.status < 300, answer.raw
        if answer.status != 204:
            assert document.answer_faults(method, described, answer.status, answer.json) == []

    one, place = f"{path}/{{{named}}}", more.get("place")
    collection = one if place else path
    made = await api.post(f"/v2{path}/{place or ''}", **body)
    check("POST", collection, made)
    place = place or made.data[more.get("key", named)]
    check("GET", one, await api.get(f"/v2{path}/{place}"))
    if document.has("GET", path):
        check("GET", path, await api.get(f"/v2{path}"))
    update = "PATCH" if document.has("PATCH", one) else "PUT"
    check(update, one, await api.send(update, f"/v2{path}/{place}", json=body))
    check("DELETE", one, await api.delete(f"/v2{path}/{place}"))


async def test_answers_about_applications(document: Document, api: Api):
    await walk(document, api, "/call_control_applications", "id", APPLICATION)


async def test_answers_about_connectors(document: Document, api: Api):
    await walk(document, api, "/siprec_connectors", "connector_name", CONNECTOR, key="name")


async def test_answers_about_dialogflow(document: Document, api: Api):
    await walk(document, api, "/dialogflow_connections", "connection_id", DIALOGFLOW, place="123")


async def test_answers_about_media(document: Document, api: Api):
    await walk(document, api, "/media", "media_name", {"media_url": "https://example.com/a.mp3"})
    data = aiohttp.FormData({"media_name": "a"})
    data.add_field("media", b"a", filename="a.wav")
    uploaded = await api.send("POST", "/v2/media", data=data)
    assert document.answer_faults("POST", "/media", uploaded.status, uploaded.json) == []


async def test_answers_about_connections(document: Document, api: Api):
    await api.post("/v2/call_control_applications", **APPLICATION)
    listed = await api.get("/v2/connections")
    assert document.answer_faults("GET", "/connections", 200, listed.json) == []
    one = await api.get(f"/v2/connections/{listed.data[0]['id']}")
    assert document.answer_faults("GET", "/connections/{id}", 200, one.json) == []


async def test_answers_about_call_events(document: Document, api: Api):
    await api.act(await api.answered(), "speak")
    listed = await api.get("/v2/call_events")
    assert {event["type"] for event in listed.data} == {"command", "webhook"}
    assert document.answer_faults("GET", "/call_events", 200, listed.json) == []


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("GET", "/dialogflow_connections/{connection_id}", "/v2/dialogflow_connections/1"),
        ("POST", "/dialogflow_connections/{connection_id}", "/v2/dialogflow_connections/1"),
        ("GET", "/media/{media_name}", "/v2/media/none"),
        ("POST", "/media", "/v2/media"),
    ],
)
async def test_refusals_have_the_form_of_the_document(document: Document, api: Api, method: str, path: str, named: str):
    answer = await api.send(method, named)
    assert answer.status in (404, 422)
    assert document.answer_faults(method, path, answer.status, answer.json) == []
