"""How every command is carried out: states, client_state, command_id, remarks."""

import pytest
from simulation import CALLEE, CONNECTION, OUR_NUMBER, Simulation, a_body, example_of

from telnyx_emulator.commands import CallCommand, Command, ConferenceCommand, WorldCommand
from telnyx_emulator.commands.base import Parameters, attribute, execute, parameters, required
from telnyx_emulator.commands.conference_media import RoomAudio
from telnyx_emulator.commands.dial import Dial
from telnyx_emulator.commands.gather import PromptedGather
from telnyx_emulator.commands.media import Speak
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.leg import State
from telnyx_emulator.core.model import Call

ACTIONS = sorted(CallCommand.registry)
ANYTIME = {"answer", "bridge", "client_state_update", "hangup", "record_start", "reject", "transfer"}
ON_INCOMING_ONLY = {"answer", "reject"}
STATE = "c3RhdGU="


def test_some_commands_are_taken_by_a_ringing_call_and_one_is_a_put():
    assert {action for action, kind in CallCommand.registry.items() if kind.method == "PUT"} == {"client_state_update"}
    assert {action for action, kind in CallCommand.registry.items() if kind.needs == State.RINGING} == ANYTIME


@pytest.mark.parametrize("kind", Command.names.values(), ids=Command.names)
def test_every_command_has_an_example_that_it_accepts(world, kind):
    try:
        wrong = kind.parse(example_of(kind, world.answered())).unknown()
    except ApiError as error:
        wrong = {entry["source"]["pointer"]: entry["detail"] for entry in error.entries()}
    assert not wrong, f"{kind.__name__} has an invalid example: {wrong}"


@pytest.mark.parametrize(
    ("kind", "name"),
    [(CallCommand, {"action": "speak"}), (WorldCommand, {"path": "/calls"}), (ConferenceCommand, {"action": "mute"})],
)
def test_no_command_can_be_declared_twice(kind, name):
    with pytest.raises(TypeError, match=f"{next(iter(name.values()))} is declared twice"):
        type("Again", (kind,), {"__module__": __name__}, **name)


def test_a_command_without_an_action_is_a_base_for_others():
    before = dict(CallCommand.registry), dict(WorldCommand.registry)
    type("Base", (CallCommand,), {"__module__": __name__})
    type("Base", (WorldCommand,), {"__module__": __name__})
    assert (CallCommand.registry, WorldCommand.registry) == before


def test_a_command_has_to_say_what_it_does(world):
    with pytest.raises(NotImplementedError):
        Command().run(world.account)
    with pytest.raises(NotImplementedError):
        CallCommand().run(world.answered())
    WorldCommand().check(world.account)
    with pytest.raises(NotImplementedError):
        WorldCommand().run(world.account)
    with pytest.raises(NotImplementedError):
        PromptedGather().prompt(world.answered(), after_invalid=False)
    with pytest.raises(NotImplementedError):
        ConferenceCommand().run(world.conference())
    with pytest.raises(NotImplementedError):
        RoomAudio().heard(world.conference(name="other"))


@pytest.mark.parametrize("action", ACTIONS)
def test_every_command_is_answered_with_ok(world, action):
    other = world.dialled()
    assert world.do(world.ready_for(action), action, **a_body(action, other))["result"] == "ok"


def test_a_command_may_add_to_its_answer(world):
    class Telling(CallCommand):
        action = "telling"

        def run(self, call: Call) -> dict[str, str]:
            return {"recording_id": "1"}

    assert execute(Telling(), world.answered()) == {"result": "ok", "recording_id": "1"}


# -- wrong states --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("kind", ["answered", "dialled"])
def test_an_ended_call_takes_no_command(world, action, kind):
    call, other = getattr(world, kind)(), world.dialled()
    world.do(call, "hangup")
    assert world.refusal(call, action, **a_body(action, other) | {"client_state": STATE}) == [
        {
            "code": "90018",
            "title": "Call has already ended",
            "detail": "This call is no longer active and can't receive commands.",
        }
    ]


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - ANYTIME))
@pytest.mark.parametrize("kind", ["incoming", "dial"])
def test_a_ringing_call_refuses_most_commands_by_name(world, action, kind):
    call, other = getattr(world, kind)(), world.answered()
    assert world.refusal(call, action, **a_body(action, other) | {"client_state": STATE}) == [
        {
            "code": "90034",
            "title": "Call not answered yet",
            "detail": f"This call can't receive {action} command because it has not been answered yet.",
        }
    ]


@pytest.mark.parametrize("action", sorted(ON_INCOMING_ONLY))
@pytest.mark.parametrize("kind", ["dial", "dialled"])
def test_our_own_calls_cannot_be_answered_or_rejected(world, action, kind):
    call = getattr(world, kind)()
    (entry,) = world.refusal(call, action, **a_body(action, call), client_state=STATE)
    assert entry["code"] == "90102"
    assert entry["detail"] == f"Call {action} command cannot be issued for outbound calls."


# -- client_state --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"client_state_update"}))
def test_every_command_can_set_the_client_state_of_its_leg(world, action):
    other = world.dialled(client_state="b3RoZXI=")
    call = world.ready_for(action)
    world.do(call, action, **a_body(action, other), client_state=STATE)
    assert call.client_state == STATE
    assert other.client_state == "b3RoZXI="


def test_client_state_lasts_until_a_later_command_gives_another(world):
    call = world.incoming()
    world.do(call, "answer", client_state=STATE)
    world.do(call, "gather_stop")
    world.do(call, "suppression_start", client_state=None)
    assert call.client_state == STATE
    world.do(call, "gather_stop", client_state="bmV3")
    world.do(call, "hangup")
    assert [seen.payload["client_state"] for seen in world.seen] == [None, STATE, "bmV3"]


def test_the_closing_event_carries_the_state_of_the_command_that_began_it(world):
    call = world.answered()
    world.do(call, "speak", payload="hello", voice="female", client_state=STATE)
    world.do(call, "gather", client_state="Zw==")
    world.do(call, "hangup", client_state="aA==")
    assert [(seen.name, seen.payload["client_state"]) for seen in world.seen] == [
        ("call.speak.started", STATE),
        ("call.speak.ended", STATE),
        ("call.gather.ended", "Zw=="),
        ("call.hangup", "aA=="),
    ]


def test_client_state_update_has_no_other_effect(world):
    call = world.answered()
    world.do(call, "client_state_update", client_state="bmV3")
    assert (call.client_state, world.events()) == ("bmV3", [])


def test_a_ringing_call_of_any_direction_takes_a_client_state(world):
    for call in (world.incoming(), world.dial()):
        world.do(call, "client_state_update", client_state="bmV3")
        assert call.client_state == "bmV3"


# -- command_id ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_a_repeated_command_has_the_same_answer_and_no_effect(world, action):
    other = world.dialled()
    call = world.ready_for(action)
    body = a_body(action, other)
    answer = world.do(call, action, **body, command_id="1")
    before = world.snapshot()
    assert world.do(call, action, **body | {"client_state": STATE}, command_id="1") == answer
    assert world.snapshot() == before


def test_a_repeated_command_is_answered_even_after_the_call_ended(world):
    call = world.answered()
    for _ in range(2):
        assert world.do(call, "hangup", command_id="1") == {"result": "ok"}
    assert world.events() == ["call.hangup"]
    assert world.code(call, "hangup", command_id="2") == "90018"


def test_different_actions_with_the_same_command_id_both_run(world):
    call = world.answered()
    world.do(call, "speak", payload="hello", voice="female", command_id="1")
    world.do(call, "hangup", command_id="1")
    assert world.events() == ["call.speak.started", "call.speak.ended", "call.hangup"]


def test_the_same_command_id_on_two_calls_runs_twice(world):
    for call in (world.answered(), world.answered()):
        world.do(call, "speak", payload="hello", voice="female", command_id="1")
        assert world.events(call) == ["call.speak.started"]


def test_commands_without_an_id_are_never_repetitions(world):
    call = world.answered()
    for _ in range(2):
        world.do(call, "speak", payload="hello", voice="female")
        world.advance(5)
    assert world.events().count("call.speak.started") == 2


def test_a_refused_command_can_be_sent_again_under_its_id(world):
    call = world.incoming()
    assert world.code(call, "speak", payload="hello", voice="female", command_id="1") == "90034"
    world.do(call, "answer")
    world.do(call, "speak", payload="hello", voice="female", command_id="1")
    assert world.events()[-1] == "call.speak.started"


@pytest.mark.parametrize(("seconds", "runs"), [(59, 1), (60, 2)])
def test_a_command_id_counts_for_sixty_virtual_seconds(world, seconds, runs):
    call = world.answered()
    for _ in range(2):
        world.do(call, "speak", payload="hello", voice="female", command_id="1")
        world.advance(seconds)
    assert world.events().count("call.speak.started") == runs


def test_a_command_id_counts_for_sixty_real_seconds_too(world):
    call, real = world.answered(), [0.0]
    world.clock.monotonic = lambda: real[0]
    for now in (0.0, 59.0, 60.0):
        real[0] = now
        world.do(call, "client_state_update", client_state="bmV3", command_id="1")
        world.do(call, "speak", payload="hello", voice="female", command_id="1")
        world.advance(1)
    assert world.events().count("call.speak.started") == 2


def test_old_command_ids_are_forgotten_and_young_ones_are_not(world):
    call = world.answered()
    world.do(call, "gather_stop", command_id="old")
    world.advance(30)
    world.do(call, "gather_stop", command_id="young")
    world.advance(30)
    world.do(call, "gather_stop")
    assert list(call.done) == [("gather_stop", "young")]


def test_a_repeated_dial_answers_with_the_same_call(world):
    body = {"to": CALLEE, "from": OUR_NUMBER, "connection_id": CONNECTION, "command_id": "1"}
    answer = world.create("/calls", **body)
    world.advance(30)
    assert world.create("/calls", **body) == answer
    assert len(world.account.calls) == 1
    world.advance(30)
    assert world.create("/calls", **body)["call_control_id"] != answer["call_control_id"]


# -- what is kept and remarked -------------------------------------------------------------------------------


def test_what_a_command_was_given_is_kept_by_action_without_what_the_leg_shows_itself(world):
    call = world.answered()
    world.do(call, "speak", payload="hello", voice="female", client_state=STATE, command_id="1")
    assert call.parameters["speak"] == {"payload": "hello", "voice": "female"}


def test_wire_names_are_kept_and_passwords_are_not(world):
    call = world.answered()
    world.do(call, "transfer", to=CALLEE, **{"from": "conf"}, sip_auth_username="me", sip_auth_password="secret")
    assert call.parameters["transfer"] == {
        "to": CALLEE,
        "from": "conf",
        "sip_auth_username": "me",
        "sip_auth_password": "***",
    }


def test_audio_in_a_body_is_kept_by_its_size_only(world):
    call = world.answered()
    world.do(call, "playback_start", playback_content="AAAA")
    assert call.parameters["playback_start"] == {"playback_content": "(4 characters of base64)"}


def remarks(world: Simulation, call: Call | None = None) -> list[str]:
    return [note.detail["detail"] for note in world.notes("warning", call)]


def test_unknown_parameters_are_kept_and_remarked_with_a_guess(world):
    call = world.answered()
    world.do(call, "speak", payload="hello", voice="female", langage="en-US", colours={"x": 1})
    assert remarks(world, call) == [
        "unknown parameter 'langage', did you mean 'language'?",
        "unknown parameter 'colours'",
    ]
    assert call.parameters["speak"]["colours"] == {"x": 1}


def test_unknown_values_of_growing_lists_are_accepted_and_remarked(world):
    call = world.answered()
    world.do(call, "speak", payload="hello", voice="female", language="tlh-KX")
    assert remarks(world, call) == ["language: 'tlh-KX' is not among the known values; accepted"]
    world.forget()
    world.do(call, "speak", payload="hello", voice="female", language="en-US")
    assert remarks(world, call) == []


def test_what_does_not_act_yet_is_remarked_when_it_is_asked_for(world):
    world.dial(send_silence_when_idle=True, stream_establish_before_call_originate=False)
    assert remarks(world) == ["send_silence_when_idle: accepted and shown, not yet acting (streaming)"]


def test_a_refused_command_leaves_no_remarks(world):
    call = world.incoming()
    assert world.code(call, "speak", payload="hello", voice="female", colours=1) == "90034"
    assert remarks(world, call) == []


def test_parameters_are_listed_by_their_wire_names():
    assert required(Speak) == ("payload", "voice")
    assert set(required(Dial)) == {"to", "from", "connection_id"}
    assert {"from", "client_state", "command_id", "timeout_secs"} <= set(parameters(Dial))
    assert (attribute(Dial, "from"), attribute(Dial, "to"), attribute(Dial, "bogus")) == ("from_", "to", "bogus")


# -- leniency ------------------------------------------------------------------------------------------------


def test_parsed_leniently_a_good_body_is_as_good_as_ever():
    body = {"to": CALLEE, "from": "conf", "connection_id": "1", "timeout_secs": "20", "link_to": None, "bogus": 1}
    command, refusals = Dial.parse_leniently(body)
    assert (command.to, command.from_, command.timeout_secs, refusals) == ([CALLEE], "conf", 20, [])
    assert list(command.unknown()) == ["bogus"]
    assert command.model_fields_set >= {"to", "from_", "connection_id", "timeout_secs"}


def test_parsed_leniently_a_value_that_does_not_fit_is_reported_and_the_default_is_used():
    command, refusals = Speak.parse_leniently({"payload": "hello", "voice": "female", "loop": 1000})
    assert command.loop == 1
    assert [(refusal.code, refusal.pointer) for refusal in refusals] == [("90009", "/loop")]


def test_parsed_leniently_a_required_value_that_does_not_fit_is_used_as_it_came():
    command, refusals = Dial.parse_leniently({"to": "5551234", "from": "me", "connection_id": "1"})
    assert command.destinations == ["5551234"]
    assert [(refusal.code, refusal.pointer) for refusal in refusals] == [("10016", "/to")]


def test_a_destination_that_was_let_through_is_dialled_as_one_leg(world):
    command, _ = Dial.parse_leniently({"to": "5551234", "from": "me", "connection_id": "1"})
    command.run_with(world.account, None)
    assert [call.to for call in world.account.calls.values()] == ["5551234"]


def test_parsed_leniently_parameters_that_exclude_one_another_are_reported():
    command, refusals = Dial.parse_leniently({"to": CALLEE, "from": "me", "connection_id": "1", "bridge_intent": True})
    assert command.bridge_intent
    assert [(refusal.code, refusal.pointer) for refusal in refusals] == [("10004", "/link_to")]


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (Speak, {"voice": "female"}, [("10004", "/payload")]),
        (Speak, {"payload": ["hello"], "voice": {}}, [("90010", "/payload"), ("10026", "/voice")]),
        (Dial, {"to": [7], "connection_id": "1"}, [("10026", "/to"), ("10004", "/from")]),
    ],
)
def test_what_is_missing_or_of_the_wrong_json_type_is_refused_however_lenient(kind: type[Command], body, expected):
    with pytest.raises(ApiError) as refused:
        kind.parse_leniently(body)
    assert [(entry["code"], entry["source"]["pointer"]) for entry in refused.value.entries()] == expected


def test_parameters_without_rules_of_their_own_have_nothing_against_them():
    assert list(Parameters().rules()) == []
