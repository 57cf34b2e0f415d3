"""The grader as other libraries call theirs: TRL's reward function, verl's score, the metrics of two evaluation harnesses.

TRL, verl and lm-evaluation-harness are not imported, their calling conventions are met; ``lighteval_metric`` imports lighteval,
whose metrics must be of its own classes. The versions that the adapters were run with stand in docs/answers.md.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from spice_fast.answers.grader import Grader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lighteval.metrics.utils.metric_utils import SampleLevelMetric

    from spice_fast.answers.policy import Policy, PresetName

Completion: TypeAlias = "str | Sequence[Mapping[str, Any]]"
"""A completion as TRL passes it: its text, or the messages that the model wrote."""


class TrlReward(Protocol):
    """A reward function of TRL's ``GRPOTrainer``."""

    __name__: str

    def __call__(self, completions: Sequence[Completion], **columns: Any) -> list[float | None]:
        """One reward per completion; None where the row has no gold."""


def trl_reward(
    policy: PresetName | Policy = "training",
    *,
    gold_column: str = "answer",
    kind_column: str = "kind",
    choices_column: str = "choices",
) -> TrlReward:
    r"""A reward function for ``GRPOTrainer(reward_funcs=...)``: 1 for a right answer, 0 for another, None without a gold.

    TRL leaves rows without a reward to the other reward functions, so data sets of several tasks may be mixed.

    Args:
        policy: what counts and what is forgiven.
        gold_column: column of the data set with the gold.
        kind_column: column with the kind of every gold, where there is one; None in it is ``auto``.
        choices_column: column with the texts of the choices, where there is one.

    Raises:
        ValueError: on a call, the data set has no such gold column, or a kind is unknown.

    Example:
        >>> reward = trl_reward()
        >>> reward(completions=[r"\boxed{0.5}", r"\boxed{2}"], answer=["1/2", None])
        [1.0, None]
    """
    grader = Grader(policy)

    def equivalence_reward(completions: Sequence[Completion], **columns: Any) -> list[float | None]:
        if gold_column not in columns:
            raise ValueError(
                f"found no column {gold_column!r} in the data set; expected the golds there, "
                f"or their column's name in trl_reward(gold_column=...); it has {', '.join(sorted(columns))}"
            )
        golds = columns[gold_column]
        rows = [row for row, gold in enumerate(golds) if gold is not None]
        kinds, choices = columns.get(kind_column), columns.get(choices_column)
        verdicts = grader.check_batch(
            [str(golds[row]) for row in rows],
            [_text(completions[row]) for row in rows],
            kinds=None if kinds is None else [kinds[row] or "auto" for row in rows],
            choices=None if choices is None else [choices[row] for row in rows],
        )
        rewards: list[float | None] = [None] * len(completions)
        for row, right in zip(rows, verdicts.equivalent, strict=True):
            rewards[row] = float(right)
        return rewards

    return equivalence_reward


def compute_score(
    data_source: str,  # noqa: ARG001  (verl passes it by name)
    solution_str: str,
    ground_truth: object,
    extra_info: Mapping[str, Any] | None = None,
    *,
    policy: PresetName = "training",
    **_reward_model: Any,
) -> float:
    r"""A score as verl calls it: 1 for a right answer, else 0.

    In verl's configuration: ``reward.custom_reward_function.path=pkg://spice_fast.answers.adapters``, ``name=compute_score``
    and, for another policy, ``+reward.custom_reward_function.reward_kwargs.policy=strict``.

    Args:
        data_source: the data set; not looked at.
        solution_str: the response.
        ground_truth: the gold; a number counts as its text.
        extra_info: may hold ``kind`` and ``choices``; what else verl puts there is not looked at.
        policy: what counts and what is forgiven.
        _reward_model: where verl's reward model answers, when one is deployed; not asked.

    Example:
        >>> compute_score("math", r"so \boxed{x^2-1}", "(x-1)(x+1)")
        1.0
    """
    return float(_is_right(_grader(policy), ground_truth, solution_str, extra_info or {}))


def process_results(
    gold_field: str = "answer", policy: PresetName | Policy = "default"
) -> Callable[[Mapping[str, Any], Sequence[str]], dict[str, int]]:
    r"""A ``process_results`` for a task of lm-evaluation-harness, with the metric ``acc``.

    A task's YAML names a function, ``process_results: !function utils.grade``; its ``utils.py`` holds
    ``grade = process_results("target")``. For the field ``answer`` and this policy it is here: ``!function
    spice_fast.answers.adapters.harness_results``. A document may hold ``kind`` and ``choices``.

    Args:
        gold_field: field of the document with the gold.
        policy: what counts and what is forgiven.

    Example:
        >>> process_results("target")({"target": "1/2"}, [r"\boxed{0.5}"])
        {'acc': 1}
    """
    grader = Grader(policy)

    def results(doc: Mapping[str, Any], responses: Sequence[str]) -> dict[str, int]:
        return {"acc": int(_is_right(grader, doc[gold_field], responses[0], doc))}

    return results


harness_results = process_results()
"""``process_results`` for documents with the gold under ``answer``."""


def lighteval_metric(policy: PresetName | Policy = "default", name: str = "equivalent") -> SampleLevelMetric:
    """A metric for ``LightevalTaskConfig(metrics=[...])``: the share of the model's samples that are right.

    A document's golds are its choices at ``gold_index``; the answer to any of them is right. ``Doc.specific`` may hold
    ``kind`` and ``choices`` (the texts of a multiple choice, whose gold is then a letter).

    Args:
        policy: what counts and what is forgiven.
        name: the metric's name in the results.

    Raises:
        ImportError: lighteval is not installed.
    """
    import numpy as np
    from lighteval.metrics.metrics_sample import SampleLevelComputation
    from lighteval.metrics.utils.metric_utils import SampleLevelMetric
    from lighteval.tasks.requests import SamplingMethod

    grader = Grader(policy)

    class Equivalence(SampleLevelComputation):  # type: ignore[misc]  # lighteval ships no types
        def compute(self, doc: Any, model_response: Any, **_: Any) -> float:
            golds, texts = doc.get_golds(), model_response.final_text
            right = [any(_is_right(grader, gold, text, doc.specific or {}) for gold in golds) for text in texts]
            return sum(right) / len(right)

    return SampleLevelMetric(
        metric_name=name,
        higher_is_better=True,
        category=SamplingMethod.GENERATIVE,
        sample_level_fn=Equivalence(),
        corpus_level_fn=np.mean,
    )


@lru_cache
def _grader(policy: PresetName) -> Grader:
    return Grader(policy)


def _is_right(grader: Grader, gold: object, response: str, row: Mapping[str, Any]) -> bool:
    """The verdict on one response; the row may name the gold's kind and choices."""
    verdict = grader.check(str(gold), response, row.get("kind") or "auto", row.get("choices"))
    return verdict.equivalent is True


def _text(completion: Completion) -> str:
    """The text of a completion: its own, or that of its last message, whose content may come in parts."""
    content = completion if isinstance(completion, str) else completion[-1].get("content")
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or ())
