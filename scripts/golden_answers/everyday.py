"""Answers that are no formulas: quantities, dates, times, ratios, truth values, names, letters of choices, chemistry."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from golden_answers.case import case, from_makers, pairs

# name, plural, symbol, factor to the base of its dimension
UNITS = {
    "length": [("kilometer", "kilometers", "km", Fraction(1000)), ("meter", "meters", "m", Fraction(1)), ("centimeter", "centimeters", "cm", Fraction(1, 100)), ("millimeter", "millimeters", "mm", Fraction(1, 1000))],
    "mass": [("kilogram", "kilograms", "kg", Fraction(1000)), ("gram", "grams", "g", Fraction(1)), ("milligram", "milligrams", "mg", Fraction(1, 1000))],
    "time": [("hour", "hours", "h", Fraction(3600)), ("minute", "minutes", "min", Fraction(60)), ("second", "seconds", "s", Fraction(1))],
    "volume": [("liter", "liters", "L", Fraction(1)), ("milliliter", "milliliters", "mL", Fraction(1, 1000))],
    "energy": [("kilojoule", "kilojoules", "kJ", Fraction(1000)), ("joule", "joules", "J", Fraction(1))],
    "imperial": [("yard", "yards", "yd", Fraction(36)), ("foot", "feet", "ft", Fraction(12)), ("inch", "inches", "in", Fraction(1))],
}  # fmt: skip


def plain(value: Fraction) -> str | None:
    """A decimal that is exactly the value, where one of at most eight digits is."""
    for places in range(7):
        scaled = value * 10**places
        if scaled.denominator == 1:
            return f"{float(value):.{places}f}" if len(str(scaled.numerator)) <= 8 else None
    return None


def quantity(rng):
    dimension = rng.choice(list(UNITS))
    single, plural, symbol, factor = rng.choice(UNITS[dimension])
    n = rng.choice([rng.randint(2, 90), rng.randint(2, 990)])
    name = plural if n != 1 else single
    right = [
        f"{n} {symbol}",
        f"{n} \\text{{ {symbol}}}",
        f"{n}\\,\\mathrm{{{symbol}}}",
        f"{n} {name}",
        f"{n}\\text{{ {name}}}",
        f"${n}$ {name}",
        (str(n), "the unit may be missing"),
        f"{n}.0 {symbol}",
    ]
    if len(symbol) > 1:
        right.append(f"{n}{symbol}")
    wrong = [
        f"{n + 1} {symbol}",
        f"-{n} {symbol}",
        f"{n}0 {symbol}",
        str(n + 1),
        f"{n} {symbol}^2",
        f"{n} or {n + 2} {symbol}",
    ]
    for _, other_plural, other, scale in UNITS[dimension]:
        if other == symbol:
            continue
        converted = plain(n * factor / scale)
        if converted is not None:
            right += [f"{converted} {other}", f"{converted}\\text{{ {other_plural}}}"]
        wrong += [f"{n} {other}", f"{n}\\text{{ {other_plural}}}"]
    other_dimension = rng.choice([d for d in UNITS if d != dimension and {d, dimension} != {"length", "imperial"}])
    wrong.append(f"{n} {UNITS[other_dimension][0][1]}")
    yield from pairs(
        rng,
        [f"{n} \\text{{ {symbol}}}", f"{n} {name}", f"{n}\\text{{ {name}}}", f"{n} {symbol}"],
        right,
        wrong,
        "quantity",
        num_right=5,
        num_wrong=4,
    )


def compound_unit(rng):
    n = rng.randint(2, 80)
    spellings, wrong = rng.choice([
        ([f"{n} m/s", f"{n} \\text{{ m/s}}", f"{n}\\,\\mathrm{{m/s}}", f"{n} meters per second", f"{n}\\text{{ m}}/\\text{{s}}", f"{n} m s^{{-1}}"], [f"{n} m/s^2", f"{n} km/s", f"{n} m", f"{n} s/m"]),
        ([f"{n} m/s^2", f"{n} \\text{{ m/s}}^2", f"{n}\\,\\mathrm{{m/s^2}}", f"{n} m/s²", f"{n} meters per second squared"], [f"{n} m/s", f"{n} m^2/s", f"{n + 1} m/s^2"]),
        ([f"{n} km/h", f"{n} \\text{{ km/h}}", f"{n} kilometers per hour", f"{n} km/hr"], [f"{n} m/s", f"{n} mph", f"{n} h/km", f"{n} km"]),
        ([f"{n} cm^2", f"{n} \\text{{ cm}}^2", f"{n} square centimeters", f"{n}\\text{{ cm}}^{{2}}", f"{n} cm²", f"{n}\\,\\mathrm{{cm}}^2"], [f"{n} cm", f"{n} cm^3", f"{n} m^2", f"{n} square meters"]),
        ([f"{n} m^3", f"{n} cubic meters", f"{n} \\text{{ m}}^3", f"{n} m³"], [f"{n} m^2", f"{n} L", f"{n} cubic centimeters"]),
        ([f"{n}°C", f"{n}^\\circ C", f"{n}^{{\\circ}}\\text{{C}}", f"{n} degrees Celsius", f"{n} °C"], [f"{n}°F", f"{n + 1}°C", f"{n} K"]),
        ([f"{n}^\\circ", f"{n}°", f"{n} degrees", f"{n}^{{\\circ}}", f"{n}\\degree", str(n)], [f"{n + 1}^\\circ", f"{n}\\%", f"-{n}^\\circ", f"{n}\\pi"]),
    ])  # fmt: skip
    yield from pairs(rng, spellings[:3], spellings, wrong, "quantity", num_right=3, num_wrong=2)


def counted(rng):
    n = rng.randint(2, 400)
    noun = rng.choice(["apples", "students", "books", "marbles", "coins", "tickets", "pages", "cars"])
    yield case(f"{n} {noun}", str(n), verdict=True, category="counted", reason="the counted thing may be missing")
    yield case(str(n), f"{n} {noun}", verdict=True, category="counted", reason="the counted thing may be missing")
    yield case(f"{n} {noun}", f"{n + 1} {noun}", verdict=False, category="counted")
    yield case(str(n), f"{n + 1} {noun}", verdict=False, category="counted")
    yield case(str(n), f"{n} dozens", verdict=False, category="counted")


def date(rng):
    day = dt.date(rng.randint(1500, 2030), rng.randint(1, 12), rng.randint(1, 28))
    end = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(day.day, "th")
    month, short = day.strftime("%B"), day.strftime("%b")
    right = [
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        day.isoformat(),
        f"{short} {day.day}, {day.year}",
        f"{month} {day.day}{end}, {day.year}",
        f"{day.day}{end} of {month} {day.year}",
        f"{short}. {day.day}, {day.year}",
        f"{month.lower()} {day.day} {day.year}",
        f"{day.strftime('%A')}, {month} {day.day}, {day.year}",
        f"\\text{{{month} {day.day}, {day.year}}}",
    ]
    if day.day > 12:
        right += [f"{day.month}/{day.day}/{day.year}", f"{day.day}/{day.month}/{day.year}"]
    other = day + dt.timedelta(days=1)
    wrong = [
        f"{other.strftime('%B')} {other.day}, {other.year}",
        other.isoformat(),
        f"{month} {day.day}, {day.year + 1}",
        f"{month} {day.year}",
        str(day.year),
        f"{(day + dt.timedelta(days=31)).strftime('%B')} {day.day}, {day.year}",
        f"{month} {day.day}",
    ]
    yield from pairs(
        rng, right[:3], right, wrong, "date", kind=rng.choice(["string", "auto"]), num_right=5, num_wrong=4
    )


def clock(rng):
    hour, minute = rng.randint(1, 11), rng.choice([0, 15, 30, rng.randint(1, 59)])
    afternoon = rng.random() < 0.5
    half, other = ("PM", "AM") if afternoon else ("AM", "PM")
    dotted = f"{half[0].lower()}.m."
    of_day = hour + 12 * afternoon
    right = [
        f"{hour}:{minute:02d} {half}",
        f"{hour}:{minute:02d} {half.lower()}",
        f"{hour}:{minute:02d}{half.lower()}",
        f"{hour}:{minute:02d} {dotted}",
        f"{of_day:02d}:{minute:02d}",
        f"\\text{{{hour}:{minute:02d} {half}}}",
    ]
    if minute == 0:
        right += [f"{hour} {half}", f"{hour}{half.lower()}", f"{hour} {dotted}"]
    wrong = [
        f"{hour}:{minute:02d} {other}",
        f"{hour}:{(minute + 7) % 60:02d} {half}",
        f"{hour % 11 + 1}:{minute:02d} {half}",
        f"{hour}.{minute:02d}",
        f"{(of_day + 12) % 24:02d}:{minute:02d}",
    ]
    yield from pairs(
        rng, right[:2], right, wrong, "time", kind=rng.choice(["string", "auto"]), num_right=3, num_wrong=3
    )


def duration(rng):
    hours, minutes = rng.randint(1, 9), rng.choice([15, 20, 30, 45, 12])
    total = hours * 60 + minutes
    right = [
        f"{hours} hours {minutes} minutes",
        f"{hours} hours and {minutes} minutes",
        f"{total} minutes",
        f"{hours} h {minutes} min",
        f"{total} min",
        f"{hours} \\text{{ hours }} {minutes} \\text{{ minutes}}",
    ]
    wrong = [
        f"{hours} hours",
        f"{hours} hours {minutes + 1} minutes",
        f"{minutes} hours {hours} minutes",
        f"{total} hours",
        f"{total + 1} minutes",
        f"{hours}.{minutes} hours" if Fraction(f"{hours}.{minutes}") * 60 != total else f"{hours} minutes",
    ]
    yield from pairs(rng, right[:3], right, wrong, "duration", num_right=3, num_wrong=2)


def ratio(rng):
    a, b = rng.sample([1, 2, 3, 4, 5, 7, 8, 9], 2)
    k = rng.randint(2, 6)
    right = [
        f"{a}:{b}",
        f"{a} : {b}",
        f"{a} to {b}",
        f"${a}:{b}$",
        f"{a}\\colon {b}",
        f"{a * k}:{b * k}" if b * k < 10 or b * k > 59 else f"{a * k} : {b * k}",
    ]
    if b * k > 9:
        right = right[:5]
    wrong = [f"{b}:{a}", f"{a}:{b + 1}", f"{a + 1}:{b}" if (a + 1) * b != a * b else "1:1", str(a), f"{a}:{b}:1"]
    yield from pairs(rng, [f"{a}:{b}"], right, wrong, "ratio", num_right=3, num_wrong=2)


def truth(rng):
    right, wrong = [
        ("True", "true", "yes", "Yes", "TRUE", "\\text{True}", "Yes."),
        ("False", "false", "no", "No", "FALSE", "\\text{False}", "No."),
    ][:: rng.choice([1, -1])]
    yield from pairs(
        rng,
        [*right[:4]],
        list(right),
        [*wrong, "maybe", "true or false", "unknown", "not " + right[0].lower()],
        "boolean",
        kind=rng.choice(["boolean", "auto"]),
        num_right=2,
        num_wrong=2,
    )


NAMES = [
    ("Paris", "London"), ("Albert Einstein", "Isaac Newton"), ("photosynthesis", "respiration"), ("the mitochondria", "the nucleus"), ("carbon dioxide", "carbon monoxide"),
    ("George Washington", "Thomas Jefferson"), ("an isosceles triangle", "an equilateral triangle"), ("Mount Everest", "K2"), ("The Great Gatsby", "The Old Man and the Sea"),
    ("New York", "New Jersey"), ("igneous rock", "metamorphic rock"), ("World War II", "World War I"), ("the Nile", "the Amazon"), ("Homo sapiens", "Homo erectus"), ("DNA", "RNA"),
    ("São Paulo", "Rio de Janeiro"), ("Zürich", "Geneva"), ("supply and demand", "supply"), ("Louis XIV", "Louis XVI"), ("left", "right"), ("north", "south"), ("increases", "decreases"),
]  # fmt: skip


def text(rng):
    name, other = rng.choice(NAMES)
    bare = name.removeprefix("the ").removeprefix("an ").removeprefix("The ")
    right = [
        name,
        name.lower(),
        name.upper() if name.isascii() else name,
        f"{name}.",
        f"\\text{{{name}}}",
        f" {name} ",
        f"**{name}**",
        name.replace(" ", "  "),
        f"the {bare}",
        f"\\textbf{{{name}}}",
    ]
    wrong = [
        other,
        f"not {name}",
        f"{name} or {other}",
        f"{bare}s",
        bare[:-1],
        f"{other} {name}",
        name[::-1],
        f"{name} and {other}",
    ]
    yield from pairs(
        rng, [name], right, wrong, "text", kind=rng.choice(["string", "string", "auto"]), num_right=4, num_wrong=3
    )


def choice(rng):
    letters = "ABCD"
    texts = rng.choice([
        rng.sample([f"{rng.randint(2, 99)} km" for _ in range(9)], 4), rng.sample([a for a, _ in NAMES], 4), [str(n) for n in rng.sample(range(2, 99), 4)],
        rng.sample(["Vitamin A", "Vitamin C", "Iron", "Zinc", "Calcium", "Vitamin K"], 4),
    ])  # fmt: skip
    if len(set(texts)) < 4:
        return
    index = rng.randrange(4)
    letter, own = letters[index], texts[index]
    j = rng.choice([i for i in range(4) if i != index])
    right = [
        letter,
        f"({letter})",
        f"{letter}.",
        f"{letter})",
        f"\\text{{{letter}}}",
        f"\\textbf{{({letter})}}",
        f"{letter}) {own}",
        f"({letter}) {own}",
        f"{letter}. {own}",
        own,
        f"\\text{{{own}}}",
        f"Option {letter}",
        f"{letter}: {own}",
        letter.lower(),
    ]
    wrong = [
        letters[j],
        f"({letters[j]})",
        texts[j],
        f"{letter} or {letters[j]}",
        f"{letter}, {letters[j]}",
        (f"{letter}) {texts[j]}", "the letter contradicts its text"),
        f"{letters[j]}) {own}",
        "E",
        "none of the above",
        f"{letters[j]}. {texts[j]}",
        "",
    ]
    yield from pairs(rng, [letter], right, wrong, "mcq", kind="mcq", choices=texts, num_right=6, num_wrong=5)


FORMULAS = [
    (["H_2O", "H2O", "\\text{H}_2\\text{O}", "\\mathrm{H_2O}", "\\ce{H2O}", "H₂O"], ["H_2O_2", "HO", "CO_2", "H_2S"]),
    (["CO_2", "CO2", "\\mathrm{CO_2}", "\\ce{CO2}", "CO₂"], ["CO", "C_2O", "SO_2", "CO_3"]),
    (["C_6H_{12}O_6", "C6H12O6", "\\text{C}_6\\text{H}_{12}\\text{O}_6", "\\ce{C6H12O6}"], ["C_6H_{12}O_5", "C_{12}H_6O_6", "C_6H_{12}"]),
    (["H_2SO_4", "H2SO4", "\\mathrm{H_2SO_4}", "H₂SO₄"], ["H_2SO_3", "HSO_4", "H_2S"]),
    (["NaCl", "\\text{NaCl}", "\\mathrm{NaCl}", "\\ce{NaCl}"], ["KCl", "NaCl_2", "NaBr"]),
    (["Ca(OH)_2", "Ca(OH)2", "\\text{Ca(OH)}_2", "\\mathrm{Ca(OH)_2}"], ["CaOH_2", "Mg(OH)_2", "Ca(OH)_3"]),
    (["2H_2 + O_2 \\to 2H_2O", "2H2 + O2 -> 2H2O", "O_2 + 2H_2 \\rightarrow 2H_2O", "\\ce{2H2 + O2 -> 2H2O}"], ["H_2 + O_2 \\to H_2O", "2H_2O \\to 2H_2 + O_2", "2H2 + O2 -> 2H2O2"]),
    (["CH_4 + 2O_2 \\to CO_2 + 2H_2O", "CH4 + 2O2 -> CO2 + 2H2O", "2O2 + CH4 -> 2H2O + CO2"], ["CH_4 + O_2 \\to CO_2 + 2H_2O", "CH4 + 2O2 -> CO2 + H2O"]),
    (["Fe_2O_3", "Fe2O3", "\\mathrm{Fe_2O_3}", "Fe₂O₃"], ["FeO", "Fe_3O_4", "Fe_3O_2"]),
    (["NH_3", "NH3", "\\mathrm{NH_3}", "\\ce{NH3}"], ["NH_4", "N_3H", "NO_3"]),
]  # fmt: skip


def chemistry(rng):
    spellings, wrong = rng.choice(FORMULAS)
    yield from pairs(
        rng,
        spellings,
        spellings,
        wrong,
        "chemistry",
        kind=rng.choice(["expression", "string", "auto"]),
        num_right=3,
        num_wrong=2,
    )


MAKERS = {
    quantity: 90,
    compound_unit: 45,
    counted: 25,
    date: 60,
    clock: 45,
    duration: 25,
    ratio: 30,
    truth: 30,
    text: 70,
    choice: 80,
    chemistry: 40,
}


def cases(rng):
    """All rows of the family."""
    return from_makers(MAKERS, rng)
