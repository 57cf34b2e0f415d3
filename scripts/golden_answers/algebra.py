"""Formulas: polynomials, rational functions, radicals, trigonometry, logarithms, complex numbers, equations."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, isqrt

from golden_answers.case import case, from_makers, pairs


def term(c: int, power: int, x: str, *, first: bool) -> str:
    """`c x^power` with its sign."""
    sign = "-" if c < 0 else ("" if first else "+")
    size = "" if abs(c) == 1 and power else str(abs(c))
    body = "" if power == 0 else (x if power == 1 else f"{x}^{power}" if power < 10 else f"{x}^{{{power}}}")
    return f"{sign}{size}{body}"


def poly(coefficients: list[int], x: str = "x", *, ascending: bool = False, space: bool = False) -> str:
    """A polynomial from its coefficients, constant first."""
    items = [(c, i) for i, c in enumerate(coefficients) if c]
    if not ascending:
        items.reverse()
    out = "".join(term(c, i, x, first=n == 0) for n, (c, i) in enumerate(items)) or "0"
    return out[0] + out[1:].replace("+", " + ").replace("-", " - ") if space else out


def times(a: list[int], b: list[int]) -> list[int]:
    """Product of two polynomials."""
    out = [0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            out[i + j] += x * y
    return out


def nonzero(rng, low, high):
    return rng.choice([n for n in range(low, high + 1) if n])


def polynomial(rng):
    x = rng.choice("xxxtyn")
    p = [nonzero(rng, -9, 9), nonzero(rng, -4, 4)]
    q = [nonzero(rng, -9, 9), nonzero(rng, -4, 4)]
    product = times(p, q)
    a, b = poly(p, x), poly(q, x)
    right = [
        f"({a})({b})",
        f"({b})({a})",
        f"({a}) \\cdot ({b})",
        f"({a})*({b})",
        f"\\left({a}\\right)\\left({b}\\right)",
        poly(product, x),
        poly(product, x, ascending=True),
        poly(product, x, space=True),
    ]
    right += [
        f"-({poly([-c for c in product], x)})",
        f"\\frac{{{poly([2 * c for c in product], x)}}}{{2}}",
        f"{poly(product, x).replace('^2', '²')}",
        f"{poly(product, x).replace('^2', '**2')}",
    ]
    right += [f"${poly(product, x)}$", f"y={poly(product, x)}" if x != "y" else f"({a})({b})"]
    place = rng.randrange(len(product))
    changed = [*product]
    changed[place] += rng.choice([-2, -1, 1, 2])
    other = [-p[0], p[1]]
    wrong = [
        poly(changed, x),
        poly([-c for c in product], x),
        f"({poly(other, x)})({b})",
        f"({a})+({b})",
        f"({a})({b})^2",
        poly(product, "z"),
        f"({a})({b})+1",
        f"({a})/({b})",
    ]
    wrong = [w for w in wrong if not w.startswith("0")]
    yield from pairs(
        rng,
        [poly(product, x), f"({a})({b})"],
        right,
        wrong,
        "polynomial",
        kind=rng.choice(["expression", "auto"]),
        num_right=5,
        num_wrong=4,
    )


def binomial_power(rng):
    a, n = nonzero(rng, -5, 5), rng.choice([2, 3, 4])
    coefficients = [comb(n, k) * a ** (n - k) for k in range(n + 1)]
    inner = poly([a, 1])
    right = [
        f"({inner})^{n}",
        f"({inner})^{{{n}}}",
        f"({inner})({inner})^{{{n - 1}}}",
        poly(coefficients),
        poly(coefficients, ascending=True),
    ]
    wrong = [
        f"({poly([-a, 1])})^{n}",
        f"({inner})^{n + 1}",
        f"x^{n} + {a**n}",
        poly([*coefficients[:-1], 2]),
        poly([coefficients[0] + 1, *coefficients[1:]]),
    ]
    yield from pairs(rng, [poly(coefficients), f"({inner})^{n}"], right, wrong, "polynomial", kind="expression")


def rational_function(rng):
    a, b, c = nonzero(rng, -6, 6), nonzero(rng, -6, 6), rng.randint(2, 5)
    if a == b:
        b = a + 1 or 2
    p, q = poly([a, 1]), poly([b, 1])
    right = [
        f"\\frac{{{p}}}{{{q}}}",
        f"({p})/({q})",
        f"\\dfrac{{{p}}}{{{q}}}",
        f"\\frac{{{poly([c * a, c])}}}{{{poly([c * b, c])}}}",
        f"1 + \\frac{{{a - b}}}{{{q}}}",
        f"\\frac{{-({p})}}{{-({q})}}",
        f"({p})({q})^{{-1}}",
        f"\\frac{{{poly(times([a, 1], [c, 1]))}}}{{({q})(x+{c})}}",
    ]
    wrong = [
        f"\\frac{{{q}}}{{{p}}}",
        f"\\frac{{{p}}}{{{poly([b + 1, 1])}}}",
        f"\\frac{{{poly([a + 1, 1])}}}{{{q}}}",
        f"-\\frac{{{p}}}{{{q}}}",
        f"\\frac{{{a}}}{{{b}}}",
        f"{p}/{b}",
        f"({p})({q})",
    ]
    yield from pairs(rng, right[:2], right, wrong, "rational_function", kind="expression", num_right=4, num_wrong=3)


def radical(rng):
    a, b = rng.randint(2, 12), rng.choice([2, 3, 5, 6, 7, 10, 11])
    right = [
        f"{a}\\sqrt{{{b}}}",
        f"\\sqrt{{{a * a * b}}}",
        f"{a} \\sqrt{{{b}}}",
        f"{a}\\cdot\\sqrt{{{b}}}",
        f"{a}*sqrt({b})",
        f"\\sqrt{{{b}}} \\cdot {a}",
        f"{a}√{b}",
        f"\\frac{{{a * b}}}{{\\sqrt{{{b}}}}}",
        f"{a}\\cdot {b}^{{1/2}}",
        f"{a}({b})^{{\\frac{{1}}{{2}}}}",
        f"\\sqrt{{{a * a}}}\\sqrt{{{b}}}",
    ]
    if b < 10:
        right.append(f"{a}\\sqrt{b}")
    value = (a * a * b) ** 0.5
    right.append((f"{value:.5f}", "rounded correctly to at least four significant digits"))
    wrong = [
        f"{a + 1}\\sqrt{{{b}}}",
        f"{a}\\sqrt{{{b + 1}}}",
        f"-{a}\\sqrt{{{b}}}",
        f"\\sqrt{{{a * b}}}",
        f"{a * b}",
        f"{value + 0.001:.5f}",
        f"{value:.1f}",
        f"\\frac{{{a}}}{{\\sqrt{{{b}}}}}",
        f"\\sqrt{{{a * a * b + 1}}}",
        f"{a}+\\sqrt{{{b}}}",
        f"{isqrt(a * a * b)}",
    ]
    yield from pairs(rng, right[:2], right, wrong, "radical", num_right=4, num_wrong=4)


def surd(rng):
    a, b, c = nonzero(rng, -8, 8), rng.choice([2, 3, 5, 7]), rng.randint(2, 6)
    right = [
        f"\\frac{{{a}+\\sqrt{{{b}}}}}{{{c}}}",
        f"({a}+\\sqrt{{{b}}})/{c}",
        f"\\frac{{{a}}}{{{c}}}+\\frac{{\\sqrt{{{b}}}}}{{{c}}}",
        f"\\frac{{\\sqrt{{{b}}}+{a}}}{{{c}}}" if a > 0 else f"\\frac{{\\sqrt{{{b}}}{a}}}{{{c}}}",
        f"\\frac{{1}}{{{c}}}({a}+\\sqrt{{{b}}})",
    ]
    if a * a != b:
        right.append(f"\\frac{{{a * a - b}}}{{{c}({a}-\\sqrt{{{b}}})}}")
    wrong = [
        f"\\frac{{{a}-\\sqrt{{{b}}}}}{{{c}}}",
        f"\\frac{{{a}+\\sqrt{{{b}}}}}{{{c + 1}}}",
        f"{a}+\\frac{{\\sqrt{{{b}}}}}{{{c}}}",
        f"\\frac{{{a + 1}+\\sqrt{{{b}}}}}{{{c}}}",
        f"\\frac{{{a}\\sqrt{{{b}}}}}{{{c}}}",
        f"\\frac{{{a}\\pm\\sqrt{{{b}}}}}{{{c}}}",
    ]
    yield from pairs(rng, right[:1], right, wrong, "radical", kind="expression", num_right=3, num_wrong=3)


def pi_multiple(rng):
    p, q = rng.randint(1, 15), rng.choice([1, 2, 3, 4, 6, 12])
    f = Fraction(p, q)
    p, q = f.numerator, f.denominator
    top = "\\pi" if p == 1 else f"{p}\\pi"
    gold = top if q == 1 else f"\\frac{{{top}}}{{{q}}}"
    plain = ("" if p == 1 else str(p)) + "π" + ("" if q == 1 else f"/{q}")
    right = [
        gold,
        plain,
        f"\\pi \\cdot \\frac{{{p}}}{{{q}}}",
        f"\\frac{{{p}}}{{{q}}}\\pi",
        f"{p}*pi/{q}",
        f"\\dfrac{{{2 * p}\\pi}}{{{2 * q}}}",
    ]
    value = 3.141592653589793 * p / q
    right.append((f"{value:.5f}", "rounded correctly to at least four significant digits"))
    wrong = [
        f"\\frac{{{p + 1}\\pi}}{{{q}}}",
        f"\\frac{{{p}}}{{{q}}}",
        f"-{gold}",
        f"\\frac{{{p}\\pi}}{{{q + 1}}}",
        f"{value:.1f}",
        f"\\frac{{{p}\\pi^2}}{{{q}}}",
        f"{value + 0.002:.5f}",
        f"\\frac{{{q}}}{{{p}\\pi}}",
        f"\\frac{{{22 * p}}}{{{7 * q}}}",
    ]
    yield from pairs(rng, [gold], right, wrong, "pi", num_right=3, num_wrong=3)


IDENTITIES = [
    (r"\sin({u})^2+\cos({u})^2", "1"), (r"\sin(2{u})", r"2\sin({u})\cos({u})"), (r"\cos(2{u})", r"1-2\sin^2({u})"),
    (r"\cos(2{u})", r"\cos^2({u})-\sin^2({u})"), (r"\tan({u})", r"\frac{\sin({u})}{\cos({u})}"), (r"\sec({u})", r"\frac{1}{\cos({u})}"),
    (r"1+\tan^2({u})", r"\sec^2({u})"), (r"\ln({u}^2+1)-\ln(2)", r"\ln\left(\frac{{u}^2+1}{2}\right)"), (r"e^{2{u}}", r"(e^{{u}})^2"),
    (r"e^{{u}+1}", r"e\cdot e^{{u}}"), (r"2^{{u}+2}", r"4\cdot 2^{{u}}"), (r"\sinh({u})", r"\frac{e^{{u}}-e^{-{u}}}{2}"),
    (r"\sqrt{{u}^2+2{u}+1}", r"|{u}+1|"), (r"\sqrt[3]{8{u}^3+8}", r"2\sqrt[3]{{u}^3+1}"), (r"\log_2({u}^2+1)", r"\frac{\ln({u}^2+1)}{\ln 2}"),
    (r"({u}^2+1)^{3/2}", r"({u}^2+1)\sqrt{{u}^2+1}"), (r"\cos^2({u})", r"\frac{1+\cos(2{u})}{2}"),
    (r"\exp(-{u})", r"\frac{1}{e^{{u}}}"), (r"\cot({u})", r"\frac{\cos({u})}{\sin({u})}"),
]  # fmt: skip
FALSE = [
    (r"\sin(2{u})", r"2\sin({u})"), (r"\cos(2{u})", r"1-2\cos^2({u})"), (r"\sqrt{{u}^2}", "{u}"), (r"e^{2{u}}", r"2e^{{u}}"), (r"\ln({u}^2+1)", r"2\ln({u}+1)"),
    (r"\tan({u})", r"\frac{\cos({u})}{\sin({u})}"), (r"\sec({u})", r"\frac{1}{\sin({u})}"), (r"2^{{u}+2}", r"2\cdot 2^{{u}}"), (r"\cos^2({u})", r"\frac{1-\cos(2{u})}{2}"),
    (r"\sqrt{{u}^2+1}", r"{u}+1"), (r"\exp(-{u})", r"-e^{{u}}"), (r"\log_2({u}^2+1)", r"\log_3({u}^2+1)"), (r"\ln({u}^2+1)-\ln(2)", r"\ln({u}^2-1)"), (r"\sin({u})", r"\cos({u})"),
    (r"({u}^2+1)^{3/2}", r"({u}^2+1)^{2/3}"), (r"\sqrt[3]{{u}}", r"\sqrt{{u}}"), (r"\arctan({u})", r"\arcsin({u})"), (r"e^{{u}}", r"e^{{u}}+10^{-6}"),
]  # fmt: skip


def transcendental(rng):
    for source, verdict in ((IDENTITIES, True), (FALSE, False)):
        k = rng.randint(2, 9)
        head, tail = rng.choice([("", ""), ("", ""), (f"{k}(", ")"), ("(", f")+{k}"), ("\\frac{", f"}}{{{k}}}")])
        u = rng.choice(["x", "x", "t", "\\theta", "(3x)"])
        sides = [head + side.replace("{u}", u) + tail for side in rng.choice(source)]
        rng.shuffle(sides)
        yield case(*sides, verdict=verdict, category="transcendental", kind="expression")


def logarithm(rng):
    base, p = rng.choice([2, 3, 5, 7]), rng.randint(2, 6)
    right = [
        f"\\ln {base**p}",
        f"{p}\\ln {base}",
        f"\\ln({base}^{p})",
        f"{p} \\ln({base})",
        f"\\ln {base ** (p - 1)} + \\ln {base}",
        f"-\\ln\\frac{{1}}{{{base**p}}}",
        f"{p}*ln({base})",
    ]
    wrong = [
        f"\\ln {base**p + 1}",
        f"{p + 1}\\ln {base}",
        f"{base}\\ln {p}" if base**p != p**base else "0",
        f"\\log_{{10}} {base**p}",
        f"\\ln {p} \\ln {base}",
        f"{p}\\log_2 {base}",
        f"(\\ln {base})^{p}",
    ]
    yield from pairs(rng, right[:2], right, wrong, "logarithm", kind="expression", num_right=3, num_wrong=2)
    right = [
        str(p),
        f"\\log_{base} {base**p}",
        f"\\log_{{{base}}}({base**p})",
        f"\\frac{{\\ln {base**p}}}{{\\ln {base}}}",
    ]
    yield from pairs(
        rng,
        [str(p)],
        right,
        [f"\\log_{base} {base ** (p + 1)}", f"\\log_{{{base**p}}} {base}"],
        "logarithm",
        num_right=2,
        num_wrong=1,
    )


def complex_number(rng):
    a, b = nonzero(rng, -9, 9), nonzero(rng, -9, 9)
    im = ("" if abs(b) == 1 else str(abs(b))) + "i"
    sign = "+" if b > 0 else "-"
    gold = f"{a}{sign}{im}"
    right = [
        gold,
        f"{a} {sign} {im}",
        f"{'-' if b < 0 else ''}{im}{'+' if a > 0 else '-'}{abs(a)}",
        f"\\frac{{{2 * a}{sign}{2 * abs(b)}i}}{{2}}",
        f"i({b}{'-' if a > 0 else '+'}{abs(a)}i)",
        f"{a} {sign} {abs(b)} \\cdot i",
        f"z = {gold}",
    ]
    wrong = [
        f"{a}{'-' if b > 0 else '+'}{im}",
        f"{-a}{sign}{im}",
        f"{a + 1}{sign}{im}",
        f"{b}{'+' if a > 0 else '-'}{abs(a)}i" if a != b else "0",
        str(a),
        f"{a}{sign}{abs(b) + 1}i",
        f"({a}, {b})",
    ]
    wrong = wrong[:-1]
    yield from pairs(rng, [gold], right, wrong, "complex", kind="expression")


def factorials(rng):
    n, k = rng.randint(4, 12), rng.randint(2, 3)
    value = comb(n, k)
    right = [
        f"\\binom{{{n}}}{{{k}}}",
        f"\\frac{{{n}!}}{{{k}!{n - k}!}}",
        f"\\dbinom{{{n}}}{{{n - k}}}",
        str(value),
        f"\\frac{{{n}!}}{{{k}! \\cdot {n - k}!}}",
    ]
    wrong = [
        f"\\binom{{{n}}}{{{k + 1}}}" if 2 * k + 1 != n else str(value + 1),
        f"\\frac{{{n}!}}{{{n - k}!}}",
        str(value + 1),
        f"{n}!",
        f"\\binom{{{n + 1}}}{{{k}}}",
    ]
    yield from pairs(rng, [str(value), right[0]], right, wrong, "factorial", num_right=2, num_wrong=2)
    if n < 9:
        yield case(str(factorial(n)), f"{n}!", verdict=True, category="factorial")
        yield case(f"{n}!", f"{n} \\cdot {n - 1}!", verdict=True, category="factorial")
        yield case(f"{n}!", str(factorial(n) + 1), verdict=False, category="factorial")


def several_variables(rng):
    a, b = rng.sample(["a", "b", "m", "p", "x", "y", "k"], 2)
    c, d = rng.randint(2, 7), rng.randint(2, 7)
    right = [
        f"{c}{a}^2+{d}{a}{b}",
        f"{a}({c}{a}+{d}{b})",
        f"{d}{b}{a} + {c}{a}^2",
        f"{a}\\left({c}{a}+{d}{b}\\right)",
        f"({c}{a}+{d}{b}){a}",
        f"{c}{a}^{{2}}+{d}{a} \\cdot {b}",
    ]
    wrong = [
        f"{c}{b}^2+{d}{a}{b}",
        f"{a}({c}{a}-{d}{b})",
        f"{c}{a}^2+{d + 1}{a}{b}",
        f"{a}({c}+{d}{b})",
        f"{c}{a}^2+{d}{a}+{b}",
        f"({c}{a}+{d}{b})",
    ]
    yield from pairs(rng, right[:2], right, wrong, "several_variables", kind="expression", num_right=4, num_wrong=3)


def equation(rng):
    a, b, c = nonzero(rng, -6, 6), nonzero(rng, -6, 6), nonzero(rng, -12, 12)
    k = rng.randint(2, 4)
    s = lambda n, v: f"{'+' if n > 0 else '-'}{'' if abs(n) == 1 else abs(n)}{v}"
    lead = lambda n, v: s(n, v).removeprefix("+")
    right = [
        f"{lead(a, 'x')}{s(b, 'y')}={c}",
        f"{lead(b, 'y')}{s(a, 'x')} = {c}",
        f"{lead(k * a, 'x')}{s(k * b, 'y')}={k * c}",
        f"{lead(a, 'x')}{s(b, 'y')}-({c})=0",
        f"{c} = {lead(a, 'x')}{s(b, 'y')}",
        f"{lead(-a, 'x')}{s(-b, 'y')}={-c}",
    ]
    if a != 0 and b in (1, -1):
        right.append(f"y = {lead(-a * b, 'x')}{s(b * c, '') if abs(b * c) != 1 else ('+1' if b * c > 0 else '-1')}")
    wrong = [
        f"{lead(a, 'x')}{s(b, 'y')}={c + 1}",
        f"{lead(a, 'x')}{s(-b, 'y')}={c}",
        f"{lead(a + k, 'x')}{s(b, 'y')}={c}" if a + k else f"x={c}",
        f"{lead(a, 'x')}{s(b, 'z')}={c}",
        f"{lead(a, 'x')}{s(b, 'y')}",
        str(c),
        f"{lead(a, 'x')}{s(b, 'y')} > {c}",
    ]
    yield from pairs(
        rng, right[:1], right, wrong, "equation", kind=rng.choice(["expression", "auto"]), num_right=4, num_wrong=3
    )


def line(rng):
    m, b = nonzero(rng, -7, 7), nonzero(rng, -9, 9)
    if m == -1:
        return  # x = b - y is the same line
    right_side = poly([b, m])
    right = [
        f"y = {right_side}",
        f"y={poly([b, m], ascending=True)}",
        (right_side, "the right side alone"),
        f"{right_side} = y",
        f"y - ({right_side}) = 0",
        f"f(x) = {right_side}",
    ]
    right[-1] = f"y = {poly([b, m], space=True)}"
    wrong = [
        f"y = {poly([b + 1, m])}",
        f"y = {poly([-b, m])}",
        f"x = {poly([b, m], 'y')}",
        f"y = {poly([b, m + 1])}",
        f"z = {right_side}",
        f"y \\ge {right_side}",
    ]
    yield from pairs(rng, right[:1], right, wrong, "equation", num_right=3, num_wrong=3)
    yield case(f"f(x) = {right_side}", right_side, verdict=True, category="equation", reason="the right side alone")
    yield case(
        right_side, f"f(x) = {right_side}", verdict=True, category="equation", reason="an assignment of the value"
    )


MAKERS = {
    polynomial: 80, binomial_power: 30, rational_function: 50, radical: 60, surd: 40, pi_multiple: 50, transcendental: 130, logarithm: 30,
    complex_number: 45, factorials: 25, several_variables: 50, equation: 45, line: 30,
}  # fmt: skip


def cases(rng):
    """All rows of the family."""
    return from_makers(MAKERS, rng)
