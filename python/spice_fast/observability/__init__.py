"""What a run leaves on disk and on the screen: the run folder, events, metrics, phase times."""

from spice_fast.observability.events import read_events, write_events
from spice_fast.observability.metrics import round_metrics
from spice_fast.observability.run_folder import RunFolder
from spice_fast.observability.series import append_row, read_rows, truncate_rows
from spice_fast.observability.stopwatch import Stopwatch

__all__ = [
    "RunFolder",
    "Stopwatch",
    "append_row",
    "read_events",
    "read_rows",
    "round_metrics",
    "truncate_rows",
    "write_events",
]
