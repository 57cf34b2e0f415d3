"""What a round of paper size costs besides generation and update, in CPU seconds.

128 passages, 1,024 attempts, 8,192 answers of 1,000 tokens, with a scripted engine in the model's place; everything else is
the production path: sampler with an exact token budget, prompts, decoding, contracts, gates, grading, rewards, advantages,
events, planned and padded batches. Prints one JSON object; the target is 4 CPU seconds from parsing to planned batches.

    python benches/bench_round.py [--passages 128]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from spice_fast.config import RunConfig
from spice_fast.corpus import Corpus, Sampler, build
from spice_fast.observability import Stopwatch, round_metrics, write_events
from spice_fast.rollouts import ScriptedEngine
from spice_fast.selfplay import SelfPlay
from spice_fast.selfplay.journal import event_rows
from spice_fast.tasks import Prompts, load_templates
from spice_fast.training.planner import plan_round, to_tensors

TARGET = ("parsing", "gates", "grading", "rewards", "events", "planning", "batches")
VOCABULARY = 4096


def words(rng: random.Random, count: int) -> str:
    """Prose of a small vocabulary, in sentences and paragraphs."""
    ends = {i: ".\n\n" if i % 120 == 119 else "." if i % 12 == 11 else "" for i in range(120)}
    return " ".join(rng.choice(WORDS) + ends[i % 120] for i in range(count))


WORDS = ["".join(random.Random(i).choices("abcdefghijklmnopqrstuvwxyz", k=2 + i % 8)) for i in range(3000)]


def build_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """A byte-level BPE trained on the synthetic prose."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    rng = random.Random(0)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<pad>", "<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([words(rng, 2000) for _ in range(50)], trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<end>")
    fast.chat_template = "{% for m in messages %}{{ m['role'] }}\n{{ m['content'] }}\n{% endfor %}"
    fast.save_pretrained(folder)
    return fast


@contextmanager
def cpu(times: dict[str, float], name: str):
    """Adds the CPU seconds of a block."""
    start = time.process_time()
    yield
    times[name] = times.get(name, 0.0) + time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=128)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(measure(Path(name), arguments.passages), indent=2))


def measure(folder: Path, num_passages: int) -> dict:
    tokenizer = build_tokenizer(folder / "tokenizer")
    rng = random.Random(1)
    with (folder / "documents.jsonl").open("w") as file:
        for _ in range(400):
            file.write(json.dumps({"text": words(rng, 8000)}) + "\n")
    build([folder / "documents.jsonl"], folder / "corpus")
    config = RunConfig.model_validate(
        {
            "passages_per_round": num_passages,
            "model": {"path": "none"},
            "corpus": {"path": str(folder / "corpus")},
            "challenger": {"task_kinds": ["integer"]},
        }
    )

    # Responses and answers of 1,000 tokens are made before the clock starts: they stand for the model's work.
    def ids(text: str, tail: str) -> list[int]:
        end = [*tokenizer.encode(tail, add_special_tokens=False), tokenizer.eos_token_id]
        return tokenizer.encode(text, add_special_tokens=False)[: 1000 - len(end)] + end

    prose = [words(rng, 900) for _ in range(64)]
    responses = [
        ids(
            text,
            '\n{"question": "How many '
            + text[:60].replace("\n", " ")
            + '?", "answer": "42", "answer_type": "Integer"}',
        )
        for text in prose
    ]
    answers = [ids(text, f"\nSo the result is \\boxed{{{42 if i % 2 else 41}}}.") for i, text in enumerate(prose)]
    engine_challenger = ScriptedEngine(lambda _prompt, seed: responses[seed % 64])
    engine_reasoner = ScriptedEngine(lambda _prompt, seed: answers[seed % 64])
    stopwatch = Stopwatch()
    selfplay = SelfPlay(
        config,
        sampler=Sampler(
            Corpus.open(folder / "corpus"),
            seed=0,
            passage_tokens=5992,
            tokenizer=folder / "tokenizer" / "tokenizer.json",
        ),
        prompts=Prompts(load_templates("paper"), tokenizer),
        decode=lambda rows: tokenizer.batch_decode(rows, skip_special_tokens=True),
        challenger=engine_challenger,
        reasoner=engine_reasoner,
        stopwatch=stopwatch,
    )
    total = time.process_time()
    played = selfplay.round(0)
    times = stopwatch.lap()["cpu_s"]
    with cpu(times, "events"):
        rows = event_rows(played, "all")
        metrics = round_metrics(0, rows)
        write_events(folder / "events.jsonl.zst", rows)
    with cpu(times, "planning"):
        plan = plan_round(
            played.trajectories, seed=0, index=0, num_updates=16, num_micro_batches=8, gather=lambda counts: [counts]
        )
    with cpu(times, "batches"):
        for batch in plan:
            to_tensors(batch, pad_token_id=tokenizer.pad_token_id, device=torch.device("cpu"))
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, python {platform.python_version()}",
        "attempts": metrics["attempts"],
        "valid": metrics["valid"],
        "answers": sum(len(attempt.answers) for attempt in played.attempts),
        "answer_tokens": metrics["answer_tokens"],
        "trajectories": len(played.trajectories),
        "cpu_s": {name: round(seconds, 3) for name, seconds in sorted(times.items())},
        "parsing_to_batches_cpu_s": round(sum(times.get(name, 0.0) for name in TARGET), 3),
        "everything_cpu_s": round(time.process_time() - total, 3),
    }


if __name__ == "__main__":
    main()
