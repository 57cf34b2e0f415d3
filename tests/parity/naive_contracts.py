"""What a Challenger's response must hold to be a task, written plainly. No limits, no speed.

The Rust parser must agree with this on every input inside its limits (`test_contracts_parity.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from naive_answers import SPACE, canonical, choose, parse_number

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
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})(?:\\u([0-9A-Fa-f]{4}))?|(.))", re.DOTALL)


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

    def one(match: re.Match) -> str:
        first, second, char = match.groups()
        if first is None:
            simple = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
            return simple.get(char, "\\" + char)
        unit = int(first, 16)
        if second is None:
            return chr(unit) if not 0xD800 <= unit < 0xE000 else "\ufffd"
        low = int(second, 16)
        if 0xD800 <= unit < 0xDC00 <= low < 0xE000:
            return chr(0x10000 + ((unit - 0xD800) << 10) + low - 0xDC00)
        return unescape(f"\\u{first}") + unescape(f"\\u{second}")

    # Pairs are matched greedily, so split runs of \uXXXX where a pair would begin in the wrong place.
    out, at = "", 0
    while match := ESCAPE.search(raw, at):
        out += raw[at : match.start()]
        first, second, _ = match.groups()
        paired = second is not None and 0xD800 <= int(first, 16) < 0xDC00 <= int(second, 16) < 0xE000
        if first is not None and second is not None and not paired:
            match = re.compile(r"\\u([0-9A-Fa-f]{4})(\Z.)?((?!))?").match(raw, match.start()) or match
            out += chr(int(first, 16)) if not 0xD800 <= int(first, 16) < 0xE000 else "\ufffd"
            at = match.start() + 6
            continue
        out += one(match)
        at = match.end()
    return out + raw[at:]
