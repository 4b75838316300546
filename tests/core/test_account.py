"""The account: applications, events as they are published, and who is told."""

import json
import uuid
from datetime import UTC, datetime

from simulation import CALLER, CONNECTION, EPOCH, OUR_NUMBER, Simulation

from telnyx_emulator.core.call.initiating import initiate
from telnyx_emulator.core.context import wire_time
from telnyx_emulator.core.events.calls import CallHold
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.core.model import Call, World
from telnyx_emulator.core.ports import Published
from telnyx_emulator.core.time.clock import Clock


class Publications(Simulation):
    def event(self, published: Published) -> None:
        self.published = published
        super().event(published)


def test_times_on_the_wire_have_six_digits_and_a_z():
    assert wire_time(datetime(2026, 5, 19, 23, 30, 15, tzinfo=UTC)) == "2026-05-19T23:30:15.000000Z"


def test_an_application_is_made_on_first_use(world):
    made = world.account.application("123")
    assert (made.id, made.webhook_event_url) == ("123", None)
    assert world.account.application("123") is made


def test_without_an_id_the_first_application_is_meant_and_made_if_need_be(world):
    made = world.account.application()
    assert made.id.isdigit()
    world.account.application("123")
    assert world.account.application() is made


def test_an_event_is_serialised_once_with_sorted_keys_and_the_virtual_time():
    world = Publications()
    call = world.answered()
    world.advance(1.5)
    call.emit(CallHold())
    data = json.loads(world.published.data)
    assert list(data) == ["event_type", "id", "occurred_at", "payload", "record_type"]
    assert list(data["payload"]) == sorted(data["payload"])
    assert (data["event_type"], data["record_type"]) == ("call.hold", "event")
    assert data["occurred_at"] == "2026-01-01T00:00:01.500000Z"
    assert uuid.UUID(data["id"]).version == 4


def test_a_publication_knows_where_it_came_from():
    world = Publications()
    application = world.account.application(CONNECTION)
    call = world.incoming()
    published = world.published
    assert (published.session, published.leg_id, published.call_control_id) == (call.session, call.leg_id, call.id)
    assert (published.application, published.override) == (application, None)
    assert (published.name, published.elapsed) == ("call.initiated", 0.0)
    world.do(call, "answer", webhook_url="http://a.example")
    assert world.published.seq == published.seq + 1
    assert world.published.override.url == "http://a.example"


def test_sessions_are_merged_once(world):
    one, other = world.account.session(), world.account.session()
    world.account.merge_sessions(one, other)
    world.account.merge_sessions(other, one)
    assert world.merges == [(one.id, other.id)]


def test_a_fault_is_told_with_its_call(world):
    call = world.answered()
    world.account.fault(ValueError("broken"), call)
    (note,) = world.notes("fault")
    assert (note.name, note.call, note.detail) == ("ValueError", call, {"detail": "broken"})
    world.forget()


def test_the_same_seed_and_the_same_acts_give_the_same_log():
    logs = []
    for _ in range(2):
        world = Simulation(seed=7)
        call = world.incoming()
        world.do(call, "answer")
        world.do(call, "speak", payload="hello", voice="female")
        world.advance(5)
        world.do(call, "hangup")
        logs.append(world.seen)
    assert logs[0] == logs[1]


def test_an_account_needs_nobody_to_watch_it():
    account = World(Clock(epoch=EPOCH))
    call = Call(account, "incoming", from_=CALLER, to=OUR_NUMBER, connection_id=CONNECTION, far_end=PERSONAS["human"])
    initiate(call)
    call.warn("nothing")
    account.merge_sessions(call.session, account.session())
    assert account.calls == {call.id: call}
