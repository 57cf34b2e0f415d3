"""The charts of a page, as SVG text: one line a run, thin lines for recorded runs beside it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib import rc_context
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spice_fast.report.curves import Curves, Points

COLOURS = ("#1f6feb", "#d1242f", "#2da44e", "#8250df", "#bf8700", "#57606a")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What one chart shows of each run."""

    name: str
    """For file names."""
    title: str
    axis: str
    points: Callable[[Curves], Points]
    is_share: bool = True


CHARTS = (
    Chart(name="held-out", title="Held-out accuracy", axis="share of tasks answered right", points=lambda c: c.of_evaluations("accuracy")),
    Chart(name="pass-rate", title="Reasoner: pass rate on the Challenger's tasks", axis="share of right answers",
          points=lambda c: c.of_metrics(lambda row: row["pass_rate"])),
    Chart(name="challenger-reward", title="Challenger: reward", axis="mean reward", points=lambda c: c.of_metrics(lambda row: row["challenger_reward"]),
          is_share=False),
    Chart(name="valid", title="Challenger: valid tasks", axis="share of attempts",
          points=lambda c: c.of_metrics(lambda row: row["valid"] / row["attempts"])),
    Chart(name="level", title="Task difficulty (the generator's own level)", axis="mean level", points=lambda c: c.of_levels("level"),
          is_share=False),
    Chart(name="true-golds", title="True golds (the generator knows)", axis="share of valid tasks", points=lambda c: c.of_levels("true_golds")),
    Chart(name="step-by-step", title="Answers step by step", axis="share of answers",
          points=lambda c: c.of_metrics(lambda row: row["step_by_step"])),
    Chart(name="informative-rows", title="Rows that carry a gradient", axis="trajectories a round",
          points=lambda c: c.of_metrics(lambda row: float(row["informative_rows"])), is_share=False),
)  # fmt: skip


def draw_charts(runs: Sequence[Curves], recorded: Sequence[Curves] = ()) -> dict[str, str]:
    """SVG text by name of every chart that has a point; a recorded run takes the colour of the run it is named after."""
    names = list(dict.fromkeys([run.name for run in runs] + [run.name for run in recorded]))
    colour = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
    drawings = {}
    for chart in CHARTS:
        lines = [(run, chart.points(run), True) for run in runs] + [(run, chart.points(run), False) for run in recorded]
        lines = [line for line in lines if line[1][0]]
        if lines:
            drawings[chart.name] = _draw(chart, lines, colour)
    return drawings


def _draw(chart: Chart, lines: list[tuple[Curves, Points, bool]], colour: dict[str, str]) -> str:
    figure = Figure(figsize=(5.6, 3.4), layout="constrained")
    axes = figure.add_subplot()
    labelled: set[str] = set()
    for run, (rounds, values), is_live in lines:
        label = run.name if run.name not in labelled else None
        labelled.add(run.name)
        width, alpha = (2.2, 1.0) if is_live else (0.9, 0.55)
        axes.plot(rounds, values, color=colour[run.name], linewidth=width, alpha=alpha, label=label)
    axes.set_title(chart.title, fontsize=11, loc="left")
    axes.set_xlabel("round", fontsize=9)
    axes.set_ylabel(chart.axis, fontsize=9)
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    if chart.is_share:
        axes.set_ylim(0, 1.02)
    if len(labelled) > 1:
        axes.legend(fontsize=8, frameon=False)
    return svg_of(figure)


def svg_of(figure: Figure) -> str:
    """A figure as SVG text: the same picture gives the same bytes, and its words stay words."""
    buffer = io.StringIO()
    with rc_context({"svg.hashsalt": "spice-fast", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :]
