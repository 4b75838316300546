"""What faults do to one request: before it is carried out, while it waits, and to its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.faults import ApiFault
from telnyx_emulator.observed import ObservedEvent
from telnyx_emulator.tenants import Tenant

from .fault_answer import GARBAGE, body_of, headers_of, is_retried, status_of
from .live_reply import while_open
from .reply import BreakOff, Reply

GONE: Final = ApiFault(close=True)
"""What a late request meets whose world was begun anew meanwhile."""


class FaultApplication:
    """The faults of one request. The request itself and the command in it are each looked at by rules of their own;
    the command's fault counts for more.
    """

    __slots__ = ("_fault", "_tenant")

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._fault: ApiFault | None = None

    async def reply(self, seen: ObservedEvent, carry_out: Callable[[], Awaitable[Reply]]) -> Reply:
        """Carry out the request, unless a fault prevents it, and answer what the faults say."""
        try:
            fault = await self.before(seen)
            reply = await carry_out() if fault is None or fault.carried_out else Reply()
        except ApiError as error:
            reply = Reply.refusing(error)
        return reply if self._fault is None else await self._answer(reply, self._fault)

    async def before(self, seen: ObservedEvent) -> ApiFault | None:
        """Ask the rules, and wait as long as one says.

        Returns what goes wrong with the answer. Unless it is `carried_out`, what was asked for must not be done.
        """
        fault = self._tenant.faults.api(seen)
        if fault is None:
            return None
        if not fault.carried_out:
            if not await self._wait(fault):
                fault = GONE
            elif not fault.spoils:
                return None
        self._fault = fault
        return fault

    async def _wait(self, fault: ApiFault) -> bool:
        """Wait for the fault's latency, in real seconds. False: meanwhile the world was begun anew."""
        if fault.latency is None:
            return True
        tenant, journal = self._tenant, self._tenant.journal
        try:
            async with while_open(journal):
                await asyncio.sleep(tenant.faults.draw(fault.latency))
        except asyncio.CancelledError:
            tenant.retry.expect()
            raise
        if journal.closed:
            return False
        tenant.clock.fire_due()
        return True

    async def _answer(self, reply: Reply, fault: ApiFault) -> Reply:
        """What is answered instead. With latency its webhooks do not wait for the answer: they overtake it."""
        if fault.carried_out and fault.latency is not None:
            if reply.gate is not None:
                reply.gate.open()
            if not await self._wait(fault):
                return Reply(BreakOff(reset=False))
        if fault is not GONE and is_retried(fault):
            self._tenant.retry.expect()
        if fault.unanswered:
            return Reply(BreakOff(fault.reset), gate=reply.gate)
        status = status_of(fault)
        if status is None:  # the answer is merely late
            return reply
        headers = headers_of(fault, status, self._tenant.faults.draw)
        if fault.garbage:
            return Reply(GARBAGE, status, headers | {"content-type": "text/html"}, reply.gate)
        return Reply(body_of(fault, self._tenant.world), status, headers, reply.gate)
