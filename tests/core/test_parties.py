"""Who was put where."""

import pytest
from simulation import Simulation

from telnyx_emulator.core.far_end.addresses import Parties
from telnyx_emulator.core.far_end.behaviour import PERSONAS, FarEnd, Siprec
from telnyx_emulator.core.model import World

BOB, ALICE = FarEnd("bob", "", rings=7.0), FarEnd("alice", "", rejects=486)
NUMBER, BUSY = "+15551230001", "+15550100486"


@pytest.fixture
def account() -> World:
    return Simulation().account


def at(address: str, far_end: FarEnd = BOB) -> Parties:
    return Parties({address: lambda: far_end})


@pytest.mark.parametrize(
    ("place", "address"),
    [
        (NUMBER, NUMBER),
        (NUMBER, f"{NUMBER},w12"),
        (NUMBER, f"sip:{NUMBER}@sip.example.com;user=phone"),
        ("bob@example.com", "sip:Bob@EXAMPLE.com;transport=tls"),
        (BUSY, BUSY),
    ],
)
def test_a_party_is_at_its_address_however_that_is_written(account, place, address):
    account.addresses.put(at(place))
    assert account.addresses.far_end_at(address) is BOB


@pytest.mark.parametrize("address", ["+15551230002", "sip:bob@elsewhere.example", "anonymous"])
def test_elsewhere_there_is_whoever_is_there_anyway(account, address):
    account.addresses.put(at("bob@example.com"))
    assert account.addresses.far_end_at(address) is PERSONAS["human"]
    assert account.addresses.far_end_at(BUSY).rejects == 486


def test_the_latest_comer_counts_until_it_goes(account):
    first, second = at(NUMBER), at(NUMBER, ALICE)
    account.addresses.put(first)
    account.addresses.put(second)
    assert account.addresses.far_end_at(NUMBER) is ALICE
    account.addresses.remove(second)
    account.addresses.remove(second)
    assert account.addresses.far_end_at(NUMBER) is BOB


def test_each_leg_has_a_behaviour_made_for_it(account):
    rings = iter((1.0, 2.0))
    account.addresses.put(Parties({NUMBER: lambda: FarEnd("bob", "", rings=next(rings))}))
    assert [account.addresses.far_end_at(NUMBER).rings for _ in range(2)] == [1.0, 2.0]


def test_a_recorder_decides_for_its_connector_or_for_all(account):
    own, any_other = Siprec("no_answer"), Siprec(drops_after=3.0)
    account.addresses.put(Parties(recorders={"mine": lambda: own}))
    assert (account.addresses.siprec_at("mine"), account.addresses.siprec_at("fails-486")) == (own, Siprec("user_busy"))
    account.addresses.put(Parties(recorders={None: lambda: any_other}))
    assert (account.addresses.siprec_at("mine"), account.addresses.siprec_at("fails-486")) == (any_other, any_other)


def test_a_party_is_reached_by_dial_transfer_and_refer(world):
    world.account.addresses.put(at("bob@example.com", ALICE))
    call = world.answered()
    world.dial("sip:bob@example.com")
    world.do(call, "transfer", to="sip:bob@example.com")
    world.do(call, "refer", sip_address="sip:bob@example.com")
    world.advance(5)
    assert [one["hangup_cause"] for one in world.payloads("call.hangup")] == ["user_busy"] * 2
    assert world.payload("call.refer.failed")["sip_notify_response"] == 486
