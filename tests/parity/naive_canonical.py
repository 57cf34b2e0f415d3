"""The canonical spelling of a text, written plainly: no wrappers, delimiters, spacing commands, one name per symbol."""

from __future__ import annotations

import re
import unicodedata

# Unicode's White_Space; Python's own `str.strip` also takes the separators \x1c to \x1f.
SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱ", "0123456789+-ni", strict=True))
FRACTIONS = {
    "¼": "1/4", "½": "1/2", "¾": "3/4", "⅐": "1/7", "⅑": "1/9", "⅒": "1/10", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5",
    "⅖": "2/5", "⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
}  # fmt: skip
SYMBOLS = {
    **dict.fromkeys("‐‑‒–−﹣－", "-"),
    **dict.fromkeys("\u00a0\u2009\u202f", "\\,"),
    **dict.fromkeys("×·⋅∙", "*"),
    "÷": "/", "⁄": "/", "≤": "\\le ", "≥": "\\ge ", "≠": "\\ne ", "π": "\\pi ", "∞": "\\infty ", "±": "\\pm ", "→": "\\to ",
}  # fmt: skip
WRAPPERS = {
    "text", "textbf", "textit", "textrm", "textsf", "texttt", "mbox", "mathrm", "mathbf", "mathit", "mathsf", "mathtt",
    "mathnormal", "boldsymbol", "bm", "operatorname", "emph", "boxed", "fbox",
}  # fmt: skip
DROPPED = {"left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle", "limits"}
RENAMED = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "leq": "le", "geq": "ge", "neq": "ne", "rightarrow": "to", "wedge": "land",
    "vee": "lor", "lnot": "neg",
}  # fmt: skip
# What only changes how a text looks, or prints a sign.
SWITCHES = {
    "tiny", "scriptsize", "footnotesize", "small", "normalsize", "large", "Large", "LARGE", "huge", "Huge", "scriptstyle",
    "scriptscriptstyle", "bfseries", "itshape", "rmfamily", "sffamily", "ttfamily", "centering", "noindent", "bf", "rm", "it",
}  # fmt: skip
AROUND = {"underline", "uline", "textup", "textsc", "textnormal", "textmd", "ensuremath", "hbox"}
COLOURS = {"textcolor", "color", "colorbox"}
HIDDEN = {"phantom", "hphantom", "vphantom"}
SIGNS = {
    "textdollar": "$", "pounds": "£", "textsterling": "£", "mathsterling": "£", "euro": "€", "texteuro": "€", "yen": "¥",
    "textyen": "¥", "textcent": "¢", "textdegree": "°", "textpercent": "%", "AA": "Å",
}  # fmt: skip
GROUP = re.compile(r"\{[^{}]*\}")
ASCII_DIGITS = "0123456789"
ASCII_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def keep_meaning(text: str) -> str:
    """NFKC, but superscripts stay powers, vulgar fractions stay apart from their neighbours, and signs become ASCII."""
    out = ""
    i = 0
    while i < len(text):
        char = text[i]
        if char in SUPERSCRIPTS:
            run = ""
            while i < len(text) and text[i] in SUPERSCRIPTS:
                run += SUPERSCRIPTS[text[i]]
                i += 1
            out += f"^{{{run}}}"
            continue
        if char in FRACTIONS:
            before = " " if out and out[-1] in ASCII_DIGITS else ""
            after = " " if text[i + 1 : i + 2] and text[i + 1] in ASCII_DIGITS else ""
            out += before + FRACTIONS[char] + after
        else:
            out += SYMBOLS.get(char, char)
        i += 1
    return unicodedata.normalize("NFKC", out)


def canonical(text: str) -> str:
    """The text without wrappers, math delimiters, spacing commands and spellings that mean the same."""
    if not text.isascii():
        text = keep_meaning(text)
    keep_dollars = len(re.findall(r"(?<!\\)\$", re.sub(r"\\\\", "  ", text))) % 2 == 1
    out = ""
    braces: list[bool] = []  # whether the closing brace is written
    i = 0

    def space(out: str) -> str:
        return out + " " if out and out[-1] != " " else out

    def is_digit(index: int) -> bool:
        return index < len(text) and text[index] in ASCII_DIGITS

    while i < len(text):
        char = text[i]
        command = re.compile(r"\\([A-Za-z]+)[ \t\n\r]*").match(text, i)
        if command:
            name = RENAMED.get(command[1], command[1])
            i = command.end()
            if name in {"quad", "qquad", "enspace", "thinspace", "space"}:
                out = space(out)
            elif name in COLOURS:
                colour = GROUP.match(text, i)
                if colour:
                    i = colour.end()
                    if text[i : i + 1] == "{":
                        braces.append(False)
                        i += 1
            elif name in HIDDEN:
                hidden = GROUP.match(text, i)
                i = hidden.end() if hidden else i
            elif name in SWITCHES or (name == "sim" and not out):
                pass
            elif name in SIGNS:
                out += SIGNS[name]
            elif name in WRAPPERS | AROUND:
                if text[i : i + 1] == "{":
                    braces.append(False)
                    i += 1
            elif name in DROPPED:
                pass
            elif name in {"times", "cdot"}:
                out += "*"
            elif name == "div":
                out += "/"
            elif name == "degree":
                out += "°"
            elif name == "circ" and out.endswith("^{") and braces and braces[-1]:
                out = out[:-2] + "°"
                braces[-1] = False
            elif name == "circ" and out.endswith("^"):
                out = out[:-1] + "°"
            elif name == "lbrace":
                out += "\\{"
            elif name == "rbrace":
                out += "\\}"
            else:
                out += "\\" + name
            continue
        if char == "\\":
            symbol = text[i + 1 : i + 2]
            i += 1 + len(symbol)
            if symbol == ",":
                out = out + "," if out and out[-1] in ASCII_DIGITS and is_digit(i) else space(out)
            elif (symbol and symbol in ";:>\\") or (symbol and symbol in SPACE):
                out = space(out)
            elif symbol and symbol in "!()[]":
                pass
            elif symbol and symbol in "%$#&_":
                out += symbol
            else:
                out += "\\" + symbol
            continue
        i += 1
        if char == "{":
            if text[i : i + 2] == ",}":
                out += ","
                i += 2
            else:
                braces.append(True)
                out += "{"
        elif char == "}":
            if not braces:
                out += "}"
            elif braces.pop():
                out += "}"
                out = re.sub(r"([\^_])\{([^{}\\ ])\}\Z", r"\1\2", out)
        elif char == "~" or char in SPACE:
            out = space(out)
        elif char == "$":
            out += "$" if keep_dollars else ""
        else:
            separator = " " if char in ASCII_LETTERS and re.search(r"\\[A-Za-z]+\Z", out) else ""
            out += separator + char
    return unwrap(out.strip(" "))


def unwrap(text: str) -> str:
    """Without markdown emphasis or braces around the whole."""
    while True:
        inner = None
        if len(text) > 4 and text.startswith("**") and text.endswith("**"):
            inner = text[2:-2]
        elif (len(text) > 2 and text[0] == text[-1] == "`") or (
            len(text) > 1 and text[0] == "{" and closing_brace(text) == len(text) - 1
        ):
            inner = text[1:-1]
        if inner is None:
            return text
        text = inner.strip(" ")


def closing_brace(text: str) -> int:
    depth = 0
    for match in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0 and match.group() == "}":
            return match.start()
    return -1
