"""``spice-fast report``."""

from __future__ import annotations

import sys
from pathlib import Path


def report(runs: list[Path], /, *, output: Path | None = None) -> None:
    """Draw the curves of a run, or of several side by side, as one HTML page.

    Parameters
    ----------
    runs
        Run folders; the first one's examples are shown.
    output
        HTML file. Default: report.html in the first run folder.
    """
    from spice_fast.cli.need import need

    need("matplotlib", "polars", extra="report")

    from spice_fast.report import write_report

    page = write_report(runs, output or runs[0] / "report.html")
    print(page)
    print("hint: open it in a browser", file=sys.stderr)
