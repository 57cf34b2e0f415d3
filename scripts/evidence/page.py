"""Draws the evidence: tables, tests, curves and examples, put between the markers of `docs/evidence.md`."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from evidence.plan import CONDITIONS, FIXED, MAIN, NO_CORPUS, PAPER, PERMUTED, SEEDS, SPICE
from evidence.run import KEPT, folder_of, kept_of
from spice_fast.evaluation.crossplay import CrossPlay, read_crossplay
from spice_fast.evaluation.statistics import sign_flip_p
from spice_fast.mini.demo import PRESETS, RECORDED
from spice_fast.mini.levels import level
from spice_fast.observability import read_events
from spice_fast.report import draw_crossplay
from spice_fast.report.charts import draw_charts
from spice_fast.report.curves import recorded_curves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spice_fast.report import Curves

PAGE = Path("docs/evidence.md")
PICTURES = Path("docs/evidence")
DEMO_SEEDS = 3
WINDOW = 10
"""Rounds at either end of a run over which its figures are means."""


def write_page() -> None:
    """Brings every marked block of the page up to date; what was not run yet is left out."""
    found = {
        (condition.name, seed): recorded_curves(kept_of(condition, seed))
        for condition in CONDITIONS
        for seed in condition.seeds
        if kept_of(condition, seed).exists()
    }
    blocks = {
        "table": _table(found),
        "tests": _tests(found),
        "cross-play": _crossplays(),
        "examples": _examples(),
    }
    _record_for_demo(found)
    named = {condition.name: condition.title for condition in MAIN}
    main = [run.renamed(named[name]) for (name, _), run in found.items() if name in named]
    for name, svg in draw_charts([], main).items():
        (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    for name, text in blocks.items():
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page, times = mark.subn(lambda match, text=text: f"{match[1]}{text}{match[2]}", page)
        if times != 1:
            raise SystemExit(f"{PAGE}: expected one block between <!-- {name} --> and <!-- end -->, found {times}")
    PAGE.write_text(page, encoding="utf-8")


def _record_for_demo(found: dict[tuple[str, int], Curves]) -> None:
    """The thin lines of `make demo`: what its two runs did with other seeds."""
    for old in RECORDED.glob("*.json"):
        old.unlink()
    for condition, preset in zip((SPICE, PAPER), PRESETS, strict=True):
        for seed in SEEDS[:DEMO_SEEDS]:
            if (condition.name, seed) in found:
                text = found[condition.name, seed].renamed(preset).to_json()
                (RECORDED / f"{preset}-seed{seed}.json").write_text(text + "\n", encoding="utf-8")


def _table(found: dict[tuple[str, int], Curves]) -> str:
    lines = [
        "| run | seed | held-out before | after | rounds | level | true golds | step by step | valid |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    titles = {condition.name: condition.title for condition in CONDITIONS}
    for (name, seed), run in found.items():
        before, after = (run.evaluations[place]["accuracy"] for place in (0, -1))
        shares = [row["valid"] / row["attempts"] for row in run.metrics]
        lines.append(
            f"| {titles[name]} | {seed} | {before:.3f} | {after:.3f} | {len(run.metrics)} "
            f"| {_ends([row['level'] for row in run.levels])} | {_ends([row['true_golds'] for row in run.levels])} "
            f"| {run.evaluations[-1]['step_by_step']:.2f} | {_ends(shares)} |"
        )
    return "\n".join(lines) + "\n"


def _ends(values: list[float]) -> str:
    """Means over the first and the last rounds."""
    return f"{fmean(values[:WINDOW]):.2f} → {fmean(values[-WINDOW:]):.2f}" if values else "-"


def _tests(found: dict[tuple[str, int], Curves]) -> str:
    lines = [
        "| SPICE against | seeds | mean difference, points | smallest | exact sign-flip p |",
        "|---|---|---|---|---|",
    ]
    for other in (FIXED, NO_CORPUS, PERMUTED):
        seeds = [seed for seed in SEEDS if (other.name, seed) in found and (SPICE.name, seed) in found]
        if not seeds:
            continue
        # Right answers of the same tasks, so the differences are whole numbers.
        differences = [_right(found[SPICE.name, seed]) - _right(found[other.name, seed]) for seed in seeds]
        points = [100 * difference / _num_tasks(found[SPICE.name, seeds[0]]) for difference in differences]
        lines.append(
            f"| {other.title} | {len(seeds)} | {fmean(points):+.1f} | {min(points):+.1f} | {sign_flip_p(differences):.3f} |"
        )
    return "\n".join(lines) + "\n"


def _num_tasks(run: Curves) -> int:
    return int(run.evaluations[-1]["num_tasks"])


def _right(run: Curves) -> int:
    return round(run.evaluations[-1]["accuracy"] * _num_tasks(run))


def _crossplays() -> str:
    texts = []
    for seed in SEEDS:
        path = KEPT / f"crossplay-seed{seed}.json"
        if path.exists():
            table = read_crossplay(path)
            (PICTURES / f"crossplay-seed{seed}.svg").write_text(draw_crossplay(table), encoding="utf-8")
            texts.append(_crossplay(seed, table))
    return "\n".join(texts)


def _crossplay(seed: int, table: CrossPlay) -> str:
    lines = [
        f"Seed {seed}, {table.num_passages} passages, {table.num_answers} answers a task:\n",
        "| Challenger after | level | " + " | ".join(f"Reasoner {rounds}" for rounds in table.reasoners) + " |",
        "|---|---|" + "---|" * len(table.reasoners),
    ]
    for row in table.challengers:
        rates = " | ".join("-" if rate is None else f"{rate:.2f}" for rate in row.pass_rates)
        lines.append(f"| {row.rounds} | {'-' if row.level is None else f'{row.level:.2f}'} | {rates} |")
    return "\n".join(lines) + "\n"


def _examples(seed: int = 1, count: int = 3) -> str:
    files = sorted((folder_of(SPICE, seed) / "events").glob("round-*.zst"))
    if not files:
        # The events are not committed: on another machine the examples stay as they are.
        return _between("examples")
    lines = ["| round | task | gold | level | right of 8 | an answer that was graded |", "|---|---|---|---|---|---|"]
    for file in (files[0], files[len(files) // 2], files[-1]):
        lines += [_example(row) for row in _spread(read_events(file), count)]
    return "\n".join(lines) + "\n"


def _spread(rows: Iterable[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The first trained tasks of the round, which are as good as drawn: passages come in random order."""
    return [row for row in rows if row["trains_reasoner"] and row["answers"]][:count]


def _example(row: dict[str, Any]) -> str:
    answer = row["answers"][0].replace("|", "\\|")
    return (
        f"| {row['round']} | `{row['question']}` | {row['gold']} | {level(row['question'])} | {sum(row['verdicts'])} "
        f"| `{answer}` |"
    )


def _between(name: str) -> str:
    match = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return match[1] if match else ""
