"""The command line: parses, calls, prints. Data goes to stdout, talk to stderr; 0 is fine, 1 failed, 2 is the user's mistake."""

from __future__ import annotations

import logging
import os
import sys

from cyclopts import App

from spice_fast import __version__
from spice_fast.cli.crossplay import crossplay
from spice_fast.cli.doctor import doctor
from spice_fast.cli.evaluate import evaluate
from spice_fast.cli.report import report
from spice_fast.cli.train import train
from spice_fast.errors import SpiceError

app = App(
    name="spice-fast",
    help="Self-play in corpus environments (SPICE).",
    version=__version__,
    suppress_keyboard_interrupt=False,
)
# By name, loaded when called: the doctor must run where the compiled core is missing. Their help stands here for that.
app.command(
    "spice_fast.cli.corpus:app",
    name="corpus",
    help="Build a corpus from documents, look into it, draw passages from it.",
)
app.command(train)
app.command(evaluate, name="eval")
app.command(crossplay)
app.command(report)
app.command(
    "spice_fast.cli.grade:grade",
    name="grade",
    help="""Grade answers: every line of a JSONL file, or one with --gold and --answer.

    Exit codes: 0, every line was graded, whatever the verdicts, or the one answer is right; 1, the one answer is not right; 2,
    the input cannot be used.
    """,
)
app.command(doctor)


def main() -> None:
    """Entry point of ``spice-fast``; a user's mistake becomes one line on stderr and exit code 2."""
    # The libraries below us phone home unless told not to; nothing of a run leaves the machine unasked.
    for name in ("HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK", "VLLM_NO_USAGE_STATS"):
        os.environ.setdefault(name, "1")
    # Where vLLM is installed TRL imports it, and it talks before it reads how much it may say.
    logging.getLogger("vllm").setLevel(logging.ERROR)
    try:
        app()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`); Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except SpiceError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
