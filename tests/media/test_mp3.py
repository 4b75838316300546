"""Recordings as MP3: their size is known before they are encoded, and they need the optional encoder."""

from __future__ import annotations

import sys

import pytest
from simulation import Simulation

from telnyx_emulator.core.audio.length import audio_seconds
from telnyx_emulator.core.errors import Mp3Unavailable
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.recording.recording import Recording
from telnyx_emulator.media import files


def recorded(world: Simulation, seconds: float, channels: str) -> Recording:
    call = world.answered()
    world.do(call, "record_start", format="mp3", channels=channels)
    verbs.press(call, "12")
    world.advance(seconds)
    world.do(call, "hangup")
    (recording,) = world.account.recordings.values()
    return recording


@pytest.mark.parametrize("channels", ["single", "dual"])
@pytest.mark.parametrize("seconds", [0.01, 0.072, 0.073, 1, 12.345])
def test_the_size_is_known_beforehand(world, seconds, channels):
    pytest.importorskip("lameenc")
    recording = recorded(world, seconds, channels)
    data = b"".join(files.content(recording, 0, 10**9))
    assert len(data) == files.size_of(recording)
    assert audio_seconds(data) == pytest.approx(seconds, abs=0.22)
    assert data[3] >> 6 == (3 if channels == "single" else 1)


def test_a_part_is_as_in_the_whole(world):
    pytest.importorskip("lameenc")
    recording = recorded(world, 4, "dual")
    whole = b"".join(files.content(recording, 0, files.size_of(recording)))
    assert b"".join(files.content(recording, 5_001, 7_000)) == whole[5_001:12_001]


def test_an_empty_recording_is_an_empty_file(world):
    pytest.importorskip("lameenc")
    recording = recorded(world, 0, "dual")
    assert files.size_of(recording) == 0
    assert list(files.content(recording, 0, 0)) == []


def test_without_the_encoder_it_says_what_to_install(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "lameenc", None)
    recording = recorded(world, 1, "dual")
    assert files.size_of(recording) > 0
    with pytest.raises(Mp3Unavailable, match=r"pip install telnyx-emulator\[mp3\]"):
        files.content(recording, 0, 10)
