"""Be the far end of a call: make one, and do to it what people do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from .world import show, world_options


@click.command()
@world_options
@click.option("--from", "from_", help="the caller's number; magic ones work here too (default: somebody)")
@click.option("--to", help="the number that is called")
@click.option("--connection-id", help="the application that gets the call (default: the one there is)")
@click.option("--caller-name", help="the name that the caller shows")
@click.option("--persona", help="how the caller behaves")
def call(url: str, key: str | None, **parameters: Any) -> None:
    """Call your application; prints the call."""
    show(url, key, lambda client: client.incoming_call(**parameters).data)


def verb(name: str, about: str, *parameters: Callable[[Any], Any]) -> click.Command:
    """A command for one verb of the far end."""

    def act(url: str, key: str | None, call: str, **given: Any) -> None:
        show(url, key, lambda client: client.act(call, name, **given))

    function: Any = act
    for parameter in reversed((click.argument("call"), *parameters)):
        function = parameter(function)
    text = f"{about} CALL is a leg by its name, such as `caller-2`, its call_control_id or call_leg_id, or `latest`."
    return click.command(name, help=text)(world_options(function))


COMMANDS: Final = (
    call,
    verb("answer", "The dialled party picks up."),
    verb(
        "reject",
        "The dialled party refuses.",
        click.option("--cause", help="busy, declined, no_answer, not_found, …"),
        click.option("--sip", type=int, help="a SIP status instead"),
    ),
    verb(
        "press",
        "Press keys.",
        click.argument("digits"),
        click.option("--every", type=float, help="seconds from key to key"),
    ),
    verb("say", "Say something.", click.argument("text")),
    verb("hold", "Put us on hold."),
    verb("unhold", "Come back."),
    verb("hangup", "Hang up.", click.option("--cause", help="a hangup cause"), click.option("--sip", type=int)),
)
