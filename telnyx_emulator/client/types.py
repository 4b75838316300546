"""What the emulator tells of a world: plain maps as they come over the wire, described key by key.

Instants and durations are virtual seconds since the world began, unless a key says otherwise.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Payload = dict[str, Any]
"""The payload of a webhook, or the body of a command, with the names of the vendor's documentation. A payload about a
leg has `call_control_id`, `call_leg_id`, `call_session_id`, `connection_id`, `client_state`, `from` and `to`, and what
belongs to its event: `digits`, `hangup_cause`, … It is what `wait_for` and `next` return."""

Kind = Literal["command", "event", "delivery", "far_end", "state", "warning", "fault", "injection"]
"""What a journal entry is about."""

LegData = TypedDict(
    "LegData",
    {
        "call_control_id": str,
        "call_leg_id": str,
        "call_session_id": str,
        "connection_id": str,
        "direction": Literal["incoming", "outgoing"],
        "state": Literal["ringing", "answered", "ended"],
        "from": str,
        "to": str,
        "name": NotRequired[str | None],
    },
)
"""A leg in short. `name`: what reports call it, such as `caller-2`."""


class WebhookData(TypedDict):
    """A webhook's `data`. `occurred_at`: as on the wire, `2026-12-01T16:28:23.780174Z`."""

    record_type: Literal["event"]
    event_type: str
    id: str
    occurred_at: str
    payload: Payload


class _About(TypedDict):
    seq: int
    at: float
    kind: Kind
    name: str
    session: str | None
    leg: str | None
    call_control_id: str | None


class JournalEntry(_About, total=False):
    """Something that happened. `seq` numbers the entries of a world from 1, `at` is the instant in virtual seconds.

    `name` is that of the command, webhook, fault or act; `type` tells more than `kind`, such as `command_refused`;
    `session`, `leg`, `call_control_id` and `leg_name` say which leg it is about.

    The other keys depend on `kind`:

    - command: `body`, `answered_at` (virtual seconds), `status` of the answer, `errors` if it was refused,
      `carried_out` if a fault changed the answer
    - event: `event`
    - delivery: `event_id`; of an attempt `attempt` (from 1), `url`, `status`, `error`, `copy`, `latency_ms`
      (real milliseconds); of the end without success `result` and `attempts`; `fault` if one had it so
    - far_end: `digits`, `text`, `confidence`, `cause`, `sip`, `to`, `body`, `content_type`, as the act needs them
    - state: `change` and `key` of a resource, or `scenario`, `of`, `act`, `why` and `wrong` of a step
    - warning, fault: `detail`
    - injection: `plane`, `on` and `effect` of a fault that fired
    """

    type: str
    leg_name: str | None
    answered_at: float
    body: Any
    status: int | None
    errors: list[dict[str, Any]]
    carried_out: bool
    event: WebhookData
    event_id: str
    attempt: int
    attempts: int
    url: str
    error: str | None
    latency_ms: float
    copy: int
    result: str
    fault: str
    digits: str
    text: str
    confidence: float
    cause: str
    sip: int
    to: str
    content_type: str
    change: str
    key: str
    scenario: str
    of: str
    act: str
    why: str
    wrong: bool
    detail: Any
    plane: str
    on: str
    effect: dict[str, Any]


class WorldSettings(TypedDict):
    """The settings of a world. `settle` and `grace`: real seconds."""

    webhook_url: str | None
    failover_url: str | None
    adopt: bool
    strict: bool
    settle: float
    grace: float
    seed: int | None


class ClockData(TypedDict):
    """A clock. `rate`: virtual seconds in a real one; `now`: as on the wire; `next_timer`: when something is due."""

    mode: Literal["real", "scaled", "manual", "auto"]
    rate: float
    jumps: Literal["always", "while_waited"]
    now: str
    elapsed: float
    holders: list[str]
    next_timer: float | None


class ExpectationVerdict(TypedDict):
    """How an expectation stands. `window`: from when until when it counts; `seen`: numbers of journal entries;
    `nearest`: `seq` and `differences` of what came nearest."""

    expectation: dict[str, Any]
    status: Literal["met", "failed", "pending"]
    missing: str | None
    window: list[float | None]
    seen: list[int]
    nearest: dict[str, Any] | None


class ScenarioData(TypedDict):
    """How a scenario stands. `legs`: call_control_ids by their names in it."""

    scenario: str
    about: str | None
    ended: bool
    began: float
    first_seq: int
    legs: dict[str, str]
    pending_steps: list[dict[str, Any]]
    verdicts: list[ExpectationVerdict]
    faults: list[dict[str, Any]]


Arrow = TypedDict("Arrow", {"from": str, "to": str, "label": str, "lost": bool})
"""From one column to another. `lost`: it did not arrive, or was not there at all."""


class LadderRow(TypedDict):
    """A line of a ladder. `seqs`: numbers of the journal entries in it; `leg`: its name."""

    at: float
    seqs: list[int]
    leg: str | None
    arrows: list[Arrow]
    result: str
    details: list[str]
    note: str
    mark: str


class LadderData(TypedDict):
    """A ladder. `columns`: the far ends from left to right, then `emulator` and `app`."""

    columns: list[str]
    rows: list[LadderRow]
