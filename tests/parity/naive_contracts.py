"""What a Challenger's response must hold to be a task, written plainly. No limits, no speed.

The Rust parser must agree with this on every input inside its limits (`test_contracts_parity.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from naive_answers import choose, parse_number
from naive_canonical import SPACE, canonical

MAX_DEPTH = 64


# -- JSON -------------------------------------------------------------------------------------------------------------


class Spoilt(Exception):
    """Not JSON."""


class CutOff(Exception):
    """JSON up to the end of the text."""

    def __init__(self, begun):
        super().__init__()
        self.begun = begun


class Number(str):
    """A number as it was written."""

    __slots__ = ()


JSON_SPACE = re.compile(r"[ \t\n\r]*")
STRING = re.compile(r'"((?:[^"\\\x00-\x08\x0b\x0c\x0e-\x1f]|\\.)*)', re.DOTALL)
SCALAR = re.compile(r"[0-9A-Za-z+.\-]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
PAIR = re.compile(r"\\u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
UNIT = re.compile(r"\\u([0-9A-Fa-f]{4})")
SIMPLE = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def last_object(text: str):
    """The last complete top-level object as ``{key: value}``, or ``"truncated"``, or ``"nothing"``."""
    found: dict | str = "nothing"
    at = text.find("{")
    while at >= 0:
        try:
            found, end = parse_object(text, at, 1)
        except Spoilt:
            end = at + 1
        except CutOff as cut:
            return "truncated" if cut.begun and found == "nothing" else found
        at = text.find("{", end)
    return found


def spaces(text: str, at: int, *, begun: bool) -> int:
    at = JSON_SPACE.match(text, at).end()
    if at == len(text):
        raise CutOff(begun)
    return at


def parse_object(text: str, at: int, depth: int):
    members = {}
    at = spaces(text, at + 1, begun=depth > 1)
    if text[at] == "}":
        return members, at + 1
    while True:
        if text[at] != '"':
            raise Spoilt
        key, at = parse_string(text, at)
        at = spaces(text, at, begun=True)
        if text[at] != ":":
            raise Spoilt
        members[key], at = parse_value(text, spaces(text, at + 1, begun=True), depth)
        at = spaces(text, at, begun=True)
        if text[at] == "}":
            return members, at + 1
        if text[at] != ",":
            raise Spoilt
        at = spaces(text, at + 1, begun=True)


def parse_array(text: str, at: int, depth: int):
    elements = []
    at = spaces(text, at + 1, begun=True)
    if text[at] == "]":
        return elements, at + 1
    while True:
        value, at = parse_value(text, at, depth)
        elements.append(value)
        at = spaces(text, at, begun=True)
        if text[at] == "]":
            return elements, at + 1
        if text[at] != ",":
            raise Spoilt
        at = spaces(text, at + 1, begun=True)


def parse_value(text: str, at: int, depth: int):
    if text[at] == '"':
        return parse_string(text, at)
    if text[at] in "{[":
        if depth == MAX_DEPTH:
            raise Spoilt
        return (parse_object if text[at] == "{" else parse_array)(text, at, depth + 1)
    token = SCALAR.match(text, at).group()
    end = at + len(token)
    if end == len(text):
        raise CutOff(begun=True)
    if token in {"true", "false", "null"}:
        return {"true": True, "false": False, "null": None}[token], end
    if not NUMBER.fullmatch(token):
        raise Spoilt
    return Number(token), end


def parse_string(text: str, at: int):
    match = STRING.match(text, at)
    end = match.end()
    if end == len(text) or (end == len(text) - 1 and text[end] == "\\"):
        raise CutOff(begun=True)
    if text[end] != '"':
        raise Spoilt
    return unescape(match[1]), end + 1


def unescape(raw: str) -> str:
    """JSON's escapes; any other backslash stands for itself, half a surrogate pair for U+FFFD."""
    out, at = "", 0
    while at < len(raw):
        if pair := PAIR.match(raw, at):
            out += chr(0x10000 + ((int(pair[1], 16) - 0xD800) << 10) + int(pair[2], 16) - 0xDC00)
            at = pair.end()
        elif unit := UNIT.match(raw, at):
            code = int(unit[1], 16)
            out += "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
            at = unit.end()
        elif raw[at] == "\\":
            out += SIMPLE.get(raw[at + 1], raw[at : at + 2])
            at += 2
        else:
            out += raw[at]
            at += 1
    return out


# -- options ----------------------------------------------------------------------------------------------------------

STYLES = (r"\((?P<letter>[A-%s])\)", r"(?P<letter>[A-%s])\)", r"(?P<letter>[A-%s])\.(?=[ \t\n\r*]|\Z)", r"(?P<letter>[A-%s]):(?=[ \t\n\r*]|\Z)")  # fmt: skip
BEFORE = r"(?:\A|(?<=[ \t\n\r,;.:?!*\-]))"
EDGE = SPACE + "*"


def split_options(question: str):
    """Stem and options A to D, or None."""
    patterns = [rf"(?:\A|(?<=\n))[ \t\-*]*{style % 'E'}" for style in STYLES]
    patterns += [BEFORE + style % last for style, last in zip(STYLES, "EEDD", strict=True)]
    for pattern in patterns:
        labels = list(re.finditer(pattern, question))
        letters = "".join(label["letter"] for label in labels)
        if letters == "ABCDE":
            return None
        if letters == "ABCD":
            ends = [label.start() for label in labels[1:]] + [len(question)]
            options = [
                question[label.end() : end].lstrip(EDGE).rstrip(EDGE + ",;")
                for label, end in zip(labels, ends, strict=True)
            ]
            return (question[: labels[0].start()].strip(SPACE), options) if all(options) else None
    return None


def without_label(option: str, index: int) -> str:
    for style in STYLES:
        label = re.compile(style % "D").match(option)
        if label and "ABCD".index(label["letter"]) == index:
            return option[label.end() :].strip(SPACE)
    return option


# -- contracts --------------------------------------------------------------------------------------------------------


@dataclass
class Task:
    question: str
    gold: str
    choices: list[str]
    quotes: list[str]


def text_of(value) -> str | None:
    return str(value) if isinstance(value, str) else None


def words(text: str) -> list[str]:
    return [word for word in re.split(f"[{SPACE}]+", text) if word]


def is_ascii_name(text: str, name: str) -> bool:
    return text.isascii() and text.lower() == name


def parse_task(response: str, kind: str) -> Task | str:
    """The task, or the reason why there is none."""
    fields = last_object(response)
    if not isinstance(fields, dict):
        return {"truncated": "truncated_json", "nothing": "no_json"}[fields]
    names = ("multiple_choice_question", "multiple_choice_correct") if kind == "mcq" else ("question", "answer")
    for name, missing in zip(names, ("missing_question", "missing_answer"), strict=True):
        if name not in fields:
            return missing
        if text_of(fields[name]) is None:
            return "wrong_type"
    question, answer = (text_of(fields[name]).strip(SPACE) for name in names)
    if not question or not answer:
        return "unsuitable"
    quotes = quotes_of(fields)
    if kind == "mcq":
        return multiple_choice(fields, text_of(fields[names[0]]), answer, quotes)
    declared = fields.get("answer_type")
    if declared is not None and not (
        text_of(declared) is not None and is_ascii_name(text_of(declared).strip(SPACE), kind)
    ):
        return "type_mismatch"
    if kind == "string" and len(words(answer)) > 3:
        return "string_too_long"
    if kind in {"integer", "float"}:
        number = parse_number(canonical(answer))
        if number is None or (kind == "integer" and number.value.denominator != 1):
            return "answer_does_not_parse"
    return Task(question, answer, [], quotes)


def multiple_choice(fields: dict, question: str, letter: str, quotes: list[str]) -> Task | str:
    found = split_options(question)
    if found is None:
        choices = separate_choices(fields)
        if choices is None:
            return "missing_choices"
        stem = question.strip(SPACE)
    else:
        stem, choices = found
    if not stem:
        return "missing_question"
    index, _ = choose(canonical(letter), [canonical(choice) for choice in choices])
    return "bad_letter" if index is None else Task(stem, "ABCD"[index], choices, quotes)


def separate_choices(fields: dict) -> list[str] | None:
    given = fields.get("options") if "options" in fields else fields.get("choices")
    if isinstance(given, dict):
        by_letter = {}
        for key, value in given.items():
            for letter in "ABCD":
                if is_ascii_name(key.strip(SPACE), letter.lower()):
                    by_letter[letter] = value
        given = [by_letter.get(letter) for letter in "ABCD"]
    if not isinstance(given, list) or len(given) != 4 or any(text_of(value) is None for value in given):
        return None
    choices = [without_label(text_of(value).strip(SPACE), index) for index, value in enumerate(given)]
    return choices if all(choices) else None


def quotes_of(fields: dict) -> list[str]:
    quotes = []
    for name in ("answer_quote", "relevant_quotes"):
        value = fields.get(name)
        for quote in value if isinstance(value, list) else [value]:
            if isinstance(quote, str) and not isinstance(quote, Number) and quote.strip(SPACE):
                quotes.append(quote.strip(SPACE))
    return quotes


def parse_task_kind(response: str) -> str | None:
    fields = last_object(response)
    if not isinstance(fields, dict):
        return None
    flags = (fields.get("suitable_for_mcq"), fields.get("suitable_for_free_form"))
    if flags == (True, False):
        return "mcq"
    name = fields.get("best_answer_type")
    if flags != (False, True) or not isinstance(name, str) or isinstance(name, Number):
        return None
    kinds = ("integer", "float", "expression", "string")
    return next((kind for kind in kinds if is_ascii_name(name.strip(SPACE), kind)), None)
