"""Who is at an address: magic numbers, and names that say how they fail."""

import pytest

from telnyx_emulator.core.far_end.behaviour import (
    MAGIC_NUMBERS,
    MAGIC_PREFIX,
    PERSONAS,
    FarEnd,
    ScriptedAct,
    SipOutcome,
    Siprec,
    bare,
    cause_of,
    failing_code,
    far_end_at,
    refer_outcome,
    siprec_at,
)

HUMAN = PERSONAS["human"]


def test_an_ordinary_number_is_a_human_who_answers_after_a_second():
    far_end = far_end_at("+15550003333")
    assert far_end is HUMAN
    assert (far_end.rings, far_end.rejects, far_end.refused) == (1.0, None, False)


@pytest.mark.parametrize(
    ("digits", "facts"),
    [
        ("0003", {"rings": 3.0}),
        ("0020", {"rings": 20.0}),
        ("0403", {"refused": True}),
        ("0404", {"rejects": 404}),
        ("0480", {"rejects": 480}),
        ("0486", {"rejects": 486}),
        ("0603", {"rejects": 603}),
        ("0910", {"habits": (ScriptedAct("answer", "hangup", 10.0),)}),
        ("0911", {"habits": (ScriptedAct("heard", "press", text="1"),)}),
        ("0913", {"refer": 603}),
    ],
)
def test_magic_numbers_have_a_behaviour_of_their_own(digits, facts):
    far_end = far_end_at(MAGIC_PREFIX + digits)
    assert {name: getattr(far_end, name) for name in facts} == facts


@pytest.mark.parametrize(("digits", "kind", "beep"), [
    ("0901", "machine", 0.5), ("0902", "machine", None), ("0903", "fax", None),
])  # fmt: skip
def test_machines_have_magic_numbers(digits, kind, beep):
    greeting = far_end_at(MAGIC_PREFIX + digits).greeting
    assert (greeting.kind, greeting.beep) == (kind, beep)


def test_every_magic_number_leads_to_a_persona():
    assert {far_end_at(MAGIC_PREFIX + digits).name for digits in MAGIC_NUMBERS} == set(MAGIC_NUMBERS.values())


@pytest.mark.parametrize(
    "address", ["+15550100486", "sip:+15550100486@example.com", "+15550100486,200", "tel:+15550100486"]
)
def test_a_magic_number_is_magic_wherever_it_stands(address):
    assert far_end_at(address).rejects == 486


def test_other_numbers_of_the_magic_range_are_ordinary():
    assert far_end_at(MAGIC_PREFIX + "7777") is HUMAN


@pytest.mark.parametrize(
    ("address", "sip"),
    [
        ("sip:fails-603@example.com", 603),
        ("sip:fails-busy@example.com", 486),
        ("sip:FAILS-No-Answer@example.com", 480),
        ("fails-404", 404),
        ("sip:fails-200@example.com", 500),
        ("sip:fails-somehow@example.com", 500),
        ("sip:never-fails-603@example.com", None),
        ("+15550003333", None),
    ],
)
def test_a_name_can_say_how_it_fails(address, sip):
    assert failing_code(address) == sip
    assert far_end_at(address).rejects == sip


@pytest.mark.parametrize(
    ("sip", "cause"),
    [
        (403, "call_rejected"), (404, "not_found"), (408, "no_answer"), (480, "no_answer"),
        (486, "user_busy"), (600, "user_busy"), (603, "call_rejected"), (503, "unspecified"),
    ],
)  # fmt: skip
def test_sip_answers_have_the_vendors_causes(sip, cause):
    assert cause_of(sip) == cause


@pytest.mark.parametrize(
    ("target", "far_end", "outcome"),
    [
        ("sip:bob@example.com", "human", SipOutcome(200, 1.0)),
        ("sip:bob@example.com", "refer_declined", SipOutcome(603, 1.0)),
        ("sip:fails-486@example.com", "human", SipOutcome(486, 1.0)),
        ("sip:+15550100603@example.com", "human", SipOutcome(603, 1.0)),
        ("sip:+15550100403@example.com", "human", SipOutcome(403, 1.0)),
        ("sip:+15550100480@example.com", "human", SipOutcome(480, 10.0)),
        ("sip:+15550100003@example.com", "human", SipOutcome(200, 3.0)),
        ("sip:+15550100003@example.com", "refer_declined", SipOutcome(603, 3.0)),
        ("sip:fails-486@example.com", "refer_declined", SipOutcome(603, 1.0)),
    ],
)
def test_a_refer_ends_as_the_far_end_likes_else_as_its_target_says(target, far_end, outcome):
    assert refer_outcome(PERSONAS[far_end], far_end_at(target)) == outcome
    assert outcome.succeeded == (outcome.sip == 200)


def test_a_far_end_can_take_its_time_for_a_refer():
    assert refer_outcome(FarEnd("slow", "", refer_after=7.0), HUMAN) == SipOutcome(200, 7.0)


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("sip:Bob@Example.com;transport=tcp", "bob@example.com"),
        ("SIPS:bob@example.com?X-A=1", "bob@example.com"),
        ("tel:+15550001111", "+15550001111"),
        (" +15550001111,w2 ", "+15550001111"),
        ("anonymous", "anonymous"),
    ],
)
def test_an_address_is_the_same_however_it_is_written(address, plain):
    assert bare(address) == plain


def test_a_habit_takes_the_place_of_the_one_before_it():
    far_end = PERSONAS["hangs_up"].with_habit(ScriptedAct("heard", "press", text="1"))
    assert far_end.with_habit(ScriptedAct("answer", "hangup", 2.0)).habits == (
        ScriptedAct("heard", "press", text="1"),
        ScriptedAct("answer", "hangup", 2.0),
    )
    assert far_end.habits[0] == ScriptedAct("answer", "hangup", 10.0)


@pytest.mark.parametrize(
    ("connector", "session"),
    [
        ("my-recorder", Siprec()),
        ("", Siprec()),
        ("fails-503", Siprec("unspecified")),
        ("fails-486", Siprec("user_busy")),
        ("fails-network-out-of-order", Siprec("network_out_of_order")),
        ("+15550100486", Siprec("user_busy")),
        ("+15550100403", Siprec("call_rejected")),
        ("+15550100003", Siprec()),
        ("+15550100920", Siprec("no_answer")),
        ("+15550100921", Siprec(drops_after=30.0)),
    ],
)
def test_a_siprec_connector_can_fail_by_its_name(connector, session):
    assert siprec_at(connector) == session
