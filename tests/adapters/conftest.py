"""The grader inside the real packages that call it; they live in an environment of their own (`make test-adapters`)."""

import itertools
import json

import pytest


@pytest.fixture(scope="session")
def questions(mini_files):
    """Held-out tasks of the miniature, as the prompts that its checkpoint knows: ``{"prompt", "answer", "kind"}``."""
    _, held_out = mini_files
    with held_out.open(encoding="utf-8") as file:
        tasks = [json.loads(line) for line in itertools.islice(file, 24)]
    return [
        {"prompt": f"<reasoner> {task['question']} <go>", "answer": task["answer"], "kind": task["kind"]}
        for task in tasks
    ]


@pytest.fixture(scope="session")
def questions_file(questions, tmp_path_factory):
    """The questions as a JSONL file."""
    path = tmp_path_factory.mktemp("questions") / "test.jsonl"
    path.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    return path
