"""Several values at once: tuples, sets, lists, intervals, inequalities, matrices, plus-minus pairs, systems."""

from __future__ import annotations

from fractions import Fraction

from golden_answers.case import case, from_makers, pairs


def show(value: Fraction, rng=None) -> str:
    """A rational number as LaTeX, or one of its spellings."""
    if value.denominator == 1:
        return str(value.numerator)
    sign, top = ("-", -value.numerator) if value < 0 else ("", value.numerator)
    plain = f"{sign}\\frac{{{top}}}{{{value.denominator}}}"
    if rng is None:
        return plain
    return rng.choice(
        [plain, f"{sign}{top}/{value.denominator}", f"\\dfrac{{{value.numerator}}}{{{value.denominator}}}"]
    )


def values(rng, n, *, fractions=0.3):
    found: list[Fraction] = []
    while len(found) < n:
        value = Fraction(rng.randint(-12, 12), rng.choice([2, 3, 4, 5]) if rng.random() < fractions else 1)
        if value not in found:
            found.append(value)
    return found


def tuple_(rng):
    n = rng.choice([2, 2, 3])
    v = values(rng, n)
    inside = ", ".join(show(x) for x in v)
    again = ", ".join(show(x, rng) for x in v)
    right = [
        f"({inside})",
        f"\\left({again}\\right)",
        f"({again.replace(', ', ',')})",
        f"$({inside})$",
        f"\\langle {inside} \\rangle",
        (inside, "a bare list in the gold's order"),
    ]
    changed = [*v]
    changed[rng.randrange(n)] += rng.choice([-1, 1, 2])
    swapped = v[::-1]
    wrong = [
        f"({', '.join(map(show, changed))})",
        f"({', '.join(map(show, swapped))})",
        f"({inside}, 0)",
        f"({', '.join(map(show, v[:-1]))})" if n > 2 else show(v[0]),
        f"({', '.join(show(-x) for x in v)})",
        f"\\{{{', '.join(map(show, swapped))}\\}}",
    ]
    if all(x == 0 for x in v) or (n == 2 and v[0] == -v[0] and v[1] == -v[1]):
        return
    wrong[4] = f"({', '.join(show(x + 1) for x in v)})"
    yield from pairs(rng, right[:1], right, wrong, "tuple", num_right=4, num_wrong=4)


def set_(rng):
    n = rng.choice([2, 3, 3, 4])
    v = values(rng, n)
    order = rng.sample(v, n)
    inside, shuffled = ", ".join(map(show, v)), ", ".join(show(x, rng) for x in order)
    right = [
        f"\\{{{inside}\\}}",
        f"\\{{{shuffled}\\}}",
        f"\\left\\{{{shuffled}\\right\\}}",
        (shuffled, "bare lists in any order"),
        f"\\lbrace {shuffled} \\rbrace",
        f"$\\{{{shuffled}\\}}$",
    ]
    changed = [*order]
    changed[rng.randrange(n)] += 13
    wrong = [
        f"\\{{{', '.join(map(show, changed))}\\}}",
        f"\\{{{', '.join(map(show, order[:-1]))}\\}}",
        f"\\{{{inside}, 100\\}}",
        "\\emptyset",
        ", ".join(map(show, changed)),
        show(v[0]),
    ]
    yield from pairs(rng, right[:1], right, wrong, "set", num_right=4, num_wrong=3)


def list_(rng):
    n = rng.choice([2, 3])
    v = values(rng, n)
    order = rng.sample(v, n)
    inside, shuffled = ", ".join(map(show, v)), ", ".join(show(x, rng) for x in order)
    right = [
        inside,
        (shuffled, "bare lists in any order"),
        (shuffled.replace(", ", " \\text{ and } "), "bare lists in any order"),
        f"\\{{{shuffled}\\}}",
        f"x = {shuffled}",
        " \\text{ or } ".join(f"x = {show(x)}" for x in order),
        ", ".join(f"x = {show(x)}" for x in order),
        shuffled.replace(", ", " or "),
    ]
    changed = [*order]
    changed[rng.randrange(n)] += 13
    wrong = [
        ", ".join(map(show, changed)),
        show(v[0]),
        f"{inside}, 100",
        " or ".join(f"x = {show(x)}" for x in changed),
        f"x = {show(v[0])}",
        "no solution",
    ]
    yield from pairs(rng, [inside], right, wrong, "list", kind=rng.choice(["auto", "list"]), num_right=4, num_wrong=3)


def interval(rng):
    a, b = sorted(values(rng, 2, fractions=0.2))
    left, right_ = rng.choice("(["), rng.choice(")]")
    lo, hi = show(a), show(b)
    gold = f"{left}{lo}, {hi}{right_}"
    low, high = ("<" if left == "(" else "\\le"), ("<" if right_ == ")" else "\\leq")
    right = [
        gold,
        f"\\left{left}{lo},{hi}\\right{right_}",
        f"x \\in {gold}",
        (f"{lo} {low} x {high} {hi}", "an inequality for its interval"),
        f"${gold}$",
    ]
    other_left, other_right = "[" if left == "(" else "(", "]" if right_ == ")" else ")"
    wrong = [
        f"{other_left}{lo}, {hi}{right_}",
        f"{left}{lo}, {hi}{other_right}",
        f"{left}{lo}, {show(b + 1)}{right_}",
        f"{left}{show(a - 1)}, {hi}{right_}",
        f"{hi} {low} x {high} {lo}",
        f"{left}{lo}, \\infty)",
        lo,
    ]
    if (left, right_) == ("(", ")") or (left, right_) == ("[", "]"):
        right = [r for r in right if not isinstance(r, tuple)] + [
            (f"{lo} {low} x {high} {hi}", "an inequality for its interval")
        ]
    yield from pairs(rng, [gold], right, wrong, "interval", kind="expression", num_right=3, num_wrong=4)


def ray(rng):
    a = show(values(rng, 1)[0])
    name, gold, other, back = rng.choice([
        (">", f"({a}, \\infty)", f"[{a}, \\infty)", "<"), ("\\ge", f"[{a}, \\infty)", f"({a}, \\infty)", "\\le"),
        ("<", f"(-\\infty, {a})", f"(-\\infty, {a}]", ">"), ("\\le", f"(-\\infty, {a}]", f"(-\\infty, {a})", "\\ge"),
    ])  # fmt: skip
    plain = {">": ">", "<": "<", "\\ge": ">=", "\\le": "<="}[name]
    spellings = [
        gold,
        f"x {name} {a}",
        f"{a} {back} x",
        f"x {plain} {a}",
        f"x \\in {gold}",
        gold.replace("\\infty", "∞"),
        gold.replace("(-", "\\left(-").replace(")", "\\right)")
        if gold.startswith("(-") and gold.endswith(")")
        else gold,
    ]
    wrong = [
        other,
        f"x {back} {a}",
        f"{a} {name} x",
        f"x {name} {show(values(rng, 1)[0] + 40)}",
        f"x = {a}",
        a,
        f"y {name} {a}",
    ]
    start = rng.choice([gold, f"x {name} {a}"])
    yield from pairs(
        rng,
        [start],
        spellings,
        wrong[:-1] if start == gold else wrong,
        "inequality",
        kind="expression",
        num_right=4,
        num_wrong=3,
    )


def union(rng):
    a, b = sorted(values(rng, 2, fractions=0.2))
    lo, hi = show(a), show(b)
    gold = f"(-\\infty, {lo}) \\cup ({hi}, \\infty)"
    right = [
        gold,
        f"({hi},\\infty)\\cup(-\\infty,{lo})",
        f"x < {lo} \\text{{ or }} x > {hi}",
        f"x > {hi} or x < {lo}",
        f"(-∞,{lo})∪({hi},∞)",
        f"x \\in {gold}",
    ]
    wrong = [
        f"(-\\infty, {lo}] \\cup ({hi}, \\infty)",
        f"({lo}, {hi})",
        f"(-\\infty, {hi}) \\cup ({lo}, \\infty)",
        f"{lo} < x < {hi}",
        f"(-\\infty, {lo})",
        f"(-\\infty, {show(a - 1)}) \\cup ({hi}, \\infty)",
        f"x < {lo} \\text{{ and }} x > {hi}",
    ]
    yield from pairs(rng, [gold], right, wrong, "union", kind="expression", num_right=3, num_wrong=3)
    hole = f"x \\neq {lo}"
    yield from pairs(
        rng,
        [f"(-\\infty, {lo}) \\cup ({lo}, \\infty)"],
        [hole, f"\\mathbb{{R}} \\setminus \\{{{lo}\\}}"],
        [f"x \\ne {hi}", "\\mathbb{R}", f"x = {lo}"],
        "union",
        kind="expression",
        num_right=1,
        num_wrong=1,
    )


def matrix(rng):
    rows, columns = rng.choice([(2, 2), (2, 2), (2, 3), (3, 3), (3, 2)])
    cells = [[values(rng, 1, fractions=0.15)[0] for _ in range(columns)] for _ in range(rows)]

    def tex(m, env="pmatrix", gap=""):
        body = " \\\\ ".join(f"{gap}&{gap}".join(show(x) for x in row) for row in m)
        return f"\\begin{{{env}}} {body} \\end{{{env}}}"

    plain = "[" + ", ".join("[" + ", ".join(show(x) for x in row) + "]" for row in cells) + "]"
    right = [
        tex(cells),
        tex(cells, "bmatrix"),
        tex(cells, "bmatrix", " "),
        tex(cells).replace("frac", "dfrac"),
        plain,
        f"\\left[\\begin{{array}}{{{'c' * columns}}}{tex(cells)[16:-14]}\\end{{array}}\\right]",
        f"${tex(cells)}$",
    ]
    changed = [[*row] for row in cells]
    changed[rng.randrange(rows)][rng.randrange(columns)] += 1
    transposed = [list(row) for row in zip(*cells, strict=True)]
    wrong = [
        tex(changed),
        tex(changed, "bmatrix"),
        tex(cells[:-1]),
        tex([row[::-1] for row in cells]) if any(row != row[::-1] for row in cells) else tex(changed),
    ]
    if transposed != cells:
        wrong.append(tex(transposed))
    yield from pairs(
        rng, [tex(cells), tex(cells, "bmatrix")], right, wrong, "matrix", kind="expression", num_right=3, num_wrong=3
    )


def vector(rng):
    v = values(rng, rng.choice([2, 3]))
    column = "\\begin{pmatrix}" + "\\\\".join(map(show, v)) + "\\end{pmatrix}"
    row = ", ".join(map(show, v))
    right = [
        column,
        column.replace("pmatrix", "bmatrix"),
        (f"({row})", "a tuple for a column"),
        f"\\langle {row} \\rangle",
    ]
    changed = [*v]
    changed[0] += 1
    wrong = [
        column.replace(show(v[0]), show(v[0] + 20), 1),
        f"({', '.join(map(show, changed))})",
        f"({row}, 0)",
        f"({', '.join(map(show, v[::-1]))})",
        show(v[0]),
    ]
    yield from pairs(rng, [column], right, wrong, "vector", kind="expression", num_right=2, num_wrong=2)


def plus_minus(rng):
    a, b = rng.randint(1, 9), rng.choice([2, 3, 5, 7])
    c = rng.randint(2, 5)
    right = [
        f"\\pm {a}",
        f"±{a}",
        f"x = \\pm {a}",
        f"{a}, -{a}",
        f"-{a} \\text{{ and }} {a}",
        f"x = {a} or x = -{a}",
        f"\\{{-{a}, {a}\\}}",
    ]
    wrong = [str(a), f"-{a}", f"\\pm {a + 1}", f"{a}, {a}", f"-{a}, -{a}", "0"]
    yield from pairs(
        rng, [f"\\pm {a}", f"x = \\pm {a}"], right, wrong, "plus_minus", kind="expression", num_right=3, num_wrong=2
    )
    gold = f"\\frac{{{a} \\pm \\sqrt{{{b}}}}}{{{c}}}"
    plus, minus = f"\\frac{{{a}+\\sqrt{{{b}}}}}{{{c}}}", f"\\frac{{{a}-\\sqrt{{{b}}}}}{{{c}}}"
    right = [
        gold,
        f"{plus}, {minus}",
        f"{minus}, {plus}",
        f"x = {plus} \\text{{ or }} x = {minus}",
        f"\\frac{{{a}}}{{{c}}} \\pm \\frac{{\\sqrt{{{b}}}}}{{{c}}}",
    ]
    wrong = [
        plus,
        minus,
        f"\\frac{{{-a} \\pm \\sqrt{{{b}}}}}{{{c}}}",
        f"\\frac{{{a} \\pm \\sqrt{{{b + 4}}}}}{{{c}}}",
        f"{plus}, {plus}",
    ]
    yield from pairs(rng, [gold], right, wrong, "plus_minus", kind="expression", num_right=2, num_wrong=2)


def system(rng):
    p, q = values(rng, 2)
    x, y = show(p), show(q)
    right = [f"x = {x}, y = {y}", f"y = {y}, x = {x}", f"x={x} \\text{{ and }} y={y}", f"x = {x} ; y = {y}"]
    wrong = [f"x = {y}, y = {x}", f"x = {x}, y = {show(q + 1)}", f"x = {x}", f"x = {x}, z = {y}", x]
    yield from pairs(rng, right[:1], right, wrong, "system", kind="expression", num_right=2, num_wrong=2)
    yield case(f"({x}, {y})", f"(x, y) = ({x}, {y})", verdict=True, category="system", kind="expression")
    yield case(f"({x}, {y})", f"(x, y) = ({y}, {x})", verdict=False, category="system", kind="expression")


MAKERS = {
    tuple_: 70,
    set_: 55,
    list_: 60,
    interval: 55,
    ray: 50,
    union: 40,
    matrix: 50,
    vector: 30,
    plus_minus: 40,
    system: 25,
}


def cases(rng):
    """All rows of the family."""
    return from_makers(MAKERS, rng)
