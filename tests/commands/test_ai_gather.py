"""An AI asks, and the far end answers."""

from typing import Any

import pytest
from simulation import Simulation

from telnyx_emulator.core.far_end import verbs

WANTED = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "age": {"type": "integer"}, "pet": {"type": "string"}},
    "required": ["age", "city"],
}
ENDED = "call.ai_gather.ended"


def contents(payload: dict[str, Any]) -> list[str]:
    return [turn["content"] for turn in payload["message_history"]]


def say(world: Simulation, call: Any, *texts: str) -> None:
    for text in texts:
        verbs.say(call, text)
        world.advance(3)


def test_answers_fill_the_required_properties_and_end_it(world):
    call = world.answered()
    answer = world.do(call, "gather_using_ai", parameters=WANTED, greeting="How old?", client_state="YQ==")
    say(world, call, "I am 42", "Paris")
    gathered, over = world.payload(ENDED), world.payload("call.conversation.ended")
    assert world.events() == [ENDED, "call.conversation.ended"]
    assert (gathered["result"], gathered["status"]) == ({"age": 42, "city": "Paris"}, "valid")
    assert gathered["message_history"] == [
        {"role": "assistant", "content": "How old?"},
        {"role": "user", "content": "I am 42"},
        {"role": "user", "content": "Paris"},
    ]
    assert (gathered["client_state"], gathered["from"]) == ("YQ==", call.from_)
    assert over["conversation_id"] == answer["conversation_id"]
    world.advance(10)
    assert len(world.events()) == 2


def test_partial_results_and_turns_are_told_on_demand(world):
    call, earlier = world.answered(), [{"role": "user", "content": "Hello"}]
    asked = {"send_partial_results": True, "send_message_history_updates": True, "message_history": earlier}
    world.do(call, "gather_using_ai", parameters=WANTED, **asked)
    say(world, call, "I am 42", "Paris")
    assert world.events() == [
        "call.ai_gather.message_history_updated",
        "call.ai_gather.partial_results",
        "call.ai_gather.message_history_updated",
        "call.ai_gather.partial_results",
        ENDED,
        "call.conversation.ended",
    ]
    partial = world.payloads("call.ai_gather.partial_results")
    assert [one["partial_results"] for one in partial] == [{"age": 42}, {"age": 42, "city": "Paris"}]
    assert [contents(one) for one in partial] == [["Hello", "I am 42"], ["Hello", "I am 42", "Paris"]]


def test_silence_ends_it_with_what_is_there(world):
    call = world.answered()
    world.do(call, "gather_using_ai", parameters=WANTED, user_response_timeout_ms=2500)
    say(world, call, "I am 42")
    assert world.events() == []
    world.advance(3)
    gathered = world.payload(ENDED)
    assert (gathered["result"], gathered["status"]) == ({"age": 42}, "invalid")
    assert world.events() == [ENDED, "call.conversation.ended"]


def test_nobody_is_timed_out_while_speaking(world):
    call = world.answered()
    world.do(call, "gather_using_ai", parameters=WANTED, user_response_timeout_ms=1000)
    verbs.say(call, "Well, let me think about that for quite a while, I may be 42")
    world.advance(3)
    assert world.events() == []
    world.advance(1)
    verbs.say(call, "Paris")
    world.advance(2)
    assert world.payload(ENDED)["status"] == "valid"


def test_the_time_for_an_answer_begins_when_the_greeting_is_over(world):
    call = world.answered()
    world.do(call, "gather_using_ai", parameters=WANTED, greeting="x" * 60, user_response_timeout_ms=1000)
    world.advance(5)
    assert world.events() == []
    world.advance(1)
    assert world.payload(ENDED)["status"] == "invalid"


def test_who_answers_into_the_greeting_cuts_it_short(world):
    call = world.answered()
    world.do(call, "gather_using_ai", parameters={"properties": {"city": {}}}, greeting="x" * 600)
    say(world, call, "Paris")
    assert world.payload(ENDED)["result"] == {"city": "Paris"}


def test_an_answer_of_the_wrong_type_is_asked_for_again(world):
    call = world.answered()
    world.do(call, "gather_using_ai", parameters=WANTED, send_partial_results=True)
    say(world, call, "None of your business", "42", "Paris")
    assert len(world.payloads("call.ai_gather.partial_results")) == 2
    assert world.payload(ENDED)["result"] == {"age": 42, "city": "Paris"}


def test_the_last_word_is_said_before_it_is_over(world):
    call = world.answered()
    world.do(call, "gather_using_ai", parameters=WANTED, gather_ended_speech="Thank you very much")
    say(world, call, "42")
    verbs.say(call, "Paris")
    world.advance(1)
    verbs.say(call, "Oh, and")
    world.advance(1)
    assert world.events() == []
    world.advance(1)
    assert contents(world.payload(ENDED))[-2:] == ["Thank you very much", "Oh, and"]


@pytest.mark.parametrize("how", ["ai_assistant_stop", "hangup"])
def test_it_can_be_stopped_with_what_is_there(world, how):
    call = world.answered()
    assistant = {"assistant": {"model": "gpt"}, "transcription": {"model": "flux"}}
    world.do(call, "gather_using_ai", parameters=WANTED, **assistant)
    say(world, call, "42")
    world.do(call, how)
    assert world.events()[:2] == [ENDED, "call.conversation.ended"]
    assert (world.payload(ENDED)["result"], world.payload(ENDED)["status"]) == ({"age": 42}, "invalid")
    over = world.payload("call.conversation.ended")
    assert (over["llm_model"], over["stt_model"]) == ("gpt", "flux")


def test_with_nothing_to_ask_it_is_over_at_once(world):
    call = world.answered()
    world.do(call, "gather_using_ai", parameters={}, interruption_settings={"enable": False})
    assert (world.payload(ENDED)["result"], world.payload(ENDED)["status"]) == ({}, "valid")


def test_the_parameters_are_a_json_schema(world):
    refusals = world.refusal(world.answered(), "gather_using_ai", parameters={"properties": 1, "required": "age"})
    assert [refusal["source"]["pointer"] for refusal in refusals] == ["/parameters/properties", "/parameters/required"]


def test_the_voices_of_speak_are_not_for_an_ai(world):
    assert world.code(world.answered(), "gather_using_ai", parameters={}, voice="female") == "90012"
