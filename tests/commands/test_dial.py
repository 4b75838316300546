"""Calling somebody: how it rings, who answers, and what happens then."""

import pytest
from simulation import CALLEE, CALLER, CONNECTION, OUR_NUMBER, Simulation

from telnyx_emulator.commands.dial import describe
from telnyx_emulator.core.call import answering
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.far_end.behaviour import MAGIC_NUMBERS
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

BODY = {"to": CALLEE, "from": OUR_NUMBER, "connection_id": CONNECTION}
AUDIO = "http://example.com/a.mp3"


@pytest.fixture(autouse=True)
def _a_number_that_waits_to_be_told(monkeypatch):
    monkeypatch.setitem(MAGIC_NUMBERS, "0001", "manual")


def ended(world: Simulation, call: Call) -> tuple[str, str, str]:
    payload = world.payload("call.hangup", call)
    return payload["hangup_cause"], payload["hangup_source"], payload["sip_hangup_cause"]


def timeline(world: Simulation, call: Call | None = None) -> list[tuple[float, str]]:
    return [
        (round(seen.at, 2), seen.name) for seen in world.seen
        if call is None or seen.payload["call_control_id"] == call.id
    ]  # fmt: skip


# -- the answer to the command -------------------------------------------------------------------------------


def test_a_dial_is_answered_with_the_ids_that_the_webhooks_carry(world):
    answer = world.create("/calls", **BODY, client_state="YQ==")
    payload = world.payload("call.initiated")
    ids = ("call_control_id", "call_leg_id", "call_session_id", "client_state")
    assert {name: answer[name] for name in ids} == {name: payload[name] for name in ids}
    assert (answer["record_type"], answer["is_alive"], answer["call_duration"]) == ("call", False, 0)
    assert "end_time" not in answer
    assert "result" not in answer


def test_the_application_is_made_by_the_first_dial(world):
    world.dial()
    assert list(world.account.applications) == [CONNECTION]


def test_a_call_is_described_as_alive_until_it_ended(world):
    call = world.dialled(client_state="YQ==")
    world.advance(10)
    shown = describe(call)
    assert (shown["is_alive"], shown["call_duration"], shown["client_state"]) == (True, 10, "YQ==")
    assert shown["start_time"] == "2026-01-01T00:00:00.000000Z"
    assert "end_time" not in shown
    world.do(call, "hangup")
    shown = describe(call)
    assert (shown["is_alive"], shown["end_time"]) == (False, "2026-01-01T00:00:11.000000Z")


# -- ringing -------------------------------------------------------------------------------------------------


def test_somebody_answers_after_a_second(world):
    call = world.dial(client_state="YQ==")
    world.advance(60)
    assert timeline(world) == [(0, "call.initiated"), (1, "call.answered")]
    assert {seen.payload["client_state"] for seen in world.seen} == {"YQ=="}
    assert call.state is State.ANSWERED


@pytest.mark.parametrize(
    ("number", "at", "expected"),
    [
        ("+15550100486", 1, ("user_busy", "callee", "486")),
        ("+15550100480", 10, ("no_answer", "callee", "480")),
        ("+15550100603", 1, ("call_rejected", "callee", "603")),
        ("+15550100404", 1, ("not_found", "callee", "404")),
        ("sip:fails-503@example.com", 1, ("unspecified", "callee", "503")),
    ],
)
def test_a_call_that_is_not_answered_only_has_a_hangup(world, number, at, expected):
    call = world.dial(number)
    world.advance(60)
    assert timeline(world) == [(0, "call.initiated"), (at, "call.hangup")]
    assert ended(world, call) == expected
    assert world.payload("call.hangup")["call_quality_stats"] is None


@pytest.mark.parametrize(
    ("number", "fields", "at", "cause"),
    [
        ("+15550100001", {}, 30, "timeout"),
        ("+15550100001", {"timeout_secs": 7}, 7, "timeout"),
        ("+15550100001", {"timeout_secs": 0}, 30, "timeout"),
        ("+15550100020", {"timeout_secs": 10}, 10, "timeout"),
        ("+15550100020", {"timeout_secs": 20}, 20, "timeout"),
        ("+15550100020", {"timeout_secs": 10, "retry_on_timeout": False}, 10, "no_answer"),
    ],
)
def test_we_give_up_after_the_timeout(world, number, fields, at, cause):
    call = world.dial(number, **fields)
    world.advance(60)
    assert timeline(world)[1:] == [(at, "call.hangup")]
    assert ended(world, call) == (cause, "caller", "487")


def test_a_later_answer_within_the_timeout_counts(world):
    world.dial("+15550100020")
    world.advance(60)
    assert timeline(world)[1] == (20, "call.answered")


def test_a_number_that_may_not_be_dialled_is_refused_without_webhooks(world):
    (entry,) = world.refusal(None, "/calls", **BODY | {"to": "+15550100403"})
    assert (entry["code"], "title" in entry) == ("10010", True)
    assert world.account.calls == {}
    assert world.code(None, "/calls", **BODY | {"to": [CALLEE, "+15550100403"]}) == "10010"


def test_a_strict_account_knows_its_connections(world):
    world.account.strict = True
    (entry,) = world.refusal(None, "/calls", **BODY)
    assert (entry["code"], entry["source"]["pointer"]) == ("10015", "/connection_id")
    world.account.application(CONNECTION)
    world.create("/calls", **BODY)


# -- several destinations ------------------------------------------------------------------------------------


def test_the_first_of_several_to_answer_wins_and_the_others_are_cancelled(world):
    first = world.dial(["+15550100003", CALLEE, "+15550100486"], client_state="YQ==")
    _, second, busy = world.account.calls.values()
    world.advance(60)
    assert [call.state for call in (first, second, busy)] == [State.ENDED, State.ANSWERED, State.ENDED]
    assert ended(world, first) == ("originator_cancel", "caller", "487")
    assert world.events(second) == ["call.initiated", "call.answered"]
    assert len(world.payloads("call.hangup")) == 2
    assert {seen.payload["client_state"] for seen in world.seen} == {"YQ=="}
    assert len({call.leg_id for call in (first, second, busy)}) == 3


def test_one_who_is_busy_does_not_end_the_others(world):
    busy = world.dial(["+15550100486", "+15550100003"])
    world.advance(60)
    assert world.events() == ["call.initiated", "call.initiated", "call.hangup", "call.answered"]
    assert ended(world, busy) == ("user_busy", "callee", "486")


# -- on answer -----------------------------------------------------------------------------------------------


def test_audio_is_played_to_who_answers(world):
    world.dial(audio_url=AUDIO)
    world.advance(10)
    assert timeline(world)[1:] == [
        (1, "call.answered"),
        (1, "call.playback.started"),
        (4, "call.playback.ended"),
    ]


def test_media_by_name_is_played_to_who_answers(world):
    world.dial(media_name="welcome")
    world.advance(10)
    assert world.payload("call.playback.started")["media_name"] == "welcome"


@pytest.mark.parametrize(
    ("to", "fields", "digits"),
    [
        (CALLEE, {"send_digits_on_answer": "1w2"}, "12"),
        (f"{CALLEE},200#", {}, "200#"),
        (f"{CALLEE},200", {"send_digits_on_answer": "7"}, "7"),
        ("sip:bob@example.com,sip:ada@example.com", {}, ""),
        ("sip:bob@example.com", {"send_digits_on_answer": "7"}, ""),
    ],
)
def test_digits_are_sent_to_who_answers(world, to, fields, digits):
    world.dial(to, **fields)
    world.advance(10)
    assert "".join(note.detail["digits"] for note in world.notes("far_end")) == digits
    assert "call.answered" in world.events()


def test_a_call_ends_at_the_time_limit_that_counts_from_the_answer(world):
    call = world.dial(time_limit_secs=30)
    world.advance(60)
    assert timeline(world)[1:] == [(1, "call.answered"), (31, "call.hangup")]
    assert ended(world, call) == ("time_limit", "caller", "200")


def test_headers_are_echoed_in_all_events_of_the_leg(world):
    custom, sip = [{"name": "X-Account", "value": "7"}], [{"name": "User-to-User", "value": "abc"}]
    call = world.dial(custom_headers=custom, sip_headers=sip)
    world.advance(1)
    world.do(call, "hangup")
    assert [(seen.payload["custom_headers"], seen.payload["sip_headers"]) for seen in world.seen] == [(custom, sip)] * 3


def test_webhooks_of_a_dialled_leg_can_go_elsewhere(world):
    call = world.dial(webhook_url="http://a.example", webhook_url_method="GET")
    assert (call.override.url, call.override.method) == ("http://a.example", "GET")


# -- machines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "mode", "config", "expected"),
    [
        (CALLEE, "detect", {}, [(3.1, "call.machine.detection.ended", "human")]),
        ("+15550100902", "detect", {}, [(3.22, "call.machine.detection.ended", "machine")]),
        ("+15550100901", "detect_beep", {}, [
            (3.22, "call.machine.detection.ended", "machine"), (6.8, "call.machine.greeting.ended", "beep_detected"),
        ]),
        ("+15550100902", "greeting_end", {"greeting_silence_duration_millis": 1000}, [
            (3.22, "call.machine.detection.ended", "machine"), (7.3, "call.machine.greeting.ended", "ended"),
        ]),
        ("+15550100903", "premium", {}, [(3.5, "call.machine.premium.detection.ended", "fax_detected")]),
        (CALLEE, "detect", {"total_analysis_time_millis": 500}, [(1.5, "call.machine.detection.ended", "not_sure")]),
        (CALLEE, "disabled", {}, []),
    ],
)  # fmt: skip
def test_a_machine_is_told_from_a_human_after_the_answer(world, number, mode, config, expected):
    world.dial(number, answering_machine_detection=mode, answering_machine_detection_config=config, client_state="YQ==")
    world.advance(60)
    found = [
        (round(seen.at, 2), seen.name, seen.payload["result"]) for seen in world.seen if "machine" in seen.name
    ]  # fmt: skip
    assert found == expected
    assert {seen.payload["client_state"] for seen in world.seen} == {"YQ=="}


def test_the_detector_stops_with_the_call(world):
    call = world.dialled("+15550100901", answering_machine_detection="detect_beep")
    verbs.hang_up(call)
    world.advance(60)
    assert world.events() == ["call.hangup"]


def test_detection_leaves_prompts_running(world):
    call = world.dialled("+15550100901", answering_machine_detection="detect")
    world.do(call, "speak", payload="x" * 150, voice="female")
    world.advance(60)
    assert world.events() == ["call.speak.started", "call.machine.detection.ended", "call.speak.ended"]
    assert world.payload("call.speak.ended")["status"] == "completed"


# -- relations -----------------------------------------------------------------------------------------------


def test_a_linked_leg_shares_the_session_and_a_lone_one_does_not(world):
    call = world.answered()
    assert world.dial(link_to=call.id).session is call.session
    assert world.dial().session is not call.session


def test_with_bridge_intent_the_linked_caller_is_shown(world):
    call = world.answered()
    assert world.dial(link_to=call.id).from_ == OUR_NUMBER
    assert world.dial(link_to=call.id, bridge_intent=True).from_ == CALLER


def test_bridge_on_answer_bridges_with_the_linked_leg(world):
    call = world.answered()
    leg = world.dial(link_to=call.id, bridge_on_answer=True)
    world.advance(1)
    assert world.events() == ["call.initiated", "call.answered", "call.bridged", "call.bridged"]
    assert (call.peer, leg.peer) == (leg, call)


def test_a_linked_leg_is_not_bridged_unasked(world):
    leg = world.dial(link_to=world.answered().id)
    world.advance(1)
    assert leg.peer is None


def test_bridge_on_answer_answers_a_linked_leg_that_still_rings(world):
    call = world.incoming()
    world.dial(link_to=call.id, bridge_on_answer=True)
    world.advance(1)
    assert world.events(call) == ["call.initiated", "call.answered", "call.bridged"]


@pytest.mark.parametrize("audio", [{}, {"audio_url": AUDIO}])
def test_who_answers_for_a_leg_that_is_gone_is_hung_up(world, audio):
    call = world.answered()
    leg = world.dial(link_to=call.id, bridge_on_answer=True, **audio)
    world.do(call, "hangup")
    world.advance(1)
    assert ended(world, leg) == ("normal_clearing", "caller", "200")
    world.advance(60)
    assert world.events(leg)[-1] == "call.hangup"
    assert leg.tasks.all() == ()


def test_prevent_double_bridge_leaves_a_bridged_leg_alone(world):
    call, other = world.bridged()
    leg = world.dial(link_to=call.id, bridge_on_answer=True, prevent_double_bridge=True)
    world.advance(1)
    assert (call.peer, leg.state) == (other, State.ENDED)


@pytest.mark.parametrize(("park", "state"), [({}, State.ENDED), ({"park_after_unbridge": "self"}, State.ANSWERED)])
def test_a_dialled_leg_can_be_parked_after_unbridging(world, park, state):
    call = world.answered()
    leg = world.dial(link_to=call.id, bridge_on_answer=True, **park)
    world.advance(1)
    world.do(call, "hangup")
    assert leg.state is state


def test_a_supervisor_listens_from_the_answer_on(world):
    watched = world.answered()
    leg = world.dial(supervise_call_control_id=watched.id, supervisor_role="monitor")
    assert leg.supervision is None
    world.advance(1)
    assert leg.supervision == (watched, "monitor")


def test_nobody_supervises_a_call_that_has_ended(world):
    watched = world.answered()
    leg = world.dial(supervise_call_control_id=watched.id)
    world.do(watched, "hangup")
    world.advance(1)
    assert (leg.supervision, leg.state) == (None, State.ANSWERED)


@pytest.mark.parametrize("name", ["link_to", "supervise_call_control_id"])
def test_related_calls_must_be_alive(world, name):
    gone = world.answered()
    world.do(gone, "hangup")
    for id in (gone.id, "v3:nobody"):
        (entry,) = world.refusal(None, "/calls", **BODY, **{name: id})
        assert (entry["code"], entry["source"]) == ("90015", {"pointer": f"/{name}"})


@pytest.mark.parametrize(
    "field", [{"bridge_intent": True}, {"bridge_on_answer": True}, {"park_after_unbridge": "self"}]
)
def test_what_concerns_a_linked_leg_needs_link_to(world, field):
    (entry,) = world.refusal(None, "/calls", **BODY, **field)
    assert (entry["code"], entry["source"]["pointer"]) == ("10004", "/link_to")


# -- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"audio_url": AUDIO, "media_name": "a"}, "10015", "/media_name"),
        ({"from_display_name": "Ada <3"}, "10015", "/from_display_name"),
        ({"from_display_name": "x" * 129}, "10025", "/from_display_name"),
        ({"media_encryption": "SRTP"}, "10011", "/media_encryption"),
        ({"media_encryption": "DTLS", "to": ["sip:bob@example.com", CALLEE]}, "10011", "/media_encryption"),
        ({"send_digits_on_answer": "x"}, "90014", "/send_digits_on_answer"),
    ],
)
def test_dials_that_make_no_sense_are_refused(world, fields, code, pointer):
    (entry,) = world.refusal(None, "/calls", **BODY | fields)
    assert (entry["code"], entry["source"]["pointer"]) == (code, pointer)
    assert world.account.calls == {}


def test_encrypted_media_is_for_sip_peers(world):
    world.dial("sip:bob@example.com", media_encryption="SRTP", from_display_name="Ada-L. ~!+_ Ünal")


def test_a_leg_linked_to_one_that_still_rings_is_bridged_when_that_one_is_answered(world):
    first = world.dial("+15550100020")
    second = world.dial(link_to=first.id, bridge_on_answer=True)
    world.advance(30)
    assert world.events(first) == ["call.initiated", "call.answered", "call.bridged"]
    assert world.events(second) == ["call.initiated", "call.answered", "call.bridged"]
    assert [seen.at for seen in world.seen if seen.name == "call.bridged"] == [20, 20]


def test_a_leg_linked_to_one_that_is_busy_is_hung_up(world):
    first = world.dial("+15550100480")
    second = world.dial(link_to=first.id, bridge_on_answer=True)
    world.advance(30)
    assert world.events(second) == ["call.initiated", "call.answered", "call.hangup"]
    assert "call.answered" not in world.events(first)


def test_a_call_that_was_answered_cannot_be_answered_again(world):
    call = world.dialled()
    answering.answer(call)
    assert world.events() == []


def test_a_recording_that_waits_for_silence_excludes_a_transcription_from_the_answer_on(world):
    both = {"record": "record-from-answer", "record_timeout_secs": 5, "transcription": True}
    body = {"to": CALLEE, "from": OUR_NUMBER, "connection_id": "1"} | both
    assert world.code(None, "/calls", **body) == "90053"
    assert world.code(world.incoming(), "answer", **both) == "90053"
