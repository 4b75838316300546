"""Assistants and relays: one at a time, what they are told, and what is told when they leave."""

import pytest
from simulation import CALLEE, Simulation

from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.time.lanes import ASSISTANT

RELAY = "wss://example.com/relay"
ENDED, INSIGHTS = "call.conversation.ended", "call.conversation_insights.generated"


def turns(world: Simulation) -> list[tuple[str, str]]:
    return [(turn["role"], turn["content"]) for turn in world.payload(ENDED)["messages"]]


def test_an_assistant_greets_and_listens_until_it_is_stopped(world):
    call = world.answered()
    assistant = {"id": "assistant-1", "greeting": "Hello, who is there?", "model": "openai/gpt-4o"}
    voice = {"voice": "AWS.Polly.Joanna-Neural", "transcription": {"model": "flux"}}
    answer = world.do(call, "ai_assistant_start", assistant=assistant, client_state="YQ==", **voice)
    world.advance(3)
    verbs.say(call, "It is me")
    world.advance(2)
    world.do(call, "ai_assistant_stop")
    ended = world.payload(ENDED)
    assert world.events() == [ENDED]
    assert turns(world) == [("assistant", "Hello, who is there?"), ("user", "It is me")]
    assert {name: ended[name] for name in ended.keys() - {"messages"} if not name.startswith("call_")} == {
        "assistant_id": "assistant-1",
        "calling_party_type": "pstn",
        "client_state": "YQ==",
        "connection_id": call.connection_id,
        "conversation_id": answer["conversation_id"],
        "duration_sec": 5,
        "from": call.from_,
        "llm_model": "openai/gpt-4o",
        "reason": None,
        "stt_model": "flux",
        "to": call.to,
        "tts_model_id": "Polly",
        "tts_provider": "aws",
        "tts_voice_id": "Joanna-Neural",
    }


def test_some_seconds_later_there_are_insights_even_if_the_call_is_over(world):
    call = world.answered()
    world.do(call, "ai_assistant_start", greeting="Hello?", client_state="YQ==")
    world.do(call, "hangup")
    assert world.events() == [ENDED, "call.hangup"]
    world.advance(5)
    insights = world.payload(INSIGHTS)
    assert insights["client_state"] == "YQ=="
    assert [one["result"] for one in insights["results"]] == ["The conversation had 1 turn in 0 seconds."]


def test_the_conversation_ends_before_the_hangup_in_the_order_of_all_that_listens(world):
    call = world.answered()
    world.do(call, "streaming_start", stream_url="wss://example.com")
    world.do(call, "ai_assistant_start", greeting="A long greeting that is not over yet")
    world.advance(1)
    world.forget()
    verbs.hang_up(call)
    assert world.events() == ["streaming.stopped", ENDED, "call.hangup"]


def test_an_assistant_without_a_name_has_one_made_up(world):
    call = world.answered()
    world.do(call, "ai_assistant_start", voice="female")
    world.do(call, "ai_assistant_stop")
    ended = world.payload(ENDED)
    assert ended["assistant_id"].startswith("assistant-")
    assert (ended["tts_provider"], ended["tts_model_id"], ended["tts_voice_id"]) == ("female", "", "female")


@pytest.mark.parametrize("first", ["ai_assistant_start", "conversation_relay_start", "gather_using_ai"])
@pytest.mark.parametrize("second", ["ai_assistant_start", "conversation_relay_start", "gather_using_ai"])
def test_a_second_ai_is_refused(world, first, second):
    bodies = {"conversation_relay_start": {"url": RELAY}, "gather_using_ai": {"parameters": {"properties": {"a": {}}}}}
    call = world.answered()
    world.do(call, first, **bodies.get(first, {}))
    (error,) = world.refusal(call, second, **bodies.get(second, {}))
    assert error == {
        "code": "90061",
        "title": "AI Assistant is already in progress",
        "detail": "AI Assistant cannot be started more than once.",
    }


def test_each_kind_is_stopped_by_its_own_command(world):
    call = world.answered()
    world.do(call, "conversation_relay_start", url=RELAY)
    world.do(call, "ai_assistant_stop")
    assert world.events() == []
    world.do(call, "conversation_relay_stop")
    world.do(call, "ai_assistant_start")
    world.do(call, "conversation_relay_stop")
    assert world.events() == [ENDED]
    world.do(call, "ai_assistant_stop")
    world.do(call, "ai_assistant_stop")
    assert world.events() == [ENDED, ENDED]


# -- turns -----------------------------------------------------------------------------------------------------


def test_earlier_and_added_messages_belong_to_the_conversation(world):
    call = world.answered()
    world.do(call, "ai_assistant_start", message_history=[{"role": "user", "content": "Earlier"}])
    added = [{"role": "system", "content": "Be brief"}, {"role": "assistant", "content": "Now"}, {"role": "tool"}]
    world.do(call, "ai_assistant_add_messages", messages=added)
    world.do(call, "ai_assistant_add_messages")
    world.do(call, "ai_assistant_stop")
    assert turns(world) == [("user", "Earlier"), ("assistant", "Now")]


def test_each_turn_is_told_on_demand(world):
    call, earlier = world.answered(), [{"role": "user", "content": "Earlier"}]
    world.do(call, "ai_assistant_start", message_history=earlier, greeting="Hi", send_message_history_updates=True)
    verbs.say(call, "Hello")
    world.advance(2)
    updates = world.payloads("call.ai_gather.message_history_updated")
    assert [[turn["content"] for turn in update["message_history"]] for update in updates] == [
        ["Earlier", "Hi"],
        ["Earlier", "Hi", "Hello"],
    ]


def test_messages_need_an_assistant(world):
    (error,) = world.refusal(world.answered(), "ai_assistant_add_messages")
    assert (error["code"], error["detail"]) == (
        "10027",
        "There is no AI assistant on this call. Start one with ai_assistant_start.",
    )


@pytest.mark.parametrize(("settings", "lasted"), [({}, 1), ({"interruption_settings": {"enable": False}}, 4.3)])
def test_who_speaks_cuts_the_assistant_short_unless_that_is_not_wanted(world, settings, lasted):
    call = world.answered("presses_1")
    world.do(call, "ai_assistant_start", greeting="x" * 60, **settings)
    world.advance(1)
    verbs.say(call, "Stop it")
    assert bool([one for one in call.tasks.all() if one.name == "assistant"]) is (lasted > 1)
    world.advance(4)
    assert world.events() == ([] if lasted == 1 else ["call.dtmf.received"])


def test_what_the_assistant_says_is_not_its_far_end(world):
    call = world.answered()
    world.do(call, "ai_assistant_start")
    world.do(call, "speak", payload="Hello", voice="female")
    verbs.press(call, "1")
    world.advance(2)
    world.do(call, "ai_assistant_stop")
    assert turns(world) == []


# -- taking part -----------------------------------------------------------------------------------------------


def test_another_leg_takes_part_until_it_hangs_up(world):
    call, other = world.answered(), world.dialled()
    participant = {"id": other.id, "role": "user", "name": "Joe"}
    id = world.do(call, "ai_assistant_start")["conversation_id"]
    answer = world.do(call, "ai_assistant_join", conversation_id=id, participant=participant)
    assert answer == {"result": "ok", "conversation_id": id}
    verbs.say(other, "Me too")
    world.advance(2)
    assert world.code(other, "ai_assistant_start") == "90061"
    verbs.hang_up(other)
    assert world.events() == ["call.hangup"]
    world.do(call, "ai_assistant_stop")
    assert turns(world) == [("user", "Me too")]


def test_a_participant_may_end_the_conversation_with_the_call(world):
    call, other = world.answered(), world.dialled()
    participant = {"id": other.id, "role": "user", "on_hangup": "end_conversation"}
    world.do(call, "ai_assistant_start", participants=[participant, {"id": call.id, "role": "user"}])
    verbs.hang_up(other)
    assert world.events() == [ENDED, "call.hangup"]
    assert world.payload(ENDED)["call_control_id"] == call.id
    world.do(call, "ai_assistant_start")


def test_a_participant_is_free_again_when_the_conversation_is_over(world):
    call, other = world.answered(), world.dialled()
    world.advance(2)
    world.do(call, "ai_assistant_start", participants=[{"id": other.id, "role": "user"}])
    world.do(call, "ai_assistant_stop")
    world.clock.fire_due()
    assert (other.conversation, other.listeners, other.tasks.all()) == (None, None, ())


def test_who_takes_part_may_be_sent_away(world):
    call, other = world.answered(), world.dialled()
    participant = {"id": other.id, "role": "user", "on_hangup": "end_conversation"}
    world.do(call, "ai_assistant_start", participants=[participant])
    world.do(other, "ai_assistant_stop")
    assert (world.events(), other.conversation) == ([], None)


def test_only_answered_calls_take_part_in_conversations_that_there_are(world):
    call, ringing = world.answered(), world.incoming()
    participant = {"id": ringing.id, "role": "user"}
    (error,) = world.refusal(call, "ai_assistant_start", participants=[participant])
    assert (error["code"], error["source"]["pointer"]) == ("90015", "/participants/0/id")
    (error,) = world.refusal(call, "ai_assistant_join", conversation_id="none", participant=participant)
    assert (error["code"], error["source"]["pointer"]) == ("10017", "/conversation_id")
    id = world.do(call, "ai_assistant_start")["conversation_id"]
    (error,) = world.refusal(call, "ai_assistant_join", conversation_id=id, participant=participant)
    assert (error["code"], error["source"]["pointer"]) == ("90015", "/participant/id")
    itself = {"id": call.id, "role": "user"}
    assert world.code(call, "ai_assistant_join", conversation_id=id, participant=itself) == "90061"
    other = world.answered()
    world.do(other, "ai_assistant_start")
    assert world.code(world.answered(), "ai_assistant_start", participants=[itself]) == "90061"


# -- relays ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"url": RELAY, "conversation_relay_url": "wss://fails-404.example.com"},
        {"conversation_relay_url": RELAY, "conversation_relay_settings": {"url": "wss://fails-404.example.com"}},
        {"conversation_relay_settings": {"url": RELAY}, "interruptible": True, "interruptible_greeting": False},
    ],
)
def test_a_relay_begins_and_ends(world, body):
    call = world.answered()
    answer = world.do(call, "conversation_relay_start", greeting="Hi", transcription_engine="Deepgram", **body)
    world.advance(3)
    world.do(call, "conversation_relay_stop")
    world.advance(10)
    ended = world.payload(ENDED)
    assert world.events() == [ENDED]
    assert (ended["conversation_id"], ended["reason"]) == (answer["conversation_relay_id"], None)
    assert ended["stt_model"] == "Deepgram"
    assert {"assistant_id", "llm_model"} & ended.keys() == set()


def test_a_relay_ends_when_its_socket_is_closed(world):
    call = world.answered()
    world.do(call, "conversation_relay_start", url=RELAY)
    call.tasks.tell(ASSISTANT, "customer_disconnect")
    assert world.payload(ENDED)["reason"] == "customer_disconnect"


def test_a_relay_that_nobody_answers_is_over_soon(world):
    call = world.answered()
    world.do(call, "conversation_relay_start", url="wss://nowhere.invalid")
    verbs.say(call, "Hello?")
    world.advance(2)
    assert (world.payload(ENDED)["reason"], world.payload(ENDED)["duration_sec"]) == ("connection_failed", 1)


def test_an_outcome_does_not_keep_a_relay_that_is_not_answered(world):
    call = world.answered()
    world.settle("conversation_relay_start", ends_after="20s", reason="done")
    world.do(call, "conversation_relay_start", url="wss://nowhere.invalid")
    world.advance(20)
    assert (world.payload(ENDED)["reason"], world.payload(ENDED)["duration_sec"]) == ("connection_failed", 1)


def test_a_relay_needs_the_url_of_a_socket(world):
    call = world.answered()
    assert world.code(call, "conversation_relay_start") == "10004"
    assert world.code(call, "conversation_relay_start", url="https://example.com") == "10003"


# -- with the answer -------------------------------------------------------------------------------------------


def test_an_assistant_may_begin_with_the_answer(world):
    call = world.dialled(assistant={"id": "assistant-1", "greeting": "Hello"})
    world.advance(2)
    verbs.hang_up(call)
    assert (turns(world), world.payload(ENDED)["assistant_id"]) == ([("assistant", "Hello")], "assistant-1")


def test_a_relay_may_begin_with_the_answer(world):
    call = world.incoming()
    world.do(call, "answer", conversation_relay_config={"url": RELAY, "greeting": "Hello"})
    assert world.code(call, "ai_assistant_start") == "90061"
    world.do(call, "conversation_relay_stop")
    assert turns(world) == [("assistant", "Hello")]


@pytest.mark.parametrize("command", ["answer", "/calls"])
def test_an_assistant_and_a_relay_exclude_one_another(world, command):
    body = {"assistant": {"id": "a"}, "conversation_relay_config": {"url": RELAY}}
    more = {} if command == "answer" else {"to": CALLEE, "from": CALLEE, "connection_id": "1"}
    (error,) = world.refusal(world.incoming() if command == "answer" else None, command, **body, **more)
    assert (error["code"], error["source"]["pointer"]) == ("10015", "/conversation_relay_config")


def test_a_voice_is_looked_into_from_the_answer_on(world):
    world.dialled("+15550100904", deepfake_detection={"enabled": True}, client_state="YQ==")
    world.dialled(deepfake_detection={"enabled": False})
    world.advance(30)
    found = world.payload("call.deepfake_detection.result")
    assert (found["result"], found["client_state"]) == ("fake", "YQ==")


def test_a_voice_without_media_is_an_error(world):
    world.dialled("+15550100906", deepfake_detection={"enabled": True, "rtp_timeout": 10})
    world.advance(10)
    assert world.payload("call.deepfake_detection.error")["error_message"] == "rtp_timeout"


def test_a_call_that_ends_first_has_no_verdict(world):
    call = world.dialled(deepfake_detection={"enabled": True})
    verbs.hang_up(call)
    world.advance(30)
    assert world.events() == ["call.hangup"]
