"""Passage to Challenger prompt, Challenger text to task, gates, task to Reasoner prompt."""

from spice_fast.tasks.gates import Gates, QuestionMemory, refusal
from spice_fast.tasks.prompts import ChatTokenizer, Prompts, load_templates

__all__ = ["ChatTokenizer", "Gates", "Prompts", "QuestionMemory", "load_templates", "refusal"]
