"""A metric of lighteval in its own pipeline, on the answers of a small real model."""

import shutil
from importlib.metadata import version
from types import ModuleType

import pytest

pytest.importorskip("lighteval", reason="lighteval is not in this environment; run make test-adapters")
if version("latex2sympy2_extended") != "1.0.6":
    pytest.skip(
        "lighteval wants its folder of older packages on the path; run make test-adapters", allow_module_level=True
    )

import requests
from lighteval.logging.evaluation_tracker import EvaluationTracker
from lighteval.metrics import apply_metric
from lighteval.models.model_output import ModelResponse
from lighteval.models.transformers.transformers_model import TransformersModelConfig
from lighteval.pipeline import ParallelismManager, Pipeline, PipelineParameters
from lighteval.tasks.lighteval_task import LightevalTaskConfig
from lighteval.tasks.requests import Doc

from spice_fast.answers import Grader
from spice_fast.answers.adapters import lighteval_metric
from spice_fast.mini.checkpoint import CHECKPOINT


def as_doc(line, task_name=None):
    return Doc(
        query=line["prompt"],
        choices=[line["answer"]],
        gold_index=0,
        specific={"kind": line["kind"]},
        task_name=task_name,
    )


@pytest.fixture
def offline(monkeypatch):
    """One of lighteval's own tasks asks the net for a file when the tasks are listed, and goes without on a 404."""

    def not_found(*arguments, **options):
        response = requests.Response()
        response.status_code = 404
        return response

    monkeypatch.setattr(requests, "get", not_found)


@pytest.mark.usefixtures("offline")
def test_a_pipeline_reports_the_share_that_the_grader_accepts(questions, questions_file, tmp_path):
    tasks = ModuleType("mini_tasks")
    tasks.TASKS_TABLE = [
        LightevalTaskConfig(
            name="mini",
            prompt_function=as_doc,
            hf_repo=str(questions_file.parent),
            hf_subset="default",
            hf_avail_splits=["test"],
            evaluation_splits=["test"],
            metrics=[lighteval_metric()],
            generation_size=40,
            stop_sequence=["<end>"],
        )
    ]
    # lighteval keeps a cache beside a model that it finds by an absolute path.
    checkpoint = shutil.copytree(CHECKPOINT, tmp_path / "checkpoint")
    pipeline = Pipeline(
        tasks="mini|0",
        pipeline_parameters=PipelineParameters(
            launcher_type=ParallelismManager.NONE, custom_tasks_directory=tasks, bootstrap_iters=0
        ),
        evaluation_tracker=EvaluationTracker(output_dir=str(tmp_path / "results")),
        model_config=TransformersModelConfig(
            model_name=str(checkpoint),
            batch_size=24,
            device="cpu",
            dtype="float32",
            max_length=200,
        ),
    )
    pipeline.evaluate()

    details = pipeline.evaluation_tracker.details_logger.details["mini|0"]
    golds = {question["prompt"]: question["answer"] for question in questions}
    assert len(details) == len(questions)
    verdicts = Grader("default").check_batch(
        [golds[detail.doc.query] for detail in details],
        [detail.model_response.final_text[0] for detail in details],
        kinds=["integer"] * len(details),
    )
    assert [detail.metric["equivalent"] for detail in details] == verdicts.equivalent.tolist()
    assert 0 < verdicts.equivalent.sum() < len(questions), "a test of verdicts needs both"
    assert pipeline.evaluation_tracker.metrics_logger.metric_aggregated["mini|0"]["equivalent"] == pytest.approx(
        verdicts.equivalent.mean()
    )


def score(doc, texts, **options):
    return apply_metric([ModelResponse(text=texts)], [doc], [lighteval_metric(**options)])[0]


def test_any_gold_is_right_and_samples_are_averaged():
    doc = Doc(query="?", choices=["x = 2", "no", r"\frac{-4}{2}"], gold_index=[0, 2])
    assert score(doc, [r"\boxed{2}", r"\boxed{-2}", r"\boxed{4}", "no"]) == {"equivalent": 0.5}


def test_choices_and_policies_reach_the_grader():
    doc = Doc(query="?", choices=["B"], gold_index=0, specific={"kind": "mcq", "choices": ["red", "blue"]})
    assert score(doc, [r"\boxed{blue}"]) == {"equivalent": 1.0}
    assert score(doc, [r"\boxed{(B) red}"]) == {"equivalent": 0.0}
    doc = Doc(query="?", choices=["5 km"], gold_index=0)
    assert score(doc, [r"\boxed{5}"], policy="strict", name="strict") == {"strict": 0.0}
