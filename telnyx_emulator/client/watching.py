"""Waiting for what happens, and verifying it: on one leg, or anywhere in a world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .errors import told_by_itself
from .expectations import Expected, named
from .transport import Ask, Asking, Plan, Transport, asks, query
from .types import JournalEntry, Payload, WebhookData
from .wire import LegName, Seconds, leg_id, seconds

__tracebackhide__ = told_by_itself


class Watcher(Asking):
    """What `EmulatorClient` and `Leg` have in common: each looks at its own world, or its own leg.

    Keyword arguments beside the named ones are fields of a webhook's payload or of a command's body, each with the
    value that it must have or a pattern such as `contains("sorry")`; a name with an underscore at its end stands for
    the one without (`from_` for `from`), and `where` takes those that are arguments already.

    All waiting is in virtual time, and the clock moves meanwhile if it is automatic. `within`: virtual seconds from
    now on; without it, until nothing can happen any more. What did not happen raises `ExpectationError`, whose text
    says what was nearest. A name that does not exist raises `EmulatorError`.

    >>> emulator.wait_for("call.answered")["call_control_id"] == caller.id
    True
    """

    def __init__(self, transport: Transport, leg: str | None = None) -> None:
        self._transport, self._leg = transport, leg
        self._given: dict[str, int] = {}

    @asks
    def wait_for(
        self,
        webhook: str,
        /,
        *,
        leg: LegName | None = None,
        within: Seconds | None = None,
        where: Mapping[str, Any] | None = None,
        **payload: Any,
    ) -> Plan[Payload]:
        """The payload of the first such event, as soon as the application has reacted to it.

        All that happened so far counts, so an event that was there before is not waited for again: asking twice
        gives the same payload. `next` is for events that come repeatedly.

        >>> caller.wait_for("call.initiated", direction="incoming")["from"]
        '+15551230001'
        """
        sought = Expected("webhook", webhook, where, payload, leg=self._only(leg), within=within).wire(self._leg)
        return self._event(webhook, sought)

    @asks
    def next(
        self,
        webhook: str,
        /,
        *,
        leg: LegName | None = None,
        within: Seconds | None = None,
        where: Mapping[str, Any] | None = None,
        **payload: Any,
    ) -> Plan[Payload]:
        """Like `wait_for`, but behind the last event of this name that this object gave: each comes once.

        >>> caller.press("12")
        >>> [caller.next("call.dtmf.received")["digit"] for _ in range(2)]
        ['1', '2']
        """
        sought = Expected("webhook", webhook, where, payload, leg=self._only(leg), within=within)
        return self._event(webhook, sought.wire(self._leg, after=self._given.get(webhook)))

    @asks
    def expect_command(
        self,
        name: str,
        /,
        *,
        leg: LegName | None = None,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        within: Seconds | None = None,
        status: Any = None,
        where: Mapping[str, Any] | None = None,
        **body: Any,
    ) -> Plan[list[Payload]]:
        """The bodies of all such commands: those there were, else it waits for them.

        At least one, unless a number is given. `times=0` without `within` looks back only. `status`: of the answer
        to the command, 200 or `one_of(422, 429)`.

        >>> caller.expect_command("speak", payload=contains("Welcome"), times=1)
        [{'payload': 'Welcome!', 'voice': 'female'}]
        """
        sought = Expected("command", name, where, body, leg=self._only(leg), within=within, status=status)
        seen = yield self._wait(sought.wire(self._leg, count=times, at_least=at_least, at_most=at_most))
        return [entry.get("body") or {} for entry in seen["entries"]]

    @asks
    def never(
        self,
        what: str | Expected,
        /,
        *,
        leg: LegName | None = None,
        within: Seconds | None = None,
        where: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Plan[None]:
        """No such command, or with a dot in its name no such webhook: not so far, and with `within` not until then.

        >>> caller.never("transfer")
        >>> caller.never("call.hangup", within=10)
        """
        sought = named(what, where, fields, leg=self._only(leg), within=within)
        yield self._wait(sought.wire(self._leg, never=True))

    @asks
    def in_order(self, *expected: str | Expected) -> Plan[None]:
        """These things one after the other, whatever lies between them; waits for those that are missing.

        A bare name is a webhook if it has a dot, else a command. Their `within` counts from the one before.

        >>> caller.in_order("call.initiated", "answer", webhook("call.answered"), command("speak", within=3))
        """
        yield self._wait({"in_order": [named(one, None, {}).wire(self._leg) for one in expected]})

    @asks
    def events(self, name: str | None = None, /) -> Plan[list[WebhookData]]:
        """The webhooks so far (`event_type`, `payload`, …), of one name or all, whether they arrived or not.

        Raises EmulatorError for a name that no webhook has.

        >>> [event["event_type"] for event in caller.events("call.initiated")]
        ['call.initiated']
        """
        return [entry["event"] for entry in (yield from self._happened("event", name))]

    @asks
    def commands(self, name: str | None = None, /) -> Plan[list[JournalEntry]]:
        """The commands so far as the journal has them: `name`, `at` (virtual seconds), `status`, `body`, …

        Raises EmulatorError for a name that no command has.

        >>> [(one["name"], one["status"]) for one in caller.commands("answer")]
        [('answer', 200)]
        """
        return list((yield from self._happened("command", name)))

    def _event(self, webhook: str, sought: dict[str, Any]) -> Plan[Payload]:
        seen = yield self._wait(sought)
        self._given[webhook] = max(seen["seq"], self._given.get(webhook, 0))
        payload: Payload = seen["payload"]
        return payload

    def _wait(self, expectation: dict[str, Any]) -> Ask:
        """For what was seen; that raises ExpectationError if it was not."""
        within = expectation.get("within")  # a clock that runs as clocks do takes it all
        return Ask("POST", "wait", expectation, longer=seconds(within) if within else 0.0)

    def _only(self, leg: LegName | None) -> LegName | None:
        """A leg looks at itself; raises TypeError if it shall look at another one."""
        if leg is not None and self._leg not in (None, leg_id(leg)):
            raise TypeError(f"{self!r} is one leg: leave out leg={leg!r}, or ask the client")
        return leg

    def _happened(self, kind: str, name: str | None) -> Plan[Iterable[JournalEntry]]:
        entries = yield from journal(kind, name=name)
        return (entry for entry in entries if self._leg in (None, entry["call_control_id"]))


def journal(kind: str | None = None, after: int = 0, name: str | None = None) -> Plan[list[JournalEntry]]:
    """All entries behind number `after`, page by page."""
    found: list[JournalEntry] = []
    while True:
        page = yield Ask("GET", query("journal", kind=kind, name=name, after=after), takes="whole")
        found += page["data"]
        if page["meta"]["last"] == after:
            return found
        after = page["meta"]["last"]
