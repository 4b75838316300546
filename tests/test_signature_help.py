"""Why a signature does not verify: each mistake is told by its name, and no right one is called wrong."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telnyx_emulator.signature_help import SIGNATURE, TIMESTAMP, SentWebhook, Verification, explain, genuine
from telnyx_emulator.signing import Signer
from telnyx_emulator.webhooks import envelope

NOW = 1_700_000_000
SIGNER, OTHER = Signer(), Signer(Signer.new_key())
RAW_KEY = base64.b64decode(SIGNER.public_key)


def event(name: str = "call.answered", id: str = "0c-1", **payload: Any) -> bytes:
    data = {"event_type": name, "id": id, "payload": {"from": "+1555", "name": "Zoë 日本"} | payload}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


DATA = event()
BODY = envelope(DATA, 1, "http://127.0.0.1:8000/hooks")
HEADERS = SIGNER.headers(BODY, NOW)


def verify(body: bytes = BODY, headers: dict[str, str] | None = None, **more: Any) -> Verification:
    return explain(HEADERS if headers is None else headers, body, **({"now": NOW} | more))


def only(verification: Verification) -> str:
    """The only problem."""
    assert not verification.valid
    (one,) = verification.problems
    assert one.advice.strip()
    return one.problem


def sent(body: bytes = BODY, headers: dict[str, str] = HEADERS, **more: Any) -> SentWebhook:
    return SentWebhook(
        **{"event": "call.answered", "id": "0c-1", "data": DATA, "body": body, "headers": headers} | more
    )


def test_what_the_emulator_sends_is_valid() -> None:
    assert verify() == Verification(True, [])
    assert verify(public_key=SIGNER.public_key, now=NOW + 299).valid
    assert genuine(HEADERS, BODY, RAW_KEY)


@given(st.binary(), st.integers(0, 2**31))
def test_whatever_was_signed_verifies(body: bytes, now: int) -> None:
    assert explain(SIGNER.headers(body, now), body, now=now) == Verification(True, [])


@pytest.mark.slow
@given(st.binary(max_size=200), st.text(max_size=100), st.text(max_size=100), st.text(max_size=60))
def test_no_garbage_breaks_it(body: bytes, timestamp: str, signature: str, key: str) -> None:
    told = explain({SIGNATURE: signature, TIMESTAMP: timestamp}, body, key, now=NOW, sent=[sent()])
    assert not told.valid
    assert told.problems


@pytest.mark.parametrize(
    "body", [b"", b"[" * 5000, b"{'a': " * 2000, b'"' + b"[" * 3000 + b'"', b'{"a":1e999}', b"\xff"]
)
def test_no_strange_body_breaks_it(body: bytes) -> None:
    assert not verify(body).valid


# -- keys ------------------------------------------------------------------------------------------------------------


def test_another_public_key_names_the_one_that_signed() -> None:
    told = verify(public_key=OTHER.public_key)
    assert only(told) == "It was signed with the development key, but another public key is configured."
    assert told.problems[0].advice == f"Set TELNYX_PUBLIC_KEY={SIGNER.public_key}"
    signed = OTHER.headers(BODY, NOW)
    told = verify(headers=signed, public_key=SIGNER.public_key, server_key=OTHER.public_key)
    assert only(told) == "It was signed with the key of this emulator, but another public key is configured."


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (RAW_KEY.hex(), "The public key is in hexadecimal."),
        (f" {SIGNER.public_key}\n", "The public key has spaces or quotes around it."),
        (f'"{SIGNER.public_key}"', "The public key has spaces or quotes around it."),
        (SIGNER.public_key.rstrip("="), "The public key is url-safe base64, or without its padding."),
        (
            "-----BEGIN PUBLIC KEY-----\n"
            + base64.b64encode(bytes.fromhex("302a300506032b6570032100") + RAW_KEY).decode()
            + "\n-----END PUBLIC KEY-----\n",
            "The public key is in PEM form.",
        ),
        (
            base64.b64encode(bytes.fromhex("302a300506032b6570032100") + RAW_KEY).decode(),
            "The public key is wrapped in DER.",
        ),
    ],
)
def test_a_key_in_another_form_is_recognised_and_given_in_the_right_one(key: str, problem: str) -> None:
    told = verify(public_key=key)
    assert only(told) == problem
    assert SIGNER.public_key in told.problems[0].advice


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("", "The public key is empty."),
        (base64.b64encode(b"x" * 31).decode(), "The public key has 31 bytes instead of 32."),
        (base64.b64encode(b"x" * 64).decode(), "The public key has 64 bytes instead of 32. 64 bytes are"),
        ("KEY0123_abc!", "The public key is no base64."),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", "This is a private key in PEM form."),
    ],
)
def test_what_is_no_key_is_told_and_the_rest_judged_without_it(key: str, problem: str) -> None:
    told = verify(public_key=key)
    assert not told.valid
    assert any(one.problem.startswith(problem) for one in told.problems)


def test_the_private_key_in_place_of_the_public_one_is_recognised() -> None:
    secret = Signer.new_key()
    signed = Signer(secret).headers(BODY, NOW)
    assert "private key is configured" in only(verify(headers=signed, public_key=secret))


# -- bodies ----------------------------------------------------------------------------------------------------------

REWRITTEN = {
    "pretty": (json.dumps(json.loads(BODY), indent=2, ensure_ascii=False), "spaces or line breaks between its parts"),
    "python": (json.dumps(json.loads(BODY)), r"spaces or line breaks between its parts, \u escapes"),
    "escaped": (json.dumps(json.loads(BODY), separators=(",", ":")), r"\u escapes"),
    "repr": (str(json.loads(BODY)), "it is what Python prints for a dict, not JSON"),
    "reordered": (
        json.dumps(dict(reversed(json.loads(BODY).items())), separators=(",", ":"), ensure_ascii=False),
        "its keys in another order",
    ),
}


@pytest.mark.parametrize("how", REWRITTEN)
@pytest.mark.parametrize("history", [False, True])
def test_a_body_that_was_written_anew_is_recognised(how: str, history: bool) -> None:
    body, told = REWRITTEN[how]
    problem = only(verify(body.encode(), sent=[sent()] if history else []))
    assert "was parsed and written again: " in problem
    assert told in problem


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (BODY + b"\n", "A newline or space was added to the body."),
        (b"  " + BODY, "Space stands before the body."),
        (b"\xef\xbb\xbf" + BODY, "A byte order mark stands before the body."),
        (json.dumps(BODY.decode()).encode(), "The body is a JSON string that contains the JSON: it was encoded twice."),
        (quote(BODY.decode()).encode(), "The body is still percent-encoded."),
    ],
)
def test_what_was_put_around_a_body_is_recognised(body: bytes, problem: str) -> None:
    assert only(verify(body)) == problem


@pytest.mark.parametrize("around", ["{}", "?{}", "/hooks?{}", "https://example.com/hooks?a=1&{}"])
def test_a_form_or_a_query_around_the_json_is_recognised(around: str) -> None:
    form = around.format(urlencode({"payload": BODY.decode()}))
    problem = only(verify(form.encode()))
    assert problem == "This is a form or query whose field `payload` holds the JSON."


@pytest.mark.parametrize("body", [b"a\nb", b"a\r\nb"])
def test_changed_line_ends_are_recognised(body: bytes) -> None:
    other = body.replace(b"\r\n", b"\n") if b"\r" in body else body.replace(b"\n", b"\r\n")
    assert only(verify(other, SIGNER.headers(body, NOW))) == "The line ends of the body were changed."


def test_a_missing_newline_is_recognised() -> None:
    assert only(verify(b"x", SIGNER.headers(b"x\n", NOW))) == "The newline at the end of the body is missing."


def test_two_mistakes_are_both_told() -> None:
    told = verify(BODY + b"\n", public_key=OTHER.public_key, now=NOW + 301)
    assert [one.problem for one in told.problems] == [
        "A newline or space was added to the body.",
        "It was signed with the development key, but another public key is configured.",
        "The timestamp is 301 s old, 300 s are allowed.",
    ]


@pytest.mark.parametrize(
    ("signed", "what"),
    [
        (BODY + b"|%d" % NOW, "`body|timestamp`"),
        (b"%d" % NOW + BODY, "timestamp and body with nothing between them"),
        (b"%d." % NOW + BODY, "`timestamp.body`"),
        (BODY, "the body alone"),
    ],
)
def test_a_message_that_was_joined_otherwise_is_recognised(signed: bytes, what: str) -> None:
    signature = base64.b64encode(SIGNER._key.sign(signed).signature).decode()
    assert only(verify(headers={SIGNATURE: signature, TIMESTAMP: str(NOW)})) == f"What was signed is {what}."


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "The body is empty, and the signature does not fit it."),
        (b"hello", "The body is no JSON, and the signature does not fit it."),
        (DATA, "This is a part of the body, without the envelope `data` and `meta`."),
        (envelope(event(id="0c-2"), 1, "x"), "The signature fits neither this body in any usual spelling"),
    ],
)
def test_what_fits_nothing_is_told_as_far_as_can_be_seen(body: bytes, problem: str) -> None:
    assert only(verify(body)).startswith(problem)


# -- what an emulator remembers ----------------------------------------------------------------------------------


def test_the_body_of_another_event_is_named() -> None:
    other = envelope(event("call.hangup", "0c-2"), 1, "x")
    assert only(verify(other, sent=[sent()])) == (
        "The signature belongs to call.answered (0c-1), the body to call.hangup (0c-2)."
    )
    unsigned = {**HEADERS, SIGNATURE: OTHER.headers(BODY, NOW)[SIGNATURE]}
    assert "the signature is none that it was sent with" in only(verify(headers=unsigned, sent=[sent()]))


def test_a_changed_body_says_where() -> None:
    changed = json.loads(BODY)
    changed["data"]["payload"]["from"] = "+1666"
    del changed["meta"]
    problem = only(verify(json.dumps(changed).encode(), sent=[sent()]))
    assert problem == "The body of call.answered (0c-1) was changed: data.payload.from, meta."


def test_headers_of_one_attempt_with_the_body_of_another_are_recognised() -> None:
    second = envelope(DATA, 2, "http://127.0.0.1:8000/hooks")
    problem = only(verify(second, sent=[sent()]))
    assert problem == "The body of call.answered (0c-1) was changed: meta.attempt."


def test_a_body_whose_event_is_known_but_whose_signature_is_not_says_how_it_differs() -> None:
    signed = OTHER.headers(b"something", NOW)
    second = envelope(DATA, 7, "http://127.0.0.1:8000/hooks")
    problem = only(verify(second, signed, sent=[sent()]))
    assert problem == "The body names call.answered (0c-1), but not as it was sent: meta.attempt."


def test_the_data_of_a_body_alone_is_recognised() -> None:
    assert only(verify(DATA, sent=[sent()])) == "This is the `data` of call.answered (0c-1) alone."


def test_the_data_that_was_written_anew_is_recognised() -> None:
    again = json.dumps(json.loads(DATA)).encode()
    assert only(verify(again, sent=[sent()])) == "This is the `data` of call.answered (0c-1) alone."


@pytest.mark.parametrize("history", [[], [sent()]])
def test_what_python_prints_for_bytes_is_recognised(history: list[SentWebhook]) -> None:
    assert "what Python prints for bytes" in only(verify(str(BODY).encode(), sent=history))


@pytest.mark.parametrize("history", [[], [sent()]])
def test_a_json_that_became_the_key_of_a_form_is_recognised(history: list[SentWebhook]) -> None:
    for body in (urlencode({BODY: ""}).encode(), BODY + b"="):
        assert "became the key of a form" in only(verify(body, sent=history))


def test_an_empty_body_was_probably_read_before() -> None:
    assert "it was probably read before" in only(verify(b"", sent=[sent()]))
    (problem,) = verify(b"").problems
    assert "can often be read only once" in problem.advice


def test_the_timestamp_of_another_request_is_recognised() -> None:
    told = verify(headers=HEADERS | {TIMESTAMP: str(NOW + 5)}, sent=[sent()])
    assert only(told) == f"The timestamp {NOW + 5} is not the one that call.answered (0c-1) was signed with, {NOW}."


def test_a_form_is_told_even_when_the_signature_is_remembered() -> None:
    form = urlencode({"payload": BODY.decode()}).encode()
    assert "field `payload`" in only(verify(form, sent=[sent()]))


def test_a_signature_that_is_wrong_on_purpose_is_no_mistake_of_the_application() -> None:
    wrong = OTHER.headers(BODY, NOW)
    told = verify(headers=wrong, sent=[sent(headers=wrong, fault="impostor")])
    assert only(told) == "The fault 'impostor' signed call.answered (0c-1) wrongly on purpose."


# -- headers ---------------------------------------------------------------------------------------------------------


def test_missing_headers_are_named() -> None:
    told = verify(headers={})
    assert [one.problem for one in told.problems] == [
        f"There is no header `{SIGNATURE}`.", f"There is no header `{TIMESTAMP}`.",
    ]  # fmt: skip


def test_a_header_with_a_similar_name_is_pointed_at() -> None:
    headers = {"Telnyx-Signature": HEADERS[SIGNATURE], TIMESTAMP: str(NOW)}
    assert only(verify(headers=headers)) == f"There is no header `{SIGNATURE}`, but there is `telnyx-signature`."


def test_names_as_wsgi_has_them_are_recognised_and_the_rest_is_judged() -> None:
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HEADERS.items()}
    told = verify(headers=headers)
    assert [one.problem for one in told.problems] == [
        f"The header `{SIGNATURE}` is here as `HTTP_TELNYX_SIGNATURE_ED25519`.",
        f"The header `{TIMESTAMP}` is here as `HTTP_TELNYX_TIMESTAMP`.",
    ]


def test_the_case_of_names_is_a_remark_only() -> None:
    told = verify(headers={name.title(): value for name, value in HEADERS.items()})
    assert told.valid
    assert [one.problem for one in told.problems] == [
        f"`{SIGNATURE.title()}`: names of headers are case-insensitive.",
        f"`{TIMESTAMP.title()}`: names of headers are case-insensitive.",
    ]


SIGNATURE_BYTES = base64.b64decode(HEADERS[SIGNATURE])


@pytest.mark.parametrize(
    ("signature", "problem"),
    [
        (SIGNATURE_BYTES.hex(), "The signature is in hexadecimal."),
        (HEADERS[SIGNATURE].rstrip("="), "The signature is not the base64 that was sent, but another form of it."),
        (base64.urlsafe_b64encode(SIGNATURE_BYTES).decode().rstrip("="), "The signature is not the base64 that was"),
        (base64.b64encode(SIGNATURE_BYTES[:40]).decode(), "The signature has 40 bytes instead of 64."),
        ("t=1,v1=abc", "The signature is no base64."),
    ],
)
def test_a_signature_in_another_form_is_recognised(signature: str, problem: str) -> None:
    assert only(verify(headers=HEADERS | {SIGNATURE: signature})).startswith(problem)


@pytest.mark.parametrize(
    ("timestamp", "problem"),
    [
        (f"{NOW}000", "The timestamp is in milliseconds."),
        (f"{NOW}.25", f"The timestamp '{NOW}.25' is no Unix time in whole seconds."),
    ],
)
def test_a_timestamp_in_another_unit_is_recognised(timestamp: str, problem: str) -> None:
    assert only(verify(headers=HEADERS | {TIMESTAMP: timestamp})) == problem


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        (NOW + 301, "The timestamp is 301 s old, 300 s are allowed."),
        (NOW - 4000, "The timestamp is 4000 s in the future."),
    ],
)
def test_a_stale_timestamp_says_by_how_much(now: float, problem: str) -> None:
    assert only(verify(now=now)) == problem


def test_the_tolerance_can_be_another_one() -> None:
    assert verify(now=NOW + 1000, tolerance=2000).valid
    assert not verify(now=NOW + 20, tolerance=10).valid


def test_it_is_shown_as_json() -> None:
    shown = verify(now=NOW + 301).shown()
    assert shown["valid"] is False
    assert set(shown["problems"][0]) == {"problem", "advice"}
    assert json.dumps(shown)
