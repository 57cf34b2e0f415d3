"""What the gates cost in a round of paper size, in CPU seconds, and how large the memory of questions is.

1,024 tasks with questions of about 80 words on 128 passages of about 4,500 words (6,000 tokens); 500,000 remembered questions and a
benchmark of 10,000 items. Every gate but ``answerability``, which generates. Questions pass all gates, so that every gate sees all of
them. Prints one JSON object; the target is 2 CPU seconds for all gates together, a round's questions taken in included.

    python benches/bench_gates.py [--remembered 500000]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from spice_fast.config import GatesConfig
from spice_fast.records import Refusal, Task, TaskKind
from spice_fast.tasks import Gates

NUM_PASSAGES, GROUP = 128, 8
PASSAGE_WORDS, QUESTION_WORDS = 4500, 80
BENCHMARK_ITEMS, ROUND_QUESTIONS = 10_000, 1_000
GATES = ("leak", "self_contained", "copy_ratio", "contamination", "memory")
WORDS = ["".join(random.Random(i).choices("abcdefghijklmnopqrstuvwxyz", k=2 + i % 8)) for i in range(3000)]


def prose(rng: random.Random, count: int) -> str:
    """Random words in sentences of twelve."""
    chosen = rng.choices(WORDS, k=count)
    return " ".join(word + "." if i % 12 == 11 else word for i, word in enumerate(chosen))


def make_tasks(rng: random.Random, passages: list[str]) -> list[Task]:
    """Half mcqs, a quarter numbers, a quarter words; a third of each question's words are its passage's."""
    tasks = []
    for number in range(NUM_PASSAGES * GROUP):
        words = passages[number // GROUP].split()
        start = rng.randrange(len(words) - 24)
        question = f"{prose(rng, QUESTION_WORDS - 24)} {' '.join(words[start : start + 24])} - how many of x = 7?"
        if number % 4 < 2:
            choices = tuple(f"{prose(rng, 6)} {letter}" for letter in "ABCD")
            tasks.append(Task(kind=TaskKind.MCQ, question=question, gold="B", choices=choices))
        elif number % 4 == 2:
            tasks.append(Task(kind=TaskKind.INTEGER, question=question, gold="42"))
        else:
            tasks.append(Task(kind=TaskKind.STRING, question=question, gold="Holy Roman Empire"))
    return tasks


def resident_bytes() -> int:
    """Resident memory of this process now."""
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def measure(folder: Path, num_remembered: int) -> dict:
    rng = random.Random(0)
    (folder / "bench.jsonl").write_text(
        "".join(json.dumps({"question": prose(rng, 60)}) + "\n" for _ in range(BENCHMARK_ITEMS)), encoding="utf-8"
    )
    passages = [prose(rng, PASSAGE_WORDS) for _ in range(NUM_PASSAGES)]
    tasks = make_tasks(rng, passages)
    of_each = [passages[number // GROUP] for number in range(len(tasks))]
    settings = GatesConfig.model_validate({"contamination": {"benchmarks": [str(folder / "bench.jsonl")]}})
    gates = {name: Gates([name], settings) for name in GATES}
    memory = gates["memory"].memory
    before = resident_bytes()
    for begin in range(0, num_remembered, ROUND_QUESTIONS):
        count = min(ROUND_QUESTIONS, num_remembered - begin)
        memory.remember([(prose(rng, QUESTION_WORDS), ()) for _ in range(count)])
    grown = resident_bytes() - before
    cpu_s, refused = {}, 0
    for name in GATES:
        start = time.process_time()
        refused += sum(isinstance(found, Refusal) for found in gates[name].apply(tasks, of_each))
        cpu_s[name] = time.process_time() - start
    start = time.process_time()
    memory.remember([(task.question, task.choices) for task in tasks])
    cpu_s["remembering"] = time.process_time() - start
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, python {platform.python_version()}",
        "tasks": len(tasks),
        "refused": refused,
        "remembered": memory.num_questions,
        "memory_bytes_per_question": memory.num_bytes / memory.num_questions,
        "resident_bytes_per_question": round(grown / num_remembered, 1),
        "cpu_s": {name: round(seconds, 3) for name, seconds in cpu_s.items()},
        "all_gates_cpu_s": round(sum(cpu_s.values()), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--remembered", type=int, default=500_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = measure(Path(name), arguments.remembered)
    print(json.dumps(found, indent=2))
    if found["refused"]:
        sys.exit("error: a task was refused, so later gates saw fewer; the figures are of another job")


if __name__ == "__main__":
    main()
