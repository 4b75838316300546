"""Where the server is, which key a test has, and which settings: by option, configuration, marker and fixture."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from telnyx_emulator import Emulator, Settings

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]
Run = Callable[..., pytest.RunResult]


PINNED = """
    import os

    def test_a_call_is_made(telnyx_emulator, telnyx_env):
        assert telnyx_emulator.api_key == os.environ["TELNYX_API_KEY"] == "KEYfixed"
        assert os.environ["TELNYX_BASE_URL"] == telnyx_emulator.base_url
        assert os.environ["TELNYX_PUBLIC_KEY"] == telnyx_emulator.public_key
        telnyx_emulator.settings(strict=True)
        telnyx_emulator.incoming_call()

    def test_nothing_of_it_is_left(telnyx_emulator):
        assert telnyx_emulator.calls == []
        assert telnyx_emulator.settings()["strict"] is False
        assert "TELNYX_BASE_URL" not in os.environ
"""


def test_a_pinned_key_is_one_world_that_begins_anew_for_each_test(run: Run) -> None:
    result = run(PINNED, "-o", "telnyx_emulator_api_key=KEYfixed")
    result.assert_outcomes(passed=2)


SHARED = """
    import os

    def test_the_server_is_the_one_that_was_named(telnyx_emulator):
        assert telnyx_emulator.url == os.environ["SERVER"]

    def test_time_goes_on_only_while_somebody_waits(telnyx_emulator):
        caller = telnyx_emulator.incoming_call()
        caller.hang_up()
        caller.wait_for("call.hangup")
        assert telnyx_emulator.clock.mode == "auto"
"""


def test_a_server_that_runs_already_is_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Emulator(Settings(port=0)) as emulator:
        monkeypatch.setenv("SERVER", emulator.url)
        run(SHARED, "--telnyx-emulator-url", emulator.url).assert_outcomes(passed=2)
        result = run(SHARED, "--telnyx-emulator-url", emulator.url, "-n2", "--telnyx-emulator-key", "KEY")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*one key is one world, which workers cannot share*"])


def test_nobody_there_is_said_plainly(run: Run) -> None:
    result = run(SHARED, "--telnyx-emulator-url", "http://127.0.0.1:9")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*no emulator answers at http://127.0.0.1:9*"])


def test_a_port_that_is_taken_is_said_plainly(run: Run) -> None:
    with Emulator(Settings(port=0)) as emulator:
        result = run(SHARED, "-o", f"telnyx_emulator_port={emulator.port}")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines([f"*cannot listen on port {emulator.port}*"])


SETTINGS = """
    import pytest

    @pytest.fixture(scope="session")
    def telnyx_emulator_settings():
        return {"siprec_connectors": ["recorder"]}

    def test_those_of_the_configuration(telnyx_emulator):
        settings = telnyx_emulator.settings()
        assert (settings["strict"], settings["settle"], settings["adopt"]) == (True, 0.5, False)
        assert telnyx_emulator.get("state")["siprec_connectors"] == ["recorder"]

    @pytest.mark.telnyx_emulator(settle=0.1, adopt=True, clock="manual")
    def test_those_of_the_marker_are_closer(telnyx_emulator):
        settings = telnyx_emulator.settings()
        assert (settings["strict"], settings["settle"], settings["adopt"]) == (True, 0.1, True)
        assert telnyx_emulator.clock.mode == "manual"

    @pytest.mark.telnyx_emulator(clock="x60")
    def test_time_may_run(telnyx_emulator):
        assert telnyx_emulator.clock.mode == "scaled"

    @pytest.mark.telnyx_emulator(stirct=True)
    def test_a_typing_error_is_no_setting(telnyx_emulator):
        pass

    ids = []

    @pytest.mark.parametrize("again", [1, 2])
    @pytest.mark.telnyx_emulator(strict=False, seed=7)
    def test_a_seed_is_a_seed(telnyx_emulator, again):
        print("id", telnyx_emulator.incoming_call().id)
"""


def test_settings_come_from_the_configuration_and_from_markers(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ntelnyx_emulator =\n  strict = true\n  settle = 0.5\n")
    results = [run(SETTINGS, "-rP") for _ in range(2)]
    for result in results:
        result.assert_outcomes(passed=5, errors=1)
        result.stdout.fnmatch_lines(['*"stirct" is no setting of a test; did you mean "strict"[?]'])
    first, second = ([line for line in one.outlines if line.startswith("id ")] for one in results)
    assert first == second
    assert len(set(first)) == 2


def test_without_its_fixtures_nothing_of_the_package_is_imported(pytester: pytest.Pytester) -> None:
    code = """
        import sys

        def test_light():
            ours = {name for name in sys.modules if name.startswith("telnyx_emulator")}
            assert ours == {"telnyx_emulator", "telnyx_emulator.pytest_plugin"}
            assert "aiohttp" not in sys.modules
    """
    pytester.makepyfile(code)
    # In a process of its own: here everything has been imported long ago.
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:aiohttp")
    result.assert_outcomes(passed=1)


WRONG = """
    import pytest

    WRONG = [
        {"clock": 60}, {"clock": "x"}, {"jumps": "never"}, {"webhook_url": print}, {"ignore": "undelivered"},
        {"verify": "Strict"}, {"settle": "0.1"}, {"grace": True}, {"strict": 1}, {"seed": "7"},
    ]

    @pytest.mark.parametrize("given", [pytest.param(one, marks=pytest.mark.telnyx_emulator(**one)) for one in WRONG])
    def test_wrong(telnyx_emulator, given):
        pass
"""


def test_a_wrong_setting_names_its_place_and_what_it_may_be(run: Run) -> None:
    result = run(WRONG)
    result.assert_outcomes(errors=10)
    result.stdout.fnmatch_lines(
        [
            'the marker telnyx_emulator: clock must be "auto", "manual", "real", or a rate such as "x60", not 60',
            "the marker telnyx_emulator: webhook_url must be a URL or None; an application is assigned in the test: *",
            "the marker telnyx_emulator: ignore must be a list of names: [[]\"undelivered\"], not 'undelivered'",
            "the marker telnyx_emulator: verify must be True, False or \"strict\", not 'Strict'",
        ]
    )


OF_THE_SERVER = """
    import pytest

    @pytest.fixture(scope="session")
    def telnyx_emulator_settings():
        return {"clock": "manual", "seed": 7}

    def test_the_clock(telnyx_emulator):
        assert telnyx_emulator.clock.mode == "manual"
        assert telnyx_emulator.settings()["seed"] == 7
        assert telnyx_emulator.api_key.startswith("KEY")
        print("key", telnyx_emulator.api_key)

    @pytest.mark.telnyx_emulator(clock="auto", jumps="always")
    def test_the_marker_is_closer(telnyx_emulator):
        assert telnyx_emulator.get("clock")["jumps"] == "always"
"""


def test_clock_and_seed_of_the_server_are_those_of_its_worlds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELNYX_EMULATOR_API_KEYS", "foo")  # of some other server
    results = [run(OF_THE_SERVER, "-rP") for _ in range(2)]
    for result in results:
        result.assert_outcomes(passed=2)
    first, second = ([line for line in one.outlines if line.startswith("key ")] for one in results)
    assert first == second != []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("webhok_attempts=1", '"webhok_attempts" is no setting of a server; did you mean "webhook_attempts"[?]'),
        ("webhook_attempts=0", "*webhook_attempts: Input should be greater than or equal to 1"),
        ("api_keys=('a',)", "with api_keys, name one of them by --telnyx-emulator-key"),
        ("clock='fast'", "*clock*must be real, manual, auto, or a rate such as x60"),
    ],
)
def test_a_wrong_setting_of_the_server_is_said_plainly(run: Run, given: str, told: str) -> None:
    code = f"""
        import pytest

        @pytest.fixture(scope="session")
        def telnyx_emulator_settings():
            return dict({given})

        def test_nothing(telnyx_emulator):
            pass
    """
    result = run(code)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*the fixture telnyx_emulator_settings*{told}*"])
