"""Gates: what a parsed task must pass besides its format. Off in the paper, each on its own switch here (docs/gates.md)."""

from spice_fast.tasks.gates.candidate import Candidate, refusal
from spice_fast.tasks.gates.chain import Gates
from spice_fast.tasks.gates.memory import QuestionMemory

__all__ = ["Candidate", "Gates", "QuestionMemory", "refusal"]
