"""Options of a question in another order for every rollout, and letters answered under it mapped back.

Models prefer some letters whatever stands behind them (selection bias; Zheng et al. 2024, "Large Language Models Are Not Robust
Multiple Choice Selectors"). Shuffling keeps such a preference from passing for knowledge, and counting where the chosen options
stood measures it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from spice_fast import _core
from spice_fast.answers.policy import Policy, PresetName, core_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class ChosenOption:
    """What a response to a shuffled question chose."""

    position: int
    """Place of the option as it was shown, from 0: what position statistics count."""
    option: int
    """Its place in the task, from 0."""


@dataclass(frozen=True, slots=True)
class ShuffledOptions:
    """A task's options in the order that they are shown in."""

    choices: tuple[str, ...]
    """The options' texts as shown, from A on."""
    permutation: tuple[int, ...]
    """For every place as shown, the option's place in the task."""

    def shown_letter(self, letter: str) -> str:
        """The letter under which an option of the task is shown: the gold to grade with.

        Raises:
            ValueError: no option has this letter.
        """
        return LETTERS[self.permutation.index(self._place(letter))]

    def original_letter(self, letter: str) -> str:
        """The letter in the task of the option that is shown under a letter.

        Raises:
            ValueError: no option has this letter.
        """
        return LETTERS[self.permutation[self._place(letter)]]

    def chosen(
        self,
        responses: Sequence[str],
        policy: PresetName | Policy = "training",
        mode: Literal["response", "answer"] = "response",
    ) -> list[ChosenOption | None]:
        """The option that each response to the shuffled question chose, by the grader's rules; None for none or several.

        Raises:
            ValueError: an unknown policy or mode.
            TypeError: a response that is not text, named by its row.
        """
        places = {option: position for position, option in enumerate(self.permutation)}
        original = [self.choices[places[option]] for option in range(len(self.choices))]
        found = _core.chosen_options(responses, original, self.permutation, core_policy(policy), mode)
        return [None if pair is None else ChosenOption(*pair) for pair in found]

    def _place(self, letter: str) -> int:
        place = LETTERS.find(letter.upper()) if len(letter) == 1 else -1
        if not 0 <= place < len(self.permutation):
            raise ValueError(
                f"letter {letter!r}: expected one of {LETTERS[: len(self.permutation)]}, the options' letters"
            )
        return place


def shuffle_options(choices: Sequence[str], seed: int) -> ShuffledOptions:
    r"""A random order of the options: a function of these texts and the seed (0 to 2^64 - 1) alone.

    Options that speak of others by their place ("none of the above") stay where they are, and all do where one names others by
    their letters ("both A and B").

    Example:
        >>> from spice_fast.answers import Grader
        >>> shuffled = shuffle_options(["Rome", "Bern", "Oslo", "Riga"], seed=7)
        >>> gold = shuffled.shown_letter("B")
        >>> Grader().check(gold, r"\boxed{Bern}", "mcq", shuffled.choices).equivalent
        True
        >>> shuffled.chosen([r"\boxed{Bern}"])[0].option
        1

    Raises:
        TypeError: a choice that is not text.
        OverflowError: a seed outside its range.
    """
    permutation = tuple(_core.shuffle_options(choices, seed))
    return ShuffledOptions(choices=tuple(choices[place] for place in permutation), permutation=permutation)
