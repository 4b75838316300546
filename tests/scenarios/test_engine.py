"""A scenario at run time: who calls, what is done when, and what is told when it cannot be done."""

from __future__ import annotations

import pytest
from simulation import Theatre

from telnyx_emulator.core.errors import Unprocessable
from telnyx_emulator.core.leg import State

CUSTOMER, AGENT = "+15551230001", "+15551230002"


@pytest.fixture
def theatre() -> Theatre:
    return Theatre()


# -- who calls ---------------------------------------------------------------------------------------------------


def test_a_call_at_an_instant(theatre):
    theatre.perform(timeline=[{"at": "2s", "call": {"from": CUSTOMER, "to": "+15559990000"}}])
    theatre.advance(1.9)
    assert theatre.calls == []
    theatre.advance(0.1)
    (call,) = theatre.calls
    assert (call.from_, call.to, call.started_at) == (CUSTOMER, "+15559990000", 2.0)


def test_a_party_calls_with_its_number_and_name(theatre):
    parties = {"customer": {"number": CUSTOMER, "name": "Ann"}}
    theatre.perform(parties=parties, timeline=[{"at": "0s", "call": {"from": "customer"}}])
    theatre.advance(0)
    (call,) = theatre.calls
    assert (call.from_, call.caller_id_name) == (CUSTOMER, "Ann")


def test_a_party_without_a_number_always_calls_with_the_same_believable_one(theatre):
    steps = [{"at": at, "call": {"from": "customer"}} for at in ("0s", "1s")]
    performance = theatre.perform(parties={"customer": {}}, timeline=steps)
    theatre.advance(1)
    assert len({call.from_ for call in theatre.calls}) == 1
    assert performance.legs("customer") == tuple(call.id for call in theatre.calls)


def test_a_call_carries_headers_and_behaves_like_its_persona(theatre):
    call = {"headers": {"X-Trace": "7"}, "persona": "builtin:hangs_up"}
    theatre.perform(timeline=[{"at": "0s", "call": call}])
    theatre.advance(0)
    (call,) = theatre.calls
    assert call.custom_headers == [{"name": "X-Trace", "value": "7"}]
    assert call.far_end.name == "hangs_up"


# -- names of legs -----------------------------------------------------------------------------------------------


def test_a_leg_has_its_name_before_its_first_event_is_seen(theatre):
    theatre.perform(
        timeline=[
            {"at": "0s", "call": {"from": CUSTOMER, "as": "first"}},
            {"when": {"webhook": "call.initiated", "leg": "first"}, "hangup": {}},
        ]
    )
    theatre.advance(0)
    assert theatre.calls[0].state is State.ENDED


def test_without_names_legs_are_called_by_their_side(theatre):
    performance = theatre.perform()
    first, second = theatre.incoming(), theatre.incoming()
    dialled = theatre.dial()
    assert performance.names() == {first.id: "caller", second.id: "caller-2", dialled.id: "callee"}
    assert performance.legs("caller-2") == (second.id,)
    assert performance.legs(dialled.id) == (dialled.id,)
    assert performance.legs("nobody") == ()


def test_a_name_that_the_scenario_gives_away_means_nothing_else(theatre):
    performance = theatre.perform(timeline=[{"at": "5s", "call": {"as": "caller"}}])
    other = theatre.incoming()
    assert performance.legs("caller") == ()
    theatre.advance(5)
    assert performance.legs("caller") == (theatre.calls[1].id,)
    assert performance.names() == {other.id: "caller-2", theatre.calls[1].id: "caller"}


def test_a_dialled_leg_belongs_to_the_party_with_that_number(theatre):
    performance = theatre.perform(parties={"agent": {"number": AGENT}})
    agent, other = theatre.dial(AGENT), theatre.dial()
    assert performance.legs("agent") == (agent.id,)
    assert performance.names() == {agent.id: "agent", other.id: "callee-2"}
    assert performance.legs("callee-2") == (other.id,)


def test_a_step_names_the_leg_of_what_it_waits_for(theatre):
    step = {"when": {"webhook": "call.initiated", "where": {"direction": "outgoing"}}, "as": "agent"}
    performance = theatre.perform(timeline=[step])
    theatre.incoming()
    dialled = theatre.dial()
    assert performance.legs("agent") == (dialled.id,)
    assert performance.pending_steps() == []


def test_a_leg_that_was_there_before_has_a_name_too(theatre):
    call = theatre.answered()
    theatre.perform(timeline=[{"at": "1s", "hangup": {"leg": "caller"}}])
    theatre.advance(1)
    assert call.state is State.ENDED


# -- what is done when -------------------------------------------------------------------------------------------


def test_a_step_matches_first_and_waits_later(theatre):
    step = {"when": {"command": "speak"}, "after": "3s", "hangup": {"cause": "user_busy"}}
    performance = theatre.perform(timeline=[step])
    call = theatre.answered()
    assert len(performance.pending_steps()) == 1
    theatre.do(call, "speak", payload="hello", voice="female")
    theatre.advance(2.9)
    assert call.state is State.ANSWERED
    assert len(performance.pending_steps()) == 1
    theatre.advance(0.2)
    assert call.state is State.ENDED
    assert performance.pending_steps() == []


def test_a_step_is_taken_once_unless_it_says_more(theatre):
    theatre.perform(
        timeline=[
            {"when": {"command": "speak"}, "press": {"digits": "1"}},
            {"when": {"command": "speak"}, "times": 2, "say": {"text": "yes"}},
        ]
    )
    call = theatre.answered()
    for _ in range(3):
        theatre.do(call, "speak", payload="hello", voice="female")
    theatre.advance(60)
    assert theatre.acts == ["call", "press", "say", "say"]


def test_every_verb_of_the_far_end(theatre):
    theatre.perform(
        timeline=[
            {"at": "1s", "press": {"leg": "caller", "digits": "12", "every": "100ms"}},
            {"at": "2s", "say": {"leg": "caller", "text": "hi"}},
            {"at": "3s", "hold": {"leg": "caller"}},
            {"at": "4s", "unhold": {"leg": "caller"}},
            {"at": "5s", "answer": {"leg": "callee"}},
            {"at": "5s", "reject": {"leg": "callee-2", "cause": "busy"}},
            {"at": "6s", "hangup": {"leg": "caller"}},
        ]
    )
    theatre.answered()
    for _ in range(2):
        theatre.dial("+15550100020")
    theatre.advance(10)
    assert theatre.skipped == []
    assert theatre.acts == ["call", "press", "say", "hold", "unhold", "answer", "reject", "hangup"]


def test_a_lot_is_drawn_each_time_and_the_same_seed_draws_the_same(theatre):
    steps = [{"at": {"between": ["0s", "100s"]}, "call": {}} for _ in range(3)]

    def instants(theatre: Theatre) -> list[float]:
        theatre.perform(timeline=steps)
        theatre.advance(100)
        return [call.started_at for call in theatre.calls]

    assert len(set(instants(theatre))) == 3
    assert instants(Theatre()) == [call.started_at for call in theatre.calls]
    assert instants(Theatre(seed=2)) != [call.started_at for call in theatre.calls]


def test_the_application_is_asked(theatre):
    theatre.perform(timeline=[{"at": "1s", "request": {"path": "/dial", "json": {"to": AGENT}}}])
    theatre.advance(1)
    (request,) = theatre.asked
    assert (request.method, request.path, request.json_) == ("POST", "/dial", {"to": AGENT})


# -- reactions of parties ----------------------------------------------------------------------------------------

PRESSER = {"number": CUSTOMER, "reacts": [{"when": {"command": "gather"}, "after": "1s", "press": {"digits": "7#"}}]}


def test_a_reaction_may_name_the_leg_that_it_acts_on(theatre):
    react = {"when": {"command": "gather"}, "hangup": {"leg": "caller"}}
    theatre.perform(parties={"customer": {"number": CUSTOMER, "reacts": [react]}})
    other, customer = theatre.answered(), theatre.answered(from_=CUSTOMER)
    theatre.do(customer, "gather", maximum_digits=3)
    theatre.advance(0)
    assert (other.state is State.ENDED, customer.state is State.ENDED) == (True, False)


def test_a_party_reacts_on_its_own_legs_every_time(theatre):
    theatre.perform(parties={"customer": PRESSER})
    mine, other = theatre.answered(from_=CUSTOMER), theatre.answered()
    for call in (mine, other, mine):
        theatre.do(call, "gather", maximum_digits=3)
        theatre.advance(2)
    assert theatre.acts == ["call", "call", "press", "press"]
    assert [payload["digits"] for payload in theatre.payloads("call.gather.ended", mine)] == ["7", "7"]


def test_a_party_does_not_notice_a_command_that_was_refused(theatre):
    theatre.perform(parties={"customer": PRESSER})
    call = theatre.incoming(from_=CUSTOMER)
    theatre.code(call, "gather")
    theatre.advance(5)
    assert theatre.acts == ["call"]


def test_a_party_can_react_a_number_of_times(theatre):
    react = {"when": {"webhook": "call.hold"}, "unhold": {}, "times": 1}
    theatre.perform(parties={"customer": {"number": CUSTOMER, "reacts": [react]}})
    call = theatre.answered(from_=CUSTOMER)
    from telnyx_emulator.core.far_end import verbs

    for _ in range(2):
        verbs.hold(call)
        theatre.advance(1)
    assert theatre.acts == ["call", "hold", "unhold", "hold"]


def test_a_reaction_that_sets_itself_off_comes_to_an_end(theatre):
    react = {"when": {"far_end": "press"}, "press": {"digits": "1"}}
    theatre.perform(
        parties={"customer": {"number": CUSTOMER, "reacts": [react]}},
        timeline=[{"at": "1s", "press": {"digits": "1"}}],
    )
    theatre.answered(from_=CUSTOMER)
    theatre.advance(5000)
    assert len(theatre.acts) == 1002
    assert theatre.own_faults == ["RunawayScenario: customer.reacts[0] sets itself off again and again"]


# -- what cannot be done -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"press": {"leg": "bob", "digits": "1"}}, "there is no leg 'bob'; there are caller, caller-2"),
        ({"press": {"digits": "1"}}, "which leg? caller, caller-2 are there; name one"),
        ({"answer": {"leg": "caller"}}, "The caller cannot answer the call that it makes; the application answers it."),
    ],
)
def test_what_cannot_be_done_is_told_and_stops_nothing(theatre, step, why):
    theatre.perform(timeline=[{"at": "1s"} | step, {"at": "2s", "hangup": {"leg": "caller-2"}}])
    theatre.answered()
    other = theatre.answered()
    theatre.advance(2)
    assert theatre.skipped == [why]
    assert other.state is State.ENDED


def test_a_leg_that_has_ended_meanwhile_is_left_alone(theatre):
    theatre.perform(timeline=[{"when": {"command": "hangup"}, "after": "1s", "press": {"digits": "1"}}])
    call = theatre.answered()
    theatre.do(call, "hangup")
    theatre.advance(1)
    assert theatre.skipped == ["the leg has ended"]


def test_without_any_leg_there_is_nobody_to_act(theatre):
    theatre.perform(timeline=[{"at": "0s", "hangup": {}}, {"at": "0s", "hangup": {"leg": "bob"}}])
    theatre.advance(0)
    assert theatre.skipped == ["there is no leg", "there is no leg 'bob'; there are none at all"]


def test_a_call_that_is_kept_out_is_told(theatre):
    theatre.account.strict = True
    theatre.perform(timeline=[{"at": "0s", "call": {"connection_id": "77"}}])
    theatre.advance(0)
    assert len(theatre.skipped) == 1
    assert theatre.calls == []


def test_an_act_that_breaks_is_a_fault_and_stops_nothing(theatre, monkeypatch):
    def broken(call: object) -> None:
        raise KeyError("broken")

    monkeypatch.setitem(__import__("telnyx_emulator.scenarios.engine").scenarios.engine.VERBS, "hold", broken)
    theatre.perform(timeline=[{"at": "1s", "hold": {}}, {"at": "2s", "hangup": {}}])
    theatre.answered()
    theatre.advance(2)
    assert theatre.own_faults == ["KeyError: 'broken'"]
    assert theatre.calls[0].state is State.ENDED


def test_media_faults_are_refused_and_change_nothing(theatre):
    fault = {"when": {"webhook": "call.answered"}, "do": {"media": {"loss": 0.2}}}
    with pytest.raises(Unprocessable, match="media faults cannot be performed yet"):
        theatre.perform(faults=[fault], timeline=[{"at": "0s", "call": {}}])
    theatre.advance(1)
    assert theatre.calls == []
    assert list(theatre.faults) == []


# -- its end -----------------------------------------------------------------------------------------------------


def test_faults_are_armed_while_it_lasts(theatre):
    fault = {"name": "late", "when": {"command": "answer", "leg": "caller"}, "do": {"api": {"status": 500}}}
    performance = theatre.perform(faults=[fault, {"when": {"command": "dial"}, "do": {"api": {"status": 500}}}])
    theatre.answered()
    assert theatre.fired == ["late"]
    assert [rule.name for rule in performance.unused()] == ["api fault of command dial"]
    performance.end()
    assert list(theatre.faults) == []
    assert [rule.name for rule in performance.unused()] == ["api fault of command dial"]


def test_after_its_end_nothing_of_it_happens(theatre):
    performance = theatre.perform(
        parties={"customer": PRESSER},
        timeline=[{"at": "1s", "hangup": {}}, {"when": {"command": "gather"}, "hangup": {}}],
    )
    call = theatre.answered(from_=CUSTOMER)
    performance.end()
    performance.end()
    theatre.do(call, "gather")
    theatre.advance(30)
    assert theatre.acts == ["call"]
    assert performance.ended
    assert [entry.name for entry in performance.entries()] == ["call", "call.initiated", "answer", "call.answered"]


def test_a_world_that_ends_takes_it_along(theatre):
    performance = theatre.perform(timeline=[{"at": "1s", "call": {}}])
    theatre.journal.close()
    theatre.advance(1)
    assert performance.ended
    assert theatre.calls == []
