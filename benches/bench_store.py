"""Packing and compressed random reading beside plain zstd and lance, as the table of docs/performance.md.

The corpus and the rivals' environment are those of `bench_corpus.py`; `make bench-store` prepares both.

    python benches/bench_store.py --rivals PYTHON --corpus FOLDER --data FOLDER [--print]
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from measure import PAGE, ROUNDS, Row, Side, compare, report

HERE = Path(__file__).resolve().parent
COLD_BAR, COLD_MOONSHOT = 12_000, 8_000
"""Most bytes that a cold document may cost."""


class Bench:
    """Who runs where."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.environment = {"BENCH_CORPUS": str(arguments.corpus), "BENCH_DATA": str(arguments.data)}

    def ours(self, case, name="ours"):
        return Side(name, sys.executable, HERE / "read_store.py", case, self.environment)

    def lance(self, case, name="lance"):
        return Side(name, str(self.arguments.rivals), HERE / "rivals" / "store_rivals.py", case, self.environment)


def alone(side, rounds=1):
    """Rounds of a side alone."""
    side.start()
    for _ in range(rounds):
        side.one_round()
    side.stop()
    if side.error:
        sys.exit(f"error: {side.script.name} {side.case}: {side.error}")
    return side


def packing_rows(bench):
    yield from compare(
        "packing JSONL, bytes of the file",
        bench.ours("packing"),
        [bench.ours("zstd", "plain zstd -3, file to file")],
        unit="B",
        bar=0.7,
    )


def random_rows(bench):
    bars = {"bar": 1.0, "moonshot": 1.2}
    take = bench.lance("batches", "lance take, 256 a call")
    yield from compare(
        "random documents, compressed, Arrow batches", bench.ours("batches"), [take], unit="docs", **bars
    )
    take = bench.lance("batches", "lance take, 256 a call, Arrow")
    yield from compare("the same, Python str", bench.ours("strings"), [take], unit="docs", **bars)
    take = bench.lance("batches", "lance take, 256 a call")
    yield from compare(
        "windows of 64 neighbours, compressed, str", bench.ours("windowed"), [take], unit="docs", bar=5.0
    )


def cold_rows(bench):
    mine, its = alone(bench.ours("cold"), ROUNDS), alone(bench.lance("cold"), ROUNDS)

    def shown(side):
        per = statistics.median(one["disk_bytes"] / one["units"] for one in side.rounds)
        amplified = statistics.median(one["disk_bytes"] / one["text_bytes"] for one in side.rounds)
        opened = statistics.median(one["open_bytes"] for one in side.rounds)
        return per, f"{per / 1000:.1f} kB, {amplified:.2f} x the text; opening {opened / 1000:.0f} kB"

    per, text = shown(mine)
    verdict = "moonshot" if per <= COLD_MOONSHOT else "met" if per <= COLD_BAR else "**missed**"
    note = f"{verdict}: at most {COLD_BAR / 1000:.0f} kB, moonshot {COLD_MOONSHOT / 1000:.0f} kB"
    yield Row(job="disk bytes per cold document, one at a time", ours=text, rival=f"lance: {shown(its)[1]}", note=note)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rivals", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--print", action="store_true", help="leave docs/performance.md as it is")
    arguments = parser.parse_args()
    bench = Bench(arguments)
    alone(bench.ours("prepare"))
    alone(bench.lance("prepare"))
    rows = [row for make in (packing_rows, random_rows, cold_rows) for row in make(bench)]
    alone(bench.ours("clean"))
    report("store", rows, page=None if arguments.print else PAGE)


if __name__ == "__main__":
    main()
