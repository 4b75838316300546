"""Signed links to recordings."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from simulation import Simulation

from telnyx_emulator.core.errors import LinkRefused
from telnyx_emulator.core.recording.links import access_key_of, link, verify

PATH = "/telephony-recorder-prod/user/2026-01-01/a leg/ü%.wav"


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def test_a_link_is_good_for_ten_minutes(world):
    query = query_of(link(world.account, PATH))
    world.advance(600)
    verify(world.account, PATH, query)
    world.advance(0.001)
    with pytest.raises(LinkRefused, match="expired"):
        verify(world.account, PATH, query)


def test_a_link_looks_like_object_storage(world):
    world.account.access_key = "ASIA1"
    url = link(world.account, PATH)
    query = query_of(url)
    assert list(query) == [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
    ]
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert query["X-Amz-Credential"] == "ASIA1/20260101/us-east-1/s3/aws4_request"
    assert (query["X-Amz-Date"], query["X-Amz-Expires"]) == ("20260101T000000Z", "600")
    assert access_key_of(query) == "ASIA1"
    assert access_key_of({}) == ""


def test_a_link_is_plain_ascii_and_leads_to_the_path(world):
    world.account.origin = "http://emulator:12111"
    url = link(world.account, PATH)
    assert url.isascii()
    assert " " not in url
    assert url.startswith("http://emulator:12111/telephony-recorder-prod/")
    assert unquote(urlsplit(url).path) == PATH


@pytest.mark.parametrize("name", ["X-Amz-Date", "X-Amz-Expires", "X-Amz-Credential", "X-Amz-Signature"])
def test_what_was_changed_or_left_out_is_refused(world, name):
    query = query_of(link(world.account, PATH))
    for changed in (query | {name: "20270101T000000Z"}, {key: query[key] for key in query if key != name}):
        with pytest.raises(LinkRefused, match="not signed"):
            verify(world.account, PATH, changed)


def test_a_link_is_good_for_its_path_and_its_account_only(world):
    query = query_of(link(world.account, PATH))
    with pytest.raises(LinkRefused):
        verify(world.account, PATH + "x", query)
    with pytest.raises(LinkRefused):
        verify(Simulation(seed=2).account, PATH, query)
