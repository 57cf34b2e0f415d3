"""What a corpus of 10^6 to 10^10 documents costs: disk, opening, resuming, draws a second, memory; written to docs/scale.md.

The catalogue is synthetic: lengths and checksums of documents that are not there, 10 kB on average, as if packed in shards of 1 GiB.
A draw is resolved to (document, byte range), which is all that does not depend on the text. Every figure is of a process of
its own; *cold* means that the system was told to forget the files first. For another size:

    python benches/bench_scale.py --documents 10000000000 --folder /tmp/scale
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import ROOT, anonymous_bytes, conditions, peak_bytes

PAGE = ROOT / "docs" / "scale.md"
SIZES = (10**6, 10**8, 10**9)
SLOT_BYTES = 8192
FAR_DRAW = 10**12
SEED = 7


def sampler_of(folder):
    from spice_fast.corpus import Corpus, Sampler

    return Sampler(Corpus.open(folder), seed=SEED, passage_bytes=SLOT_BYTES)


# -- steps, each in a process of its own ------------------------------------------------------------------------------


def step_build(folder, num_documents):
    """Writes the catalogue."""
    from spice_fast.corpus import build_synthetic

    start = time.perf_counter()
    build_synthetic(num_documents, folder)
    return {"build_s": time.perf_counter() - start, "build_anonymous_bytes": anonymous_bytes()}


def step_count(folder, _):
    """Counts slots for the first time, on all cores."""
    import spice_fast.corpus  # noqa: F401

    start = time.perf_counter()
    sampler = sampler_of(folder)
    seconds = time.perf_counter() - start
    return {"count_s": seconds, "num_slots": len(sampler), "count_anonymous_bytes": anonymous_bytes()}


def step_open(folder, _):
    """Opens corpus and sampler and resolves one draw, cold."""
    import spice_fast.corpus  # noqa: F401

    forget(folder)
    start = time.perf_counter()
    sampler = sampler_of(folder)
    opened = time.perf_counter()
    sampler.places([0])
    return {"open_s": opened - start, "first_place_s": time.perf_counter() - opened}


def step_resume(folder, _):
    """From the 64 bytes of a state at draw 10^12 to the place of the next draw, cold, opening included."""
    state = sampler_of(folder).state(FAR_DRAW)
    forget(folder)
    start = time.perf_counter()
    sampler = sampler_of(folder)
    draw = sampler.resume(state)
    sampler.places([draw])
    return {"resume_s": time.perf_counter() - start, "state_bytes": len(state)}


def step_draws(folder, _):
    """Resolves draws: in order, as a run does, in batches of 10,000, for three seconds."""
    sampler = sampler_of(folder)
    number, start, batch = 0, time.perf_counter(), 10_000
    while (seconds := time.perf_counter() - start) < 3:
        sampler.places(range(FAR_DRAW + number, FAR_DRAW + number + batch))
        number += batch
    return {"draws_per_s": number / seconds, "draw_anonymous_bytes": anonymous_bytes(), "peak_bytes": peak_bytes()}


def step_once(folder, num_documents):
    """An epoch in steps of random size, each resumed from a state: what was lost, and what came twice. To 10^6 documents."""
    if num_documents > 10**6:
        return {}
    sampler, choose = sampler_of(folder), random.Random(SEED)
    seen, num_drawn, state = set(), 0, sampler.state(0)
    while (draw := sampler.resume(state)) < len(sampler):
        end = min(draw + choose.randint(1, 100_000), len(sampler))
        seen.update(sampler.places(range(draw, end)))
        num_drawn += end - draw
        state = sampler.state(end)
    return {"num_lost": len(sampler) - len(seen), "num_twice": num_drawn - len(seen)}


def forget(folder):
    """Tells the system to drop the files from its page cache."""
    for path in Path(folder).iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


STEPS = {
    step.__name__.removeprefix("step_"): step
    for step in (step_build, step_count, step_open, step_resume, step_draws, step_once)
}


def run(step, folder, num_documents):
    """Runs one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--documents", str(num_documents), "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: step {step} of {num_documents:,} documents: {done.stderr.strip()}")
    return json.loads(done.stdout)


def measure(num_documents, folder):
    """All figures of one size."""
    figures = {"num_documents": num_documents}
    for step in STEPS:
        figures |= run(step, folder, num_documents)
        print(f"{num_documents:,} documents, {step}: {figures}", file=sys.stderr, flush=True)
        if step == "count":
            sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
            figures["sums_bytes"] = sum(size for name, size in sizes.items() if name.startswith("slots-"))
            figures["catalogue_bytes"] = sizes["catalogue.bin"]
    return figures


def table(rows):
    """The figures as Markdown, one column for each size."""
    lines = [
        ("documents", lambda row: f"{row['num_documents']:.0e}".replace("e+", "e")),
        ("slots of 8 KiB", lambda row: f"{row['num_slots']:,}"),
        ("catalogue on disk", lambda row: f"{row['catalogue_bytes'] / 1e9:,.3f} GB"),
        ("bytes a document", lambda row: f"{row['catalogue_bytes'] / row['num_documents']:.2f}"),
        ("sums of slots on disk", lambda row: f"{row['sums_bytes'] / 1e9:,.3f} GB"),
        ("writing the catalogue", lambda row: f"{row['build_s']:,.1f} s"),
        ("counting slots, once", lambda row: f"{row['count_s']:,.2f} s"),
        ("opening, cold", lambda row: f"{row['open_s'] * 1e3:,.2f} ms"),
        ("place of the first draw, cold", lambda row: f"{row['first_place_s'] * 1e3:,.2f} ms"),
        ("resuming at draw 10^12, cold, opening included", lambda row: f"{row['resume_s'] * 1e3:,.2f} ms"),
        (
            "epoch resumed in random steps: lost, twice",
            lambda row: f"{row.get('num_lost', '')}, {row.get('num_twice', '')}",
        ),
        ("places a second, one thread", lambda row: f"{row['draws_per_s']:,.0f}"),
        ("memory of its own while counting", lambda row: f"{row['count_anonymous_bytes'] / 1e6:,.0f} MB"),
        ("memory of its own while drawing", lambda row: f"{row['draw_anonymous_bytes'] / 1e6:,.0f} MB"),
        ("peak with the page cache of mapped files", lambda row: f"{row['peak_bytes'] / 1e6:,.0f} MB"),
    ]
    text = []
    for name, shown in lines:
        text.append("| " + " | ".join([name, *(shown(row) for row in rows)]) + " |")
    text.insert(1, "|---" * (len(rows) + 1) + "|")
    return "\n".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, action="append", help="sizes; 1e6, 1e8 and 1e9 unless named")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder unless named")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(STEPS[arguments.step](arguments.folder, arguments.documents[0])))
        return
    rows = []
    for num_documents in arguments.documents or SIZES:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            rows.append(measure(num_documents, Path(folder) / "corpus"))
    text = f"{conditions().split('; medians')[0]}.\n\n{table(rows)}"
    print(text)
    if not arguments.documents:
        begin, end = "<!-- scale: begin -->", "<!-- scale: end -->"
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(begin)
        PAGE.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
