"""The Rust parser of Challenger responses and the plain Python one agree."""

from __future__ import annotations

import json

import naive_contracts
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spice_fast.answers import parse_task_kinds, parse_tasks
from spice_fast.records import Refusal, TaskKind

PIECES = (
    '{ } [ ] " : , { } " \\ \\" \\n \\u0041 \\ud83d\\ude00 \\ud800 \\u12 \\alpha \\boxed{x} true false null nul 1 -1.5 01 1e5 '
    '"question" "answer" "answer_type" "Integer" "integer" {"question":"q" ,"answer": "42" "x y" "a b c d" "" \n \t \x00 é 😀'
).split(" ")
soup = st.lists(st.sampled_from([*PIECES, " "]), max_size=25).map("".join)
labels = st.sampled_from(
    ["A)", "(B)", "B)", "C)", "D)", "E)", "A.", "B.", "C.", "D.", "A:", "**A)**", "- A)", "(A)", "(C)"]
)
option_soup = st.lists(
    st.one_of(labels, st.sampled_from(["\n", " ", "; ", "Which city?", "Rome", "5", "New York,", "E. coli", "*", "x"])),
    max_size=20,
).map("".join)
well_formed = st.builds(
    lambda style, separator, stem, options: (
        stem
        + "".join(
            f"{separator}{style.replace('L', letter)} {option}" for letter, option in zip("ABCD", options, strict=True)
        )
    ),
    st.sampled_from(["(L)", "L)", "L.", "L:", "- L)", "**L)**"]),
    st.sampled_from(["\n", " ", "; ", "\n\n"]),
    st.sampled_from(["Which?", "", " Which A. is? "]),
    st.lists(st.sampled_from(["Rome", "5", "Vitamin C", "", "A", "x;"]), min_size=4, max_size=4),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 50), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=6)
)
answers = st.one_of(
    scalars, st.sampled_from(["42", "1.5", "1/2", "five", "one two three four", "B", "(b)", "B) 5", "A, B"])
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "question": st.one_of(st.sampled_from(["How many?", " "]), scalars),
        "answer": answers,
        "answer_type": st.one_of(st.sampled_from(["Integer", "FLOAT", "string", "mcq"]), scalars),
        "multiple_choice_question": st.one_of(option_soup, well_formed, well_formed, st.just("Which?")),
        "multiple_choice_correct": answers,
        "options": st.one_of(
            st.lists(st.one_of(answers, st.sampled_from(["A) x", "(B) y"])), min_size=3, max_size=5),
            st.dictionaries(st.sampled_from("ABCDE"), answers, min_size=4),
        ),
        "choices": st.lists(answers, min_size=4, max_size=4),
        "relevant_quotes": st.one_of(answers, st.lists(answers, max_size=3)),
        "answer_quote": answers,
        "extra": st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
    },
)
responses = st.builds(
    lambda before, value, after, ascii_only: before + json.dumps(value, ensure_ascii=ascii_only) + after,
    st.sampled_from(["", "\\boxed{5} so ", '{"question": "draft"} ', "```json\n", '{ "']),
    fields,
    st.sampled_from(["", "\n```", " }", " {", ' {"question": "cut']),
    st.booleans(),
)


def assert_alike(response):
    for kind in TaskKind:
        (found,) = parse_tasks([response], [kind])
        expected = naive_contracts.parse_task(response, str(kind))
        if isinstance(found, Refusal):
            assert found.reason == expected
        else:
            assert found.kind == kind
            assert naive_contracts.Task(found.question, found.gold, list(found.choices), list(found.quotes)) == expected


@settings(max_examples=500, deadline=None)
@given(soup)
@example('{"question": "q", "answer": "\\u00e9\\q"}')
@example('{"a": [1, 2')
def test_broken_json_is_read_alike(text):
    assert_alike(text)


@settings(max_examples=500, deadline=None)
@given(responses)
def test_contracts_are_read_alike(response):
    assert_alike(response)


@settings(max_examples=300, deadline=None)
@given(st.one_of(option_soup, well_formed))
def test_options_are_found_alike(question):
    assert_alike(json.dumps({"multiple_choice_question": question, "multiple_choice_correct": "B"}))


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "suitable_for_mcq": st.sampled_from([True, False, 1, "true"]),
            "suitable_for_free_form": st.sampled_from([True, False, None]),
            "best_answer_type": st.sampled_from(["Integer", "float", " Expression", "STRING", "mcq", "", None, 3]),
        },
    )
)
def test_task_types_are_read_alike(value):
    response = json.dumps(value)
    assert parse_task_kinds([response]) == [naive_contracts.parse_task_kind(response)]
