"""Other spellings of one body: what frameworks and hands make of it before it is verified."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, unquote_plus, urlsplit

import orjson

RAW: Final = "Verify the raw bytes of the request before anything parses them, and never a JSON that was made anew."
READ_ONCE: Final = (
    "A body can often be read only once: read the raw bytes first, keep them, and verify these before anything parses."
)


class Spelling(NamedTuple):
    """A body that may have been meant, and what was done to it."""

    body: bytes
    problem: str
    advice: str = RAW


def spellings(body: bytes) -> Iterator[Spelling]:
    """What may have been sent, if `body` is what was made of it; the likeliest first."""
    yield from _around(body)
    yield from _inside(body)
    yield from rewritten(body)


def _around(body: bytes) -> Iterator[Spelling]:
    what = "something was added around the body"
    if body != body.strip():
        yield Spelling(body.strip(), _trailing(body))
    if body.startswith(b"\xef\xbb\xbf"):
        yield Spelling(body[3:], "A byte order mark stands before the body.")
    yield Spelling(body + b"\n", "The newline at the end of the body is missing.")
    yield Spelling(body.replace(b"\r\n", b"\n"), "The line ends of the body were changed.")
    yield Spelling(body.replace(b"\n", b"\r\n"), "The line ends of the body were changed.")
    if body[:1] in (b"'", b'"') and body[-1:] == body[:1]:
        yield Spelling(body[1:-1], f"Quotes: {what}.")


def _trailing(body: bytes) -> str:
    return "A newline or space was added to the body." if body.rstrip() != body else "Space stands before the body."


def _inside(body: bytes) -> Iterator[Spelling]:
    """The body is wrapped in something: a form, a query, a JSON string."""
    text = body.decode(errors="replace").strip()
    query = urlsplit(text).query if text.startswith(("http://", "https://", "/", "?")) else text
    for name, values in _fields(query).items():
        for value in values:
            advice = "Decode it once, and verify the value alone: with GET the signature covers just that JSON."
            yield Spelling(value.encode(), f"This is a form or query whose field `{name}` holds the JSON.", advice)
    if text.startswith("%7B"):
        yield Spelling(unquote_plus(text).encode(), "The body is still percent-encoded.", "Decode it once.")
    if text.startswith(("%7B", "{")) and text.endswith("="):
        key = text.removesuffix("=")
        for one in (unquote_plus(key), key):
            yield Spelling(one.encode(), "The JSON became the key of a form: the body was parsed as one.")
    if (raw := _printed(text)) is not None:
        yield Spelling(raw, "This is what Python prints for bytes (`b'…'`), not the bytes themselves.")
    inner = parsed(body)
    if isinstance(inner, str):
        yield Spelling(inner.encode(), "The body is a JSON string that contains the JSON: it was encoded twice.")


def _printed(text: str) -> bytes | None:
    """The bytes that `str(bytes)` was made of."""
    if text[:2] not in ("b'", 'b"'):
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return value if isinstance(value, bytes) else None


def _fields(query: str) -> dict[str, list[str]]:
    """The fields of a form that hold JSON."""
    if not re.match(r"[\w.\[\]-]+=", query):
        return {}
    fields = parse_qs(query, keep_blank_values=True)
    return {name: [value for value in values if value.startswith("{")] for name, values in fields.items()}


def rewritten(body: bytes) -> Iterator[Spelling]:
    """The same JSON in every usual spelling, the emulator's own first."""
    value = parsed(body)
    if not isinstance(value, dict | list):
        return
    problem = f"The body was parsed and written again: {changes(body)}."
    with suppress(TypeError, ValueError, RecursionError):
        yield Spelling(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), problem)
        for order, separators, ascii_only in product((True, False), ((",", ":"), (", ", ": ")), (False, True)):
            again = json.dumps(value, sort_keys=order, separators=separators, ensure_ascii=ascii_only)
            yield Spelling(again.encode(errors="surrogatepass"), problem)


def parsed(body: bytes) -> Any:
    """The JSON of a body, or the literal of Python that `str(dict)` makes of it; None if it is neither."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(body.decode()) if body.lstrip()[:2] in (b"{'", b"['") else None
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def changes(body: bytes) -> str:
    """How a JSON differs in its spelling from the compact one that is sent."""
    text = body.decode(errors="replace")
    found = []
    if text.lstrip()[:2] in ("{'", "['"):
        found.append("it is what Python prints for a dict, not JSON")
    elif re.search(r'[,:{\[]\s+["{\[\d]', text):
        found.append("spaces or line breaks between its parts")
    if re.search(r"\\u[0-9a-fA-F]{4}", text):
        found.append(r"\u escapes")
    if _order(body) is False:
        found.append("its keys in another order")
    if body != body.strip():
        found.append("a newline or space at an end")
    return ", ".join(found) or "it looks compact, yet some bytes differ"


def _order(body: bytes) -> bool | None:
    """Whether the keys of an event's envelope are in their order."""
    value = parsed(body)
    if not isinstance(value, dict):
        return None
    inner = [one for one in (value, value.get("data"), value.get("meta")) if isinstance(one, dict)]
    payload = value["data"].get("payload") if isinstance(value.get("data"), dict) else None
    inner += [payload] if isinstance(payload, dict) else []
    return all(list(one) == sorted(one) for one in inner)
