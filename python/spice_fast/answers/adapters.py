"""The grader as other libraries call theirs: a reward function for TRL, a score for verl, a result for lm-evaluation-harness.

None of these libraries is imported; their calling conventions are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from spice_fast.answers.grader import Grader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from spice_fast.answers.policy import Policy, PresetName


class TrlReward(Protocol):
    """A reward function of TRL's ``GRPOTrainer``."""

    __name__: str

    def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float]:
        """One reward per completion."""


def trl_reward(
    policy: PresetName | Policy = "training",
    *,
    gold_column: str = "answer",
    kind_column: str = "kind",
    choices_column: str = "choices",
) -> TrlReward:
    r"""A reward function for ``GRPOTrainer(reward_funcs=...)``: 1 for a right answer, else 0.

    Args:
        policy: what counts and what is forgiven.
        gold_column: column of the data set with the gold.
        kind_column: column with the kind of every gold, where there is one.
        choices_column: column with the texts of the choices, where there is one.

    Example:
        >>> reward = trl_reward()
        >>> reward(completions=[r"\boxed{0.5}", r"\boxed{2}"], answer=["1/2", "1/2"])
        [1.0, 0.0]
    """
    grader = Grader(policy)

    def equivalence_reward(completions: Sequence[Any], **columns: Any) -> list[float]:
        verdicts = grader.check_batch(
            [str(gold) for gold in columns[gold_column]],
            [_text(completion) for completion in completions],
            kinds=columns.get(kind_column),
            choices=columns.get(choices_column),
        )
        return [float(right) for right in verdicts.equivalent]

    return equivalence_reward


def compute_score(
    data_source: str,  # noqa: ARG001  (verl passes it by name)
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
) -> float:
    r"""A score as verl calls it (``custom_reward_function.name=compute_score``): 1 for a right answer, else 0.

    ``extra_info`` may hold ``kind`` and ``choices``.

    Example:
        >>> compute_score("math", r"so \boxed{x^2-1}", "(x-1)(x+1)")
        1.0
    """
    extra = extra_info or {}
    verdict = Grader().check(ground_truth, solution_str, extra.get("kind") or "auto", extra.get("choices"))
    return float(verdict.equivalent is True)


def process_results(
    gold_field: str = "answer", policy: PresetName | Policy = "default"
) -> Callable[[Mapping[str, Any], Sequence[str]], dict[str, int]]:
    r"""A ``process_results`` for a task of lm-evaluation-harness, with the metric ``acc``.

    Example:
        >>> process_results()({"answer": "1/2"}, [r"\boxed{0.5}"])
        {'acc': 1}
    """
    grader = Grader(policy)

    def results(doc: Mapping[str, Any], responses: Sequence[str]) -> dict[str, int]:
        verdict = grader.check(str(doc[gold_field]), responses[0], doc.get("kind") or "auto", doc.get("choices"))
        return {"acc": int(verdict.equivalent is True)}

    return results


def _text(completion: Any) -> str:
    """The text of a completion: a string, or the last message of a conversation."""
    return completion if isinstance(completion, str) else str(completion[-1]["content"])
