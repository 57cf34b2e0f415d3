"""Passage to Challenger prompt, Challenger text to task, gates, task to Reasoner prompt."""

from spice_fast.tasks.gates import GATES, apply_gates
from spice_fast.tasks.prompts import ChatTokenizer, Prompts, load_templates

__all__ = ["GATES", "ChatTokenizer", "Prompts", "apply_gates", "load_templates"]
