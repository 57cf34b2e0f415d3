"""One round of SPICE: passages, Challenger, Reasoner, verdicts, rewards, advantages."""

from spice_fast.selfplay.columns import round_reward
from spice_fast.selfplay.outcome import Attempt, Round, Trajectory
from spice_fast.selfplay.round import SelfPlay

__all__ = ["Attempt", "Round", "SelfPlay", "Trajectory", "round_reward"]
