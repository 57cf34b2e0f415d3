"""Trains two rounds of the miniature and prints, for every optimizer step, how far its gradient is from the hand-written one."""

import copy
import json
import sys
from pathlib import Path

import torch
from accelerate.utils import gather_object
from transformers import PrinterCallback

from spice_fast.config import load_config
from spice_fast.corpus import Corpus, Sampler
from spice_fast.observability import Stopwatch
from spice_fast.selfplay import SelfPlay
from spice_fast.selfplay.seeds import Purpose, generator
from spice_fast.tasks import Prompts, load_templates
from spice_fast.training.policy import load_policy, model_folder, stop_tokens
from spice_fast.training.trainer import SpiceTrainer
from spice_fast.training.transformers_engine import TransformersEngine
from support import GradientTap, reference_gradient, relative_error


class Rounds:
    """Plays rounds and remembers them."""

    def __init__(self, selfplay, rank, world):
        self.selfplay, self.rank, self.world, self.played = selfplay, rank, world, []

    def play(self, index):
        trajectories = self.selfplay.round(index, self.rank, self.world).trajectories
        self.played.append(trajectories)
        return trajectories


def main():
    corpus, output, *overrides = sys.argv[1:]
    config = load_config(
        "mini/spice",
        [
            *(
                "rounds=2",
                "passages_per_round=4",
                "challenger.group=4",
                "reasoner.rollouts=4",
                "update.max_grad_norm=0.0",
                "update.importance_cap=2.0",
            ),
            *("checkpoint.every=1000", "challenger.gates=[]", f'corpus.path="{corpus}"', *overrides),
        ],
    )
    torch.set_num_threads(1)
    model, tokenizer = load_policy(config.model)
    reference_model = copy.deepcopy(model).eval()
    tap = GradientTap()
    trainer = SpiceTrainer(config=config, model=model, tokenizer=tokenizer, output=Path(output), callbacks=[tap])
    trainer.remove_callback(PrinterCallback)
    trainer.args.save_strategy = "no"
    accelerator = trainer.accelerator
    engine = TransformersEngine(
        accelerator.unwrap_model(trainer.model),
        eos_token_ids=stop_tokens(model.generation_config, tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        max_batch_tokens=config.engine.max_batch_tokens,
    )
    selfplay = SelfPlay(
        config,
        sampler=Sampler(
            Corpus.open(corpus),
            seed=config.seed,
            passage_tokens=config.corpus.passage_tokens,
            tokenizer=Path(model_folder(config.model.path)) / "tokenizer.json",
        ),
        prompts=Prompts(load_templates(config.model.templates), tokenizer),
        decode=lambda rows: tokenizer.batch_decode(rows, skip_special_tokens=True),
        challenger=engine,
        reasoner=engine,
        stopwatch=Stopwatch(),
    )
    trainer.rounds = Rounds(selfplay, accelerator.process_index, accelerator.num_processes)
    trainer.train()

    updates = config.update.updates_per_round
    final = {name: p.detach().clone() for name, p in accelerator.unwrap_model(trainer.model).named_parameters()}
    for step, gradient in enumerate(tap.gradients):
        index, part = divmod(step, updates)
        rows = [
            _share_of(rows, config.seed, index, updates, part) for rows in gather_object([trainer.rounds.played[index]])
        ]
        everyone = [row for rank_rows in rows for row in rank_rows]
        after = tap.weights[step + 1] if step + 1 < len(tap.weights) else final
        facts = {
            "world": len(rows),
            "rows_per_rank": [len(rank_rows) for rank_rows in rows],
            "roles": sorted({row.role.value for row in everyone}),
            "gradient_norm": float(sum(g.pow(2).sum() for g in gradient.values())) ** 0.5,
            "weights_changed": any(not torch.equal(tap.weights[step][name], after[name]) for name in after),
        }
        if facts["gradient_norm"] > 0:
            reference = reference_gradient(
                reference_model,
                everyone,
                num_trajectories=len(everyone),
                max_length=max(config.challenger.max_new_tokens, config.reasoner.max_new_tokens),
                old_weights=tap.weights[step - part],
                weights=tap.weights[step],
            )
            facts["relative_error"] = relative_error(gradient, reference)
        if accelerator.is_main_process:
            print(json.dumps(facts), flush=True)


def _share_of(rows, seed, index, updates, part):
    """The rows of update ``part``: a seeded shuffle cut into near-equal runs, the longer ones first."""
    order = list(range(len(rows)))
    generator(seed, Purpose.MINIBATCHES, index).shuffle(order)
    size, longer = divmod(len(rows), updates)
    start = part * size + min(part, longer)
    return [rows[i] for i in order[start : start + size + (part < longer)]]


if __name__ == "__main__":
    main()
