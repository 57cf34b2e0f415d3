"""Reading, sampling, streaming and resuming, ours beside the rivals', as the table of docs/performance.md.

Rivals run in environments of their own (`benches/rivals/requirements*.txt`), on a corpus that `benches/rivals/build_corpus.py` makes of
Debian's documentation packages. `make bench-corpus` prepares both.

    python benches/bench_corpus.py --rivals PYTHON [--grain PYTHON] --corpus FOLDER --data FOLDER [--only WORD]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
from pathlib import Path

from measure import PAGE, ROUNDS, Row, Side, compare, report

HERE = Path(__file__).resolve().parent
LARGE_BYTES = 10 * 10**9
"""Text of the large corpus for the memory row."""


class Bench:
    """Who runs where."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.environment = {"BENCH_CORPUS": str(arguments.corpus), "BENCH_DATA": str(arguments.data)}

    def ours(self, case, **environment):
        return Side("ours", sys.executable, HERE / "read_corpus.py", case, self.environment | environment)

    def rival(self, name, case, python=None):
        python = str(python or self.arguments.rivals)
        return Side(name, python, HERE / "rivals" / "read_rivals.py", case, self.environment)

    def prepare(self):
        sides = [self.ours("prepare"), self.rival("prepare", "prepare")]
        if self.arguments.grain:
            sides.append(self.rival("prepare", "prepare_grain", self.arguments.grain))
        for side in sides:
            one_round(side)
            if side.error:
                sys.exit(f"error: {side.script.name} {side.case}: {side.error}")


def one_round(side, rounds=1):
    """Rounds of a side alone."""
    side.start()
    for _ in range(rounds):
        side.one_round()
    side.stop()
    return side


def arrow_rows(bench):
    bars = {"mmap blob loop, str": (2.3, 4.0), "HF datasets, Arrow batch, str": (4.0, None)}
    yield from compare(
        "random documents, warm, Arrow batches",
        bench.ours("arrow"),
        [
            bench.rival("mmap blob loop, str", "blob"),
            bench.rival("HF datasets, Arrow batch, str", "hf_str"),
            bench.rival("HF datasets, Arrow format (256 slices, no text touched)", "hf_arrow"),
        ],
        unit="docs",
        bar={name: bar for name, (bar, _) in bars.items()},
        moonshot={name: moonshot for name, (_, moonshot) in bars.items()},
    )
    for folder, words in (("in_place", "the same from JSONL in place"), ("zstd", "the same from compressed shards")):
        yield from compare(
            words, bench.ours("arrow", BENCH_FOLDER=folder), [bench.rival("mmap blob loop, str", "blob")], unit="docs"
        )


def string_rows(bench):
    yield from compare(
        "random documents, warm, Python str",
        bench.ours("strings"),
        [bench.rival("HF datasets, Arrow batch to str", "hf_str")],
        unit="docs",
        bar=1.4,
        moonshot=1.8,
    )


def stream_rows(bench):
    rivals = [bench.rival("HF datasets, shuffle", "hf_shuffle")]
    if bench.arguments.grain:
        rivals.append(bench.rival("grain, shuffle", "grain_shuffle", bench.arguments.grain))
    bars = {"bar": {"HF datasets, shuffle": 5.0, "grain, shuffle": 10.0}, "moonshot": {"grain, shuffle": 40.0}}
    yield from compare("exact global shuffle stream, Arrow", bench.ours("stream"), rivals, unit="docs", **bars)
    rivals = [Side(side.name, side.python, side.script, side.case, side.environment) for side in rivals]
    yield from compare("the same, Passage by Passage", bench.ours("stream_passages"), rivals, unit="docs")


def resume_rows(bench):
    mine = one_round(bench.ours("resume"), ROUNDS)
    its = one_round(bench.rival("HF", "hf_resume"))
    last = mine.rounds[-1]
    first_s = statistics.median(one["first_s"] for one in mine.rounds)
    fine = (
        (last["lost"], last["twice"]) == (0, 0)
        and last["exact"]
        and last["worlds_equal"]
        and last["state_bytes"] <= 64
        and first_s < 0.01
    )
    rival = its.error or (
        "HF streaming, shuffle(1000): {lost} lost, {twice} twice, first document {first_s:.2f} s, state {state_bytes} B".format(
            **its.rounds[-1]
        )
    )
    yield Row(
        job="resume after 20,000 of an epoch",
        ours="{lost} lost, {twice} twice, first document {ms:.1f} ms, state {state_bytes} B; worlds of 2 and 5 equal: {worlds_equal}".format(
            ms=first_s * 1000, **last
        ),
        rival=rival,
        note="met" if fine else "**missed**: 0 lost, 0 twice, first document < 10 ms, state at most 64 B",
    )


def thread_rows(bench):
    """Two threads of one process against two processes of one thread, on the same documents in calls of 1,024."""
    rates = {1: [], 2: []}
    rows = {"BENCH_ROWS": "1024"}
    pair, alone = [bench.ours("arrow", **rows) for _ in range(2)], bench.ours("arrow", **rows, BENCH_THREADS="2")
    for side in (*pair, alone):
        side.start()
    for _ in range(ROUNDS):
        for side in pair:
            side.ask()
        for side in pair:
            side.take()
        rates[1].append(sum(side.rounds[-1]["units"] / side.rounds[-1]["wall_s"] for side in pair))
        alone.one_round()
        rates[2].append(alone.rounds[-1]["units"] / alone.rounds[-1]["wall_s"])
    for side in (*pair, alone):
        side.stop()
    yield Row(
        job="two threads against two processes, Arrow batches",
        ours=f"{statistics.median(rates[2]):,.0f} docs/s",
        rival=f"two processes together: {statistics.median(rates[1]):,.0f} docs/s",
        ratio=statistics.median(two / one for two, one in zip(rates[2], rates[1], strict=True)),
        bar=0.9,
    )


def memory_rows(bench):
    """What the process holds itself while it streams, for the corpus and for one of 10 GB made of it, which is removed."""
    folder = bench.arguments.data / "large"
    free = shutil.disk_usage(bench.arguments.data).free
    if free < 1.3 * LARGE_BYTES:
        yield Row(job="memory at 300 MB and 10 GB", ours=f"skipped: {free / 1e9:.0f} GB free on the disk", rival="")
        return
    try:
        make_large(bench.arguments.corpus / "corpus.jsonl", folder)
        small = one_round(bench.ours("memory", BENCH_MEMORY=str(bench.arguments.data / "in_place"))).rounds[-1]
        large = one_round(bench.ours("memory", BENCH_MEMORY=str(folder / "corpus"))).rounds[-1]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratio = large["anonymous_bytes"] / small["anonymous_bytes"]
    yield Row(
        job="memory held while streaming, 10 GB against 300 MB, JSONL in place",
        ours=f"{large['anonymous_bytes'] / 2**20:.0f} MiB against {small['anonymous_bytes'] / 2**20:.0f} MiB",
        rival="",
        note=f"{ratio:.2f} times as much for 33 times the text",
    )


def make_large(source, folder):
    """A corpus of 10 GB: the small one again and again, each time with another beginning of every document."""
    from spice_fast.corpus import build

    folder.mkdir()
    size, number = 0, 0
    with (folder / "large.jsonl").open("wb") as large:
        while size < LARGE_BYTES:
            with source.open("rb") as lines:
                for line in lines:
                    size += large.write(line.replace(b'"text": "', b'"text": "%d ' % number, 1))
            number += 1
    build([folder / "large.jsonl"], folder / "corpus", min_bytes=0)


def import_rows(bench):
    seconds = one_round(bench.ours("import_time")).rounds[-1]["import_s"]
    yield Row(
        job="import spice_fast.corpus",
        ours=f"{seconds:.3f} CPU s more than an empty interpreter",
        rival="",
        note="met: at most 0.1 s" if seconds <= 0.1 else "**missed**: at most 0.1 s",
    )


ROWS = {
    "arrow": arrow_rows,
    "strings": string_rows,
    "stream": stream_rows,
    "resume": resume_rows,
    "threads": thread_rows,
    "memory": memory_rows,
    "import": import_rows,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", type=Path, required=True, help="the rivals' Python")
    parser.add_argument("--grain", type=Path, help="grain's Python; without it its row is left out")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of corpus.jsonl")
    parser.add_argument("--data", type=Path, required=True, help="folder of formats, about 2.5 GB")
    parser.add_argument("--only", choices=ROWS, action="append", help="this group of rows; the page is not written")
    arguments = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    bench = Bench(arguments)
    bench.prepare()
    rows = [row for name in arguments.only or ROWS for row in ROWS[name](bench)]
    report("bench-corpus", rows, page=None if arguments.only else PAGE)
    print(json.dumps({row.job: row.ratio for row in rows}), file=sys.stderr)


if __name__ == "__main__":
    main()
