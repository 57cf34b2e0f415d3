"""What a sentence announces as its answer, written plainly: ``The answer is 25``, ``Total: 25``, ``答案是C``."""

from __future__ import annotations

import re

LEADS = "therefore|thus|hence|so|finally|then|consequently|in conclusion|in summary|we conclude that|this means that|it follows that"
THINGS = (
    "answers?|results?|solutions?|values?|number|sum|total|product|difference|quotient|remainder|count|amount|area|perimeter"
    "|volume|length|width|height|distance|radius|diameter|angle|slope|speed|velocity|time|cost|price|profit|age|probability"
    "|ratio|average|mean|median|mode|range|maximum|minimum|limit|equation|expression|choice|option"
    "|complexity|formula|capital|year|date|day|name|word|term|element|concentration|temperature|pressure|force|energy"
    "|power|mass|weight|density|frequency|wavelength|current|voltage|resistance|acceleration|momentum|percentage|fraction|score|rate|interest|discount|population|balance|statement|claim"
)
QUALITIES = (
    "the|my|our|final|correct|right|only|required|desired|exact|total|numerical|numeric|short|simplified|best|overall"
    "|resulting|surface|expected"
)
VERBS = "is equal to|are equal to|is given by|comes to|would be|must be|will be|equals|is|are|was"
DOUBTS = (
    "not|no|never|wrong|incorrect|false|isn't|other|another|except|without|least|most|between|either|or|less|more|than|if"
    "|unless|maybe|possible|neither"
)
TRANSLATED = (
    "最终答案是|最终答案为|最终答案:|正确答案是|正确答案为|正确答案:|正确选项是|正确选项为|所以答案是|因此答案是|因此,答案是"
    "|所以,答案是|所以选|因此选|因此,选|所以,选|答案是:|答案为:|答案是|答案为|答案选|答案:|结果是|结果为|结果:|应选|故选:|故选"
    "|选择|选项|选:|选|die antwort ist|die antwort lautet|antwort:|das ergebnis ist|ergebnis:|la réponse est|réponse:|réponse :"
    "|la respuesta es|respuesta:|a resposta é|ответ:"
)
MAX_ANNOUNCEMENT = 120


def announced(text: str) -> str | None:
    """What a sentence such as ``The answer is 25`` announces."""
    value = closed(text.rstrip(".。! "))
    if value is None:
        for phrase in TRANSLATED.split("|"):
            first, rest = text[: len(phrase)], text[len(phrase) :]
            ends = not re.search(r"[A-Za-z]\Z", phrase) or rest[:1] in {" ", ":"}
            if first.lower() == phrase and ends:
                value = rest.lstrip(" :")
                break
        else:
            value = opened(text)
    if value is None:
        return None
    value = value.strip(" ")
    denied = re.match(r"(?i:not|never|neither)(?![\w'])(?=.*[^ .])", value, re.DOTALL)
    return value if value and not (denied and value[denied.end() :].strip(" .")) else None


def closed(text: str) -> str | None:
    """``25 is the answer``, ``25 is correct``."""
    match = re.fullmatch(
        r"(.*) is the(?: +(?:correct|final|right|best))? +(?:answer|choice|option)|(.*) is correct",
        text,
        re.DOTALL | re.IGNORECASE | re.ASCII,
    )
    return None if match is None else match[1] if match[1] is not None else match[2]


def opened(text: str) -> str | None:
    """``Therefore, the answer is 25``, ``Total: 25``, ``The number of solutions is 3``."""

    def starts(rest: str, words: str) -> re.Match[str] | None:
        return re.match(rf"(?i:{words})(?![\w'])", rest)

    rest = text
    while lead := starts(rest, LEADS):
        rest = rest[lead.end() :].lstrip(" ,:")
    has_thing = may_add = False
    while len(text.encode()) - len(rest.encode()) <= MAX_ANNOUNCEMENT:
        rest = rest.lstrip(" ")
        if has_thing:
            if rest[:1] == ":":
                return rest[1:]
            verb = starts(rest, VERBS)
            if verb:
                value = rest[verb.end() :].lstrip(" :")
                therefore = starts(value, "therefore")
                return value[therefore.end() :] if therefore else value
        word = re.match(r"[A-Za-z']+(?!\w)", rest)
        if word is None or starts(word[0], rf"(?:{DOUBTS})\Z"):
            return None
        if starts(word[0], rf"(?:{THINGS})\Z"):
            has_thing = True
        elif has_thing and word[0] in {"of", "that", "for", "to"}:
            may_add = True
        elif not (starts(word[0], rf"(?:{QUALITIES})\Z") or (may_add and re.fullmatch("[a-z]+", word[0]))):
            return None
        rest = rest[word.end() :]
    return None
