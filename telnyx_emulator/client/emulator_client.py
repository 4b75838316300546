"""The administration of a running emulator, as Python: drive the far ends, move time, verify what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, cast, overload

from .clock import WorldClock
from .errors import told_by_itself
from .expectations import Expected
from .faults import When
from .legs import Leg
from .scenarios import Scenario, begun, with_party
from .transport import Ask, Plan, Transport, asks, query, segment
from .types import JournalEntry, LadderData, LegData, WorldSettings
from .watching import Watcher, journal
from .wire import LegName, Seconds, leg_id, only_given

if TYPE_CHECKING:
    from .connections import Connections

__tracebackhide__ = told_by_itself

DEFAULT_URL = "http://127.0.0.1:12111"
PATIENCE_SECS = 70.0

Headers = Mapping[str, str] | Iterable[Mapping[str, str]]
"""SIP headers by their names, or as the vendor writes them: `{"name": …, "value": …}` each."""


class WorldAddress:
    """Where a world is, and which one it is."""

    _transport: Any

    @property
    def url(self) -> str:
        """Where the emulator is."""
        url: str = self._transport.url
        return url

    @property
    def base_url(self) -> str:
        """What an SDK takes as `base_url`, or `TELNYX_BASE_URL`.

        >>> client = Telnyx(api_key=emulator.api_key, base_url=emulator.base_url)
        """
        return f"{self.url}/v2"

    @property
    def api_key(self) -> str | None:
        """The key that names the world."""
        key: str | None = self._transport.key
        return key


class EmulatorClient(Watcher, WorldAddress):
    """One world of an emulator, named by an API key; without one, the only world there is.

    Any number of threads may use it. Everything raises `EmulatorError` for what the emulator refuses, and when no
    answer comes within `patience` real seconds; what looks for something raises `ExpectationError`.

    >>> with EmulatorClient("http://127.0.0.1:12111", key="test") as emulator:  # doctest: +SKIP
    ...     caller = emulator.incoming_call(from_="+15551230001")
    ...     caller.hang_up()
    ...     caller.wait_for("call.hangup")["hangup_cause"]
    'originator_cancel'
    """

    serve_with: Callable[[Any], str] | None = None
    """Serves an application for as long as it is needed, and returns its URL; the pytest fixtures set it. Else one
    is served in a thread of its own until `close`."""

    def __init__(
        self,
        url: str = DEFAULT_URL,
        key: str | None = None,
        *,
        patience: float = PATIENCE_SECS,
        shared: Connections | None = None,
    ) -> None:
        """`shared`: connections that stay open for other clients when this one is closed."""
        super().__init__(Transport(url, key, patience, shared))
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
        """End the connections and the applications served here. The world stays; the next call opens a new one.

        A method that waits in another thread raises EmulatorError.

        >>> emulator.close()
        >>> emulator.get("ready")["ready"]
        True
        """
        self._serving.close()
        self._transport.close()

    # -- the world ---------------------------------------------------------------------------------------------

    @property
    def public_key(self) -> str:
        """What verifies webhooks: `TELNYX_PUBLIC_KEY`.

        >>> client = Telnyx(api_key="test", base_url=emulator.base_url, public_key=emulator.public_key)
        """
        return self._transport.run(self._its_public_key())

    @property
    def webhook_url(self) -> str | None:
        """Where webhooks go. May be set to a URL, to None, or to an application, which is then served.

        >>> emulator.webhook_url = lambda webhook: print(webhook["data"]["event_type"])
        >>> emulator.webhook_url.startswith("http://127.0.0.1:")
        True
        """
        return self.settings()["webhook_url"]

    @webhook_url.setter
    def webhook_url(self, target: Any) -> None:
        self.settings(webhook_url=self._url_of(target))

    @property
    def failover_url(self) -> str | None:
        """Where webhooks go when all attempts at the first URL have failed. May be set like `webhook_url`.

        >>> emulator.failover_url = "http://127.0.0.1:8000/failover"
        """
        return self.settings()["failover_url"]

    @failover_url.setter
    def failover_url(self, target: Any) -> None:
        self.settings(failover_url=self._url_of(target))

    @asks
    def settings(self, /, **changes: Any) -> Plan[WorldSettings]:
        """The settings of this world, after what is named here was changed: `webhook_url`, `strict`, `adopt`, …

        >>> emulator.settings(strict=True)["strict"]
        True
        """
        asked = Ask("PATCH", "settings", changes) if changes else Ask("GET", "settings")
        return cast(WorldSettings, (yield asked))

    @asks
    def reset(self) -> Plan[None]:
        """The world begins anew, at once; settings and clock mode stay.

        >>> emulator.reset()
        >>> emulator.calls
        []
        """
        yield Ask("POST", "reset", {})
        self._forget()

    @asks
    def drop_world(self) -> Plan[None]:
        """The world is gone with its settings; the key names a fresh one from then on.

        >>> emulator.drop_world()
        """
        yield Ask("DELETE", "world")
        self._forget()

    def _forget(self) -> None:
        self._given.clear()
        self._legs.clear()
        self._dialled.clear()

    # -- far ends ----------------------------------------------------------------------------------------------

    @asks
    def incoming_call(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        connection_id: str | None = None,
        caller_name: str | None = None,
        headers: Headers | None = None,
        persona: str | None = None,
        name: str | None = None,
    ) -> Plan[Leg]:
        """Call the application; returns at once, the call rings.

        Without `from_` the caller has a believable name and number. `headers`: SIP headers of the call. `persona`:
        how the caller behaves, see `telnyx-emulator check --numbers`. `name`: what the leg is called in ladders,
        reports and `leg=`, such as `alice`; no other leg that is up may have it.

        >>> emulator.incoming_call(from_="+15551230001", headers={"X-Account": "7"}, persona="silent").from_
        '+15551230001'
        """
        given = only_given(
            from_=from_,
            to=to,
            connection_id=connection_id,
            caller_name=caller_name,
            headers=None if headers is None else _listed(headers),
            persona=persona,
            name=name,
        )
        return self._leg_of((yield Ask("POST", "calls", given)))

    @asks
    def outgoing_call(self, *, to: Any = None, within: Seconds | None = None) -> Plan[Leg]:
        """The next call that the application dials, to any number or to `to`; waits for it. Each is given once.

        `to`: a number or a pattern. `within`: virtual seconds. Raises ExpectationError if there is none.

        >>> emulator.outgoing_call(to="+13125550123", within=20).to
        '+13125550123'
        """
        where = only_given(direction="outgoing", to=to)
        if self._dialled:
            where["call_control_id"] = {"not": {"in": list(self._dialled)}}
        sought = Expected("webhook", "call.initiated", where, {}, within=within).wire()
        payload = yield from self._event("call.initiated", sought)
        leg = yield from self._call(payload["call_control_id"])
        self._dialled.append(leg.id)
        return leg

    @property
    def outgoing_calls(self) -> list[Leg]:
        """All legs that the application dialled, the newest last.

        >>> [leg.to for leg in emulator.outgoing_calls]
        ['+13125550123']
        """
        return self._transport.run(self._calls("outgoing"))

    @property
    def calls(self) -> list[Leg]:
        """All legs that there are, the newest last.

        >>> [leg.from_ for leg in emulator.calls][0]
        '+15551230001'
        """
        return self._transport.run(self._calls("incoming", "outgoing"))

    @asks
    def call(self, id: str) -> Plan[Leg]:
        """A leg by its `call_control_id` or `call_leg_id`, or the `latest` one. Raises EmulatorError for no such leg.

        >>> emulator.call(caller.leg_id) is caller
        True
        """
        return self._call(id)

    def _call(self, id: str) -> Plan[Leg]:
        return self._leg_of((yield Ask("GET", f"calls/{segment(id)}")))

    def _calls(self, *directions: str) -> Plan[list[Leg]]:
        legs = [self._leg_of(data) for data in (yield Ask("GET", "calls"))]
        return [leg for leg in legs if leg.data["direction"] in directions]

    def _leg_of(self, data: LegData) -> Leg:
        """The same object for the same leg."""
        leg = self._legs.setdefault(data["call_control_id"], Leg(self._transport, data))
        leg._data = data
        return leg

    # -- scenarios ---------------------------------------------------------------------------------------------

    @asks
    def scenario(self, source: str | Path | Mapping[str, Any], set: Mapping[str, Any] | None = None) -> Plan[Scenario]:
        """Begin a scenario now: the path of a file, `builtin:NAME`, or the same as a map. `set`: its parameters.

        The text of a file is sent, so it may use builtin scenarios, but no other files.

        >>> call = {"at": 3, "call": {"from": "${who}", "as": "guest"}}
        >>> whole = {"version": 1, "scenario": "one-call", "params": {"who": "+15551230009"}, "timeline": [call]}
        >>> emulator.scenario(whole, set={"who": "+15551230008"})
        <Scenario one-call>
        """
        return begun(self._transport, source, set)

    @asks
    def party(self, key: str, /, **behaviour: Any) -> Plan[Scenario]:
        """From now on the party at a `number` behaves so, or all recording servers do; ends with `.end()`.

        Keywords are those of a party in a scenario: `answer={"after": 18}`, `reject={"cause": "busy"}`, `amd=…`,
        `refer=…`, `siprec=…`, `presses="1"`, `hangs_up_after=5`, … Numbers that are durations are seconds.

        >>> with emulator.party("agent", number="+15557770007", answer={"after": 18}):
        ...     telnyx("dial", to="+15557770007")
        ...     emulator.outgoing_call(to="+15557770007").wait_for("call.answered", within=20)["to"]
        200
        '+15557770007'
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

        >>> fault = emulator.when(command="speak", leg=caller, times=1, optional=True).api(status=503)
        """
        kinds = only_given(command=command, request=request, delivered=delivered, webhook=webhook)
        if len(kinds) != 1:
            raise TypeError("when() takes exactly one of command, request, delivered and webhook")
        [(kind, sought)] = kinds.items()
        trigger = Expected(kind, sought, where, fields, leg=leg, attempt=attempt, meta=meta)
        more = only_given(name=name, times=times, skip=skip, chance=chance, optional=optional)
        return When(self._transport, trigger, more)

    # -- what happened -----------------------------------------------------------------------------------------

    @asks
    def verify(self, *, strict: bool = False, ignore: Iterable[str] = ()) -> Plan[None]:
        """Nothing went wrong unnoticed: every fault fired, every webhook arrived, every scenario was met.

        With `strict` there was no command either that nothing expected. `ignore`: kinds of what can be wrong
        (`unused`, `undelivered`, `faults`, `expectations`, `steps`, `commands`), or names of faults, webhooks and
        commands. Raises ExpectationError.

        >>> emulator.verify(ignore=["undelivered", "call.cost"])
        """
        yield Ask("POST", "verify", {"strict": strict, "ignore": list(ignore)})

    @asks
    def journal(self, kind: str | None = None, after: int = 0) -> Plan[list[JournalEntry]]:
        """What happened, in order: commands, events, deliveries, acts of far ends, warnings and faults.

        `kind`: of one of these, or of several with commas. `after`: only what follows the entry of this number.

        >>> [entry["name"] for entry in emulator.journal("command,event")][:3]
        ['call.initiated', 'answer', 'call.answered']
        """
        return journal(kind, after)

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
    ) -> LadderData: ...

    @asks  # type: ignore[misc]  # what it makes takes `self` by its place only
    def ladder(self, format: str = "text", *, leg: LegName | None = None, session: str | None = None) -> Plan[Any]:
        """What happened as a diagram: far ends, emulator and application, with virtual times.

        Of everything, or of a leg, or of a `call_session_id`. `json` is a `LadderData`.

        >>> "call.answered" in emulator.ladder(leg=caller)
        True
        >>> emulator.ladder("json")["columns"][0]
        'caller'
        """
        path = query("ladder", format=format, leg=leg_id(leg), session=session)
        return (yield Ask("GET", path, takes="data" if format == "json" else "text"))

    # -- anything else -----------------------------------------------------------------------------------------

    @asks
    def act(self, call: str, verb: str, /, **parameters: Any) -> Plan[LegData]:
        """The far end of a call answers, rejects, presses, says, holds, unholds or hangs up.

        >>> emulator.act("latest", "hangup", cause="user_busy")["state"]
        'ended'
        """
        return cast(LegData, (yield Ask("POST", f"calls/{segment(call)}/{verb}", only_given(**parameters))))

    @asks
    def get(self, path: str) -> Plan[Any]:
        """The `data` of `GET /_emulator/{path}`.

        >>> emulator.get("ready")["ready"]
        True
        """
        return (yield Ask("GET", path))

    @asks
    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Plan[Any]:
        """The `data` of `POST /_emulator/{path}`.

        >>> emulator.post("reset")
        {'result': 'ok'}
        """
        return (yield Ask("POST", path, dict(body or {})))

    def _its_public_key(self) -> Plan[str]:
        if self._public_key is None:
            self._public_key = str((yield Ask("GET", "public-key"))["public_key"])
        return self._public_key

    def _url_of(self, target: Any) -> str | None:
        """The URL of what takes webhooks."""
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
