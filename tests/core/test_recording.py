"""Recordings after they were made: where they go, and how many are kept."""

from __future__ import annotations

import pytest
from simulation import CONNECTION, Simulation

from telnyx_emulator.core.audio.sound import Sound
from telnyx_emulator.core.model import Call
from telnyx_emulator.core.recording import files as recordings
from telnyx_emulator.core.recording.files import forget
from telnyx_emulator.core.recording.recorder import LegRecorder
from telnyx_emulator.core.recording.recording import Recording, RecordingOptions, Take
from telnyx_emulator.core.resources.storage import Storage


def recorded(world: Simulation, call: Call | None = None, **options: object) -> Recording:
    """Two seconds of a call."""
    call = call or world.answered()
    recorder = LegRecorder(call, RecordingOptions(**options), world.account.ids.uuid4())
    recorder.begin()
    world.advance(2)
    recorder.stop()
    world.advance(1)
    return recorder.recording


def test_a_file_is_named_after_its_leg_and_the_second_in_which_it_began(world):
    world.advance(3600 * 24)
    recording = recorded(world, format="wav")
    assert recording.path == f"{world.account.user_id}/2026-01-02/{recording.call_leg_id}-1767312000.wav"
    assert world.account.files == {recording.path: recording}


def test_a_file_may_have_a_name_of_its_own(world):
    assert recorded(world, file_name="interview").path.endswith("/2026-01-01/interview-1767225600.mp3")


def test_two_files_never_have_the_same_name(world):
    call = world.answered()
    one, other = (LegRecorder(call, RecordingOptions(), world.account.ids.uuid4()) for _ in range(2))
    one.begin()
    other.begin()
    world.advance(1)
    world.do(call, "hangup")
    world.advance(1)
    assert sorted(path[-14:] for path in world.account.files) == ["1767225600.mp3", "1767225601.mp3"]


@pytest.mark.parametrize(
    ("backend", "more", "address"),
    [
        ("gcs", {}, "gs://bucket/"),
        ("s3", {}, "s3://bucket/"),
        ("azure", {"account_name": "mine"}, "https://mine.blob.core.windows.net/bucket/"),
        ("s3-generic", {"endpoint": "https://minio.local/s3/"}, "https://minio.local/s3/bucket/"),
    ],
)
def test_storage_of_ones_own_has_its_own_addresses(world, backend, more, address):
    world.account.storage[CONNECTION] = Storage(CONNECTION, backend, {"bucket": "bucket"} | more)
    recording = recorded(world)
    assert recording.stored_at == f"{address}{recording.path.removesuffix('.mp3')}"
    assert world.payload("call.recording.saved")["recording_urls"] == {"mp3": recording.stored_at}


def test_a_forgotten_recording_has_no_file(world):
    recording = recorded(world)
    forget(world.account, recording)
    assert (world.account.recordings, world.account.files) == ({}, {})
    forget(world.account, recording)


def test_the_oldest_of_too_many_is_forgotten(world, monkeypatch):
    monkeypatch.setattr(recordings, "MOST_RECORDINGS", 2)
    made = [recorded(world, transcribe=True) for _ in range(3)]
    world.advance(5)
    assert list(world.account.recordings) == [recording.id for recording in made[1:]]
    assert len(world.account.files) == 2
    assert [one.recording_id for one in world.account.recording_transcriptions.values()] == [
        recording.id for recording in made[1:]
    ]


def a_recording(world: Simulation, *spans: tuple[float, float], **options: object) -> Recording:
    recording = LegRecorder(world.answered(), RecordingOptions(**options), "1").recording
    recording.spans.extend(spans)
    return recording


def test_trimming_leaves_what_is_between_the_first_and_the_last_sound(world):
    recording = a_recording(world, (0, 10), (20, 30), (40, 50), trim=True)
    assert (recording.kept(), recording.seconds(), recording.text()) == ([], 0, "")
    recording.takes.append(Take("inbound", Sound("digits", "1", 12, 1, ended=13)))
    assert recording.kept() == []
    recording.takes.append(Take("inbound", Sound("digits", "1", 8, 6, ended=14)))
    recording.takes.append(Take("outbound", Sound("audio", "", 29, None, ended=31)))
    recording.takes.append(Take("outbound", Sound("audio", "", 33, 2, ended=35)))
    assert recording.kept() == [(8, 10), (20, 30)]
    assert recording.seconds() == 12


def test_the_text_is_what_was_said_in_the_order_in_which_it_was_said(world):
    recording = a_recording(world, (0, 10), (20, 30))
    recording.takes += [
        Take("outbound", Sound("speech", "I am fine.", 4, 1, ended=5)),
        Take("inbound", Sound("speech", "How are you?", 1, 2, ended=3)),
        Take("inbound", Sound("digits", "1", 3, 0.1, ended=3.1)),
        Take("inbound", Sound("speech", "not to be heard", 12, 2, ended=14)),
        Take("inbound", Sound("speech", "one two three four", 28, 4)),
    ]
    assert recording.text() == "How are you? I am fine. one two"
