"""Numbers: integers, fractions, decimals, percent, scientific notation, words, bases, currency."""

from __future__ import annotations

from fractions import Fraction

from golden_answers.case import case, from_makers, pairs

ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def words(n: int, joint: str = " and ") -> str:
    """`n` below a million in English; `joint` stands behind "hundred"."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (f"-{ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{ONES[n // 100]} hundred" + (f"{joint}{words(n % 100, joint)}" if n % 100 else "")
    return f"{words(n // 1000, joint)} thousand" + (f" {words(n % 1000, joint)}" if n % 1000 else "")


def grouped(n: int, separator: str) -> str:
    """`n` with its thousands separated."""
    return f"{n:,}".replace(",", separator)


def integer(rng):
    n = rng.choice([rng.randint(2, 99), rng.randint(100, 9999), rng.randint(10_000, 9_999_999)])
    right = [str(n), f"${n}$", f"\\boxed{{{n}}}", f"{n}.", f"{n}.0", f"\\text{{{n}}}", f"+{n}", f"{{{n}}}", f"**{n}**"]
    right += [f"\\frac{{{2 * n}}}{{2}}", f"{n - 1} + 1", f"{n + 5} - 5", (f"x = {n}", "an assignment of the value")]
    if n > 999:
        right += [f"{n:,}", grouped(n, "{,}"), grouped(n, "\\,"), grouped(n, "\u202f"), grouped(n, "'")]
    if n < 1_000_000:
        right += [words(n), words(n).capitalize()]
    wrong = [str(n + 1), str(n - 1), str(-n), str(n * 10), f"{n}.5", f"{n} or {n + 1}", f"{n}, {n + 1}", f"not {n}"]
    wrong += [f"\\frac{{1}}{{{n}}}", f"{n}x", f"{n}\\pi", f"{n}^2", "", "none", f"{n}i", f"> {n}"]
    wrong += [str(n)[:-1] + str((int(str(n)[-1]) + 3) % 10), words(n + 1) if n < 999_999 else str(n + 2)]
    yield from pairs(
        rng, [str(n), f"${n}$"], right, wrong, "integer", kind=rng.choice(["integer", "auto"]), num_right=4, num_wrong=4
    )


def fraction(rng):
    p, q = rng.randint(1, 40), rng.randint(2, 30)
    f = Fraction(p, q)
    if f.denominator == 1:
        return
    p, q = f.numerator, f.denominator
    k = rng.randint(2, 6)
    right = [
        f"{p}/{q}",
        f"\\frac{{{p}}}{{{q}}}",
        f"\\dfrac{{{p}}}{{{q}}}",
        f"\\tfrac{{{p}}}{{{q}}}",
        f"{p * k}/{q * k}",
    ]
    right += [
        f"\\frac{{{p * k}}}{{{q * k}}}",
        f"$\\frac{{{p}}}{{{q}}}$",
        f"({p})/({q})",
        f"{p} \\div {q}",
        f"-\\frac{{-{p}}}{{{q}}}",
    ]
    right += [f"\\frac{{{p}}}{{{q}}} \\cdot 1", f"x=\\frac{{{p}}}{{{q}}}"]
    if p < 10 and q < 10:
        right.append(f"\\frac{p}{q}")
    if p > q:
        right += [f"{p // q} {p % q}/{q}", f"{p // q}\\frac{{{p % q}}}{{{q}}}", f"{p // q} \\dfrac{{{p % q}}}{{{q}}}"]
    if 10**6 % q == 0:
        right += [str(p / q), f"{p / q:.6f}".rstrip("0")]
    else:
        right.append(
            (f"{p / q:.6f}" if p > q else f"{p / q:.7f}", "rounded correctly to at least four significant digits")
        )
    wrong = [
        f"{q}/{p}",
        f"\\frac{{{p + 1}}}{{{q}}}",
        f"\\frac{{{p}}}{{{q + 1}}}",
        f"-\\frac{{{p}}}{{{q}}}",
        f"{p}{q}",
        str(p),
    ]
    wrong += [
        f"{p / q:.1f}" if abs(round(p / q, 1) - p / q) > 1e-9 else f"{p / q + 0.1:.1f}",
        f"\\frac{{{p}}}{{{q}}}\\pi",
    ]
    wrong += [f"{p}/{q}/2", f"\\frac{{{p}}}{{{q}}}x", f"{p / q + 0.001:.5f}"]
    yield from pairs(
        rng,
        [f"\\frac{{{p}}}{{{q}}}", f"{p}/{q}"],
        right,
        wrong,
        "fraction",
        kind=rng.choice(["float", "auto", "expression"]),
        num_right=4,
        num_wrong=3,
    )


def decimal(rng):
    places = rng.randint(1, 4)
    n = rng.randint(10**places // 8, 10 ** (places + 2))
    if n % 10 == 0:
        n += 1
    value = Fraction(n, 10**places)
    text = f"{n / 10**places:.{places}f}"
    right = [
        text,
        text + "0",
        f"${text}$",
        f"\\frac{{{n}}}{{{10**places}}}",
        f"{value.numerator}/{value.denominator}",
        f"\\text{{{text}}}",
    ]
    right += [f"{n} \\times 10^{{-{places}}}", f"{n}e-{places}", text.removeprefix("0") or text, f"x \\approx {text}"]
    wrong = [
        text.replace(".", ""),
        f"{n + 1}e-{places}",
        f"{text}1",
        f"-{text}",
        f"{n / 10 ** (places + 1):.{places + 1}f}",
    ]
    wrong += [
        f"{n}/{10 ** (places + 1)}",
        f"{n / 10 ** (places - 1):.{places - 1}f}",
        f"{(n + 1) / 10**places:.{places}f}",
    ]
    wrong = [w for w in wrong if Fraction(w.replace("e", "E")) != value and not (w == f"{text}1" and len(str(n)) >= 4)]
    yield from pairs(rng, [text], right, wrong, "decimal", kind=rng.choice(["float", "auto"]), num_right=3, num_wrong=3)


def percent(rng):
    n = rng.choice([str(rng.randint(1, 99)), f"{rng.randint(1, 99)}.{rng.randint(1, 9)}"])
    right = [
        f"{n}%",
        f"{n}\\%",
        f"{n} %",
        f"{n} percent",
        f"${n}\\%$",
        (n, "the percent sign may be missing"),
        f"{n}\\text{{ percent}}",
    ]
    wrong = [
        (f"{float(n) / 100:.5f}", "x100 slips are wrong"),
        f"1{n}%",
        f"{float(n) + 1}%",
        f"-{n}%",
        f"{n}°",
        f"{n}x",
        (f"${n}", "another unit"),
    ]
    yield from pairs(rng, [f"{n}%", f"{n}\\%"], right, wrong, "percent")


def scientific(rng):
    a, e = rng.randint(11, 99), rng.choice([-7, -5, -3, 4, 5, 8, 12, 23])
    mantissa = f"{a // 10}.{a % 10}"
    right = [
        f"{mantissa} \\times 10^{{{e}}}",
        f"{mantissa}e{e}",
        f"{mantissa}E{e}",
        f"{mantissa}*10^{e}" if e > 0 else f"{mantissa}*10^({e})",
    ]
    right += [
        f"{a} \\times 10^{{{e - 1}}}",
        f"{mantissa} \\cdot 10^{{{e}}}",
        f"{mantissa} x 10^{e}" if e > 0 else f"{mantissa} x 10^{{{e}}}",
        f"{mantissa}×10^{{{e}}}",
    ]
    if 0 < e < 9:
        right += [str(a * 10 ** (e - 1)), f"{a * 10 ** (e - 1):,}"]
    wrong = [
        f"{mantissa} \\times 10^{{{e + 1}}}",
        f"{mantissa} \\times 10^{{{-e}}}",
        f"{mantissa}e{e - 1}",
        f"{a // 10}.{(a + 1) % 10} \\times 10^{{{e}}}",
        mantissa,
    ]
    yield from pairs(rng, right[:2], right, wrong, "scientific")


def currency(rng):
    whole, cents = rng.randint(1, 2500), rng.choice([0, 0, rng.randint(1, 99)])
    text = f"{whole}.{cents:02d}" if cents else str(whole)
    right = [
        f"\\${text}",
        f"${text}",
        f"{text} dollars",
        f"\\${whole:,}" + (f".{cents:02d}" if cents else ""),
        (text, "the currency may be missing"),
        f"{text} USD",
        f"\\$ {text}",
    ]
    if not cents:
        right += [f"\\${whole}.00", f"${whole}.00"]
    wrong = [f"€{text}", f"{text} euros", f"\\${whole + 1}", f"-\\${text}", f"{text} cents", f"{text}%", f"\\$1{text}"]
    yield from pairs(rng, [f"\\${text}", f"${text}"], right, wrong, "currency")


def base(rng):
    b = rng.choice([2, 3, 5, 7, 8, 9])
    n = rng.randint(20, 4000)
    digits, rest = "", n
    while rest:
        digits, rest = str(rest % b) + digits, rest // b
    right = [
        f"{digits}_{b}",
        f"{digits}_{{{b}}}",
        f"${digits}_{b}$",
        f"({digits})_{b}",
        f"{digits} (base {b})",
        f"{digits} base {b}",
        f"\\text{{{digits}}}_{b}",
        (digits, "the base may be missing"),
    ]
    other = digits[:-1] + str((int(digits[-1]) + 1) % b)
    wrong = [
        f"{digits}_{10}",
        f"{other}_{b}",
        f"{other}",
        f"{digits[::-1]}_{b}" if digits != digits[::-1] else f"1{digits}_{b}",
        (f"{n}_{{10}}", "another base"),
        (str(n), "another base"),
        f"{digits}_{b + 1}",
    ]
    yield from pairs(rng, [f"{digits}_{b}", f"{digits}_{{{b}}}"], right, wrong, "base")


def unevaluated(rng):
    a, b, c = rng.randint(2, 9), rng.randint(2, 9), rng.randint(2, 12)
    value = a**b + c
    right = [
        f"{a}^{b} + {c}",
        f"{a}^{{{b}}}+{c}",
        f"{c} + {a}^{b}",
        f"{a}**{b}+{c}",
        f"{a} \\cdot {a}^{{{b - 1}}} + {c}",
    ]
    wrong = [
        f"{a}^{{{b}}}-{c}",
        f"{a}\\cdot {b}+{c}" if a * b != a**b else f"{a}+{b}",
        f"{b}^{a}+{c}" if a**b != b**a else "0",
        f"{a}^{{{b}+{c}}}",
        f"{a}^{b}",
    ]
    yield from pairs(rng, [str(value)], right, wrong, "unevaluated", num_right=2, num_wrong=2)


def rounding(rng):
    """A decimal gold and the fraction or root behind it: four correct digits count, three and wrong ones do not."""
    q = rng.choice([3, 7, 9, 11, 13, 17, 19, 23])
    p = rng.randint(1, 6 * q)
    if p % q == 0:
        return
    value = Fraction(p, q)
    digits = 4 + rng.randint(0, 3)
    shown = f"{float(value):.{digits}g}"
    if "e" in shown or shown.replace(".", "").lstrip("0").endswith("0"):
        return
    if len(shown.replace(".", "").lstrip("0")) < 4:
        return  # trailing zeros are not shown, so fewer digits are left
    places = len(shown.partition(".")[2])
    unit = Fraction(1, 10**places)
    gold = f"\\frac{{{p}}}{{{q}}}"
    yield case(
        gold, shown, verdict=True, category="rounding", reason="rounded correctly to at least four significant digits"
    )
    yield case(gold, f"{float(value + unit):.{places}f}", verdict=False, category="rounding")
    yield case(gold, f"{float(value - unit):.{places}f}", verdict=False, category="rounding")
    yield case(
        gold, f"{float(value):.2g}", verdict=False, category="rounding", reason="fewer than four digits are no answer"
    )


MAKERS = {
    integer: 170,
    fraction: 110,
    decimal: 70,
    percent: 60,
    scientific: 60,
    currency: 60,
    base: 60,
    unevaluated: 60,
    rounding: 50,
}


def cases(rng):
    """All rows of the family."""
    return from_makers(MAKERS, rng)
