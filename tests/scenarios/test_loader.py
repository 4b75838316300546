"""From a file to runs: merged, filled in, spread out; and every error with its line and with advice."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from telnyx_emulator.scenarios.loader import Run, load, load_data, load_each, load_text, sources_in
from telnyx_emulator.scenarios.parameters import Typed, assignment
from telnyx_emulator.scenarios.problems import InvalidScenario

HEAD = "version: 1\nscenario: s\n"


def problems(body: str, **options: Any) -> list[str]:
    """What is wrong, as `line: message`; the body begins in line 3."""
    with pytest.raises(InvalidScenario) as caught:
        load_text(HEAD + dedent(body).lstrip("\n"), "f.yaml", **options)
    return [str(problem).removeprefix("f.yaml:") for problem in caught.value.problems]


def only(body: str, **options: Any) -> Run:
    [run] = load_text(HEAD + dedent(body).lstrip("\n"), **options)
    return run


# -- errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "faults: [{ when: { command: refer }, tmies: 1, do: { api: { status: 500 } } }]",
            'key "tmies", did you mean "times"?',
        ),
        ("parties: { a: { number: +15551230001 } }", 'loses its plus; quote it: "+15551230001"'),
        ("parties: { a: { number: 15551230001 } }", '15551230001 is read as a number; quote it: "15551230001"'),
        ("parties: { a: { presses: 0123 } }", 'loses its zero; quote it: "0123"'),
        ("parties: { a: { name: true } }", 'true is read as a truth value; quote it: "true"'),
        (
            "timeline: [{ on: { webhook: call.answered }, as: leg }]",
            'as a key is a truth value for many readers of YAML; write "when"',
        ),
        ("timeline: [{ true: { webhook: call.answered }, as: leg }]", 'which many tools make of "on"; write "when"'),
        (
            "timeline: [{ yes: 1, at: 0s, call: {} }]",
            '"yes" as a key is a truth value for many readers of YAML; quote it',
        ),
        ("expect: [{ webhook: call.answered, where: { 1: 2 } }]", 'a key is a text; quote it: "1"'),
        (
            "expect: [{ webhook: call.siprec.failed }]",
            'unknown webhook "call.siprec.failed", did you mean "siprec.failed"?',
        ),
        ("expect: [{ command: transfr }]", 'unknown command "transfr", did you mean "transfer"?'),
        ("expect: [{ webhok: call.answered }]", 'unknown key "webhok", did you mean "webhook"?'),
        ("expect: [{ in_order: [{ command: speak }], never: true }]", 'unknown key "never"; there are in_order'),
        ("expect: [{ in_order: [{ command: speak, nevr: 1 }] }]", 'unknown key "nevr", did you mean "never"?'),
        ("expect: [{ in_order: [] }]", "this is empty; give at least one item"),
        ("expect: { command: speak }", "wanted is a list, each item after a dash"),
        ("expect: [{ command: speak, within: 3 }]", "a duration needs a unit: 3s, 3ms, 3m or 3h"),
        ("expect: [{ command: speak, within: 3 sec }]", "'3 sec' is no duration; write 800ms, 20s, 2m or 1h"),
        ("expect: [{ command: speak, never: yes }]", 'wanted is true or false, without quotes; found "yes"'),
        ('expect: [{ command: speak, count: "1" }]', 'wanted is a whole number, without quotes; found "1"'),
        ("expect: [{ command: speak, where: { to: { regx: a } } }]", "'regx' is no operator, did you mean 'regex'?"),
        (
            "faults: [{ when: { command: hangup }, do: { outcome: { sip: 603 } } }]",
            "hangup cannot fail after it was accepted",
        ),
        (
            "faults: [{ when: { command: refer }, do: { outcome: { spi: 603 } } }]",
            'unknown key "spi", did you mean "sip"?',
        ),
        (
            "faults: [{ when: { command: refer }, do: { outcome: { sip: 99 } } }]",
            "must be greater than or equal to 200, found 99",
        ),
        ('faults: [{ when: { command: refer }, do: { outcome: { sip: "603" } } }]', "a whole number, without quotes"),
        (
            "faults: [{ when: { webhook: call.answered }, do: { delivery: { drop: true } } }]",
            "are triggered by delivered, not by webhook",
        ),
        (
            "faults: [{ when: { command: dial }, do: { api: { status: 500 }, media: { loss: 1 } } }]",
            "found api and media",
        ),
        ("faults: [{ when: { command: dial } }]", 'no "do"; say what goes wrong'),
        ("faults: [{ when: { command: dial }, do: { api: { code: 10015 } } }]", 'quote it: "10015"'),
        (
            "parties: { a: { kind: persn } }",
            '"persn" is none of caller, person, machine, fax, sip, siprec_recorder, did you mean "person"?',
        ),
        ("parties: { a: { persona: bussy } }", 'unknown persona "bussy", did you mean "busy"?'),
        ("parties: { a: { answer: 3s } }", 'wanted is a map, such as { key: value }; found "3s"'),
        ("parties: { a: { patience: { between: [1s] } } }", "too short; 2 values are needed"),
        ("parties: { a: { patience: { betwen: [1s, 2s] } } }", 'unknown key "betwen", did you mean "between"?'),
        ("parties: { a: }", "nothing is given; wanted is a map"),
        ("parties: { a: { number: [1] } }", "wanted is a text; found a list"),
        ("parties: { a: { name: { b: 1 } } }", "wanted is a text; found a map"),
        (
            "timeline: [{ at: 0s, call: { from: nobody } }]",
            'call from "nobody": neither a party (there are none) nor a number',
        ),
        ("timeline: [{ at: 0s, hang_up: {} }]", 'unknown key "hang_up", did you mean "hangup"?'),
        ("seed: 1\nseed: 2", '"seed" stands here twice, first in line 3'),
        ("about: !!str x", "a tag (tag:yaml.org,2002:str); scenarios have none, leave it out"),
        ("about: !python/object:os.system x", "a tag (!python/object:os.system)"),
        ("about: *nothing", "unknown anchor *nothing; &nothing has to stand before it"),
        ("<<: { seed: 1 }", '"<<" merges in YAML 1.1 only'),
        ("seed: .inf", ".inf is no number that a scenario can use"),
        ("seed: 1e999", "a number out of all bounds"),
        (f"seed: 1{'0' * 400}", "a number out of all bounds"),
        ('about: "\\uD83D"', "an escape that is half a character"),
        ("? [a]\n: 1", "a key is a text"),
        ("---\nversion: 1", "a second document; one file is one scenario"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_with_advice(line: str, complaint: str) -> None:
    told = problems(line)
    assert any(complaint in one for one in told), told
    assert {one.partition(":")[0] for one in told} <= {"3", "4"}
    assert len(told) == 1, told


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", 'f:1: this is empty; begin with "version: 1" and "scenario: a-name"'),
        ("# nothing\n", "f:1: this is empty"),
        ("- a\n", "f:1: this is no map"),
        ("scenario: s\n", 'f:1: no version; begin with "version: 1"'),
        ("scenario: s\nversion: 2\n", "f:2: version 2: a newer telnyx-emulator may know it; this one reads version 1"),
        ("version: true\n", "f:1: version true: there is only version 1"),
        ("version: 1\n", 'f:1: no name; add "scenario: a-name"'),
        ("version: 1\nscenario: A b\n", 'f:2: "A b" does not fit; wanted is a name of small letters'),
        ("version: 1\n\tscenario: s\n", "f:2: a tab; YAML is indented with spaces"),
        ("version: 1\nabout: a: b\n", 'f:2: a second ": " in one line'),
        ("version: 1\nseed: { a: ${b} }\n", 'f:2: text that begins with "{", or has "${" in it, is quoted'),
        ("version: 1\nabout: @b\n", "f:2: text that begins with this character is quoted"),
        ("version: 1\nabout: [a\n", "f:3: no YAML: while parsing a flow sequence, expected ',' or ']'"),
        ("version: 1\nabout: \x01\n", "f:1: no YAML: special characters are not allowed"),
        ("a" * 1_000_001, "f:1: longer than 1,000,000 characters"),
        ("[" * 50, "f:1: deeper than 40 levels"),
        (b"\xff\xfe", "f:1: this is no text in UTF-8"),
    ],
)
def test_what_is_no_scenario_at_all_is_refused_at_once(text: str | bytes, complaint: str) -> None:
    with pytest.raises(InvalidScenario) as caught:
        load_text(text, "f")
    assert str(caught.value).startswith(complaint)
    assert len(caught.value.problems) == 1


def test_a_few_aliases_of_aliases_do_not_fill_the_memory() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "more than 50,000 values" in problems("\n".join(["a0: &a0 [x, x]", *levels]))[0]


def test_several_errors_are_told_at_once_in_the_order_of_their_lines() -> None:
    told = problems("""
        parties:
          customer: { number: +15551230001 }
        faults:
          - on: { command: refer }
            tmies: 1
            do: { outcome: { sip: "${spi}" } }
        expect:
          - { webhook: call.siprec.failed }
    """)
    assert [one.partition(":")[0] for one in told] == ["4", "6", "7", "8", "10"]
    assert told[3] == '8: unknown parameter "spi"; declare it under params'


def test_anchors_are_fine() -> None:
    run = only("""
        faults:
          - { when: &refer { command: refer }, times: 1, do: { api: { status: 500 } } }
          - { when: *refer, do: { api: { status: 503 } } }
    """)
    assert run.scenario.faults[0].when == run.scenario.faults[1].when


def test_words_of_yaml_1_1_are_texts_as_values_and_keys_may_be_quoted() -> None:
    run = only('expect: [{ far_end: press, where: { payload: yes, "on": 0x1F, "off": 0o17, time: 12:30, "1": ~ } }]')
    assert run.scenario.expect[0].model_dump()["where"] == {
        "payload": "yes",
        "on": 31,
        "off": 15,
        "time": "12:30",
        "1": None,
    }


# -- parameters ----------------------------------------------------------------------------------------------------


def where(run: Run) -> Any:
    return run.scenario.expect[0].model_dump()["where"]


def test_a_value_that_is_a_parameter_keeps_its_type_and_inside_of_text_it_is_text() -> None:
    run = only("""
        params: { sip: 603, who: "+1555", both: [1, 2], yes_: true, plain: "$" }
        expect:
          - { far_end: press, where: { a: "${sip}", b: "sip:${who}@x", c: "${both}", d: "$${sip}", e: "is ${yes_}" } }
          - { far_end: press, where: { f: "${plain}" } }
    """)
    assert where(run) == {"a": 603, "b": "sip:+1555@x", "c": [1, 2], "d": "${sip}", "e": "is true"}
    assert run.params == {"sip": 603, "who": "+1555", "both": [1, 2], "yes_": True, "plain": "$"}


def test_a_matrix_is_run_in_all_combinations() -> None:
    runs = load_text(HEAD + "params: { a: 0 }\nmatrix: { a: [1, 2], b: [x, [y]] }\nabout: no. ${a}\n")
    assert [run.id for run in runs] == ["s[a=1,b=x]", "s[a=1,b=#2]", "s[a=2,b=x]", "s[a=2,b=#2]"]
    assert [run.scenario.about for run in runs] == ["no. 1", "no. 1", "no. 2", "no. 2"]


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (Typed("486"), 486),
        (Typed("true"), True),
        (Typed("busy"), "busy"),
        (Typed('"486"'), "486"),
        (Typed("+15551230001"), "+15551230001"),
        (Typed("0123"), "0123"),
        ("486", "486"),
        ([1, {"a": 2}], [1, {"a": 2}]),
    ],
)
def test_a_value_from_outside_wins_over_the_default_and_over_an_axis(given: Any, value: Any) -> None:
    body = "params: { x: 1 }\nmatrix: { x: [2, 3] }\nexpect: [{ far_end: press, where: { a: '${x}' } }]"
    assert where(only(body, set={"x": given})) == {"a": value}


def test_where_the_default_is_a_text_what_is_typed_is_a_text() -> None:
    body = 'params: { x: "1" }\nexpect: [{ far_end: press, where: { a: "${x}" } }]'
    assert where(only(body, set={"x": Typed("486")})) == {"a": "486"}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("params: { sip: 1 }\nabout: 'a ${spi}'", '4: unknown parameter "spi", did you mean "sip"?'),
        ("about: '${a b}'", "3: ${a b} is no parameter: write ${name}, or $${ for a plain ${"),
        ("about: 'costs ${'", "3: ${ is no parameter"),
        ("params: { a: [1] }\nabout: 'x ${a}'", "4: ${a} is no text or number"),
        ("params: { a: '${b}' }", "3: a parameter does not refer to another; write its value"),
        ("params: { a b: 1 }", '3: "a b" is no name of a parameter'),
        ("params: [a]", "3: params: a map from names to values"),
        ("matrix: { a: 1 }", "3: a: a list of values, such as [403, 486]"),
        ("matrix: { a: [] }", "3: a: a list of values"),
        (f"matrix: {{ a: {list(range(40))}, b: {list(range(40))} }}", "3: more than 1000 variants; leave some out"),
        ("parties: { '${a}': {} }", "3: parameters are put into values, not into keys"),
        ("params: { n: 5 }\nparties: { a: { number: '${n}' } }", '4: 5 is read as a number; quote it: "5" (from ${n})'),
        (
            "matrix: { n: [7, 8] }\nparties: { a: { refer: { sip: '${n}' } } }",
            "4: must be greater than or equal to 100, found 7 (from ${n})",
        ),
    ],
)
def test_a_wrong_parameter_is_told_where_it_stands(body: str, complaint: str) -> None:
    assert problems(body)[0].startswith(complaint)


def test_a_value_for_an_unknown_parameter_is_refused() -> None:
    assert problems("params: { beep: x }", set={"beeb": 1}) == [' there is no parameter "beeb", did you mean "beep"?']


def test_an_assignment_has_a_name_and_a_value() -> None:
    assert assignment("sip=486=x") == ("sip", "486=x")
    for wrong in ("sip", "=1", "a b=1"):
        with pytest.raises(ValueError, match="write name=value"):
            assignment(wrong)


# -- several files -------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> Any:
    def write(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / f"{name}.yaml").write_text(f"version: 1\nscenario: {name}\n{text}")
        return tmp_path

    return write


def test_what_is_used_comes_first_and_the_file_itself_has_the_last_word(files: Any) -> None:
    folder = files(
        base="about: base\nseed: 1\nstrict: true\n"
        'params: { to: "+1", x: 1 }\nparties: { a: { number: "+11" }, b: {} }\n'
        'timeline: [{ at: 0s, call: { to: "${to}" } }]',
        own='use: [base.yaml]\nseed: 2\nparams: { to: "+2" }\nparties: { a: { number: "+12" } }\n'
        'timeline: [{ at: "${x}s", call: {} }]',
    )
    [run] = load(folder / "own.yaml")
    assert (run.scenario.scenario, run.scenario.about, run.scenario.seed, run.scenario.strict) == ("own", None, 2, True)
    assert {key: party.number for key, party in run.scenario.parties.items()} == {"a": "+12", "b": None}
    assert [step.call.to for step in run.scenario.timeline if step.call] == ["+2", "+15559990000"]
    assert str(run.place("timeline", 0)) == f"{folder / 'base.yaml'}:8"


def test_a_file_that_several_use_counts_once(files: Any) -> None:
    step = "timeline: [{ at: 0s, call: {} }]"
    folder = files(d=step, b="use: [d.yaml]", c="use: [d.yaml]", a="use: [b.yaml, c.yaml]")
    assert len(load(folder / "a.yaml")[0].scenario.timeline) == 1


@pytest.mark.parametrize(
    ("use", "complaint"),
    [
        ("[other.yaml]", "a.yaml:3: use other.yaml: cannot be read: No such file or directory"),
        ("other.yaml", "a.yaml:3: use: a list of files and builtin scenarios"),
        ('["builtin:inbound-callr"]', 'no builtin scenario "inbound-callr", did you mean "inbound-caller"? All: '),
        ("[b.yaml]", "b.yaml uses "),
    ],
)
def test_what_cannot_be_used_is_told(files: Any, use: str, complaint: str) -> None:
    folder = files(a=f"use: {use}", b="use: [a.yaml]")
    with pytest.raises(InvalidScenario) as caught:
        load(folder / "a.yaml")
    assert complaint in str(caught.value)


def test_a_builtin_scenario_uses_its_neighbours() -> None:
    [run] = load_text(f"{HEAD}use: [inbound-caller.yaml]", "builtin:s")
    assert run.scenario.timeline


def test_a_whole_file_in_braces_is_yaml_though_no_json() -> None:
    assert load_text("{ version: 1, scenario: s }")[0].id == "s"


def test_an_error_in_a_used_file_is_told_with_that_file(files: Any) -> None:
    folder = files(a="use: [b.yaml]", b="expect:\n  - { command: spek }")
    with pytest.raises(InvalidScenario, match=r"b\.yaml:4: unknown command"):
        load(folder / "a.yaml")


def test_a_folder_is_all_scenarios_in_it_and_a_value_is_for_those_that_know_it(files: Any) -> None:
    folder = files(a="params: { x: 1 }\nabout: '${x}'", b="seed: 1", c="seed: x")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "d.yaml").write_text("no scenario")
    assert sources_in(folder) == [str(folder / f"{name}.yaml") for name in "abc"]
    a, b, c = (found for _, found in load_each([folder], {"x": Typed("two")}))
    assert isinstance(a, list)
    assert a[0].scenario.about == "two"
    assert isinstance(b, list)
    assert isinstance(c, InvalidScenario)
    with pytest.raises(InvalidScenario, match="--set y: no scenario has such a parameter"):
        load_each([folder], {"y": 1})


def test_json_files_are_scenarios_too_even_with_tabs(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"version": 1, "scenario": "s", "about": "😀/"}, indent="\t").replace("/", "\\/"))
    assert load(path)[0].scenario.about == "😀/"


# -- data ----------------------------------------------------------------------------------------------------------


def test_data_goes_the_same_way_with_paths_for_lines() -> None:
    data = {"version": 1, "scenario": "s", "params": {"n": 2}, "expect": [{"command": "speak", "count": "${n}"}]}
    assert load_data(data)[0].scenario.expect[0].model_dump()["count"] == 2
    with pytest.raises(InvalidScenario) as caught:
        load_data({**data, "expect": [{"command": "spek", True: 1, "cuont": 1}]}, "body")
    assert [str(problem) for problem in caught.value.problems] == [
        'body:/expect/0/True: "true" as a key, which many tools make of "on"; write "when"',
        'body:/expect/0/True: unknown key "when", did you mean "where"?',
        'body:/expect/0/command: unknown command "spek", did you mean "speak"?',
        'body:/expect/0/cuont: unknown key "cuont", did you mean "count"?',
    ]


def test_data_cannot_have_our_files_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidScenario, match="files are not read here"):
        load_data({"version": 1, "scenario": "s", "use": ["/etc/passwd"]})
    [run] = load_data({"version": 1, "scenario": "s", "use": ["builtin:inbound-caller"]})
    assert run.scenario.timeline


def test_data_of_any_depth_is_refused() -> None:
    deep: Any = []
    for _ in range(60):
        deep = [deep]
    with pytest.raises(InvalidScenario, match="deeper than 40 levels"):
        load_data({"version": 1, "about": deep})
