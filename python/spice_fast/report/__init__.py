"""Reads run folders and nothing else: charts and examples as one HTML page."""

from spice_fast.report.curves import Curves, read_curves
from spice_fast.report.heat_map import draw_crossplay
from spice_fast.report.page import write_report

__all__ = ["Curves", "draw_crossplay", "read_curves", "write_report"]
