"""Engines that sample a policy: what self-play asks of them."""

from spice_fast.rollouts.engine import Completion, RolloutEngine
from spice_fast.rollouts.scripted import ScriptedEngine
from spice_fast.rollouts.served import ServedEngine

__all__ = ["Completion", "RolloutEngine", "ScriptedEngine", "ServedEngine"]
