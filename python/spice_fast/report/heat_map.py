"""The picture of a cross-play: one cell a Challenger and Reasoner, the pass rate written in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from spice_fast.report.charts import svg_of

if TYPE_CHECKING:
    from spice_fast.evaluation.crossplay import CrossPlay

DARK_FROM = 0.6
"""Pass rate from which the cell is so dark that its figure is written in white."""


def draw_crossplay(table: CrossPlay) -> str:
    """The table as SVG text: rows are Challengers, columns Reasoners, dark where many answers are right."""
    rates = [[math.nan if rate is None else rate for rate in row.pass_rates] for row in table.challengers]
    figure = Figure(figsize=(5.6, 4.4), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(rates, vmin=0, vmax=1, cmap="Blues")
    for y, row in enumerate(rates):
        for x, rate in enumerate(row):
            written = "-" if math.isnan(rate) else f"{rate:.2f}"
            axes.text(
                x, y, written, ha="center", va="center", color="white" if rate >= DARK_FROM else "black", fontsize=9
            )
    axes.set_xticks(range(len(table.reasoners)), [str(rounds) for rounds in table.reasoners], fontsize=8)
    axes.set_yticks(range(len(rates)), [str(row.rounds) for row in table.challengers], fontsize=8)
    axes.set_xlabel("Reasoner after rounds", fontsize=9)
    axes.set_ylabel("Challenger after rounds", fontsize=9)
    axes.set_title("Pass rate", fontsize=11, loc="left")
    figure.colorbar(image, ax=axes).ax.tick_params(labelsize=8)
    return svg_of(figure)
