"""Recordings, their transcriptions and their storage against the vendor's contract."""

from __future__ import annotations

from typing import Any

import pytest
from document import Document
from wire import CONNECTION, Api

NULL = {"conference_id", "next", "previous"}
"""Members that are null where there is nothing to say; the document has them as strings only."""

STORAGES = [
    {"backend": "gcs", "configuration": {"backend": "gcs", "bucket": "mine", "credentials": "OPAQUE"}},
    {
        "backend": "s3",
        "configuration": {
            "backend": "s3",
            "aws_access_key_id": "id",
            "aws_secret_access_key": "secret",
            "bucket": "mine",
            "region": "us-east-1",
        },
    },
    {"backend": "azure", "configuration": {"bucket": "mine", "account_name": "me", "account_key": "key"}},
]


def faults(document: Document, method: str, path: str, answer: Any) -> list[str]:
    return document.answer_faults(method, path, answer.status, without_nulls(answer.json))


def without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [without_nulls(one) for one in value]
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None or name not in NULL}
    return value


async def recorded(api: Api) -> None:
    call = await api.answered()
    await api.do(call, "record_start", format="wav", channels="dual", transcription=True)
    await api.advance(1)
    await api.do(call, "hangup")
    await api.advance(5)


@pytest.mark.parametrize(
    ("path", "parameter"),
    [("/recordings", "recording_id"), ("/recording_transcriptions", "recording_transcription_id")],
)
async def test_what_is_there_and_what_is_not(document: Document, api: Api, path: str, parameter: str):
    await recorded(api)
    answer = await api.get(f"/v2{path}")
    assert len(answer.data) == 1
    assert faults(document, "GET", path, answer) == []
    one, its_path = f"/v2{path}/{answer.data[0]['id']}", f"{path}/{{{parameter}}}"
    assert faults(document, "GET", its_path, await api.get(one)) == []
    assert faults(document, "DELETE", its_path, await api.delete(one)) == []
    answer = await api.delete(one)
    assert answer.status == 404
    assert faults(document, "DELETE", its_path, answer) == []


async def test_deleting_several(document: Document, api: Api):
    await recorded(api)
    ids = [one["id"] for one in (await api.get("/v2/recordings")).data]
    path = "/recordings/actions/delete"
    assert faults(document, "POST", path, await api.post(f"/v2{path}", ids=ids)) == []
    assert faults(document, "POST", path, await api.post(f"/v2{path}", ids=ids)) == []


@pytest.mark.parametrize("body", STORAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
async def test_storage_of_ones_own(document: Document, api: Api, body: dict[str, Any], method: str):
    path = "/custom_storage_credentials/{connection_id}"
    url = f"/v2{path.format(connection_id=CONNECTION)}"
    await api.post(url, **body)
    answer = await api.send(method, url, json=None if method == "GET" else body)
    assert answer.status == 200
    assert faults(document, method, path, answer) == []


async def test_storage_that_is_taken_away(document: Document, api: Api):
    url = f"/v2/custom_storage_credentials/{CONNECTION}"
    await api.post(url, **STORAGES[0])
    assert (await api.delete(url)).status == 204
    answer = await api.delete(url)
    assert faults(document, "DELETE", "/custom_storage_credentials/{connection_id}", answer) == []
