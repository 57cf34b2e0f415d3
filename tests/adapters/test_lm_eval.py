"""A task of lm-evaluation-harness whose results the grader makes, answered by a small real model."""

import pytest

pytest.importorskip("lm_eval", reason="lm-evaluation-harness is not in this environment; run make test-adapters")

import lm_eval
from lm_eval.tasks import TaskManager

from spice_fast.answers import Grader
from spice_fast.mini.checkpoint import CHECKPOINT

TASK = r"""
task: {name}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {file}
output_type: generate_until
test_split: test
doc_to_text: "{{{{prompt}}}}"
doc_to_target: "{{{{answer}}}}"
process_results: !function {function}
generation_kwargs:
  until: ["<end>"]
  max_gen_toks: 40
  do_sample: false
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
"""


@pytest.fixture(scope="module")
def results(questions_file, tmp_path_factory):
    """What `simple_evaluate` says of two spellings of one task."""
    folder = tmp_path_factory.mktemp("tasks")
    (folder / "utils.py").write_text(
        "from spice_fast.answers.adapters import process_results\n\ngrade = process_results('answer', 'strict')\n",
        encoding="utf-8",
    )
    functions = {"ready_made": "spice_fast.answers.adapters.harness_results", "own_field": "utils.grade"}
    for name, function in functions.items():
        text = TASK.format(name=name, file=questions_file, function=function)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return lm_eval.simple_evaluate(
        model="hf",
        model_args={"pretrained": str(CHECKPOINT), "dtype": "float32", "max_length": 200},
        device="cpu",
        batch_size=24,
        tasks=list(functions),
        task_manager=TaskManager(include_path=str(folder), include_defaults=False),
        bootstrap_iters=0,
        log_samples=True,
    )


@pytest.mark.parametrize(("task", "policy"), [("ready_made", "default"), ("own_field", "strict")])
def test_the_accuracy_is_the_share_that_the_grader_accepts(results, questions, task, policy):
    samples = sorted(results["samples"][task], key=lambda sample: sample["doc_id"])
    assert [sample["doc"]["prompt"] for sample in samples] == [question["prompt"] for question in questions]
    verdicts = Grader(policy).check_batch(
        [question["answer"] for question in questions],
        [sample["resps"][0][0] for sample in samples],
        kinds=[question["kind"] for question in questions],
    )
    assert [sample["acc"] for sample in samples] == verdicts.equivalent.astype(int).tolist()
    assert 0 < verdicts.equivalent.sum() < len(questions), "a test of verdicts needs both"
    assert results["results"][task]["acc,none"] == pytest.approx(verdicts.equivalent.mean())
