"""Applications at work: what they cost, whom they wait for, and what may not go out by them."""

from __future__ import annotations

import pytest
from simulation import CALLEE, CONNECTION

from telnyx_emulator.core.errors import ConnectionDisabled, ProfileDisabled
from telnyx_emulator.core.far_end import verbs
from telnyx_emulator.core.resources.media_file import MediaFile
from telnyx_emulator.core.resources.records import OutboundVoiceProfile

NOW = "2026-01-01T00:00:00.000000Z"


def application(world, **fields):
    made = world.account.application(CONNECTION)
    made.change(fields, NOW)
    return made


# -- the first command -----------------------------------------------------------------------------------------------


def test_an_incoming_leg_that_gets_no_command_in_time_is_hung_up(world):
    application(world, first_command_timeout=True, first_command_timeout_secs=10)
    call = world.incoming()
    world.advance(9.9)
    assert world.events(call) == ["call.initiated"]
    world.advance(0.2)
    ended = world.payload("call.hangup")
    assert (ended["hangup_cause"], ended["hangup_source"], ended["sip_hangup_cause"]) == (
        "timeout",
        "callee",
        "unspecified",
    )
    assert [note.name for note in world.notes("state", call)] == ["first_command_timeout"]


def test_any_command_is_a_first_command(world):
    application(world, first_command_timeout=True)
    call = world.incoming()
    world.do(call, "client_state_update", client_state="QQ==")
    world.advance(60)
    assert world.events() == ["call.initiated"]


def test_to_be_answered_by_a_bridge_counts_as_a_command(world):
    application(world, first_command_timeout=True)
    other, call = world.answered(), world.incoming()
    world.do(other, "bridge", call_control_id=call.id)
    world.advance(60)
    assert "call.hangup" not in world.events()


def test_waiting_for_the_first_command_is_switched_off_by_default(world):
    world.incoming()
    assert application(world).patience is None
    world.advance(31)
    assert world.events() == ["call.initiated"]


# -- what may go out -------------------------------------------------------------------------------------------------


def test_an_inactive_application_refuses_to_dial_and_to_transfer(world):
    call = world.answered()
    application(world, active=False)
    with pytest.raises(ConnectionDisabled) as refused:
        world.dial()
    assert refused.value.body()["telnyx_error"] == {"error_code": "D16"}
    assert refused.value.status == 403
    with pytest.raises(ConnectionDisabled):
        world.do(call, "transfer", to=CALLEE)


def test_a_profile_that_is_not_enabled_refuses_to_dial(world):
    profile = OutboundVoiceProfile(id="1", name="office", created_at=NOW, updated_at=NOW)
    world.account.profiles["1"] = profile
    application(world, outbound={"outbound_voice_profile_id": "1"})
    world.dial()
    profile.enabled = False
    with pytest.raises(ProfileDisabled) as refused:
        world.dial()
    assert refused.value.body()["telnyx_error"] == {"error_code": "D15"}


# -- records ---------------------------------------------------------------------------------------------------------


def test_a_change_of_an_object_changes_only_the_members_that_are_given(world):
    made = application(world, inbound={"channel_limit": 5})
    assert made.inbound["channel_limit"] == 5
    assert made.inbound["sip_subdomain_receive_settings"] == "from_anyone"
    made.change({"inbound": {"sip_subdomain": "us"}, "tags": ["a"]}, "later")
    assert (made.inbound["channel_limit"], made.inbound["sip_subdomain"], made.tags) == (5, "us", ["a"])
    assert (made.shown()["updated_at"], made.connection_name) == ("later", f"app-{CONNECTION}")


def test_a_siprec_connector_is_made_on_first_use(world):
    made = world.account.siprec_connector("recorder")
    assert (made.name, world.account.siprec_connector("recorder")) == ("recorder", made)


def test_uploaded_audio_is_gone_when_its_time_is_over(world):
    now = world.clock.now()
    world.advance(10)
    world.account.media["a"] = MediaFile("a", "audio/wav", b"", 1.0, now, now, world.clock.now())
    assert world.account.media_file("a") is None
    assert world.account.media == {}


# -- what calls cost -------------------------------------------------------------------------------------------------


def cost_of(world, call, seconds):
    world.advance(seconds)
    verbs.hang_up(call)
    world.advance(0.39)
    assert "call.cost" not in world.events()
    world.advance(0.02)
    return world.payload("call.cost")


def test_what_a_call_cost_is_told_a_moment_after_its_hangup(world):
    application(world, call_cost_in_webhooks=True)
    call = world.answered()
    world.do(call, "client_state_update", client_state="QQ==")
    cost = cost_of(world, call, 61)
    assert world.events() == ["call.hangup", "call.cost"]
    assert (cost["client_state"], cost["status"], cost["billing_group_id"]) == ("QQ==", "success", None)
    assert cost["occurred_at"] == "2026-01-01T00:01:01.400000Z"
    assert (cost["billed_duration_secs"], cost["total_cost"]) == (120, "0.0110")
    assert cost["cost_parts"] == [
        {
            "billed_duration_secs": 120,
            "call_part": "sip-trunking",
            "cost": "0.0070",
            "currency": "USD",
            "rate": "0.0035",
        },
        {
            "billed_duration_secs": 120,
            "call_part": "call-control",
            "cost": "0.0040",
            "currency": "USD",
            "rate": "0.0020",
        },
    ]
    assert "from" not in cost


@pytest.mark.parametrize(("seconds", "billed"), [(0, 60), (60, 60), (60.5, 120)])
def test_every_minute_that_was_begun_counts(world, seconds, billed):
    application(world, call_cost_in_webhooks=True)
    assert cost_of(world, world.answered(), seconds)["billed_duration_secs"] == billed


def test_a_call_that_nobody_answered_costs_nothing(world):
    application(world, call_cost_in_webhooks=True)
    cost = cost_of(world, world.incoming(), 20)
    assert (cost["billed_duration_secs"], cost["total_cost"]) == (0, "0.0000")


def test_outgoing_and_sip_calls_have_their_own_prices(world):
    application(world, call_cost_in_webhooks=True)
    group = "6a09cdc3-8948-47f0-aa62-74ac943d6c58"
    calls = [world.dialled(to, billing_group_id=group) for to in (CALLEE, "sip:bob@example.com")]
    for call in calls:
        verbs.hang_up(call)
    world.advance(1)
    costs = world.payloads("call.cost")
    assert [cost["cost_parts"][0]["rate"] for cost in costs] == ["0.0050", "0.0020"]
    assert {cost["billing_group_id"] for cost in costs} == {group}


def test_costs_are_told_only_if_the_application_wants_to_know(world):
    call = world.answered()
    verbs.hang_up(call)
    world.advance(10)
    assert world.events() == ["call.hangup"]
