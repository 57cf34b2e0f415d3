"""What the grader means, written plainly: extraction, canonical text, numbers, letters, verdicts. No speed.

The Rust grader must agree with this on every input inside its limits (`test_answers_parity.py`); from `not_a_number` and
`different_text` it goes on to read both sides by type, and `tests/golden/answers` says what is right there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from naive_announcements import announced
from naive_canonical import ASCII_DIGITS, ASCII_LETTERS, SPACE, canonical

# -- extraction -------------------------------------------------------------------------------------------------------


def last_box(text: str) -> tuple[int, int] | None:
    """Span inside the last balanced ``\\boxed{...}`` or ``\\fbox{...}`` to close; an escaped brace is no brace."""
    found = None
    stack: list[int | None] = []
    for match in re.finditer(r"\\+(?:boxed|fbox)[ \t\n\r]*\{|\\+[{}]|[{}]", text):
        token = match.group()
        if "box" in token:
            stack.append(match.end())
        elif token[0] == "\\" and token.count("\\") % 2 == 1:
            continue
        elif token[-1] == "{":
            stack.append(None)
        elif stack:
            start = stack.pop()
            if start is not None:
                found = (start, match.start())
    return found


def extract(text: str, policy: str = "training") -> tuple[int, int, str] | None:
    """Trimmed span of the answer and how it was found; nothing before the last ``</think>`` counts."""
    begin = text.rfind("</think>")
    begin = 0 if begin < 0 else begin + len("</think>")
    tail = text[begin:]
    found = None
    if policy == "offline":
        opened = tail.rfind("<answer>")
        if opened >= 0:
            opened += len("<answer>")
            closed = tail.find("</answer>", opened)
            if closed >= 0:
                found = (opened, closed, "answer_tag")
    if found is None:
        box = last_box(tail)
        if box is not None:
            found = (*box, "box")
    if found is None and policy == "offline":
        mark = tail.rfind("####")
        if mark >= 0:
            mark += 4
            end = tail.find("\n", mark)
            found = (mark, len(tail) if end < 0 else end, "hashes")
    if found is None and policy == "offline":
        found = sentence_behind(tail)
    if found is None:
        return None
    start, end, how = found
    return (*trimmed(text, begin + start, begin + end), how)


ANNOUNCEMENTS = (
    "final answer is", "final answer:", "answer is", "answer:", "answer should be", "答案是", "答案为", "答案：", "答案:", "答えは",
    "réponse est", "réponse finale est", "réponse :", "respuesta es", "respuesta final es", "respuesta:", "antwort ist",
    "antwort lautet", "antwort:", "ответ:",
)  # fmt: skip


def sentence_behind(text: str) -> tuple[int, int, str] | None:
    """The rest of the sentence behind the last announcement of an answer."""
    lower = "".join(char.lower() if char.isascii() else char for char in text)
    ends = [lower.rfind(words) + len(words) for words in ANNOUNCEMENTS if words in lower]
    if not ends:
        return None
    start = max(ends)
    line = text[start:].split("\n", maxsplit=1)[0]
    stops = [line.find(stop) for stop in (". ", "。", "! ") if stop in line]
    sentence = line[: min(stops)] if stops else line
    edges = SPACE + ":：*."
    answer = sentence.lstrip(edges)
    start += len(sentence) - len(answer)
    answer = answer.rstrip(edges)
    if not answer or answer[:4].lower() == "not ":
        return None
    return start, start + len(answer), "phrase"


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    left = len(inner) - len(inner.lstrip(SPACE))
    core = inner.strip(SPACE)
    return start + left, start + left + len(core)


# -- numbers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    value: Fraction
    unit: str = ""
    variable: str = ""
    places: int | None = None
    """Power of ten of the last written digit, where a decimal point or an exponent was written."""
    significant: int = 0
    integer_form: bool = False
    """Written as digits and nothing else."""


DECIMAL = r"(?:(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)"
SIGNED = rf"[+-]?{DECIMAL}"
POWER = r"10\^(?:\{(?P<e1>[+-]?[0-9]+)\}|(?P<e2>[+-]?[0-9]+))"
NUMBER = re.compile(
    rf"""(?:(?P<variable>[A-Za-z][A-Za-z0-9_]{{0,7}})[ ]?=[ ]?)?
    (?:(?P<sign>[+-])[ ]?(?:(?P<unit1>[$€£¥])[ ]?)?|(?P<unit2>[$€£¥])[ ]?(?P<sign2>[+-])?)?
    (?:
        (?:(?P<whole>[0-9]+)[ ]?)?\\frac(?:\{{[ ]?(?P<p>{SIGNED})[ ]?\}}[ ]?\{{[ ]?(?P<q>{SIGNED})[ ]?\}}|(?P<p1>[0-9])(?P<q1>[0-9]))
      | (?P<whole2>[0-9]+)[ ](?P<p2>[0-9]+)/(?P<q2>[0-9]+)
      | (?P<p3>{DECIMAL})[ ]?/[ ]?(?P<q3>{SIGNED})
      | {POWER}
      | (?P<m>{DECIMAL})(?:[ ]?\*[ ]?{POWER.replace("e1", "e3").replace("e2", "e4")}|[eE](?P<e5>[+-]?[0-9]+))?
    )
    (?:[ ]?(?P<unit3>[%°$€£¥]))?\.?""",
    re.VERBOSE,
)


MAX_DIGITS = MAX_EXPONENT = 512


class OverLimitsError(Exception):
    """A number that is written, but too large to be worked out."""


def decimal(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def parse_number(text: str) -> Number | None:
    """The number a canonical text is, with its unit and the variable it is assigned to."""
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict()
    units = [part[name] for name in ("unit1", "unit2", "unit3") if part[name]]
    if len(units) > 1:
        return None
    exponents = [int(part[name]) for name in ("e1", "e2", "e3", "e4", "e5") if part[name]]
    if sum(char in ASCII_DIGITS for char in text) > MAX_DIGITS or any(abs(e) > MAX_EXPONENT for e in exponents):
        raise OverLimitsError
    sign = -1 if "-" in ((part["sign"] or "") + (part["sign2"] or "")) else 1
    common = {"unit": "".join(units), "variable": part["variable"] or ""}
    top, bottom = (
        (part["p"] or part["p1"] or part["p2"] or part["p3"]),
        (part["q"] or part["q1"] or part["q2"] or part["q3"]),
    )
    if top is not None and bottom is not None:
        whole = part["whole"] or part["whole2"]
        numerator, denominator = decimal(top), decimal(bottom)
        if denominator == 0:
            return None
        if whole is not None:
            proper = top.isdigit() and bottom.isdigit() and 0 < numerator < denominator
            if not proper:
                return None
            return Number(sign * (int(whole) + numerator / denominator), **common)
        return Number(sign * numerator / denominator, **common)
    if part["m"] is None:
        exponent = int(part["e1"] or part["e2"])
        return Number(sign * Fraction(10) ** exponent, places=exponent, significant=1, **common)
    mantissa = part["m"].replace(",", "")
    exponent_text = part["e3"] or part["e4"] or part["e5"]
    exponent = int(exponent_text or 0)
    digits_after = len(mantissa.partition(".")[2])
    value = sign * decimal(mantissa) * Fraction(10) ** exponent
    digits = mantissa.replace(".", "").lstrip("0")
    pointed = digits_after > 0 or exponent_text is not None
    return Number(
        value,
        places=exponent - digits_after if pointed else None,
        significant=len(digits),
        integer_form=not pointed,
        **common,
    )


MIN_SIGNIFICANT = 4


def rounds_to(coarse: Number, fine: Number) -> bool:
    """Whether ``coarse`` is ``fine`` rounded, with at least four significant digits and not to zero."""
    if coarse.places is None or coarse.significant < MIN_SIGNIFICANT or coarse.value == 0 or fine.integer_form:
        return False
    return abs(coarse.value - fine.value) * 2 <= Fraction(10) ** coarse.places


def compare_numbers(gold: Number, answer: Number, *, rounding: bool) -> str:
    """The rule that decides two numbers."""
    if (gold.unit and answer.unit and gold.unit != answer.unit) or (
        gold.variable and answer.variable and gold.variable != answer.variable
    ):
        return "different_number"
    if gold.value == answer.value:
        same = gold.unit == answer.unit and gold.variable == answer.variable
        return "equal_number" if same else "bare_number"
    if rounding and (rounds_to(answer, gold) or rounds_to(gold, answer)):
        return "rounded_number"
    return "different_number"


# -- texts ------------------------------------------------------------------------------------------------------------


def plain_text(text: str) -> str:
    """A canonical text without case, trailing period and outer article."""
    text = text.lower().removesuffix(".").strip(" ")
    return re.sub(r"^(?:the|an|a) (?=.)", "", text, flags=re.DOTALL)


def plain_expression(text: str) -> str:
    """A canonical text without trailing period and without the spaces that separate nothing."""
    text = text.removesuffix(".").strip(" ")
    out = ""
    for i, char in enumerate(text):
        if char != " ":
            out += char
            continue
        before, after = text[i - 1], text[i + 1]
        digits_meet = before in ASCII_DIGITS + "." and after in ASCII_DIGITS + ".,"
        command_ends = re.search(r"\\[A-Za-z]+\Z", text[:i]) is not None and after in ASCII_LETTERS
        thousands_meet = re.search(r"[0-9],\Z", text[:i]) is not None and re.match(r"[0-9]{3}(?![0-9])", text[i + 1 :])
        if digits_meet or command_ends or thousands_meet:
            out += " "
    return out


def looks_like_mathematics(text: str) -> bool:
    """Whether a gold of unknown kind is compared as an expression: it has an operator, or no two letters in a row."""
    return re.search(r"[\\^_=+*/<>|(\[{]", text) is not None or re.search(r"(?:[A-Za-z]|[^\x00-\x7f]){2}", text) is None


def same_text(a: str, b: str) -> bool:
    """Whether two canonical texts say the same as an option's text."""
    try:
        numbers = parse_number(a), parse_number(b)
    except OverLimitsError:
        numbers = None, None
    if None not in numbers and compare_numbers(*numbers, rounding=False) == "equal_number":
        return True
    return plain_text(a) == plain_text(b) != ""


# -- letters ----------------------------------------------------------------------------------------------------------

PREFIX = re.compile(r"(?:option|choice|answer)(?: ?: ?| )", re.IGNORECASE | re.ASCII)
LETTER = re.compile(
    r"(?:\((?P<a>[A-Za-z])\)|\[(?P<b>[A-Za-z])\]|(?P<c>[A-Za-z])(?:[)、。:]| - ))(?P<rest>.*)"
    r"|(?P<d>[A-Za-z])(?:\.(?: (?P<more>.*)|(?P<other>(?=.*[^\x00-\x7f]).*))?)?",
    re.DOTALL,
)
DEFAULT_NUM_CHOICES = 10


def letters_in(text: str, num_choices: int) -> set[int]:
    """Choices that stand in a text as letters of their own: capitals between non-letters, or any letter before ``)``."""
    found = set()
    for match in re.finditer(r"(?<![A-Za-z0-9\u0080-\U0010ffff])([A-Za-z])(?![A-Za-z0-9\u0080-\U0010ffff])", text):
        index = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(match[1].upper())
        if index < num_choices and (match[1].isupper() or text[match.end() : match.end() + 1] == ")"):
            found.add(index)
    return found


def choose(text: str, choices: list[str]) -> tuple[int | None, str]:
    """The choice a canonical text names or announces, and the rule that says so (or why there is none).

    ``choices`` are canonical, too; empty where they are unknown.
    """
    found, rule = named(text, choices)
    value = announced(text) if found is None else None
    return (found, rule) if value is None else named(canonical(value), choices)


def named(text: str, choices: list[str]) -> tuple[int | None, str]:
    num_choices = len(choices) or DEFAULT_NUM_CHOICES
    matches = {j for j, choice in enumerate(choices) if same_text(text, choice)}
    prefix = PREFIX.match(text)
    body = text[prefix.end() :] if prefix else text
    form = LETTER.fullmatch(body)
    if form:
        index = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index((form["a"] or form["b"] or form["c"] or form["d"]).upper())
        rest = (form["rest"] or form["more"] or form["other"] or "").strip(" ")
        if index < num_choices:
            own = {j for j, choice in enumerate(choices) if rest and same_text(rest, choice)}
            if index in own:
                return index, "equal_letter"
            if own or matches - {index}:
                return None, "contradiction"
            if letters_in(rest, num_choices) - {index}:
                return None, "several_letters"
            return index, "equal_letter"
    elif len(body) > 2 and body[0] in ASCII_LETTERS and body[1] == " ":
        index = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(body[0].upper())
        if index < len(choices) and not matches - {index} and same_text(body[2:], choices[index]):
            return index, "equal_letter"
    if len(matches) == 1:
        return matches.pop(), "equal_choice_text"
    if matches or len(letters_in(text, num_choices)) > 1:
        return None, "several_letters"
    return None, "no_letter"


# -- verdicts ---------------------------------------------------------------------------------------------------------

POSITIVE = {
    "equal_bytes", "equal_text", "equal_number", "bare_number", "rounded_number", "equal_letter", "equal_choice_text",
}  # fmt: skip


def grade(gold: str, answer: str, kind: str = "auto", choices: list[str] | None = None) -> str:
    """The rule that decides; the answer is right when the rule is in ``POSITIVE``."""
    gold, answer = gold.strip(SPACE), answer.strip(SPACE)
    if not gold or not answer:
        return "empty"
    if kind == "mcq" or (kind == "auto" and choices):
        texts = [canonical(choice.strip(SPACE)) for choice in choices or []]
        right, _ = choose(canonical(gold), texts)
        if right is None:
            return "gold_unusable"
        chosen, rule = choose(canonical(answer), texts)
        return rule if chosen in (right, None) else "different_letter"
    if gold == answer:
        return "equal_bytes"
    gold, answer = canonical(gold), canonical(answer)
    rule = compare(gold, answer, kind)
    value = announced(answer) if rule not in POSITIVE | {"over_limits"} else None
    return rule if value is None else compare(gold, canonical(value), kind)


def compare(gold: str, answer: str, kind: str) -> str:
    """The rule that decides two canonical texts."""
    if not gold or not answer:
        return "empty"
    if kind != "string":
        try:
            number = parse_number(gold)
            answered = parse_number(answer) if number is not None else None
        except OverLimitsError:
            return "over_limits"
        if number is not None:
            if answered is None:
                return "not_a_number"
            return compare_numbers(number, answered, rounding=kind != "integer")
    as_text = kind == "string" or (kind == "auto" and not looks_like_mathematics(gold))
    plain = plain_text if as_text else plain_expression
    if not plain(gold):
        return "empty"
    return "equal_text" if plain(gold) == plain(answer) else "different_text"


def check(
    gold: str,
    response: str,
    kind: str = "auto",
    choices: list[str] | None = None,
    mode: str = "response",
    policy: str = "training",
) -> tuple[bool, str, int, int]:
    """Equivalent, rule, start and end of the answer in the response (-1, -1 without an answer)."""
    found = extract(response, policy) if mode == "response" else (*trimmed(response, 0, len(response)), "whole")
    if found is None:
        return False, "no_answer", -1, -1
    start, end, _ = found
    rule = grade(gold, response[start:end], kind, choices)
    return rule in POSITIVE, rule, start, end
