"""Commands that name uploaded audio or a recording server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from simulation import CALLEE, CONNECTION

from telnyx_emulator.core.resources.media_file import MediaFile


def store(world, name, seconds):
    now = world.clock.now()
    until = now + timedelta(seconds=3600)
    world.account.media[name] = MediaFile(name, "audio/wav", b"", seconds, now, now, until)


def plays_for(world, name):
    """Seconds from the start to the end of a playback."""
    call = world.answered()
    world.do(call, "playback_start", media_name=name)
    world.advance(60)
    started, ended = (next(seen.at for seen in world.seen if seen.name == f"call.playback.{what}") for what in WHAT)
    return pytest.approx(ended - started)


WHAT = ("started", "ended")


def test_uploaded_audio_is_as_long_as_it_is(world):
    store(world, "greeting", 7.5)
    assert plays_for(world, "greeting") == 7.5


@pytest.mark.parametrize("name", ["unknown", "odd"])
def test_audio_of_unknown_length_lasts_three_seconds(world, name):
    store(world, "odd", None)
    assert plays_for(world, name) == 3.0


def test_a_strict_world_refuses_names_that_nothing_was_uploaded_under(world):
    call = world.answered()
    world.account.application(CONNECTION)
    world.account.strict = True
    (error,) = world.refusal(call, "playback_start", media_name="none")
    assert (error["code"], error["source"]) == ("10017", {"pointer": "/media_name"})
    assert world.code(call, "gather_using_audio", media_name="none") == "10017"
    assert world.code(call, "transfer", to=CALLEE, media_name="none") == "10017"
    dial = {"to": CALLEE, "from": CALLEE, "connection_id": CONNECTION}
    assert world.code(None, "/calls", **dial, media_name="none") == "10017"
    store(world, "fine", 1.0)
    (error,) = world.refusal(call, "gather_using_audio", media_name="fine", invalid_media_name="none")
    assert error["source"] == {"pointer": "/invalid_media_name"}
    world.do(call, "playback_start", media_name="fine")


def test_a_connector_is_made_on_use_unless_only_what_exists_counts(world):
    call = world.answered()
    world.do(call, "siprec_start", connector_name="mine")
    assert list(world.account.siprec_connectors) == ["mine"]
    world.do(call, "siprec_start")
    world.account.strict = True
    world.do(call, "siprec_start", connector_name="mine")
    assert world.code(call, "siprec_start", connector_name="other") == "10017"
