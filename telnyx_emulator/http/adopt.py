"""The adopt mode: whatever a request names exists, and state errors are repaired instead of refused.

It is for running documentation snippets and SDK test suites verbatim. No command knows of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from telnyx_emulator.commands import AccountCommand, CallCommand, Command, base
from telnyx_emulator.core import bridging, errors
from telnyx_emulator.core.account import Account, Published, wire_time
from telnyx_emulator.core.call import Call, State, Supervision
from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.far_end import PERSONAS
from telnyx_emulator.core.lanes import RING
from telnyx_emulator.webhooks import Delivery

CALLER, CALLED = "+15550001111", "+15559990000"
MOST_REPAIRS = 5


def call(account: Account, id: str, connection_id: str | None = None, answered: bool = True) -> Call:
    """A leg under an id of somebody's choice: an incoming one that was answered just now, without webhooks."""
    adopted = Call(
        account,
        "incoming",
        from_=CALLER,
        to=CALLED,
        connection_id=account.application(connection_id).id,
        far_end=PERSONAS["human"],
        id=id,
    )
    if answered:
        adopted.state, adopted.answered_at = State.ANSWERED, account.clock.elapsed()
    adopted.note("warning", "adopted", detail=f"{id} was unknown, so a call was made of it")
    return adopted


def delivery(account: Account, id: str) -> Delivery:
    """An example of a past delivery: it was never sent, and does not pretend to have been taken."""
    leg, now = call(account, account.ids.call_control_id()), wire_time(account.clock.now())
    payload = {"call_control_id": leg.id, "call_leg_id": leg.leg_id, "call_session_id": leg.session.id}
    data: dict[str, Any] = {
        "event_type": "call.hold",
        "id": account.ids.uuid4(),
        "occurred_at": now,
        "payload": payload,
    }
    event = Published(
        0, data["id"], "call.hold", now, account.clock.elapsed(), orjson.dumps({**data, "record_type": "event"}),
        leg.session, leg.leg_id, leg.id, None, None,
    )  # fmt: skip
    return Delivery(id, event, [], [], 0.0, now, now, "no_url")


def execute_on_call(command: CallCommand, account: Account, id: str) -> dict[str, Any]:
    """As `execute`, after as many repairs as it takes."""
    return _repaired(lambda: base.execute(command, account.calls.get(id) or call(account, id)), command, account, id)


def execute_on_account(command: AccountCommand, account: Account) -> dict[str, Any]:
    return _repaired(lambda: base.execute_on_account(command, account), command, account, "")


def _repaired(attempt: Callable[[], dict[str, Any]], command: Command, account: Account, id: str) -> dict[str, Any]:
    for _ in range(MOST_REPAIRS):
        try:
            return attempt()
        except ApiError as error:
            repair = REPAIRS.get(type(error))
            if repair is None:
                raise
            account.note("warning", "repaired", account.calls.get(id), **error.entry())
            repair(error, command, account, id)
    return attempt()


def _begin_again(error: ApiError, command: Command, account: Account, id: str) -> None:
    """An ended call makes room for a new one of the same id."""
    account.calls.pop(id, None)


def _answer(error: ApiError, command: Command, account: Account, id: str) -> None:
    """Everybody concerned picks up."""
    for leg in (account.calls.get(id), account.calls.get(getattr(command, "call_control_id", None) or "")):
        if leg is not None and leg.state is State.RINGING:
            leg.answer() if leg.incoming else leg.processes.tell(RING, 200)


def _ring_in(error: ApiError, command: Command, account: Account, id: str) -> None:
    """A command for incoming calls that ring gets one."""
    old = account.calls.pop(id, None)
    if old is not None:
        old.end("normal_clearing", old.our_side)
        account.calls.pop(id, None)
    call(account, id, answered=False)


def _name(error: ApiError, command: Command, account: Account, id: str) -> None:
    """The call that a parameter names comes into being, anew if it had ended."""
    named = getattr(command, (error.pointer or "/").strip("/"), None)
    if not named or named == id:
        raise error
    account.calls.pop(named, None)
    call(account, named)


def _supervise(error: ApiError, command: Command, account: Account, id: str) -> None:
    account.calls[id].supervision = Supervision(call(account, account.ids.call_control_id()), "monitor")


def _connector(error: ApiError, command: Command, account: Account, id: str) -> None:
    account.siprec_connectors.add(command.connector_name)  # type: ignore[attr-defined]


def _connection(error: ApiError, command: Command, account: Account, id: str) -> None:
    account.application(command.connection_id)  # type: ignore[attr-defined]


def _unbridge(error: ApiError, command: Command, account: Account, id: str) -> None:
    bridging.detach(account.calls[command.call_control_id])  # type: ignore[attr-defined]


def _play(error: ApiError, command: Command, account: Account, id: str) -> None:
    """Something endless to overlay, at once."""
    base.execute(
        CallCommand.registry["playback_start"].parse({"media_name": "music", "loop": "infinity", "stop": "all"}),
        account.calls[id],
    )


def _forget_other_targets(error: ApiError, command: Command, account: Account, id: str) -> None:
    """Bridge with the call, not with the queue or room named beside it."""
    if not getattr(command, "call_control_id", None):
        raise error
    for name in ("queue", "video_room_id"):
        setattr(command, name, None)


Repair = Callable[[ApiError, Command, Account, str], None]

REPAIRS: dict[type[ApiError], Repair] = {
    errors.AlreadyBridged: _unbridge,
    errors.CallEnded: _begin_again,
    errors.InvalidCallControlId: _name,
    errors.InvalidCommand: _ring_in,
    errors.InvalidConnection: _connection,
    errors.NotAnswered: _answer,
    errors.NothingToOverlay: _play,
    errors.NotInQueue: _forget_other_targets,
    errors.NotSupervising: _supervise,
    errors.Unprocessable: _forget_other_targets,
    errors.UnknownAssociation: _connector,
}
