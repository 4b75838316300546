"""Identifiers: the vendor's formats, and the same ones from the same seed."""

import re
import uuid
from datetime import UTC, datetime, timedelta

from telnyx_emulator.core.ids import Ids, digest

NOW = datetime(2026, 5, 19, 23, 30, 15, tzinfo=UTC)


def some(seed: int) -> list[str]:
    ids = Ids(seed)
    return [ids.uuid4(), ids.uuid1(NOW), ids.call_control_id(), ids.connection_id()]


def test_the_same_seed_gives_the_same_ids_and_another_one_others():
    assert some(1) == some(1)
    assert not set(some(1)) & set(some(2))


def test_a_call_control_id_is_v3_and_54_url_safe_characters():
    ids = Ids(1)
    for _ in range(100):
        assert re.fullmatch(r"v3:[A-Za-z0-9_-]{54}", ids.call_control_id())


def test_events_have_uuids_of_version_4():
    ids = Ids(1)
    assert {(uuid.UUID(ids.uuid4()).version, uuid.UUID(ids.uuid4()).variant) for _ in range(50)} == {(4, uuid.RFC_4122)}


def test_legs_and_sessions_have_uuids_of_version_1_that_tell_the_time_and_one_node():
    ids = Ids(1)
    first, second = uuid.UUID(ids.uuid1(NOW)), uuid.UUID(ids.uuid1(NOW))
    assert (first.version, first.variant) == (1, uuid.RFC_4122)
    assert first.node == second.node
    assert f"{first.node:012x}".startswith("0242")
    told = datetime(1582, 10, 15, tzinfo=UTC) + timedelta(microseconds=first.time // 10)
    assert abs(told - NOW) < timedelta(milliseconds=1)


def test_two_ids_of_one_instant_differ_and_follow_one_another_by_microseconds():
    ids = Ids(1)
    first, second, third = (uuid.UUID(ids.uuid1(NOW)) for _ in range(3))
    assert first.time < second.time < third.time < first.time + 10_000
    assert first.clock_seq != second.clock_seq


def test_connection_ids_are_19_digits():
    assert re.fullmatch(r"[1-3]\d{18}", Ids(1).connection_id())


def test_a_digest_depends_on_every_word_and_on_where_they_part():
    assert digest("key", 1) == digest("key", 1)
    assert len({digest("key", 1), digest("key", 2), digest("ke", "y1"), digest("key1")}) == 4
