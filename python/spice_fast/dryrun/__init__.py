"""What a run would do and need, from its configuration alone: no GPU is touched and no weights are read."""

from spice_fast.dryrun.memory import Memory, memory_of
from spice_fast.dryrun.plan import Plan, describe, plan_run
from spice_fast.dryrun.schedule import Schedule, schedule_of
from spice_fast.dryrun.shapes import ModelShape, shape_of

__all__ = ["Memory", "ModelShape", "Plan", "Schedule", "describe", "memory_of", "plan_run", "schedule_of", "shape_of"]
