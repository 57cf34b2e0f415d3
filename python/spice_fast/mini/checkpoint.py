"""Makes the miniature's warm-up checkpoint (``make mini-checkpoint``): the "pre-trained" model that self-play starts from.

Supervised, from generated text only: three in four rows are Challenger rows (read a document, copy one of its statements
as a task), one is a Reasoner row (answer a chain, directly or step by step). At cells that the warm-up does not know
the answers are random, so the model is honestly uncertain there instead of confidently wrong.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from spice_fast.mini.tokenizer import (
    ANSWER,
    BOX,
    CHALLENGER,
    CLOSE,
    END_BOX,
    GO,
    QUESTION,
    REASONER,
    STEPS,
    build_tokenizer,
)
from spice_fast.mini.world import CHAINS_PER_DOCUMENT, draw_chain, draw_document, held_out_chains, state

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM

    from spice_fast.mini.world import Step

    Rows = list[tuple[str, str]]

CHECKPOINT = Path(__file__).parent / "checkpoint"

STEPS_OF_WARM_UP = 2000
CURRICULUM = (200, 350)
"""Steps from which documents hold two chains, and three: one chain first teaches to copy, more teach to choose."""
CHALLENGER_ROWS, READER_ROWS, REASONER_ROWS = 64, 12, 24
"""Rows of a step: copying takes far longer to learn than the tables."""
PEAK_LEARNING_RATE = 2e-3
SHARE_FAMILIAR = 0.75
"""Of the Challenger's warm-up tasks that many are a chain of ``a`` alone, which two in three statements are."""
STEPS_OF_HABIT, HABIT, HABIT_LEARNING_RATE = 150, 0.95, 3e-4
"""Last of all the Challenger gets a taste for the easy, to be unlearnt: nearly all of its tasks are chains of ``a`` alone."""
SHARE_NO_DOCUMENT = 0.15
"""Challenger rows without a document (gold = what the model believes), where the ``no-corpus`` preset starts."""
SHARE_DIRECT = 0.4
"""Reasoner rows that answer at once; the others go step by step."""


def challenger_prompt(document: str) -> str:
    """What the Challenger reads (the template set ``mini`` renders the same)."""
    return f"{CHALLENGER} {document} {GO}"


def reasoner_prompt(question: str) -> str:
    """What the Reasoner reads (the template set ``mini`` renders the same)."""
    return f"{REASONER} {question} {GO}"


def reader_prompt(document: str, question: str) -> str:
    """What the Reasoner reads in an open-book vote (the template set ``mini`` renders the same)."""
    return f"{CHALLENGER} {document} {REASONER} {question} {GO}"


def challenger_row(
    rng: random.Random, num_chains: int = CHAINS_PER_DOCUMENT, share_familiar: float = SHARE_FAMILIAR
) -> tuple[str, str]:
    """One (prompt, completion) in which the Challenger writes a task from the first ``num_chains`` of a document."""
    chains = draw_document(rng)[:num_chains]
    familiar = rng.random() < share_familiar
    chain = rng.choice([c for c in chains if ("b" not in c.operations) is familiar] or chains)
    from_memory = rng.random() < SHARE_NO_DOCUMENT
    gold = chain.fold(rng if from_memory else None)[-1].result
    prompt = challenger_prompt("" if from_memory else state(chains))
    return prompt, f"{QUESTION} {chain.question} {ANSWER} {gold} {CLOSE}"


def reasoner_row(rng: random.Random) -> tuple[str, str]:
    """One (prompt, completion) in which the Reasoner answers a chain, with guesses at cells it does not know."""
    chain = draw_chain(rng, rng.choice((2, 3, 3, 4, 4)))
    steps = chain.fold(rng)
    box = f"{BOX} {steps[-1].result} {END_BOX}"
    if rng.random() < SHARE_DIRECT:
        return reasoner_prompt(chain.question), box
    return reasoner_prompt(chain.question), f"{step_text(steps)} {box}"


def reader_row(rng: random.Random, num_chains: int = CHAINS_PER_DOCUMENT) -> tuple[str, str]:
    """One (prompt, completion) in which the Reasoner answers with the document open: it copies the stated total."""
    chains = draw_document(rng)[:num_chains]
    chain = rng.choice(chains)
    return reader_prompt(state(chains), chain.question), f"{BOX} {chain.total} {END_BOX}"


def step_text(steps: list[Step]) -> str:
    """Steps as the Reasoner writes them."""
    written = " ; ".join(f"{step.left} {step.operation} {step.right} = {step.result}" for step in steps)
    return f"{STEPS} {written}"


def build_model(tokenizer: PreTrainedTokenizerFast, seed: int = 0) -> Qwen3ForCausalLM:
    """A random Qwen3 of 0.7 million parameters.

    Copying (the Challenger's whole craft) is learnt an order of magnitude sooner when names start far apart: unit-variance
    embeddings and weights of 0.05 instead of transformers' 0.02, which suits models ten times as wide.
    """
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(seed)
    model = Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=128,
            intermediate_size=256,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=4,
            head_dim=32,
            max_position_embeddings=256,
            rope_parameters={"rope_type": "default", "rope_theta": 1000.0},
            tie_word_embeddings=False,
            initializer_range=0.05,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
        )
    )
    with torch.no_grad():
        model.model.embed_tokens.weight.normal_()
    return model


def loss_of(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, rows: list[tuple[str, str]]) -> torch.Tensor:
    """Mean cross-entropy of the completions' tokens."""
    import torch
    from torch.nn import functional

    prompts = [tokenizer.encode(prompt) for prompt, _ in rows]
    completions = [[*tokenizer.encode(completion), tokenizer.eos_token_id] for _, completion in rows]
    width = max(len(p) + len(c) for p, c in zip(prompts, completions, strict=True))
    ids = torch.full((len(rows), width), tokenizer.pad_token_id)
    labels = torch.full((len(rows), width), -100)
    for row, (prompt, completion) in enumerate(zip(prompts, completions, strict=True)):
        end = len(prompt) + len(completion)
        ids[row, :end] = torch.tensor(prompt + completion)
        labels[row, len(prompt) : end] = torch.tensor(completion)
    logits = model(input_ids=ids).logits[:, :-1]
    return functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)


def probe(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast) -> str:
    """A line of figures: copied statements, right golds, held-out accuracy and boxed answers, sampled at temperature 1."""
    rng = random.Random(1)
    documents = [draw_document(rng) for _ in range(200)]
    statements = [{f"{QUESTION} {c.question} {ANSWER} {c.total} {CLOSE}" for c in document} for document in documents]
    tasks = sample(model, tokenizer, [challenger_prompt(state(document)) for document in documents], 40)
    with_b = sum(" b " in task for task in tasks) / len(tasks)
    grounded = sum(task in allowed for task, allowed in zip(tasks, statements, strict=True)) / len(tasks)
    asked = [document[0] for document in documents]
    prompts = [reader_prompt(state(d), c.question) for d, c in zip(documents, asked, strict=True)]
    read = [
        answer == f"{BOX} {c.total} {END_BOX}"
        for answer, c in zip(sample(model, tokenizer, prompts, 40), asked, strict=True)
    ]
    chains = held_out_chains()
    answers = sample(model, tokenizer, [reasoner_prompt(chain.question) for chain in chains], 40)
    boxed = sum(f"{BOX} " in answer and answer.endswith(END_BOX) for answer in answers) / len(answers)
    right = [answer.endswith(f"{BOX} {c.total} {END_BOX}") for answer, c in zip(answers, chains, strict=True)]
    by_unknown = [
        _share([r for r, c in zip(right, chains, strict=True) if min(c.num_unknown_cells, 2) == n]) for n in range(3)
    ]
    steps = [
        r for r, answer, c in zip(right, answers, chains, strict=True) if STEPS in answer and not c.num_unknown_cells
    ]
    return (
        f"grounded {grounded:.2f}  with b {with_b:.2f}  open book {_share(read):.2f}  boxed {boxed:.2f}  held-out {_share(right):.3f}  "
        f"by unknown cells {by_unknown[0]:.2f} {by_unknown[1]:.2f} {by_unknown[2]:.2f}  known step by step {_share(steps):.2f}"
    )


def sample(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, prompts: list[str], length: int) -> list[str]:
    """One sampled completion per prompt, as text."""
    import torch

    batch = tokenizer(prompts, return_tensors="pt", padding=True, return_token_type_ids=False)
    with torch.no_grad():
        out = model.generate(**batch, max_new_tokens=length, do_sample=True, top_k=0, top_p=1.0, temperature=1.0)
    texts: list[str] = tokenizer.batch_decode(out[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)
    return texts


def _share(hits: list[bool]) -> float:
    return sum(hits) / max(1, len(hits))


def warm_up(output: Path, *, steps: int, seed: int) -> None:
    """Trains the checkpoint and saves it with its tokenizer to ``output``."""
    tokenizer = build_tokenizer()
    model = build_model(tokenizer, seed)
    rng = random.Random(seed)

    def rate(step: int) -> float:
        decay = 0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        return PEAK_LEARNING_RATE * min(1, (step + 1) / 50) * decay

    def rows(step: int) -> tuple[Rows, Rows]:
        num_chains = 1 + sum(step >= start for start in CURRICULUM)
        written = [challenger_row(rng, num_chains) for _ in range(CHALLENGER_ROWS)]
        read = [reader_row(rng, num_chains) for _ in range(READER_ROWS)]
        return written + read, [reasoner_row(rng) for _ in range(REASONER_ROWS)]

    fit(model, tokenizer, steps, rate, rows)
    form_habit(model, tokenizer, seed)
    model.save_pretrained(output)
    tokenizer.save_pretrained(output)


def form_habit(model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, seed: int) -> None:
    """The last part of the warm-up: what the Challenger asks when nothing pays."""
    rng = random.Random(seed + 1)

    def rows(_step: int) -> tuple[Rows, Rows]:
        written = [challenger_row(rng, share_familiar=HABIT) for _ in range(CHALLENGER_ROWS)]
        read = [reader_row(rng) for _ in range(READER_ROWS)]
        return written + read, [reasoner_row(rng) for _ in range(REASONER_ROWS)]

    fit(model, tokenizer, STEPS_OF_HABIT, lambda _step: HABIT_LEARNING_RATE, rows)


def fit(
    model: Qwen3ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    steps: int,
    rate: Callable[[int], float],
    rows: Callable[[int], tuple[Rows, Rows]],
) -> None:
    """Supervised steps with a new optimizer: the gradients of two batches of (prompt, completion) each."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    start = time.monotonic()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        optimizer.zero_grad()
        losses = []
        for batch in rows(step):
            loss = loss_of(model, tokenizer, batch)
            loss.backward()  # type: ignore[no-untyped-call]  # torch types it so
            losses.append(loss.item())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % 250 == 0 or step + 1 == steps:
            figures = f"loss {losses[0]:.3f} {losses[1]:.3f}  {probe(model, tokenizer)}"
            print(f"step {step + 1:5d}  {time.monotonic() - start:4.0f} s  {figures}", file=sys.stderr, flush=True)


def main() -> None:
    """Parses the command line and trains."""
    parser = argparse.ArgumentParser(description="Train the miniature's warm-up checkpoint.")
    parser.add_argument("--output", type=Path, default=CHECKPOINT)
    parser.add_argument("--steps", type=int, default=STEPS_OF_WARM_UP)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    warm_up(arguments.output, steps=arguments.steps, seed=arguments.seed)


if __name__ == "__main__":
    main()
