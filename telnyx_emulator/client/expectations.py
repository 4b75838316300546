"""What a test looks for: commands of the application, webhooks, and attempts to deliver them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .wire import LegName, Seconds, fields, leg_id, only_given, written


class Expected:
    """One thing to look for; made by `command`, `webhook` and `delivered`."""

    __slots__ = ("kind", "name", "wanted")

    def __init__(
        self,
        kind: str,
        name: str,
        where: Mapping[str, Any] | None,
        named: Mapping[str, Any],
        *,
        leg: LegName | None = None,
        within: Seconds | None = None,
        **more: Any,
    ) -> None:
        self.kind, self.name = kind, name
        self.wanted = only_given(
            leg=leg_id(leg),
            where={**(where or {}), **fields(named)} or None,
            within=None if within is None else written(within),
            **more,
        )

    def __repr__(self) -> str:
        wanted = "".join(f", {name}={value!r}" for name, value in self.wanted.items())
        return f"{self.kind}({self.name!r}{wanted})"

    def wire(self, leg: str | None = None, **more: Any) -> dict[str, Any]:
        """As a scenario says it; `leg`: the one it is about if it does not say so itself."""
        return only_given(**{"leg": leg, self.kind: self.name, **self.wanted, **more})


def command(
    name: str,
    /,
    *,
    leg: LegName | None = None,
    within: Seconds | None = None,
    status: Any = None,
    where: Mapping[str, Any] | None = None,
    **body: Any,
) -> Expected:
    """A command of the application, such as `speak`, `conference_join` or `dial`, whether it was refused or not.

    Keywords are fields of its body, each a value or a pattern; `where` is for those whose names are taken here.
    `status`: of the answer. `within`: virtual seconds.

    >>> command("speak", payload="Hello", status=200, within=3)
    command('speak', where={'payload': 'Hello'}, within='3s', status=200)
    """
    return Expected("command", name, where, body, leg=leg, within=within, status=status)


def webhook(
    name: str,
    /,
    *,
    leg: LegName | None = None,
    within: Seconds | None = None,
    where: Mapping[str, Any] | None = None,
    **payload: Any,
) -> Expected:
    """An event such as `call.answered`, whether its webhook arrived or not.

    Keywords are fields of its payload, each a value or a pattern. `within`: virtual seconds.

    >>> webhook("call.initiated", from_="+15551230001")
    webhook('call.initiated', where={'from': '+15551230001'})
    """
    return Expected("webhook", name, where, payload, leg=leg, within=within)


def delivered(
    name: str,
    /,
    *,
    leg: LegName | None = None,
    within: Seconds | None = None,
    attempt: Any = None,
    meta: Mapping[str, Any] | None = None,
    where: Mapping[str, Any] | None = None,
    **payload: Any,
) -> Expected:
    """An attempt to deliver a webhook. `meta`: what is known of it, such as `{"status": 500}` or `url`.

    >>> delivered("call.initiated", attempt=2, within=5)
    delivered('call.initiated', within='5s', attempt=2)
    """
    return Expected("delivered", name, where, payload, leg=leg, within=within, attempt=attempt, meta=meta)


def named(sought: str | Expected, where: Mapping[str, Any] | None, given: Mapping[str, Any], **more: Any) -> Expected:
    """What a bare name means: with a dot it is a webhook, else a command."""
    if isinstance(sought, str):
        return Expected("webhook" if "." in sought else "command", sought, where, given, **more)
    both = Expected(sought.kind, sought.name, where, given, **more)
    both.wanted = sought.wanted | both.wanted
    return both
