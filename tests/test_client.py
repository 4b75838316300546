"""The client for tests that block: the world, its clock, its far ends, and requests themselves."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from wire import busy, dial, do, idle, new_world

from telnyx_emulator import AsyncEmulatorClient, Emulator, EmulatorClient, EmulatorError, Leg
from telnyx_emulator.client import connections


@pytest.fixture
def client(running: Emulator) -> Iterator[EmulatorClient]:
    with EmulatorClient(running.url, "KEY_client") as client:
        yield client


# -- far ends ------------------------------------------------------------------------------------------------------


def test_a_call_comes_in_and_the_far_end_acts(client: EmulatorClient) -> None:
    caller = client.incoming_call(from_="+15550001111", to="+15550002222")
    assert (caller.from_, caller.to, caller.state) == ("+15550001111", "+15550002222", "ringing")
    caller.hang_up()
    assert caller.state == "ended"
    assert caller.data["call_control_id"] == caller.id


def test_a_leg_knows_its_ids(client: EmulatorClient) -> None:
    caller = client.incoming_call()
    shown = client.get("state")["calls"][0]
    assert (caller.id, caller.leg_id, caller.session_id) == (
        shown["call_control_id"],
        shown["call_leg_id"],
        shown["call_session_id"],
    )
    assert client.call(caller.leg_id) == client.call("latest") == caller
    assert {caller, client.call(caller.id)} == {caller}
    assert repr(caller) == f"<Leg {caller.id}, {caller.from_} → {caller.to}>"


def test_a_caller_has_a_name_headers_and_a_persona(client: EmulatorClient) -> None:
    client.incoming_call(caller_name="Ada", headers={"X-Account": "7"}, persona="silent")
    [event] = client.events("call.initiated")
    assert event["payload"]["caller_id_name"] == "Ada"
    assert event["payload"]["custom_headers"] == [{"name": "X-Account", "value": "7"}]
    assert client.get("state")["calls"][0]["far_end"] == "silent"


def test_headers_may_be_listed_as_the_vendor_does(client: EmulatorClient) -> None:
    client.incoming_call(headers=[{"name": "X-Account", "value": "7"}])
    assert client.events()[0]["payload"]["custom_headers"] == [{"name": "X-Account", "value": "7"}]


def test_the_far_end_presses_says_and_holds(client: EmulatorClient) -> None:
    caller = client.incoming_call()
    do(client, caller, "answer")
    caller.press("12", every=0.5)
    caller.say("Hello", confidence=0.5)
    caller.hold()
    caller.unhold()
    client.clock.advance(10)
    acts = {one["name"]: one for one in client.journal("far_end")}
    assert acts.keys() >= {"press", "say", "hold", "unhold"}
    assert (acts["press"]["digits"], acts["say"]["text"]) == ("12", "Hello")
    keys = [event["occurred_at"][17:23] for event in caller.events("call.dtmf.received")]
    assert float(keys[1]) - float(keys[0]) == pytest.approx(0.5)


def test_a_dialled_party_answers_or_refuses(client: EmulatorClient) -> None:
    client.party("desk", number="+15550003333", persona="manual")
    dial(client, "+15550003333")
    dial(client, "+15550003333")
    first, second = client.outgoing_calls
    first.answer()
    second.reject("busy")
    assert (first.state, second.state) == ("answered", "ended")
    assert second.wait_for("call.hangup")["hangup_cause"] == "user_busy"


def test_outgoing_calls_are_those_that_the_application_dialled(client: EmulatorClient) -> None:
    client.incoming_call()
    ids = [dial(client, "+15550003333"), dial(client, "+15550004444")]
    assert [leg.id for leg in client.outgoing_calls] == ids
    assert len(client.calls) == 3


def test_what_a_far_end_cannot_do_is_an_error(client: EmulatorClient) -> None:
    caller = client.incoming_call()
    with pytest.raises(EmulatorError, match="answered") as refused:
        caller.press("1")
    assert refused.value.status == 422


# -- the world -----------------------------------------------------------------------------------------------------


def test_what_an_sdk_needs_is_there(running: Emulator, client: EmulatorClient) -> None:
    assert (client.base_url, client.api_key) == (running.base_url, "KEY_client")
    assert client.public_key == running.public_key


def test_webhooks_go_where_the_test_says(client: EmulatorClient) -> None:
    client.webhook_url = "http://127.0.0.1:1/hooks"
    client.failover_url = "http://127.0.0.1:2/hooks"
    assert (client.webhook_url, client.failover_url) == ("http://127.0.0.1:1/hooks", "http://127.0.0.1:2/hooks")
    client.webhook_url = None
    assert client.webhook_url is None


def test_an_application_is_served_by_whoever_can(client: EmulatorClient) -> None:
    def application(webhook: object) -> None: ...

    client.serve_with = lambda app: f"http://127.0.0.1:1/{app.__name__}"
    client.webhook_url = application
    assert client.webhook_url == "http://127.0.0.1:1/application"


def test_an_application_is_served_until_the_client_is_closed(client: EmulatorClient) -> None:
    arrived = Event()
    client.webhook_url = lambda webhook: arrived.set()
    client.incoming_call()
    assert arrived.wait(60)
    port = int(str(client.webhook_url).split(":")[2].strip("/"))
    client.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))


def test_a_reset_world_knows_nothing_but_its_settings(client: EmulatorClient) -> None:
    client.settings(webhook_url="http://127.0.0.1:1/", strict=True)
    client.incoming_call()
    client.reset()
    assert (client.calls, client.journal()) == ([], [])
    assert client.settings()["strict"] is True
    client.drop_world()
    assert client.settings()["strict"] is False


def test_without_a_key_it_is_the_only_world(running: Emulator, client: EmulatorClient) -> None:
    caller = client.incoming_call(from_="+15550001111")
    with EmulatorClient(running.url) as anybody:
        assert anybody.calls == [caller]


def test_the_journal_comes_whole(client: EmulatorClient) -> None:
    for _ in range(3):
        client.incoming_call()
    assert [one["seq"] for one in client.journal()] == list(range(1, client.journal()[-1]["seq"] + 1))
    assert [one["kind"] for one in client.journal("event")] == ["event"] * 3
    assert client.journal("event", after=client.journal()[-1]["seq"]) == []


def test_the_ladder_comes_in_three_forms(client: EmulatorClient) -> None:
    caller = client.incoming_call()
    other = client.incoming_call()
    assert "call.initiated" in client.ladder()
    assert client.ladder("mermaid").startswith("sequenceDiagram")
    assert isinstance(client.ladder("json"), dict)
    assert client.ladder(leg=caller).count("call.initiated") == 1
    assert client.ladder(session=other.session_id).count("call.initiated") == 1
    with pytest.raises(EmulatorError, match="There is no session nobody"):
        client.ladder(session="nobody")


# -- time ----------------------------------------------------------------------------------------------------------


def test_the_clock_moves_as_far_as_it_is_told(client: EmulatorClient) -> None:
    began = client.clock.now
    client.clock.advance(30)
    client.clock.advance(timedelta(minutes=29))
    client.clock.advance("30s")
    assert client.clock.elapsed == 1800
    assert client.clock.now - began == timedelta(seconds=1800)


def test_the_clock_goes_on_in_four_ways(client: EmulatorClient) -> None:
    modes = []
    for go_on in (client.clock.auto, client.clock.real, lambda: client.clock.rate(60), client.clock.freeze):
        go_on()
        modes.append(client.clock.mode)
    assert modes == ["auto", "real", "scaled", "manual"]
    client.clock.auto("while_waited")
    assert client.clock.shown()["jumps"] == "while_waited"


def test_the_clock_says_whose_it_is(client: EmulatorClient) -> None:
    assert repr(client.clock) == f"<WorldClock of {client.url}>"


def test_a_hold_lasts_as_long_as_its_block(client: EmulatorClient) -> None:
    with client.clock.hold("look at it"):
        assert client.clock.holders == ["hold 'look at it'"]
    assert client.clock.holders == []


# -- requests ------------------------------------------------------------------------------------------------------


def test_get_and_post_give_the_data(client: EmulatorClient) -> None:
    assert client.get("ready")["ready"] is True
    assert client.post("clock/advance", {"seconds": 5})["elapsed"] == 5
    assert client.post("reset") == {"result": "ok"}


@pytest.mark.parametrize("suffix", ["", "/", "/v2", "/v2/"])
def test_the_url_may_be_the_one_for_sdks(running: Emulator, suffix: str) -> None:
    with EmulatorClient(running.url + suffix, "KEY_client") as client:
        assert client.get("ready")["ready"] is True
        assert client.base_url == running.base_url


def test_an_address_without_a_scheme_will_do_and_no_address_at_all_will_not(running: Emulator) -> None:
    assert EmulatorClient(running.url.removeprefix("http://")).url == running.url
    with pytest.raises(ValueError, match="write http://"):
        EmulatorClient("ftp://127.0.0.1")


def test_a_refusal_is_an_error_with_its_status_and_every_detail(client: EmulatorClient) -> None:
    with pytest.raises(EmulatorError, match=r"There is no call nobody in this world\.") as missing:
        client.act("nobody", "hangup")
    assert missing.value.status == 404
    with pytest.raises(EmulatorError, match=r"persona.*; .*|.*; .*") as several:
        client.post("calls", {"to": 5, "nonsense": 1})
    assert several.value.status == 422


def test_where_nobody_answers_the_error_says_what_to_start() -> None:
    with pytest.raises(
        EmulatorError, match=r"no emulator answers at http://127\.0\.0\.1:1 .*telnyx-emulator serve"
    ) as no:
        EmulatorClient("http://127.0.0.1:1").get("ready")
    assert no.value.status == 0


def test_a_proxy_in_the_environment_is_not_asked(client: EmulatorClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert client.get("ready")["ready"] is True


@contextmanager
def answering(*answers: bytes, certificate: Path | None = None) -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that gives each connection one of these answers, and then closes it; its URL, and who came."""
    came: list[socket.socket] = []

    def serve(listening: socket.socket) -> None:
        for answer in answers:
            connection, _ = listening.accept()
            came.append(connection)
            with suppress(ssl.SSLError):  # of a client that does not trust us
                connection = tls.wrap_socket(connection, server_side=True) if certificate else connection
                connection.recv(65536)
                connection.sendall(answer)
            connection.close()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate:
        tls.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, args=(listening,))
        thread.start()
        yield f"http{'s' if certificate else ''}://127.0.0.1:{listening.getsockname()[1]}", came
        thread.join()


def answer(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


def test_a_connection_that_was_closed_while_idle_is_opened_again() -> None:
    with answering(answer(b'{"data": 1}'), answer(b'{"data": 2}')) as (url, came), EmulatorClient(url) as client:
        assert [client.get("one"), client.get("two")] == [1, 2]
        assert len(came) == 2


def test_so_is_one_of_a_client_that_awaits() -> None:
    async def both(client: AsyncEmulatorClient) -> list[int]:
        return [await client.get("one"), await client.get("two")]

    with answering(answer(b'{"data": 1}'), answer(b'{"data": 2}')) as (url, came):
        assert asyncio.run(both(AsyncEmulatorClient(url))) == [1, 2]
        assert len(came) == 2


def test_an_answer_that_breaks_off_is_not_asked_for_again() -> None:
    broken = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"
    with (
        answering(broken) as (url, came),
        EmulatorClient(url) as client,
        pytest.raises(EmulatorError, match=r"no emulator answers .*peer closed connection"),
    ):
        client.get("one")
    assert len(came) == 1


def test_one_connection_serves_many_requests(client: EmulatorClient) -> None:
    client.get("ready")
    [connection] = idle(client)
    port = connection.getsockname()[1]
    client.get("ready")
    assert [one.getsockname()[1] for one in idle(client)] == [port]


def test_clients_may_share_connections(running: Emulator, client: EmulatorClient) -> None:
    client.get("ready")
    [port] = [one.getsockname()[1] for one in idle(client)]
    for _ in range(2):
        with EmulatorClient(running.url, "KEY_other", shared=client._transport._connections) as other:
            assert other.get("calls") == []
    assert [one.getsockname()[1] for one in idle(client)] == [port]
    with answering(answer(b'{"data": 7}')) as (url, _):
        assert EmulatorClient(url, shared=client._transport._connections).get("seven") == 7
    assert client.get("ready")["ready"] is True


def test_many_threads_use_one_client(client: EmulatorClient) -> None:
    with ThreadPoolExecutor(8) as threads:
        legs = list(threads.map(lambda number: client.incoming_call(from_=f"+1555000{number:04}"), range(40)))
    assert {leg.from_ for leg in legs} == {leg.from_ for leg in client.calls}
    assert len(client.calls) == 40


@pytest.mark.parametrize(
    ("body", "status"), [(b"<html>", "200 OK"), (b"Not found", "404 Not Found"), (b"[]", "200 OK")]
)
def test_something_else_that_answers_is_told_apart_from_an_emulator(body: bytes, status: str) -> None:
    with (
        answering(answer(body, status)) as (url, _),
        EmulatorClient(url) as client,
        pytest.raises(EmulatorError, match="is this an emulator") as error,
    ):
        client.get("ready")
    assert error.value.status == int(status[:3])


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A certificate for localhost, with its key, that clients trust."""
    certificate = Path(__file__).with_name("tls") / "localhost.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    connections._tls.cache_clear()
    yield certificate
    connections._tls.cache_clear()


def test_an_emulator_may_be_behind_https(trusted: Path) -> None:
    async def both(url: str) -> list[int]:
        async with asyncio.timeout(60):
            client = AsyncEmulatorClient(url)
            return [await client.get("seven"), await client.get("seven")]

    with answering(*[answer(b'{"data": 7}')] * 4, certificate=trusted) as (url, _):
        with EmulatorClient(url) as client:
            assert [client.get("seven"), client.get("seven")] == [7, 7]
        assert asyncio.run(both(url)) == [7, 7]


def test_a_certificate_that_is_not_trusted_is_told(trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with answering(b"", b"", certificate=trusted) as (url, _):
        with EmulatorClient(url) as client, pytest.raises(EmulatorError, match="CERTIFICATE_VERIFY_FAILED"):
            client.get("seven")
        with pytest.raises(EmulatorError, match="certificate verify failed"):
            asyncio.run(AsyncEmulatorClient(url).get("seven"))


def test_who_keeps_silent_is_not_waited_for_for_ever() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        EmulatorClient(f"http://127.0.0.1:{silent.getsockname()[1]}", patience=0.05) as client,
        pytest.raises(EmulatorError, match=r"did not answer GET ready in 0\.05 s$"),
    ):
        client.get("ready")


async def test_who_blocks_the_loop_of_the_emulator_is_told_so(emulator: Emulator) -> None:
    with (
        EmulatorClient(emulator.url, patience=0.05) as client,
        pytest.raises(EmulatorError, match="use AsyncEmulatorClient"),
    ):
        client.get("ready")


def test_a_client_that_is_forgotten_leaves_no_connection_open(running: Emulator) -> None:
    client = EmulatorClient(running.url)
    client.get("ready")
    [connection] = idle(client)
    del client
    assert connection.fileno() == -1


def test_an_error_is_shown_where_the_test_is_not_where_the_client_is(client: EmulatorClient) -> None:
    with pytest.raises(EmulatorError) as refused:
        client.call("nobody")
    assert {entry.path.name for entry in refused.traceback.filter(refused)} == {"test_client.py"}  # type: ignore[union-attr]
    assert f"{refused.type.__module__}.{refused.type.__qualname__}" == "telnyx_emulator.EmulatorError"


def test_closing_wakes_whoever_waits_for_an_answer(running: Emulator) -> None:
    client = new_world(running)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(client.get, "journal?wait=60&kind=event")
        while not busy(client):
            assert not waiting.done()
        client.close()
        with pytest.raises(EmulatorError, match="was closed"):
            waiting.result(timeout=60)
    assert client.get("ready")["ready"] is True
    client.close()


# -- the package ---------------------------------------------------------------------------------------------------


def test_importing_the_client_loads_nothing_of_the_server() -> None:
    code = (
        "import sys; from telnyx_emulator import EmulatorClient, ExpectationError, Leg, command, contains, webhook;"
        "print([one for one in ('pydantic', 'aiohttp', 'asyncio', 'http.client', 'httpx', 'telnyx_emulator.core')"
        " if one in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_server_starts_without_what_the_client_needs() -> None:
    code = "import sys, telnyx_emulator.cli, telnyx_emulator.emulator; print('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_everything_that_the_package_promises_is_there() -> None:
    import telnyx_emulator

    assert all(getattr(telnyx_emulator, name) for name in telnyx_emulator.__all__)
    assert telnyx_emulator.Leg is Leg
    with pytest.raises(AttributeError, match="nonsense"):
        telnyx_emulator.nonsense  # noqa: B018
