"""Outcomes in, rewards and advantages out, over flat arrays: the typed face of the rewards crate."""

from spice_fast.rewards.advantage import FLAGS, Advantages, dr_grpo
from spice_fast.rewards.outcome import REWARDS, challenger_rewards, reasoner_rewards

__all__ = ["FLAGS", "REWARDS", "Advantages", "challenger_rewards", "dr_grpo", "reasoner_rewards"]
