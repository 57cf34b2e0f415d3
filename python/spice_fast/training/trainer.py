"""SpiceTrainer: TRL's GRPOTrainer fed with our own rounds.

TRL owns the update, we own the rollout. One private method is overridden, ``_prepare_inputs``: it plays a round of
self-play when the last one is used up and hands out its micro-batches with *our* advantages. Loss, optimizer, gradient
accumulation, distributed training, logging and checkpoints stay TRL's and transformers'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import torch
from accelerate.utils import gather_object
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from spice_fast.training.compat import token_logprobs
from spice_fast.training.planner import MicroBatch, plan_round, to_tensors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from transformers import PreTrainedModel, PreTrainedTokenizerBase, TrainerCallback

    from spice_fast.config import RunConfig
    from spice_fast.selfplay import Trajectory


class RoundSource(Protocol):
    """What the trainer asks for rounds."""

    def play(self, index: int) -> list[Trajectory]:
        """Plays round ``index`` with the current weights and gives this rank's trajectories."""


def trainer_arguments(config: RunConfig, output: Path) -> GRPOConfig:
    """TRL's arguments, derived from the run's configuration and never written by users."""
    update = config.update
    return GRPOConfig(
        output_dir=str(output),
        seed=config.seed,
        max_steps=config.rounds * update.updates_per_round,
        gradient_accumulation_steps=update.micro_batches,
        steps_per_generation=update.updates_per_round * update.micro_batches,
        # The loss: Dr.GRPO, no KL term, one pass over each round.
        loss_type="dr_grpo",
        scale_rewards="none",
        beta=0.0,
        num_iterations=1,
        epsilon=update.clip,
        temperature=config.engine.temperature,
        max_completion_length=max(config.challenger.max_new_tokens, config.reasoner.max_new_tokens),
        # The optimizer.
        optim="adamw_torch",
        learning_rate=update.learning_rate,
        lr_scheduler_type="constant",
        adam_beta1=update.adam_betas[0],
        adam_beta2=update.adam_betas[1],
        weight_decay=0.0,
        max_grad_norm=update.max_grad_norm,
        bf16=config.model.dtype == "bfloat16",
        gradient_checkpointing=update.gradient_checkpointing,
        use_cpu=not torch.cuda.is_available(),
        # The placeholder dataset: rows come from self-play, these numbers only have to agree with each other.
        per_device_train_batch_size=2,
        num_generations=2,
        dataloader_pin_memory=False,
        ignore_data_skip=True,
        # What is kept and told.
        save_strategy="steps",
        save_steps=config.checkpoint.every * update.updates_per_round,
        logging_steps=update.updates_per_round,
        report_to=list(config.report_to) or "none",
        log_completions=False,
        disable_tqdm=True,
    )


class SpiceTrainer(GRPOTrainer):  # type: ignore[misc]  # TRL ships no types
    """Updates both roles in one step from the trajectories of a round."""

    def __init__(
        self,
        *,
        config: RunConfig,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        output: Path,
        callbacks: Sequence[TrainerCallback] = (),
    ) -> None:
        super().__init__(
            model=model,
            reward_funcs=_no_reward,
            args=trainer_arguments(config, output),
            train_dataset=Dataset.from_dict({"prompt": [[{"role": "user", "content": ""}]] * 4096}),
            processing_class=tokenizer,
            callbacks=list(callbacks),
        )
        self._config = config
        self.rounds: RoundSource | None = None
        """Set before ``train()``; apart from the constructor because rounds are played with this trainer's model."""
        self._buffered_inputs: list[dict[str, torch.Tensor]] | None = None

    def _prepare_inputs(self, generation_batch: Any) -> dict[str, torch.Tensor]:
        """The next micro-batch; plays a round when the last one is used up (``generation_batch`` is the placeholder's)."""
        del generation_batch
        assert self.rounds is not None, "rounds is set before training"
        update = self._config.update
        position = self._step % self.args.steps_per_generation
        if position == 0 or self._buffered_inputs is None:
            index = self.state.global_step // update.updates_per_round
            plan = plan_round(
                self.rounds.play(index),
                seed=self._config.seed,
                index=index,
                num_updates=update.updates_per_round,
                num_micro_batches=update.micro_batches,
                gather=lambda counts: gather_object([counts]),
            )
            self._buffered_inputs = [self._finish(batch) for batch in plan]
        inputs: dict[str, torch.Tensor] = self._buffered_inputs[position]
        return inputs

    def track(self, figures: dict[str, float]) -> None:
        """Adds figures to what TRL logs to the trackers at the end of the step."""
        for name, value in figures.items():
            self._metrics["train"][name].append(float(value))

    @torch.no_grad()
    def _finish(self, batch: MicroBatch) -> dict[str, torch.Tensor]:
        """Adds the log-probabilities before the update, and folds the truncated importance ratio into token advantages.

        TRL's correction is off; its loss takes advantages of shape (rows, tokens) as they are, so
        ``min(ratio, cap) * advantage`` per token is the whole correction, for every engine alike.
        """
        cap = self._config.update.importance_cap
        inputs = to_tensors(batch, pad_token_id=self.processing_class.pad_token_id, device=self.accelerator.device)
        sampled = inputs.pop("sampling_per_token_logps")
        own = token_logprobs(self, inputs) if cap else sampled
        ratio = torch.exp((own - sampled) * inputs["completion_mask"])
        inputs["advantages"] = inputs["advantages"][:, None] * (ratio.clamp(max=cap) if cap else ratio)
        inputs["old_per_token_logps"] = own
        inputs["num_items_in_batch"] = inputs["completion_mask"].sum()
        return inputs


def _no_reward(completions: list[Any], **_: Any) -> list[float]:
    """TRL insists on a reward function; ours are computed in the round, and this one is never called."""
    return [0.0] * len(completions)
