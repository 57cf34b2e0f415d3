"""Ours beside rivals in one run: who works in a process of its own, rounds in turn, medians, and one form of table.

A *worker* is a script that hands its cases to :func:`serve`. A case prepares (opens files, warms up) and gives a function without
arguments: one round, whose result is the number of units it did. Rivals' workers run in the rivals' own environment, so this
file needs the standard library only.

A *bench* makes :class:`Side` objects of workers, lets :func:`compare` run their rounds in turn (ours, rival, ours, rival, ...), and
writes the rows with :func:`report`. Rates are units per second of wall time; a ratio is the median over the rounds of ours divided by
the rival of the same round, so a slow minute of the machine hits both.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
ROUNDS = 5


# -- in a worker ------------------------------------------------------------------------------------------------------


def serve(cases):
    """Runs the case that the command line names, one round for each line of standard input, until that ends."""
    round_of = cases[sys.argv[1]]()
    print(json.dumps({"ready": sys.argv[1]}), flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), cpu_s()
        units = round_of()
        seconds, cpu = time.perf_counter() - wall, cpu_s() - cpu
        extra = units if isinstance(units, dict) else {"units": units}
        print(json.dumps({"wall_s": seconds, "cpu_s": cpu, "peak_bytes": peak_bytes(), **extra}), flush=True)


def cpu_s():
    """CPU seconds of this process, all its threads, and the children it waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_bytes():
    """Most resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def anonymous_bytes():
    """Memory that the process itself holds: without the page cache of mapped files."""
    with Path("/proc/self/status").open(encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("RssAnon"))


# -- in a bench -------------------------------------------------------------------------------------------------------


@dataclass
class Side:
    """One worker's case, and what its rounds gave."""

    name: str
    python: str
    script: Path
    case: str
    environment: dict = field(default_factory=dict)
    rounds: list = field(default_factory=list)
    error: str = ""

    def start(self):
        """Starts the worker and waits until it is prepared."""
        command = [self.python, str(self.script), self.case]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"} | self.environment
        # A pipe that nobody reads would stop a talkative worker.
        self.talk = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed in stop)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.talk, text=True, env=environment
        )
        self.answer()

    def answer(self):
        """The next JSON line of the worker; what libraries print in between is passed over."""
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        self.process.wait()
        self.talk.seek(0)
        self.error = (self.talk.read().strip().splitlines() or ["it ended"])[-1][:200]
        return None

    def one_round(self):
        """One round, unless the worker has failed."""
        self.ask()
        self.take()

    def ask(self):
        """Begins a round; several sides may be at work at once."""
        if not self.error:
            self.process.stdin.write("\n")
            self.process.stdin.flush()

    def take(self):
        """Waits for what the round gave."""
        result = None if self.error else self.answer()
        if result is not None:
            self.rounds.append(result)

    def stop(self):
        """Ends the worker: some rivals' threads do not end by themselves."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.talk.close()

    def rate(self, per="wall_s"):
        """Median units per second, or None where no round ended."""
        return statistics.median(one["units"] / one[per] for one in self.rounds) if self.rounds else None


@dataclass
class Row:
    """A line of the table. ``ratio`` is ours over theirs, None where there is no rival or it failed."""

    job: str
    ours: str
    rival: str
    ratio: float | None = None
    bar: float | None = None
    moonshot: float | None = None
    note: str = ""

    def verdict(self):
        """``moonshot``, ``met`` or ``missed``; empty where there is no bar or no figure."""
        if self.ratio is None or self.bar is None:
            return ""
        if self.moonshot is not None and self.ratio >= self.moonshot:
            return "moonshot"
        return "met" if self.ratio >= self.bar else "**missed**"


def compare(job, ours, rivals, *, unit, bar=None, moonshot=None, rounds=ROUNDS, note=""):
    """One row for each rival: rounds in turn, one process at a time, medians over ``rounds``.

    ``bar`` and ``moonshot`` are ratios: one number for all rivals, or one for each by its name.
    """
    sides = [ours, *rivals]
    for side in sides:
        side.start()
    for _ in range(rounds):
        for side in sides:
            side.one_round()
    for side in sides:
        side.stop()
    rows = []
    for rival in rivals:
        pairs = list(zip(ours.rounds, rival.rounds, strict=False))
        ratio = (
            statistics.median(mine["units"] / mine["wall_s"] / (its["units"] / its["wall_s"]) for mine, its in pairs)
            if pairs
            else None
        )
        cpu = (
            statistics.median(mine["units"] / mine["cpu_s"] / (its["units"] / its["cpu_s"]) for mine, its in pairs)
            if pairs
            else None
        )
        rows.append(
            Row(
                job=job,
                ours=shown(ours, unit),
                rival=f"{rival.name}: {shown(rival, unit)}",
                ratio=ratio,
                bar=bar.get(rival.name) if isinstance(bar, dict) else bar,
                moonshot=moonshot.get(rival.name) if isinstance(moonshot, dict) else moonshot,
                note="; ".join(part for part in (note, f"{cpu:.2f} x by CPU time" if cpu else "") if part),
            )
        )
        print(f"{job}: {rows[-1].ours}; {rows[-1].rival}; {ratio and round(ratio, 2)} x", file=sys.stderr, flush=True)
    return rows


def shown(side, unit):
    """``123,456 docs/s``, or why there is no figure."""
    rate = side.rate()
    if rate is None:
        return f"failed: {side.error}"
    return f"{rate:,.0f} {unit}/s" if rate >= 100 else f"{rate:,.2f} {unit}/s"


def table(rows):
    """The rows as Markdown: bars and misses included."""
    lines = ["| job | ours | rival | ratio | bar | moonshot | |", "|---|---|---|---|---|---|---|"]
    number = lambda value: "" if value is None else f"{value:.2f} x"  # noqa: E731
    for row in rows:
        end = "; ".join(part for part in (row.verdict(), row.note) if part)
        cells = (row.job, row.ours, row.rival, number(row.ratio), number(row.bar), number(row.moonshot), end)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def conditions():
    """Machine, commit and date of a run, as one sentence."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":", 1)[1].strip() for line in facts if "model name" in line), platform.machine())
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return (
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, commit {commit.stdout.strip() or 'unknown'}, "
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, load {os.getloadavg()[0]:.1f}; medians of {ROUNDS}, rounds in turn, one thread."
    )


def report(name, rows, *, page=PAGE):
    """Prints the table and writes it to docs/performance.md between the markers of ``name``, which must be there.

    With ``page=None`` it is only printed.
    """
    text = f"{conditions()}\n\n{table(rows)}"
    print(text)
    if page is None:
        return
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        sys.exit(f"error: {page} has no markers {begin} and {end}")
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
