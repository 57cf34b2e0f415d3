"""One HTML page, complete in itself: the figures in short, the charts, and tasks and answers from early and late."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from spice_fast.evaluation.crossplay import read_crossplay
from spice_fast.observability import RunFolder, read_events
from spice_fast.report.charts import draw_charts
from spice_fast.report.curves import Curves, read_curves
from spice_fast.report.heat_map import draw_crossplay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXAMPLES_PER_ROUND = 3

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:1180px;margin:2rem auto;padding:0 1rem;color:#1f2328}
h1{font-size:1.5rem} h2{font-size:1.15rem;margin-top:2rem} table{border-collapse:collapse;margin:.5rem 0}
td,th{padding:.25rem .8rem;border-bottom:1px solid #d0d7de;text-align:left;vertical-align:top} td.n{text-align:right}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(500px,1fr));gap:1rem} svg{width:100%;height:auto}
code{font-size:.86rem;white-space:pre-wrap} .right{color:#1a7f37} .wrong{color:#cf222e} .note{color:#57606a}
"""


def write_report(
    runs: Sequence[Path], output: Path, *, names: Sequence[str] | None = None, recorded: Sequence[Curves] = ()
) -> Path:
    """Writes the page and gives its path.

    Args:
        runs: run folders, drawn in full lines; examples come from the first.
        output: HTML file.
        names: what the runs are called; None: the names of their folders.
        recorded: curves of earlier runs, drawn thin behind them.

    Raises:
        MissingFileError: a folder holds no run, or one without a finished round.
    """
    curves = [read_curves(run) for run in runs]
    if names is not None:
        curves = [run.renamed(name) for run, name in zip(curves, names, strict=True)]
    body = [
        f"<h1>SPICE self-play: {escape(', '.join(c.name for c in curves))}</h1>",
        _summary(curves),
        '<div class="charts">',
        *(f"<div>{svg}</div>" for svg in draw_charts(curves, recorded).values()),
        "</div>",
        '<p class="note">Figures of a round are means over the ten rounds before it. Thin lines: recorded runs.</p>'
        if recorded
        else '<p class="note">Figures of a round are means over the ten rounds before it.</p>',
        *(_crossplay(RunFolder(run), name.name) for run, name in zip(runs, curves, strict=True)),
        _examples(RunFolder(runs[0])),
    ]
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>SPICE self-play</title><style>{STYLE}</style>'
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page + "\n".join(body) + "</html>\n", encoding="utf-8")
    return output


def _summary(curves: Sequence[Curves]) -> str:
    rows = []
    for run in curves:
        first, last = run.metrics[0], run.metrics[-1]
        cells = [run.name, str(last["round"] + 1)]
        if run.evaluations:
            cells += [f"{run.evaluations[0]['accuracy']:.3f}", f"{run.evaluations[-1]['accuracy']:.3f}"]
        else:
            cells += ["-", "-"]
        cells += [_change(first, last, name) for name in ("pass_rate", "challenger_reward", "step_by_step")]
        rows.append("".join(f"<td>{escape(cell)}</td>" for cell in cells))
    head = "".join(
        f"<th>{name}</th>"
        for name in (
            "run", "rounds", "held-out before", "held-out after", "pass rate", "challenger reward", "step by step",
        )
    )  # fmt: skip
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _change(first: dict[str, Any], last: dict[str, Any], name: str) -> str:
    values = ["-" if row[name] is None else f"{row[name]:.2f}" for row in (first, last)]
    return " → ".join(values)


def _crossplay(folder: RunFolder, name: str) -> str:
    """The section of a run that was played crosswise; empty for another."""
    if not folder.crossplay.is_file():
        return ""
    table = read_crossplay(folder.crossplay)
    head = "".join(f"<th>after {rounds}</th>" for rounds in table.reasoners)
    rows = []
    for row in table.challengers:
        level = "-" if row.level is None else f"{row.level:.2f}"
        cells = [f"after {row.rounds}", f"{row.validity:.2f}", str(row.num_tasks), level]
        cells += ["-" if rate is None else f"{rate:.3f}" for rate in row.pass_rates]
        rows.append("<tr>" + "".join(f'<td class="n">{cell}</td>' for cell in cells) + "</tr>")
    return (
        f"<h2>Cross-play: {escape(name)}</h2>"
        f'<p class="note">Share of right answers of each Reasoner (columns: rounds of training) to the tasks of each '
        f"Challenger (rows), {table.num_passages} passages that the run never drew, {table.num_answers} answers a task.</p>"
        f'<div class="charts"><div>{draw_crossplay(table)}</div></div>'
        f"<table><tr><th>Challenger</th><th>valid</th><th>tasks</th><th>level</th>{head}</tr>{''.join(rows)}</table>"
    )


def _examples(folder: RunFolder) -> str:
    files = sorted(folder.events.glob("round-*.jsonl.zst"))
    chosen = list(dict.fromkeys([files[0], files[len(files) // 2], files[-1]])) if files else []
    parts = ["<h2>Tasks and answers, early and late</h2>"]
    for file in chosen:
        rows = [row for row in read_events(file) if row["trains_reasoner"]][:EXAMPLES_PER_ROUND]
        parts.append(f"<h3>Round {int(file.name[6:12]) + 1}</h3><table>")
        parts.append("<tr><th>task</th><th>gold</th><th>right of K</th><th>reward</th><th>one answer</th></tr>")
        for row in rows:
            answer = row["answers"][0] if row["answers"] else ""
            mark = "right" if row["verdicts"][0] else "wrong"
            options = "\n".join(f"{letter}) {choice}" for letter, choice in zip("ABCD", row["choices"], strict=False))
            parts.append(
                f"<tr><td><code>{escape(row['question'])}\n{escape(options)}</code></td><td>{escape(row['gold'])}</td>"
                f'<td class="n">{sum(row["verdicts"])}/{len(row["verdicts"])}</td><td class="n">{row["reward"]:.2f}</td>'
                f'<td><code class="{mark}">{escape(answer)}</code></td></tr>'
            )
        parts.append("</table>")
    return "\n".join(parts)
