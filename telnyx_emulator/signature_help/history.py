"""What an emulator that remembers what it sent can tell about a signature and a body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .headers import Flaw
from .spellings import RAW, READ_ONCE, changes, parsed
from .webhook import SIGNATURE, TIMESTAMP, SentWebhook, header


class Told(NamedTuple):
    """`certain`: nothing else needs to be looked for."""

    problem: Flaw
    certain: bool = True


def history(signature: str, timestamp: str, body: bytes, sent: Sequence[SentWebhook]) -> Iterator[Told]:
    """By the signature if it was sent, else by the body, else by the event that the body names."""
    signed = next((one for one in sent if header(one.headers, SIGNATURE) == signature), None)
    if signed is not None:
        yield from _of_signature(signed, timestamp, body)
        return
    same = next((one for one in sent if one.body == body), None)
    if same is not None:
        problem = f"The body is that of {same.event} ({same.id}), the signature is none that it was sent with."
        yield Told(Flaw(problem, "Take headers and body from the same request."), certain=False)
        return
    named = next((one for one in sent if one.id in _ids(body)), None)
    if named is not None:
        yield Told(
            Flaw(
                f"The body names {named.event} ({named.id}), but not as it was sent: {_difference(named.body, body)}.",
                RAW,
            ),
            certain=False,
        )


def _of_signature(signed: SentWebhook, timestamp: str, body: bytes) -> Iterator[Told]:
    what = f"{signed.event} ({signed.id})"
    if signed.fault is not None:
        problem = f"The fault {signed.fault!r} signed {what} wrongly on purpose."
        yield Told(Flaw(problem, "Your application is right to refuse it."))
        return
    stamp = header(signed.headers, TIMESTAMP)
    if stamp != timestamp:
        problem = f"The timestamp {timestamp} is not the one that {what} was signed with, {stamp}."
        yield Told(Flaw(problem, "Take all headers from the same request."))
    if signed.body == body:
        return
    yield from _of_body(signed, what, body)


def _of_body(signed: SentWebhook, what: str, body: bytes) -> Iterator[Told]:
    """How a body became another one than that which was sent."""
    if not body.strip():
        problem = f"The body is empty, that of {what} has {len(signed.body)} bytes: it was probably read before."
        yield Told(Flaw(problem, READ_ONCE))
    elif signed.data == body or parsed(body) == parsed(signed.data):
        advice = f"The signature covers the whole body, with `data` and `meta`. {RAW}"
        yield Told(Flaw(f"This is the `data` of {what} alone.", advice))
    elif parsed(body) == parsed(signed.body):
        yield Told(Flaw(f"The body of {what} was parsed and written again: {changes(body)}.", RAW))
    elif _ids(body) and signed.id not in _ids(body):
        problem = f"The signature belongs to {what}, the body to {_name(body)} ({next(iter(_ids(body)))})."
        yield Told(Flaw(problem, "Take headers and body from the same request."))
    elif parsed(body) is not None and _ids(body):
        yield Told(Flaw(f"The body of {what} was changed: {_difference(signed.body, body)}.", RAW))
    else:
        # How it was wrapped or cut is for those to tell who try spellings.
        problem = f"The body is not the one of {what}, which has {len(signed.body)} bytes; this one has {len(body)}."
        yield Told(Flaw(problem, RAW), certain=False)


def _data(body: bytes) -> dict[str, Any]:
    value = parsed(body)
    data = value.get("data", value) if isinstance(value, dict) else None
    return data if isinstance(data, dict) else {}


def _ids(body: bytes) -> set[str]:
    id = _data(body).get("id")
    return {id} if isinstance(id, str) else set()


def _name(body: bytes) -> str:
    return str(_data(body).get("event_type", "another event"))


def _difference(was: bytes, now: bytes) -> str:
    """The first places in which two JSONs differ, dotted."""
    places = [*_paths(parsed(was), parsed(now), "")]
    return ", ".join(places[:5]) + (", …" if len(places) > 5 else "") if places else changes(now)


def _paths(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from _paths(one.get(key), other.get(key), f"{path}.{key}" if path else str(key))
    elif one != other:
        yield path or "everything"
