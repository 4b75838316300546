"""Waiting for what happens, and verifying it: on one leg, or anywhere in a world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .errors import told_by_itself
from .expectations import Expected, named
from .transport import Transport, query
from .wire import LegName, Seconds, leg_id, seconds

__tracebackhide__ = told_by_itself

Payload = dict[str, Any]


class Watcher:
    """What `EmulatorClient` and `Leg` have in common: each looks at its own world, or its own leg.

    Keyword arguments beside the named ones are fields of a webhook's payload or of a command's body, each with the
    value that it must have or a pattern such as `contains("sorry")`; a name with an underscore at its end stands for
    the one without (`from_` for `from`), and `where` takes those that are arguments already.

    All waiting is in virtual time, and the clock moves meanwhile if it is automatic. `within`: virtual seconds from
    now on; without it, until nothing can happen any more. What did not happen raises `ExpectationError`, whose text
    says what was nearest.
    """

    def __init__(self, transport: Transport, leg: str | None = None) -> None:
        self._transport, self._leg = transport, leg
        self._given: dict[str, int] = {}

    def wait_for(
        self,
        webhook: str,
        /,
        *,
        leg: LegName | None = None,
        within: Seconds | None = None,
        where: Mapping[str, Any] | None = None,
        **payload: Any,
    ) -> Payload:
        """The payload of the first such event, as soon as the application has reacted to it.

        All that happened so far counts, so an event that was there before is not waited for again: asking twice
        gives the same payload. `next` is for events that come repeatedly.
        """
        sought = Expected("webhook", webhook, where, payload, leg=self._only(leg), within=within)
        return self._event(sought, 0)

    def next(
        self,
        webhook: str,
        /,
        *,
        leg: LegName | None = None,
        within: Seconds | None = None,
        where: Mapping[str, Any] | None = None,
        **payload: Any,
    ) -> Payload:
        """Like `wait_for`, but behind the last event of this name that this object gave: each comes once."""
        sought = Expected("webhook", webhook, where, payload, leg=self._only(leg), within=within)
        return self._event(sought, self._given.get(webhook, 0))

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
    ) -> list[Payload]:
        """The bodies of all such commands: those there were, else it waits for them.

        At least one, unless a number is given. `times=0` without `within` looks back only. `status`: of the answer
        to the command, 200 or `one_of(422, 429)`.
        """
        sought = Expected("command", name, where, body, leg=self._only(leg), within=within, status=status)
        seen = self._wait(sought.wire(self._leg, count=times, at_least=at_least, at_most=at_most))
        return [entry.get("body") or {} for entry in seen["entries"]]

    def never(
        self,
        what: str | Expected,
        /,
        *,
        leg: LegName | None = None,
        within: Seconds | None = None,
        where: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """No such command, or with a dot in its name no such webhook: not so far, and with `within` not until then."""
        sought = named(what, where, fields, leg=self._only(leg), within=within)
        self._wait(sought.wire(self._leg, never=True))

    def in_order(self, *expected: str | Expected) -> None:
        """These things one after the other, whatever lies between them; waits for those that are missing.

        A bare name is a webhook if it has a dot, else a command. Their `within` counts from the one before.
        """
        self._wait({"in_order": [named(one, None, {}).wire(self._leg) for one in expected]})

    def events(self, name: str | None = None, /) -> list[dict[str, Any]]:
        """The webhooks so far (`event_type`, `payload`, …), of one name or all, whether they arrived or not.

        Raises EmulatorError for a name that no webhook has.
        """
        return [entry["event"] for entry in self._happened("event", name)]

    def commands(self, name: str | None = None, /) -> list[dict[str, Any]]:
        """The commands so far as the journal has them: `name`, `at` (virtual seconds), `status`, `body`, …

        Raises EmulatorError for a name that no command has.
        """
        return list(self._happened("command", name))

    def _event(self, sought: Expected, after: int) -> Payload:
        seen = self._wait(sought.wire(self._leg, after=after or None))
        self._given[sought.name] = max(seen["seq"], self._given.get(sought.name, 0))
        return dict(seen["payload"])

    def _wait(self, expectation: dict[str, Any]) -> dict[str, Any]:
        """What was seen. Raises ExpectationError."""
        longest = seconds(expectation.get("within") or 0.0)  # a clock that runs as clocks do takes it all
        return dict(self._transport.data("POST", "wait", expectation, longer=longest))

    def _only(self, leg: LegName | None) -> LegName | None:
        """A leg looks at itself; raises TypeError if it shall look at another one."""
        if leg is not None and self._leg not in (None, leg_id(leg)):
            raise TypeError(f"{self!r} is one leg: leave out leg={leg!r}, or ask the client")
        return leg

    def _happened(self, kind: str, name: str | None) -> Iterator[dict[str, Any]]:
        for entry in journal(self._transport, kind, name=name):
            if self._leg in (None, entry["call_control_id"]):
                yield entry


def journal(
    transport: Transport, kind: str | None = None, after: int = 0, name: str | None = None
) -> Iterator[dict[str, Any]]:
    """All entries behind number `after`, page by page."""
    while True:
        answer = transport.answer("GET", query("journal", kind=kind, name=name, after=after))
        yield from answer["data"]
        last = answer["meta"]["last"]
        if last == after:
            return
        after = last
