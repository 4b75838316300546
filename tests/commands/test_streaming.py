"""Streams and forks: what starts, fails and stops, and what excludes what."""

from collections.abc import Mapping

import pytest

from telnyx_emulator.core.ports import MediaConnection, MediaEvents, MediaPort

URL = "wss://example.com/media"


def test_a_stream_is_told_when_it_is_connected_and_when_it_is_over(world):
    call = world.answered()
    assert world.do(call, "streaming_start", stream_url=URL, client_state="YQ==") == {"result": "ok"}
    assert world.events() == []
    world.advance(1)
    started = world.payload("streaming.started")
    world.do(call, "streaming_stop", client_state="Yg==")
    stopped = world.payload("streaming.stopped")
    assert (started["stream_url"], started["client_state"]) == (URL, "YQ==")
    assert stopped == started
    assert {"from", "to"} & started.keys() == set()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("wss://fails-503.example.com/media", "connection_failed"),
        ("ws://fails-timeout:8080", "timeout"),
        ("wss://example.com/fails-bad-handshake", "bad_handshake"),
        ("wss://nowhere.invalid/media", "connection_failed"),
    ],
)
def test_a_stream_fails_by_the_name_of_its_url(world, url, reason):
    call = world.answered()
    world.do(call, "streaming_start", stream_url=url, stream_track="both_tracks")
    world.advance(2)
    failed = world.payload("streaming.failed")
    assert world.events() == ["streaming.failed"]
    assert (failed["failure_reason"], failed["stream_type"]) == (reason, "websocket")
    assert failed["stream_params"] == {"stream_url": url, "track": "both_tracks"}
    assert (call.stream, call.tasks.all()) == (None, ())


def test_after_a_failure_another_stream_can_start(world):
    call = world.answered()
    world.do(call, "streaming_start", stream_url="wss://fails-503.example.com")
    world.advance(2)
    world.do(call, "streaming_start", stream_url=URL)
    world.advance(2)
    assert world.events() == ["streaming.failed", "streaming.started"]


def test_a_second_stream_is_refused(world):
    call = world.answered()
    world.do(call, "streaming_start", stream_url=URL)
    (error,) = world.refusal(call, "streaming_start", stream_url=URL)
    assert error == {
        "code": "90045",
        "title": "Media Streaming is used.",
        "detail": "This command can't be issued when media streaming is used.",
    }


def test_a_stream_is_stopped_by_its_id_or_without_one(world):
    call = world.answered()
    assert world.code(call, "streaming_stop") == "90048"
    world.do(call, "streaming_start", stream_url=URL)
    assert world.code(call, "streaming_stop", stream_id="another") == "90048"
    world.do(call, "streaming_stop", stream_id=call.stream.id)
    assert world.code(call, "streaming_stop") == "90048"


def test_a_stream_that_never_began_is_not_reported(world):
    call = world.answered()
    world.do(call, "streaming_start", stream_url=URL)
    world.do(call, "streaming_stop")
    world.advance(2)
    assert world.events() == []


class Sockets(MediaPort, MediaConnection):
    """A media port whose one connection does what the test says."""

    closed = False

    def open(self, url: str, headers: Mapping[str, str], events: MediaEvents) -> MediaConnection:
        self.url, self.events = url, events
        return self

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def sockets(world) -> Sockets:
    sockets = world.account.media_port = Sockets()
    return sockets


def test_a_stream_ends_when_its_other_end_closes(world, sockets):
    call = world.answered()
    world.do(call, "streaming_start", stream_url=URL)
    assert (sockets.url, world.events()) == (URL, [])
    sockets.events.connected()
    sockets.events.frame("{}")
    assert world.events() == ["streaming.started"]
    sockets.events.closed("done")
    assert world.events() == ["streaming.started", "streaming.stopped"]
    assert (call.stream, sockets.closed) == (None, True)


def test_a_stream_fails_as_the_media_port_says(world, sockets):
    world.do(world.answered(), "streaming_start", stream_url=URL)
    sockets.events.failed("dns_error")
    assert world.payload("streaming.failed")["failure_reason"] == "dns_error"
    assert sockets.closed


def test_a_stream_closes_its_socket_when_the_leg_ends(world, sockets):
    call = world.answered()
    world.do(call, "streaming_start", stream_url=URL)
    sockets.events.connected()
    world.do(call, "hangup")
    assert world.events()[:2] == ["streaming.started", "streaming.stopped"]
    assert sockets.closed


def test_without_a_network_what_is_sent_is_lost(world):
    events = MediaEvents(lambda: None, lambda reason: None, lambda frame: None, lambda reason: None)
    world.account.media_port.open(URL, {}, events).send(b"")
    assert world.events() == []


def test_a_stream_to_dialogflow_needs_no_url(world):
    call = world.answered()
    assert world.code(call, "streaming_start") == "10004"
    world.do(call, "streaming_start", enable_dialogflow=True)
    world.advance(1)
    assert "stream_url" not in world.payload("streaming.started")


@pytest.mark.parametrize(
    "url", ["http://example.com", "wss://", "example.com", "wss://example.com/a b", "ws://" + "a" * 2000]
)
def test_a_stream_needs_the_url_of_a_socket(world, url):
    assert world.code(world.answered(), "streaming_start", stream_url=url) == "10003"


def test_a_stream_that_was_asked_for_begins_with_the_answer(world):
    call = world.dial(stream_url=URL, stream_track="outbound_track", client_state="YQ==")
    world.advance(2)
    answered, started = world.payload("call.answered"), world.payload("streaming.started")
    assert (answered["stream_url"], answered["stream_track"]) == (URL, "outbound_track")
    assert (started["stream_url"], started["client_state"]) == (URL, "YQ==")
    assert world.code(call, "streaming_start", stream_url=URL) == "90045"


def test_an_incoming_call_is_streamed_from_the_answer_on(world):
    call = world.incoming()
    world.do(call, "answer", stream_url=URL)
    world.advance(1)
    assert world.events() == ["call.initiated", "call.answered", "streaming.started"]
    assert world.payload("call.answered")["stream_track"] == "inbound_track"


def test_a_stream_to_dialogflow_is_not_shown_in_the_answer(world):
    world.dial(enable_dialogflow=True)
    world.advance(2)
    assert "stream_url" not in world.payload("call.answered")
    assert world.events() == ["call.initiated", "call.answered", "streaming.started"]


def test_a_call_that_is_not_answered_has_no_stream(world):
    call = world.dial(stream_url=URL)
    world.do(call, "hangup")
    assert (world.events(), call.stream) == (["call.initiated", "call.hangup"], None)


# -- forks -----------------------------------------------------------------------------------------------------


def test_a_fork_starts_at_once_and_stops(world):
    call = world.answered()
    world.do(call, "fork_start", rx="udp:192.0.2.1:9000", tx="udp:192.0.2.1:9001", client_state="YQ==")
    world.do(call, "fork_stop", client_state="Yg==")
    assert world.events() == ["call.fork.started", "call.fork.stopped"]
    started, stopped = (seen.payload for seen in world.seen)
    assert started == stopped
    assert (started["stream_type"], started["client_state"]) == ("decrypted", "YQ==")


def test_a_fork_replaces_a_stream_and_another_fork(world):
    call = world.answered()
    world.do(call, "streaming_start", stream_url=URL)
    world.advance(1)
    for _ in range(2):
        world.do(call, "fork_start", target="udp:example.com:9000")
    assert world.events() == [
        "streaming.started",
        "streaming.stopped",
        "call.fork.started",
        "call.fork.stopped",
        "call.fork.started",
    ]


def test_a_call_that_is_forked_cannot_be_streamed(world):
    call = world.answered()
    world.do(call, "fork_start", target="udp:[2001:db8::1]:9000")
    assert world.code(call, "streaming_start", stream_url=URL) == "90045"


def test_a_call_that_is_not_forked_cannot_stop_being_forked(world):
    (error,) = world.refusal(world.answered(), "fork_stop")
    assert error == {
        "code": "90031",
        "title": "Call is not currently forked",
        "detail": "Can't stop forking, because the call isn't currently forked.",
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/rx", "/tx"]),
        ({"rx": "udp:192.0.2.1:9000"}, ["/tx"]),
        ({"target": "192.0.2.1:9000"}, ["/target"]),
        ({"target": "udp:192.0.2.1:70000"}, ["/target"]),
        ({"target": "udp:192.0.2.1:0"}, ["/target"]),
    ],
)
def test_a_fork_needs_a_target_or_one_each_way(world, body, pointers):
    refusals = world.refusal(world.answered(), "fork_start", **body)
    assert [refusal["source"]["pointer"] for refusal in refusals] == pointers


# -- hangup ----------------------------------------------------------------------------------------------------


def test_a_hangup_ends_prompts_then_streams_then_the_call(world):
    call = world.answered()
    world.do(call, "streaming_start", stream_url=URL)
    world.do(call, "siprec_start")
    world.advance(1)
    world.do(call, "enqueue", queue_name="support")
    world.do(call, "speak", payload="hello", voice="female")
    world.forget()
    world.do(call, "hangup")
    assert world.events() == [
        "call.speak.ended",
        "call.dequeued",
        "streaming.stopped",
        "siprec.stopped",
        "call.hangup",
    ]


def test_a_hangup_ends_a_fork(world):
    call = world.answered()
    world.do(call, "fork_start", target="udp:192.0.2.1:9000")
    world.do(call, "hangup")
    assert world.events() == ["call.fork.started", "call.fork.stopped", "call.hangup"]
