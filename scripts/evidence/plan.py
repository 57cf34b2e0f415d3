"""Which runs the evidence is made of. What a run shares with SPICE is not named: only what differs."""

from __future__ import annotations

from dataclasses import dataclass

SEEDS = (1, 2, 3, 4, 5, 6)
"""Reported whatever they show; the world's parameters were searched on seed 11."""
FEW_SEEDS = SEEDS[:2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One line of the table: a preset and what is changed of it."""

    name: str
    title: str
    preset: str = "mini/spice"
    settings: tuple[str, ...] = ()
    seeds: tuple[int, ...] = FEW_SEEDS
    budgets: int = 1
    """Tokens that it may write, as a multiple of what SPICE wrote with the same seed."""


SPICE = Condition(name="spice", title="SPICE, gate `grounded`", seeds=SEEDS)
FIXED = Condition(name="fixed", title="fixed Challenger", preset="mini/spice-fixed-challenger", seeds=SEEDS)
NO_CORPUS = Condition(name="no-corpus", title="no corpus", preset="mini/spice-no-corpus", seeds=SEEDS)
PERMUTED = Condition(name="permuted", title="control: advantages permuted", preset="mini/spice-permuted", seeds=SEEDS)
PAPER = Condition(name="paper", title="as published, no gate", preset="mini/spice-paper")
MAIN = (SPICE, FIXED, NO_CORPUS, PERMUTED)

PENALTIES = ("reward.gate_penalty=-0.1", "reward.format_penalty=-0.1")
"""SPICE's, for every reward, as the paper compares."""
REWARDS = tuple(
    Condition(
        name=f"reward-{name.replace('_', '-')}", title=f"reward `{name}`", settings=(f"reward.name={name}", *PENALTIES)
    )
    for name in (
        "r_zero",
        "absolute_zero",
        "threshold",
        "absolute_zero_code",
        "spell_gaussian",
        "gaussian_p",
        "dr_zero",
        "ssp_parabola",
        "plateau",
        "darc_target",
    )
)

GATES = (
    PAPER,
    Condition(
        name="gate-answerability", title="gate `answerability`", settings=("challenger.gates=['answerability']",)
    ),
    Condition(
        name="gate-memory", title="gates `grounded`, `memory`", settings=("challenger.gates=['grounded','memory']",)
    ),
    Condition(
        name="recommended",
        title="gates `grounded`, `memory`, `answerability`; twice the budget",
        settings=("challenger.gates=['grounded','memory','answerability']",),
        budgets=2,
    ),
)
CONDITIONS = (*MAIN, *GATES, *REWARDS)
"""In the order of their importance: what is stopped early has done the first ones."""
