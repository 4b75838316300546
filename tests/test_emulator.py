"""The emulator as a whole."""

import threading

import pytest

from telnyx_emulator import Emulator, EmulatorClient, EmulatorError, Settings


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:12111"),
        ("0.0.0.0", "http://127.0.0.1:12111"),
        ("::1", "http://[::1]:12111"),
        ("::", "http://[::1]:12111"),
    ],
)
def test_its_url_can_be_called_from_this_machine(host, url):
    emulator = Emulator(Settings(host=host, port=12111))
    assert (emulator.url, emulator.base_url) == (url, f"{url}/v2")


async def test_a_port_of_zero_becomes_a_real_one():
    async with Emulator(Settings(port=0)) as first, Emulator(Settings(port=0)) as second:
        assert 0 != first.port != second.port != 0


def test_it_can_run_in_a_thread_for_code_that_blocks():
    with Emulator(Settings(port=0)) as emulator:
        assert EmulatorClient(emulator.url, "test").incoming_call().id
    with pytest.raises(EmulatorError, match="no emulator answers"):
        EmulatorClient(emulator.url, "test").incoming_call()


def test_a_thread_for_a_taken_port_ends_with_the_error():
    before = threading.active_count()
    with (
        Emulator(Settings(port=0)) as running,
        pytest.raises(OSError, match="address already in use"),
        Emulator(Settings(port=running.port)),
    ):
        pass
    assert threading.active_count() == before


async def test_a_taken_port_is_an_error():
    async with Emulator(Settings(port=0)) as running:
        with pytest.raises(OSError, match="address already in use"):
            async with Emulator(Settings(port=running.port)):
                pass
