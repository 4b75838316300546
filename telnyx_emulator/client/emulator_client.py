"""The administration of a running emulator, as Python: drive the far ends, move time, verify what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, Self, overload

from .clock import WorldClock
from .errors import told_by_itself
from .expectations import Expected
from .faults import When
from .legs import Leg
from .scenarios import Scenario, begun, with_party
from .transport import Transport, query, segment
from .watching import Watcher, journal
from .wire import LegName, Seconds, leg_id, only_given

__tracebackhide__ = told_by_itself

DEFAULT_URL = "http://127.0.0.1:12111"
PATIENCE_SECS = 70.0

Headers = Mapping[str, str] | Iterable[Mapping[str, str]]
"""SIP headers by their names, or as the vendor writes them: `{"name": …, "value": …}` each."""


class EmulatorClient(Watcher):
    """One world of an emulator, named by an API key; without one, the only world there is.

    Any number of threads may use it. Everything raises `EmulatorError` for what the emulator refuses, and when
    nobody answers within `patience` real seconds; what looks for something raises `ExpectationError`.
    """

    serve_with: Callable[[Any], str] | None = None
    """Serves an application for as long as it is needed, and returns its URL; the pytest fixtures set it. Else one
    is served in a thread of its own until `close`."""

    def __init__(self, url: str = DEFAULT_URL, key: str | None = None, *, patience: float = PATIENCE_SECS) -> None:
        super().__init__(Transport(url, key, patience))
        self.api_key = key
        self.clock = WorldClock(self._transport)
        self._public_key: str | None = None
        self._serving = ExitStack()
        self._dialled: list[str] = []
        self._legs: dict[str, Leg] = {}
        """Those that were given, by their ids: each remembers which events it gave."""

    def __repr__(self) -> str:
        key = "" if self.api_key is None else f", {self.api_key[:8]}…"
        return f"<{type(self).__name__} {self.url}{key}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections and the applications served here. The world stays; the next call opens a new one."""
        self._serving.close()
        self._transport.close()

    # -- the world ---------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where the emulator is."""
        return self._transport.url

    @property
    def base_url(self) -> str:
        """What an SDK takes as `base_url`, or `TELNYX_BASE_URL`."""
        return f"{self.url}/v2"

    @property
    def public_key(self) -> str:
        """What verifies webhooks: `TELNYX_PUBLIC_KEY`."""
        if self._public_key is None:
            self._public_key = str(self.get("public-key")["public_key"])
        return self._public_key

    @property
    def webhook_url(self) -> str | None:
        """Where webhooks go. May be set to a URL, to None, or to an application, which is then served."""
        return self._setting("webhook_url")

    @webhook_url.setter
    def webhook_url(self, target: Any) -> None:
        self.settings(webhook_url=self._url_of(target))

    @property
    def failover_url(self) -> str | None:
        """Where webhooks go when all attempts at the first URL have failed. May be set like `webhook_url`."""
        return self._setting("failover_url")

    @failover_url.setter
    def failover_url(self, target: Any) -> None:
        self.settings(failover_url=self._url_of(target))

    def settings(self, /, **changes: Any) -> dict[str, Any]:
        """The settings of this world, after what is named here was changed: `webhook_url`, `strict`, `adopt`, …"""
        return dict(self._transport.data("PATCH", "settings", changes) if changes else self.get("settings"))

    def reset(self) -> None:
        """The world begins anew, at once; settings and clock mode stay."""
        self.post("reset")
        self._forget()

    def drop_world(self) -> None:
        """The world is gone with its settings; the key names a fresh one from then on."""
        self._transport.data("DELETE", "world")
        self._forget()

    def _forget(self) -> None:
        self._given.clear()
        self._legs.clear()
        self._dialled.clear()

    # -- far ends ----------------------------------------------------------------------------------------------

    def incoming_call(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        connection_id: str | None = None,
        caller_name: str | None = None,
        headers: Headers | None = None,
        persona: str | None = None,
    ) -> Leg:
        """Somebody calls the application; returns at once, the call rings.

        Without `from_` it is somebody with a believable name and number. `headers`: SIP headers of the call.
        `persona`: how the caller behaves, see `telnyx-emulator check --numbers`.
        """
        given = only_given(
            from_=from_,
            to=to,
            connection_id=connection_id,
            caller_name=caller_name,
            headers=None if headers is None else _listed(headers),
            persona=persona,
        )
        return self._leg_of(self.post("calls", given))

    def outgoing_call(self, *, to: Any = None, within: Seconds | None = None) -> Leg:
        """The next call that the application dials, to anybody or to `to`; waits for it. Each is given once."""
        where = only_given(direction="outgoing", to=to)
        if self._dialled:
            where["call_control_id"] = {"not": {"in": list(self._dialled)}}
        payload = self.wait_for("call.initiated", within=within, where=where)
        leg = self.call(payload["call_control_id"])
        self._dialled.append(leg.id)
        return leg

    @property
    def outgoing_calls(self) -> list[Leg]:
        """All legs that the application dialled, the newest last."""
        return [leg for leg in self.calls if leg.data["direction"] == "outgoing"]

    @property
    def calls(self) -> list[Leg]:
        """All legs that there are, the newest last."""
        return [self._leg_of(data) for data in self.get("calls")]

    def call(self, id: str) -> Leg:
        """A leg by its `call_control_id` or `call_leg_id`, or the `latest` one."""
        return self._leg_of(self.get(f"calls/{segment(id)}"))

    def _leg_of(self, data: dict[str, Any]) -> Leg:
        """The same object for the same leg."""
        leg = self._legs.setdefault(data["call_control_id"], Leg(self._transport, data))
        leg.data = data
        return leg

    # -- scenarios ---------------------------------------------------------------------------------------------

    def scenario(self, source: str | Path | Mapping[str, Any], set: Mapping[str, Any] | None = None) -> Scenario:
        """Begin a scenario now: the path of a file, `builtin:NAME`, or the same as a map. `set`: its parameters.

        The text of a file is sent, so it may use builtin scenarios, but no other files.
        """
        return begun(self._transport, source, set)

    def party(self, key: str, /, **behaviour: Any) -> Scenario:
        """From now on somebody behaves so at a `number`, or all recording servers do; ends with `.end()`.

        Keywords are those of a party in a scenario: `answer={"after": 18}`, `reject={"cause": "busy"}`, `amd=…`,
        `refer=…`, `siprec=…`, `presses="1"`, `hangs_up_after=5`, … Numbers that are durations are seconds.
        """
        return with_party(self._transport, key, behaviour)

    # -- faults ------------------------------------------------------------------------------------------------

    def when(
        self,
        /,
        *,
        command: str | None = None,
        request: str | None = None,
        delivered: str | None = None,
        webhook: str | None = None,
        leg: LegName | None = None,
        attempt: Any = None,
        meta: Mapping[str, Any] | None = None,
        times: int | None = None,
        skip: int | None = None,
        chance: float | None = None,
        name: str | None = None,
        optional: bool | None = None,
        where: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> When:
        """When the application does this, or its webhook is `delivered`, something goes wrong: `.outcome(…)`,
        `.api(…)` or `.delivery(…)` says what.

        Exactly one of `command`, `request` (`"GET /calls/*"`), `delivered` and `webhook`. Keywords are fields of
        the body or payload. It fires up to `times` (else always), not at the first `skip` matches, and each time by
        `chance` (0 to 1). One that never fires fails `verify`, unless it is `optional`.
        """
        kinds = only_given(command=command, request=request, delivered=delivered, webhook=webhook)
        if len(kinds) != 1:
            raise TypeError("when() takes exactly one of command, request, delivered and webhook")
        [(kind, sought)] = kinds.items()
        trigger = Expected(kind, sought, where, fields, leg=leg, attempt=attempt, meta=meta)
        more = only_given(name=name, times=times, skip=skip, chance=chance, optional=optional)
        return When(self._transport, trigger, more)

    # -- what happened -----------------------------------------------------------------------------------------

    def verify(self, *, strict: bool = False, ignore: Iterable[str] = ()) -> None:
        """Nothing went wrong unnoticed: every fault fired, every webhook arrived, every scenario was met.

        With `strict` there was no command either that nothing expected. `ignore`: kinds of what can be wrong
        (`unused`, `undelivered`, `faults`, `expectations`, `steps`, `commands`), or names of faults, webhooks and
        commands. Raises ExpectationError.
        """
        self.post("verify", {"strict": strict, "ignore": list(ignore)})

    def journal(self, kind: str | None = None, after: int = 0) -> list[dict[str, Any]]:
        """What happened, in order: commands, events, deliveries, acts of far ends, warnings and faults.

        `kind`: of one of these, or of several with commas. `after`: only what follows the entry of this number.
        """
        return list(journal(self._transport, kind, after))

    @overload
    def ladder(
        self,
        format: Literal["text", "mermaid"] = "text",
        *,
        leg: LegName | None = None,
        session: str | None = None,
    ) -> str: ...

    @overload
    def ladder(
        self, format: Literal["json"], *, leg: LegName | None = None, session: str | None = None
    ) -> dict[str, Any]: ...

    def ladder(self, format: str = "text", *, leg: LegName | None = None, session: str | None = None) -> Any:
        """What happened as a diagram: far ends, emulator and application, with virtual times.

        Of everything, or of a leg, or of a `call_session_id`.
        """
        path = query("ladder", format=format, leg=leg_id(leg), session=session)
        return self.get(path) if format == "json" else self._transport.text("GET", path)

    # -- anything else -----------------------------------------------------------------------------------------

    def act(self, call: str, verb: str, /, **parameters: Any) -> dict[str, Any]:
        """The far end of a call answers, rejects, presses, says, holds, unholds or hangs up."""
        leg: dict[str, Any] = self.post(f"calls/{segment(call)}/{verb}", only_given(**parameters))
        return leg

    def get(self, path: str) -> Any:
        """The `data` of `GET /_emulator/{path}`."""
        return self._transport.data("GET", path)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The `data` of `POST /_emulator/{path}`."""
        return self._transport.data("POST", path, dict(body or {}))

    def _setting(self, name: str) -> str | None:
        value: str | None = self.settings()[name]
        return value

    def _url_of(self, target: Any) -> str | None:
        """A URL for whatever takes webhooks."""
        if target is None or isinstance(target, str):
            return target
        return self._serve(target) if self.serve_with is None else self.serve_with(target)

    def _serve(self, app: Any) -> str:
        from telnyx_emulator.apps import serving

        return self._serving.enter_context(serving(app))


def _listed(headers: Headers) -> list[Mapping[str, str]]:
    if isinstance(headers, Mapping):
        return [{"name": name, "value": value} for name, value in headers.items()]
    return list(headers)
