"""Everyday answers in words and marks of their own: sentences, eras, lists, ions, angles, decorations, choices by value."""

from __future__ import annotations

import math
from fractions import Fraction

from golden_answers import numbers
from golden_answers.case import from_makers, pairs
from golden_answers.everyday import NAMES, plain


def in_words(n: int) -> str:
    """A number below a million as Americans say it."""
    return numbers.words(n, joint=" ")


def words(rng):
    n = rng.choice([rng.randint(2, 99), rng.randint(100, 999), rng.randint(1001, 9999)])
    other = n + rng.choice([1, 10, 100])
    right = [
        in_words(n),
        f"{n} ({in_words(n)})",
        f"{in_words(n)} ({n})",
        in_words(n).capitalize(),
        f"\\text{{{in_words(n)}}}",
    ]
    wrong = [
        in_words(other),
        f"{n} ({in_words(other)})",
        f"{in_words(n)} ({other})",
        f"minus {in_words(n)}",
        f"{in_words(n)} hundred",
        f"{in_words(n)} and a half",
    ]
    yield from pairs(rng, [str(n)], right, wrong, "number_words", kind=rng.choice(["integer", "auto"]))
    yield from pairs(
        rng,
        [f"-{n}"],
        [f"minus {n}", f"negative {n}", f"minus {in_words(n)}", f"negative {in_words(n)}"],
        [f"minus {other}", in_words(n), f"plus {n}"],
        "number_words",
    )


ANNOUNCEMENTS = [
    "The answer is {}.", "Therefore, the answer is {}", "\\text{{The final answer is }} {}", "Answer: {}", "\\text{{Total: }} {}", "So the result is {}.",
    "The correct answer is: {}", "{} is the answer", "答案是{}", "答案：{}", "Die Antwort ist {}.", "La respuesta es {}", "La réponse est {}.", "The answer is \\boxed{{{}}}",
    "The number of solutions is {}", "Hence, the sum of all values is {}.",
]  # fmt: skip
DENIALS = [
    "The answer is not {}.", "The answer isn't {}", "The answer is {} or {}", "Answer: {} or {}", "The wrong answer is {}", "{} is not the answer", "The answer is between {} and {}",
    "答案不是{}", "The answer is less than {}",
]  # fmt: skip


def announcement(rng):
    n = rng.randint(2, 900)
    texts = [
        (str(n), str(n + 1)),
        (f"\\frac{{{2 * n + 1}}}{{2}}", str(n)),
        (f"{n} km", f"{n + 1} km"),
        (f"x^2 + {n}", f"x^2 - {n}"),
        rng.choice(NAMES),
    ]
    gold, other = rng.choice(texts)
    right = [sentence.format(gold) for sentence in ANNOUNCEMENTS]
    wrong = [sentence.format(other) for sentence in ANNOUNCEMENTS] + [
        sentence.format(gold, other) for sentence in DENIALS
    ] * 2
    yield from pairs(rng, [gold], right, wrong, "announcement", num_right=4, num_wrong=4)


def quotes(rng):
    name, other = rng.choice(NAMES)
    right = [f'"{name}"', f"“{name}”", f"``{name}''", f"'{name}'", f"«{name}»", f'"{name}".']
    wrong = [f'"{other}"', f'"{name}" or "{other}"', f'not "{name}"', f"“{other}”"]
    yield from pairs(rng, [name], right, wrong, "quotes", kind=rng.choice(["string", "auto"]))


def ordinal(rng):
    n = rng.randint(1, 99)
    irregular = {
        "one": "first",
        "two": "second",
        "three": "third",
        "five": "fifth",
        "eight": "eighth",
        "nine": "ninth",
        "twelve": "twelfth",
    }

    def spelt(n: int) -> str:
        text = in_words(n)
        head, dash, last = text.rpartition("-")
        last = irregular.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
        return head + dash + last

    def marked(n: int) -> str:
        return f"{n}{'th' if 10 < n % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"

    thing = rng.choice(["", " century", " place", " dynasty"])
    right = [f"{spelt(n)}{thing}", f"{marked(n)}{thing}", f"the {marked(n)}{thing}", f"{spelt(n).capitalize()}{thing}"]
    wrong = [
        f"{spelt(n + 1)}{thing}",
        f"{marked(n + 10)}{thing}",
        f"{spelt(n)} or {spelt(n + 1)}{thing}",
        f"{n}{thing}" if thing else "0",
    ]
    yield from pairs(rng, right[:2], right, wrong, "ordinal", kind="string")


def era(rng):
    n = rng.randint(30, 900)
    right = [f"{n} BC", f"{n} BCE", f"{n} B.C.", f"{n} B.C.E.", f"\\text{{{n} BC}}", f"{n} bc"]
    yield from pairs(
        rng, right[:3], right, [f"{n} AD", str(n), f"{n + 1} BC", f"{n}0 BC", f"{n} CE"], "era", kind="string"
    )
    n = rng.randint(1000, 2000)
    right = [str(n), f"{n} AD", f"AD {n}", f"{n} CE", f"{n} C.E.", f"A.D. {n}"]
    yield from pairs(
        rng,
        [str(n)],
        right[1:],
        [f"{n} BC", f"{n}s", f"{n + 1} AD", f"{n} BCE"],
        "era",
        kind=rng.choice(["string", "auto"]),
    )


ITEMS = [
    ["red", "green", "blue", "yellow"], ["Mercury", "Venus", "Earth", "Mars"], ["carbon", "hydrogen", "oxygen", "nitrogen"],
    ["Paris", "Berlin", "Rome", "New York"], ["igneous", "sedimentary", "metamorphic"], ["executive", "legislative", "judicial"],
]  # fmt: skip


def text_list(rng):
    items = list(rng.choice(ITEMS))
    shuffled = rng.sample(items, len(items))
    gold = ", ".join(items)
    right = [
        ", ".join(shuffled), ", ".join(items).upper(), f"{', '.join(items[:-1])} and {items[-1]}", f"{', '.join(shuffled[:-1])}, and {shuffled[-1]}", f"{gold}.",
        ", ".join(f"\\text{{{item}}}" for item in items), f"\\text{{{gold}}}", ", ".join(f'"{item}"' for item in items), f"[{gold}]",
    ]  # fmt: skip
    wrong = [
        ", ".join(items[:-1]), f"{gold}, white", ", ".join([*items[:-1], "other"]), f"{', '.join(items[:-1])} or {items[-1]}", ", ".join([items[0], *items[:-1]]), items[0],
        f"{', '.join(items[:-1])}, not {items[-1]}",
    ]  # fmt: skip
    yield from pairs(
        rng, [gold], right, wrong, "text_list", kind=rng.choice(["list", "auto"]), num_right=4, num_wrong=3
    )


PHRASES = [
    (["does not exist", "DNE", "The limit does not exist.", "\\text{does not exist}"], ["exists", "0", "undefined", "infinity"]),
    (["no solution", "No solutions", "There are no solutions.", "\\text{no solution}"], ["one solution", "0", "infinitely many solutions", "x = 0"]),
    (["infinitely many", "infinitely many solutions", "There are infinitely many solutions."], ["many", "one", "no solution", "finitely many"]),
    (["cannot be determined", "Not enough information", "It cannot be determined."], ["can be determined", "0", "no solution"]),
    (["undefined", "not defined", "It is undefined."], ["defined", "does not exist", "0"]),
]  # fmt: skip


def phrase(rng):
    right, wrong = rng.choice(PHRASES)
    yield from pairs(rng, right[:1], right, wrong, "phrase", kind=rng.choice(["string", "auto"]))


def growth(rng):
    k = rng.randint(2, 5)
    spellings, wrong = rng.choice([
        ([f"O(n^{k})", f"\\mathcal{{O}}(n^{k})", f"$O(n^{{{k}}})$", f"\\mathcal{{O}}\\left(n^{k}\\right)"], [f"O(n^{k + 1})", f"O({k}^n)", f"\\Theta(n^{k})", f"n^{k}"]),
        (["O(n \\log n)", "O(n\\log n)", "\\mathcal{O}(n \\log n)", "O(n \\log(n))", "O(n log n)"], ["O(n)", "O(\\log n)", "O(n + \\log n)", "O(m \\log n)", "O(n^2)"]),
        ([f"\\Theta({k}^n)", f"Θ({k}^n)", f"\\Theta({k}^{{n}})"], [f"\\Theta({k + 1}^n)", f"O({k}^n)", f"\\Theta(n^{k})"]),
    ])  # fmt: skip
    yield from pairs(rng, spellings[:1], spellings, wrong, "growth", kind="string")


IONS = [
    ("SO_4", 2, "-"),
    ("CO_3", 2, "-"),
    ("NO_3", 1, "-"),
    ("NH_4", 1, "+"),
    ("Fe", 3, "+"),
    ("Cu", 2, "+"),
    ("Na", 1, "+"),
    ("PO_4", 3, "-"),
    ("Al", 3, "+"),
]


def ion(rng):
    body, charge, sign = rng.choice(IONS)
    count = "" if charge == 1 else str(charge)
    other = "-" if sign == "+" else "+"
    plain_body = body.replace("_", "")
    right = [
        f"{body}^{{{count}{sign}}}",
        f"{body}^{{{sign}{charge}}}",
        f"\\ce{{{plain_body}^{{{count}{sign}}}}}",
        f"\\ce{{{plain_body}^{count}{sign}}}",
        f"\\mathrm{{{body}^{{{count}{sign}}}}}",
        f"\\text{{{plain_body}}}^{{{count}{sign}}}",
    ]
    wrong = [f"{body}^{{{count}{other}}}", f"{body}^{{{charge + 1}{sign}}}", body, f"Mg^{{{charge + 2}{sign}}}"]
    yield from pairs(rng, right[:1], right, wrong, "ion", kind=rng.choice(["string", "auto"]))


ISOTOPES = [
    (14, 6, "C", "carbon"),
    (12, 6, "C", "carbon"),
    (235, 92, "U", "uranium"),
    (238, 92, "U", "uranium"),
    (3, 1, "H", "hydrogen"),
    (60, 27, "Co", "cobalt"),
    (40, 19, "K", "potassium"),
]


def isotope(rng):
    mass, number, symbol, name = rng.choice(ISOTOPES)
    right = [
        f"{{}}^{{{mass}}}_{{{number}}}\\text{{{symbol}}}",
        f"^{{{mass}}}_{{{number}}}{symbol}",
        f"{{}}_{{{number}}}^{{{mass}}}\\mathrm{{{symbol}}}",
        f"{{}}^{{{mass}}}{symbol}",
        f"{symbol}-{mass}",
        f"{name}-{mass}",
    ]
    wrong = [
        f"^{{{mass + 1}}}_{{{number}}}{symbol}",
        f"^{{{number}}}_{{{mass}}}{symbol}",
        f"{name}-{mass + 1}",
        f"^{{{mass}}}_{{{number + 1}}}{symbol}",
        symbol,
    ]
    yield from pairs(rng, right[:1], right, wrong, "isotope", kind="string")


def electrons(rng):
    shells = [("1s", 2), ("2s", 2), ("2p", 6), ("3s", 2), ("3p", 6), ("4s", 2), ("3d", 10)]
    filled = [*shells[: rng.randint(1, 5)]]
    name, size = shells[len(filled)]
    filled.append((name, rng.randint(1, size)))
    less = [*filled[:-1], (name, filled[-1][1] + 1)]

    def write(orbitals, form, between=" "):
        return between.join(form.format(name=name, count=count) for name, count in orbitals)

    right = [
        write(filled, "{name}^{{{count}}}"),
        write(filled, "{name}^{{{count}}}", ""),
        write(filled, "{name}^{{{count}}}", "\\,"),
        f"\\mathrm{{{write(filled, '{name}^{{{count}}}')}}}",
        write(filled, "{name}{count}"),
    ]
    wrong = [
        write(less, "{name}^{{{count}}}"),
        write(filled[:-1], "{name}^{{{count}}}") if len(filled) > 2 else "1s^{1}",
        write([*filled, ("5s", 1)], "{name}^{{{count}}}"),
        str(sum(count for _, count in filled)),
    ]
    yield from pairs(rng, right[:1], right, wrong, "electrons", kind="string")


def angle(rng):
    degrees = rng.choice([15, 30, 36, 45, 60, 72, 75, 90, 120, 135, 150, 210, 270])
    share = Fraction(degrees, 180)
    bare = (
        f"\\frac{{{share.numerator}\\pi}}{{{share.denominator}}}"
        if share.numerator > 1
        else f"\\frac{{\\pi}}{{{share.denominator}}}"
    )
    radians = [
        f"{bare} \\text{{ rad}}",
        f"{bare}\\text{{ radians}}",
        f"{share.numerator}\\pi/{share.denominator} rad",
        f"{math.radians(degrees):.6f} rad",
    ]
    right = [f"{degrees}^\\circ", f"{degrees}^o", f"{degrees} degrees", f"\\ang{{{degrees}}}", *radians]
    wrong = [
        f"{degrees + 1}^\\circ",
        f"{degrees} rad",
        f"{bare}^\\circ",
        f"-{degrees}^\\circ",
        f"\\frac{{\\pi}}{{{share.denominator + 1}}} rad",
        f"{bare} + 2k\\pi",
    ]
    yield from pairs(rng, [f"{degrees}^\\circ"], right, wrong, "angle", num_right=4, num_wrong=3)
    yield from pairs(
        rng,
        [bare],
        [(f"{degrees}^\\circ", "an angle may be answered in degrees"), *radians[:3]],
        [f"{degrees + 1}^\\circ", f"{bare}^\\circ", str(degrees), f"-{degrees}^\\circ"],
        "angle",
    )
    minutes = rng.choice([15, 30, 45, 12])
    exact = plain(degrees + Fraction(minutes, 60))
    right = [
        f"{degrees}^\\circ {minutes}'",
        f"{degrees}°{minutes}′",
        f"{degrees}^{{\\circ}}{minutes}^{{\\prime}}",
        f"{exact}^\\circ",
        f"\\ang{{{degrees};{minutes}}}",
    ]
    wrong = [
        f"{degrees}^\\circ {minutes + 1}'",
        f"{degrees}.{minutes}^\\circ",
        f"{degrees}^\\circ {minutes}''",
        f"{degrees}^\\circ",
        f"{minutes}^\\circ {minutes}'" if minutes != degrees else "1^\\circ 1'",
    ]
    yield from pairs(rng, right[:1], right, wrong, "angle")


def temperature(rng):
    celsius = rng.choice([-40, 0, 5, 20, 25, 37, 100, 150])
    kelvin, fahrenheit = plain(Fraction(27315, 100) + celsius), plain(Fraction(celsius * 9, 5) + 32)
    right = [
        f"{celsius} °C",
        f"{celsius}^\\circ\\text{{C}}",
        f"{celsius} degrees Celsius",
        f"{kelvin} K",
        f"{fahrenheit} °F",
        f"\\SI{{{celsius}}}{{\\degreeCelsius}}",
        f"{fahrenheit} degrees Fahrenheit",
        f"T = {celsius} °C",
    ]
    wrong = [f"{celsius + 1} °C", f"{celsius} K", f"{kelvin} °C", f"{fahrenheit} K", f"{celsius + 273} °F"]
    if celsius != -40:
        wrong += [f"{celsius} °F", f"{fahrenheit} °C"]
    yield from pairs(rng, right[:3], right, wrong, "temperature", num_right=4, num_wrong=3)


def more_units(rng):
    n = rng.randint(2, 90)
    right, wrong = rng.choice([
        ([f"{n} atm", f"{760 * n} mmHg", f"{760 * n} torr", f"{101325 * n} Pa", f"{n} atmospheres"], [f"{n} bar", f"{n} mmHg", f"{760 * n} Pa"]),
        ([f"{n} nm", f"{10 * n} Å", f"{10 * n} angstroms", f"\\SI{{{n}}}{{\\nano\\meter}}", f"{n} nanometers"], [f"{n} Å", f"{n} pm", f"{100 * n} Å"]),
        ([f"£{n}", f"{n} pounds", f"{100 * n} pence", f"{100 * n}p", f"\\pounds {n}", f"GBP {n}"], [f"€{n}", f"{n} pence", f"{n} kg", f"\\${n}"]),
        ([f"\\${n}", f"{n} dollars", f"{100 * n} cents", f"{100 * n}¢", f"USD {n}", f"\\textdollar {n}"], [f"{n} cents", f"£{n}", f"{n} yen"]),
        ([f"{n} \\mu F", f"{n} microfarads", f"{n} μF", f"\\qty{{{n}}}{{\\micro\\farad}}", f"{n}000 nF"], [f"{n} mF", f"{n} F", f"{n} pF"]),
        ([f"{n} \\Omega", f"{n} ohms", f"{n}\\ \\Omega", f"\\SI{{{n}}}{{\\ohm}}"], [f"{n} k\\Omega", f"{n} V", f"{n + 1} ohms"]),
        ([f"{n} J/(mol K)", f"{n} J mol^{{-1}} K^{{-1}}", f"{n}\\ \\mathrm{{J\\,mol^{{-1}}\\,K^{{-1}}}}"], [f"{n} J/mol", f"{n} kJ/(mol K)"]),
        ([f"{n} s^{{-1}}", f"{n} Hz", f"{n} 1/s", f"{n} per second"], [f"{n} s", f"{n} per minute", f"{n} kHz"]),
        ([f"{n} square units", (str(n), "the unit may be missing"), f"{n} sq. units", f"{n} \\text{{ units}}^2", f"{n} \\text{{ (square units)}}"], [f"{n} cubic units", f"{n + 1} square units", f"{n} cm^2"]),
        ([f"{n} gallons", f"{4 * n} quarts", f"{8 * n} pints", f"{16 * n} cups"], [f"{n} quarts", f"{n} liters", f"{4 * n} pints"]),
        ([f"{n} mT", f"{n} milliteslas", f"\\qty{{{n}}}{{mT}}"], [f"{n} T", f"{n} mN", f"{n} μT"]),
        ([f"{n} decades", f"{10 * n} years", f"{120 * n} months"], [f"{n} centuries", f"{n} years"]),
    ])  # fmt: skip
    yield from pairs(rng, right[:1], right, wrong, "quantity", num_right=3, num_wrong=2)


def decorated(rng):
    n = rng.randint(2, 99)
    gold, other = rng.choice(
        [
            (str(n), str(n + 1)),
            (f"x^2 + {n}", f"x^2 - {n}"),
            (f"\\frac{{{n}}}{{{n + 1}}}", f"\\frac{{{n + 1}}}{{{n}}}"),
            (f"{n} \\text{{ cm}}", f"{n} \\text{{ m}}"),
        ]
    )
    forms = [
        "\\textcolor{red}{T}",
        "\\color{blue}{T}",
        "{\\color{red} T}",
        "\\underline{T}",
        "\\large T",
        "\\displaystyle T",
        "\\phantom{}T",
        "{\\Large T}",
        "\\underline{\\textcolor{red}{T}}",
        "\\boxed{\\color{red}{T}}",
    ]
    right, wrong = ([form.replace("T", text) if "T" in form else form for form in forms] for text in (gold, other))
    yield from pairs(rng, [gold], right, wrong, "decoration", num_right=4, num_wrong=2)


def choice_by_value(rng):
    n = rng.randint(2, 9)
    texts, values, wrong = rng.choice([
        ([f"x^2+{n * n}", f"x^2-{n * n}", f"(x+{n})^2", f"(x-{n})^2"], [f"(x-{n})(x+{n})", f"-{n * n}+x^2", f"(B) (x+{n})(x-{n})"], [f"(x+{n})(x+{n})", f"x^2+2*{n}x+{n * n}", "x^2", f"(B) {n * n}+x^2"]),
        ([f"\\frac{{1}}{{{n}}}", f"\\frac{{2}}{{{2 * n + 1}}}", f"\\frac{{3}}{{{3 * n + 1}}}", str(n)], [f"\\frac{{4}}{{{4 * n + 2}}}", f"2/{2 * n + 1}", f"$\\dfrac{{2}}{{{2 * n + 1}}}$"], [f"\\frac{{2}}{{{2 * n}}}", f"\\frac{{{2 * n + 1}}}{{2}}", "0"]),
        (["北京", "上海", "广州", "深圳"], ["B：上海", "B、上海", "答案：B", "选B", "答案是B", "故选 B"], ["不是B", "A或B", "选A", "B、北京", "答案是C"]),
    ])  # fmt: skip
    right = [*values, "The answer is B", "The correct option is (B)", "B is correct"]
    yield from pairs(
        rng,
        ["B"],
        right,
        [*wrong, "The answer is not B", "The answer is B or C"],
        "mcq",
        kind="mcq",
        choices=texts,
        num_right=4,
        num_wrong=3,
    )


MAKERS = {
    words: 40, announcement: 60, quotes: 25, ordinal: 40, era: 25, text_list: 40, phrase: 20, growth: 20, ion: 25, isotope: 20, electrons: 25, angle: 40,
    temperature: 25, more_units: 70, decorated: 30, choice_by_value: 30,
}  # fmt: skip


def cases(rng):
    """All rows of the family."""
    return from_makers(MAKERS, rng)
