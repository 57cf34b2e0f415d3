"""Outcomes in, rewards and advantages out, over flat arrays: the typed face of the rewards crate."""

from spice_fast.rewards.advantage import ESTIMATORS, FLAGS, Advantages, Estimator, advantages, dr_grpo
from spice_fast.rewards.outcome import COLUMNS, REWARDS, challenger_rewards, reasoner_rewards
from spice_fast.rewards.resolve import Reward, resolve_reward
from spice_fast.rewards.similarity import cluster_shares

__all__ = [
    "COLUMNS",
    "ESTIMATORS",
    "FLAGS",
    "REWARDS",
    "Advantages",
    "Estimator",
    "Reward",
    "advantages",
    "challenger_rewards",
    "cluster_shares",
    "dr_grpo",
    "reasoner_rewards",
    "resolve_reward",
]
