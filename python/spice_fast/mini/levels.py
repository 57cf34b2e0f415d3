"""How hard the Challenger's tasks are by the generator's own measure, from a run's events."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from spice_fast.mini.world import parse_question
from spice_fast.observability import append_row, read_events

if TYPE_CHECKING:
    from spice_fast.observability import RunFolder


def level(question: str) -> int | None:
    """Operations of the chain plus its cells that the warm-up never taught; None where there is no chain."""
    chain = parse_question(question)
    return None if chain is None else len(chain.operations) + chain.num_unknown_cells


def write_levels(folder: RunFolder) -> None:
    """Writes ``levels.jsonl``: the mean level of each round's valid tasks, and the share of them whose gold is true."""
    folder.levels.unlink(missing_ok=True)
    for file in sorted(folder.events.glob("round-*.jsonl.zst")):
        rows = [row for row in read_events(file) if row["valid"]]
        chains = [(parse_question(row["question"]), row["gold"]) for row in rows]
        known = [(chain, gold) for chain, gold in chains if chain is not None]
        if known:
            append_row(
                folder.levels,
                {
                    "round": int(file.name[6:12]),
                    "level": fmean(len(chain.operations) + chain.num_unknown_cells for chain, _ in known),
                    "true_golds": fmean(str(chain.total) == gold for chain, gold in known),
                },
            )
