"""Engines that sample a policy: what self-play asks of them."""

from spice_fast.rollouts.engine import Completion, RolloutEngine

__all__ = ["Completion", "RolloutEngine"]
