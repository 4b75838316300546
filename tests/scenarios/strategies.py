"""Random scenarios that are valid: small, and about parties and legs that there are.

`documents()` draws them as data, `scenarios()` as models. Nothing in them takes more than milliseconds of real
time, and nothing in them is refused when it is run, unless `media` faults are asked for.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from telnyx_emulator.commands import Command
from telnyx_emulator.commands.base import Outcome
from telnyx_emulator.core.events import Event
from telnyx_emulator.core.far_end.behaviour import PERSONAS
from telnyx_emulator.scenarios.fault import outcome_of
from telnyx_emulator.scenarios.model import ScenarioModel
from telnyx_emulator.scenarios.subjects import fields_of_command, fields_of_event

Data = dict[str, Any]
Legs = tuple[str, ...]

FAILING = sorted(name for name, command in Command.names.items() if command.outcomes)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
WORDS = st.sampled_from(["customer", "agent", "voicemail", "line 2", "Ann & Bob", "yes", "0123", "a: b", "#1", "${x}"])
NUMBERS = st.integers(0, 9).map("+155577700{:02}".format)
NUMBER = st.integers(0, 3)
TONES = st.text("0123456789*#ABCD", min_size=1, max_size=4)
WEBHOOKS, COMMANDS = st.sampled_from(sorted(Event.registry)), st.sampled_from(sorted(Command.names))
LENGTHS = st.one_of(
    st.integers(0, 90).map("{}s".format),
    st.integers(0, 2000).map("{}ms".format),
    st.integers(1, 3).map("{}m".format),
    st.decimals(0, 20, places=3).map("{}s".format),
)
SPREADS = st.one_of(
    st.tuples(st.integers(0, 20), st.integers(0, 9)).map(lambda two: {"between": [f"{two[0]}s", f"{sum(two)}s"]}),
    st.tuples(st.integers(0, 20), st.integers(0, 3)).map(lambda two: {"normal": [f"{one}s" for one in two]}),
    st.lists(LENGTHS, min_size=1, max_size=3).map(lambda some: {"one_of": some}),
)
SECONDS = LENGTHS | SPREADS
MILLISECONDS = st.integers(0, 3).map("{}ms".format)

SCALARS = st.none() | st.booleans() | st.integers(-5, 700) | st.floats(-9, 9, width=16) | TEXT | WORDS
OPERATORS = st.one_of(
    st.fixed_dictionaries({"in": st.lists(SCALARS, max_size=3)}),
    st.fixed_dictionaries({"regex": st.sampled_from(["^sip:", r"\d+$", "a|b", "${"])}),
    st.fixed_dictionaries({"contains": TEXT}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"gte": st.integers(0, 9), "lt": st.integers(1, 99)}),
    st.fixed_dictionaries({"not": SCALARS}),
    st.fixed_dictionaries({"base64": SCALARS}),
)
FIELDS = st.sampled_from(
    ["digits", "status", "hangup_cause", "to", "payload", "when", "call_leg_id", "client_state", "command_id"]
)
PATTERNS = st.dictionaries(FIELDS, SCALARS | OPERATORS | st.dictionaries(FIELDS, SCALARS, max_size=2), max_size=2)


def some(needed: Data | None = None, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    """A map with what is needed and any of the rest; a trailing underscore keeps Python's own words apart."""
    rest = {name.rstrip("_"): one for name, one in optional.items()}
    return st.fixed_dictionaries(needed or {}, optional=rest)


def one_of_these(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    return st.one_of([st.fixed_dictionaries({name.rstrip("_"): one}) for name, one in choices.items()])


def merged(*parts: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    return st.tuples(*parts).map(lambda found: {key: value for one in found for key, value in one.items()})


# -- what is looked for --------------------------------------------------------------------------------------------


def looked_for(legs: Legs, **kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    known = kinds or {
        "webhook": WEBHOOKS,
        "command": COMMANDS,
        "delivered": WEBHOOKS,
        "far_end": st.sampled_from(["press", "hangup", "receives_refer"]),
    }
    more = some(where=PATTERNS, **({"leg": st.sampled_from(legs)} if legs else {}))
    return merged(one_of_these(**known), more).map(possible)


def possible(observation: Data) -> Data:
    """Without the fields that nothing of this name has."""
    fields: tuple[str, ...] | None = None
    if name := observation.get("webhook") or observation.get("delivered"):
        fields = fields_of_event(name)
    elif name := observation.get("command"):
        fields = fields_of_command(name)
    if fields is None or "where" not in observation:
        return observation
    return observation | {"where": {key: value for key, value in observation["where"].items() if key in fields}}


# -- who is there --------------------------------------------------------------------------------------------------


def acts(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    """What a far end does; `more` goes into each."""
    return one_of_these(
        answer=some(**more),
        reject=some(sip=st.integers(400, 603), **more) | some(cause=st.sampled_from(["busy", "declined"]), **more),
        press=some({"digits": TONES}, every=LENGTHS, **more),
        say=some({"text": TEXT}, confidence=st.floats(0, 1, width=16), **more),
        hold=some(**more),
        unhold=some(**more),
        hangup=some(sip=st.integers(400, 603), **more),
    )


def reactions() -> st.SearchStrategy[Data]:
    when = looked_for((), webhook=WEBHOOKS, command=COMMANDS)
    return merged(some({"when": when}, after=SECONDS, times=st.integers(1, 3)), acts())


PEOPLE = merged(
    some(
        {},
        persona=st.sampled_from(sorted(PERSONAS)),
        name=WORDS,
        about=TEXT,
        patience=SECONDS,
        hangs_up_after=SECONDS,
        presses=TONES,
        voice=st.sampled_from(["human", "silent"]),
        amd=some({"result": st.sampled_from(["human", "machine"])}, after=SECONDS),
        refer=some(sip=st.sampled_from([200, 403, 603]), after=SECONDS),
        reacts=st.lists(reactions(), max_size=2),
    ),
    one_of_these(answer=some(after=SECONDS), reject=some(sip=st.integers(400, 603), after=SECONDS), name=WORDS),
)
RECORDERS = st.fixed_dictionaries(
    {
        "kind": st.just("siprec_recorder"),
        "siprec": st.sampled_from([{"accept": True}, {"accept": False, "failure_cause": "no_answer", "after": "1s"}]),
    }
)


def at(number: str) -> st.SearchStrategy[Data]:
    """Somebody at this number: no two parties are at the same."""
    return PEOPLE.map(lambda person: {"number": number, **person})


PARTIES = some(customer=at("+15557770001"), agent=at("+15557770002"), recorder=RECORDERS)


# -- what goes wrong -----------------------------------------------------------------------------------------------


@cache
def outcomes(command: str) -> st.SearchStrategy[Data]:
    """An outcome that the command can have, by the schema of its model."""
    model = Command.names[command].outcomes
    assert model is not None
    schema = model.model_json_schema()
    return drawn_from(schema, schema.get("$defs", {})).filter(lambda wanted: can_have(command, wanted))


def can_have(command: str, wanted: Data) -> bool:
    try:
        return isinstance(outcome_of(command, wanted, as_written=True), Outcome)
    except ValueError:
        return False


def drawn_from(schema: Data, definitions: Data) -> st.SearchStrategy[Any]:
    """Data that a JSON Schema of pydantic describes, roughly: validators have the last word."""
    if "$ref" in schema:
        return drawn_from(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "anyOf" in schema:
        return st.one_of([drawn_from(one, definitions) for one in schema["anyOf"] if one != {"type": "null"}])
    if schema.get("title") == "Spread":
        return SPREADS
    if schema.get("type") == "object" and "properties" in schema:
        parts = {name: drawn_from(one, definitions) for name, one in schema["properties"].items()}
        needed = {name: parts.pop(name) for name in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional=parts)
    return scalar_from(schema)


def scalar_from(schema: Data) -> st.SearchStrategy[Any]:
    least, most = schema.get("minimum", 0), schema.get("maximum", 700)
    if "pattern" in schema and "examples" in schema:
        return LENGTHS
    return {
        "integer": st.integers(least, most),
        "number": st.floats(least, min(most, 10), width=16),
        "boolean": st.booleans(),
        "array": st.just([]),
        "object": st.just({}),
    }.get(schema.get("type", ""), TONES)


API_FAULTS = st.one_of(
    some({"status": st.sampled_from([422, 429, 500, 503])}, latency=MILLISECONDS, should_retry=st.booleans()),
    some({"code": st.sampled_from(["10015", "D38"]), "status": st.just(422)}, detail=TEXT, title=WORDS),
    some({"latency": MILLISECONDS}),
    some({"status": st.just(429), "retry_after": MILLISECONDS}),
    one_of_these(reset=st.just(True), close=st.just(True), garbage=st.just(True)),
)
DELIVERY_FAULTS = st.one_of(
    some({"delay": SECONDS}, duplicate=st.integers(1, 2)),
    one_of_these(
        duplicate=st.integers(1, 3),
        reorder=st.integers(1, 3),
        drop=st.just(True),
        as_if=st.sampled_from(["refused", "timeout", "http_500", "http_404", "tls_error"]),
        signature=st.sampled_from(["missing", "wrong_key", "stale"]),
    ),
)


@cache
def faults(legs: Legs, media: bool = False) -> st.SearchStrategy[Data]:
    planes = [
        when_do(looked_for(legs, command=COMMANDS), one_of_these(api=API_FAULTS)),
        when_do(looked_for((), request=st.just("GET /calls/*")), one_of_these(api=API_FAULTS)),
        when_do(looked_for(legs, delivered=WEBHOOKS), one_of_these(delivery=DELIVERY_FAULTS)),
        st.sampled_from(FAILING).flatmap(lambda command: outcome_faults(legs, command)),
    ]
    if media:
        planes.append(when_do(looked_for(legs, command=COMMANDS), st.just({"media": {"dead_air": "2s", "loss": 0.25}})))
    more = some(
        name=WORDS,
        times=st.integers(1, 3),
        skip=st.integers(0, 2),
        chance=st.sampled_from([0.25, 1.0]),
        optional=st.booleans(),
    )
    return merged(st.one_of(planes), more)


def when_do(when: st.SearchStrategy[Data], do: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    return st.fixed_dictionaries({"when": when, "do": do})


@cache
def outcome_faults(legs: Legs, command: str) -> st.SearchStrategy[Data]:
    return when_do(looked_for(legs, command=st.just(command)), one_of_these(outcome=outcomes(command)))


# -- what happens, and what is expected ----------------------------------------------------------------------------


@cache
def steps(legs: Legs, people: Legs, app_requests: bool) -> st.SearchStrategy[Data]:
    leg = {"leg": st.sampled_from(legs)} if legs else {}
    someone = st.sampled_from([*people, "+15551230001"])
    does = acts(**leg)
    if app_requests:
        does |= one_of_these(request=some(method=st.just("POST"), path=st.just("/start"), json=PATTERNS))
    anchors = some({"at": SECONDS}) | some({"when": looked_for(legs)}, times=st.integers(1, 3), optional=st.booleans())
    calls = one_of_these(call=some({"from": someone}, to=NUMBERS, as_=st.sampled_from(legs or ["caller"])))
    return merged(anchors, some(after=SECONDS), does | calls)


@cache
def expectations(legs: Legs) -> st.SearchStrategy[Data]:
    alone = merged(
        looked_for(legs),
        some(within=LENGTHS),
        one_of_these(never=st.booleans(), count=NUMBER, at_least=st.integers(1, 2), at_most=NUMBER),
    )
    item = merged(looked_for(legs), some(within=LENGTHS))
    return alone | st.fixed_dictionaries({"in_order": st.lists(item, min_size=1, max_size=3)})


@st.composite
def documents(draw: st.DrawFn, media: bool = False, app_requests: bool = True) -> Data:
    """A scenario as data: one call at least, so that something happens."""
    parties = draw(PARTIES)
    people = tuple(key for key, party in parties.items() if party.get("kind") != "siprec_recorder")
    legs = ("caller", *people)
    call = {"at": "0s", "call": {"from": draw(st.sampled_from([*people, "+15551230001"])), "as": "caller"}}
    return {
        "version": 1,
        "scenario": draw(st.sampled_from(["drawn", "a-1", "x.y_z"])),
        **draw(some(about=st.sampled_from(["One line.", "Two\nlines.\n"]), strict=st.booleans(), seed=NUMBER)),
        "parties": parties,
        "faults": draw(st.lists(faults(legs, media), max_size=2)),
        "timeline": [call, *draw(st.lists(steps(legs, people, app_requests), max_size=3))],
        "expect": draw(st.lists(expectations(legs), max_size=3)),
    }


def scenarios(media: bool = False, app_requests: bool = True) -> st.SearchStrategy[ScenarioModel]:
    """The same as models. `app_requests`: whether the timeline may send requests to the application."""
    return documents(media, app_requests).map(model_of)


def model_of(document: Data) -> ScenarioModel:
    try:
        return ScenarioModel.model_validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        raise AssertionError(f"drawn, but not valid: {document}") from error
