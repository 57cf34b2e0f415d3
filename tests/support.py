"""A hand-written Dr.GRPO gradient, and a tiny trainer on the miniature: shared by the integration tests."""

from __future__ import annotations

import math

import torch
from torch.nn import functional
from transformers import TrainerCallback


class GradientTap(TrainerCallback):
    """Copies the weights before and the accumulated gradient of every optimizer step."""

    def __init__(self):
        self.weights, self.gradients = [], []

    def on_step_begin(self, args, state, control, model=None, **kwargs):
        self.weights.append({name: p.detach().clone() for name, p in _plain(model).named_parameters()})

    def on_pre_optimizer_step(self, args, state, control, model=None, **kwargs):
        self.gradients.append({name: p.grad.detach().clone() for name, p in _plain(model).named_parameters()})


def _plain(model):
    return getattr(model, "module", model)


def completion_logprobs(model, trajectory):
    """Log-probabilities of one trajectory's tokens from plain logits: no padding, no batch."""
    ids = torch.tensor([trajectory.prompt_ids + trajectory.completion.token_ids])
    logprobs = functional.log_softmax(model(input_ids=ids).logits[0, :-1].float(), dim=-1)
    length = len(trajectory.completion.token_ids)
    return logprobs.gather(1, ids[0, 1:, None])[-length:, 0]


def reference_gradient(model, trajectories, *, num_trajectories, max_length, old_weights, weights, cap=2.0, clip=0.2):
    """Gradient of -sum_i sum_t min(r A, clip(r) A) / (N L_max) with A = advantage x min(sampling ratio, cap)."""
    model.load_state_dict(old_weights)
    with torch.no_grad():
        old = [completion_logprobs(model, trajectory) for trajectory in trajectories]
    model.load_state_dict(weights)
    model.zero_grad()
    for trajectory, old_logprobs in zip(trajectories, old, strict=True):
        sampled = torch.tensor(trajectory.completion.logprobs)
        advantage = trajectory.advantage * torch.exp(old_logprobs - sampled).clamp(max=cap)
        ratio = torch.exp(completion_logprobs(model, trajectory) - old_logprobs)
        objective = torch.min(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
        (-objective.sum() / (num_trajectories * max_length)).backward()
    return {name: p.grad.detach().clone() for name, p in model.named_parameters()}


def relative_error(gradient, reference):
    """Norm of the difference over the norm of the reference, over all parameters."""
    difference = math.sqrt(sum(float((gradient[name] - reference[name]).pow(2).sum()) for name in reference))
    return difference / math.sqrt(sum(float(value.pow(2).sum()) for value in reference.values()))
