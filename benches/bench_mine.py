"""Chunks, copies, benchmark pieces and search beside their rivals in one run: MB/s of the same documents, one thread.

``BENCH_PYTHON`` is the interpreter of the rivals' environment, ``BENCH_CORPUS`` the folder of ``corpus.jsonl``; each job runs in
a process of its own, ours in this interpreter and the rivals' in theirs, in turns, and medians of ``ROUNDS`` are compared. What
counts is processor time of all threads together, so that neighbours on a busy machine and rivals that start threads of
their own do not change the multiple; a search's latency is time on the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
SIZE, TOKENS = 2_000, 512
RIVALS = os.environ.get("BENCH_PYTHON", "")
CORPUS = Path(os.environ.get("BENCH_CORPUS", "corpus")) / "corpus.jsonl"


def documents(megabytes: float) -> tuple[list[str], float]:
    """Texts of the corpus in file order, and their bytes in millions."""
    texts, size = [], 0
    with CORPUS.open("rb") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            size += len(text.encode())
            if size > megabytes * 1e6:
                break
            texts.append(text)
    return texts, sum(len(text.encode()) for text in texts) / 1e6


def tokenizer_file(folder: Path) -> Path:
    """A byte-level tokenizer of 32,000 tokens in the style of Llama 3, trained on 12 MB of the corpus."""
    path = folder / "tokenizer.json"
    if not path.exists():
        from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

        pattern = (
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
            r"|\s+(?!\S)|\s+"
        )
        tokenizer = Tokenizer(models.BPE())
        byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        split = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=32_000, initial_alphabet=alphabet, show_progress=False)
        tokenizer.train_from_iterator(documents(12)[0], trainer)
        tokenizer.save(str(path))
    return path


# -- ours -------------------------------------------------------------------------------------------------------------


def ends_of(texts: list[str], chunks: list[list[str]]) -> dict[str, float]:
    """Share of chunk ends (documents' ends left out) at a sentence or blank line, at a line, and inside a word."""
    ends = sentences = lines = words = 0
    for text, pieces in zip(texts, chunks, strict=True):
        end = 0
        for piece in pieces[:-1]:
            end += len(piece)
            ends += 1
            tail = piece.rstrip()
            gap = text[end - (len(piece) - len(tail)) : end]
            rest = text[end:]
            gap += rest[: len(rest) - len(rest.lstrip())]
            good = bool(tail) and (
                tail[-1] in ".!?\u3002\uff01\uff1f\u2026" or tail[-2:-1] in {".", "!", "?"} or gap.count("\n") > 1
            )
            sentences += good
            lines += not good and "\n" in gap
            words += text[end - 1].isalnum() and text[end].isalnum()
    total = max(ends, 1)
    return {"sentence": sentences / total, "line": lines / total, "inside_a_word": words / total}


def ours_chars(_folder: Path, megabytes: float):
    from spice_fast.corpus import chunk

    texts, size = documents(megabytes)
    some = texts[:400]
    pieces = [list(chunk(text, max_chars=SIZE).texts(text)) for text in some]
    assert all("".join(of_text) == text for of_text, text in zip(pieces, some, strict=True))
    print(json.dumps({"ends": ends_of(some, pieces)}), file=sys.stderr)
    return size, lambda: len(chunk(texts, max_chars=SIZE, threads=1))


def ours_line(_folder: Path, megabytes: float):
    from spice_fast.corpus import chunk

    text = " ".join(" ".join(documents(megabytes)[0]).split())
    return len(text.encode()) / 1e6, lambda: len(chunk(text, max_chars=SIZE, threads=1))


def ours_tokens(folder: Path, megabytes: float):
    from spice_fast.corpus import TokenCounter, chunk

    texts, size = documents(megabytes)
    counter = TokenCounter(tokenizer_file(folder))
    assert counter.is_fast
    return size, lambda: len(chunk(texts, max_tokens=TOKENS, tokenizer=counter, threads=1))


def ours_tokens_fallback(folder: Path, megabytes: float):
    from spice_fast.corpus import TokenCounter, chunk

    texts, size = documents(megabytes)
    written = json.loads(tokenizer_file(folder).read_text())
    # The same tokens by a pattern that is written otherwise, so that it is left to the library.
    written["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] += r"|\s"
    path = folder / "unknown.json"
    path.write_text(json.dumps(written))
    counter = TokenCounter(path)
    assert not counter.is_fast
    return size, lambda: len(chunk(texts, max_tokens=TOKENS, tokenizer=counter, threads=1))


def ours_minhash(_folder: Path, megabytes: float):
    from spice_fast.corpus import minhash

    texts, size = documents(megabytes)
    return size, lambda: len(minhash(texts, threads=1))


def ours_benchmark(_folder: Path, megabytes: float):
    from spice_fast.corpus import Benchmark

    texts, size = documents(megabytes)
    benchmark = Benchmark([text[:400] for text in texts[:200]])
    return size, lambda: len(benchmark.find(texts, threads=1))


def open_corpus(folder: Path, megabytes: float):
    from spice_fast.corpus import Corpus, build

    texts, size = documents(megabytes)
    lines = folder / "part.jsonl"
    with lines.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    build([lines], folder / "corpus", min_bytes=0, overwrite=True)
    return Corpus.open(folder / "corpus"), texts, size


def ours_index(folder: Path, megabytes: float):
    from spice_fast.corpus import SearchIndex

    corpus, _, size = open_corpus(folder, megabytes)
    number = iter(range(100))
    return size, lambda: len(SearchIndex.build(corpus, folder / f"index{next(number)}", threads=1).search("a")) and 1


def ours_search(folder: Path, megabytes: float):
    from spice_fast.corpus import SearchIndex

    corpus, texts, _ = open_corpus(folder, megabytes)
    index = SearchIndex.build(corpus, folder / "search", threads=1)
    return latency(queries(texts), lambda query: index.search(query, limit=10))


# -- rivals -----------------------------------------------------------------------------------------------------------


def queries(texts: list[str], count: int = 500) -> list[str]:
    """Two to four consecutive words of random places."""
    import random
    import re

    rng, found = random.Random(5), []
    while len(found) < count:
        text = texts[rng.randrange(len(texts))]
        place = rng.randrange(len(text))
        words = re.findall(r"[A-Za-z]{4,}", text[place : place + 200])[1:-1]
        length = rng.randint(2, 4)
        if len(words) >= length:
            found.append(" ".join(words[:length]).lower())
    return found


def latency(asked: list, search) -> tuple[None, float]:
    """No work to repeat, and the median of a search in microseconds."""
    for query in asked[:50]:
        search(query)
    times = []
    for query in asked:
        start = time.perf_counter()
        search(query)
        times.append(time.perf_counter() - start)
    return None, statistics.median(times) * 1e6


def shingles(text: str, length: int = 5) -> list[str]:
    import re

    words = re.findall(r"\w+", text.lower())
    return [" ".join(words[place : place + length]) for place in range(max(1, len(words) - length + 1))]


def rival_rfind(_folder: Path, megabytes: float):
    texts, size = documents(megabytes)

    def split(text: str) -> list[str]:
        found, start, length = [], 0, len(text)
        while start < length:
            end = start + SIZE
            if end < length:
                for separator in ("\n\n", "\n", ". ", " "):
                    place = text.rfind(separator, start + SIZE // 2, end)
                    if place > 0:
                        end = place + len(separator)
                        break
            found.append(text[start:end])
            start = end
        return found

    return size, lambda: sum(len(split(text)) for text in texts)


def rival_splitter(_folder: Path, megabytes: float):
    from semantic_text_splitter import TextSplitter

    splitter = TextSplitter(SIZE)
    texts, size = documents(megabytes)
    print(
        json.dumps({"ends": ends_of(texts[:400], [splitter_pieces(splitter, text) for text in texts[:400]])}),
        file=sys.stderr,
    )
    return size, lambda: sum(len(splitter.chunks(text)) for text in texts)


def splitter_pieces(splitter, text: str) -> list[str]:
    """With the white space that it leaves out between chunks, so that ends are places of the text."""
    starts = [start for start, _ in splitter.chunk_indices(text)]
    ends = [*starts[1:], len(text)]
    return [text[start:end] for start, end in zip([0, *starts[1:]], ends, strict=True)] if starts else [text]


def rival_splitter_tokens(folder: Path, megabytes: float):
    from semantic_text_splitter import TextSplitter
    from tokenizers import Tokenizer

    splitter = TextSplitter.from_huggingface_tokenizer(Tokenizer.from_file(str(tokenizer_file(folder))), TOKENS)
    texts, size = documents(megabytes)
    return size, lambda: sum(len(splitter.chunks(text)) for text in texts)


def rival_rensa(_folder: Path, megabytes: float):
    import rensa

    texts, size = documents(megabytes)

    def run() -> int:
        for text in texts:
            found = rensa.RMinHash(num_perm=128, seed=42)
            found.update(shingles(text))
            found.digest()
        return len(texts)

    return size, run


def rival_set(_folder: Path, megabytes: float):
    texts, size = documents(megabytes)
    benchmark = {run for text in texts[:200] for run in shingles(text[:400], 13)}
    return size, lambda: sum(any(run in benchmark for run in shingles(text, 13)) for text in texts)


def tantivy_index(texts: list[str], folder: Path):
    import tantivy

    folder.mkdir()
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("id", stored=True, indexed=False, fast=True)
    schema.add_text_field("text", stored=False, tokenizer_name="default", index_option="freq")
    index = tantivy.Index(schema.build(), path=str(folder))
    writer = index.writer(heap_size=256 << 20, num_threads=1)
    for number, text in enumerate(texts):
        writer.add_document(tantivy.Document(id=number, text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def rival_index(folder: Path, megabytes: float):
    texts, size = documents(megabytes)
    number = iter(range(100))
    return size, lambda: tantivy_index(texts, folder / f"tantivy{next(number)}").searcher().num_segments


def rival_search(folder: Path, megabytes: float):
    texts, _ = documents(megabytes)
    index = tantivy_index(texts, folder / "tantivy-search")
    searcher = index.searcher()
    asked = [index.parse_query(query, ["text"]) for query in queries(texts)]
    return latency(asked, lambda query: searcher.search(query, 10))


# -- side by side -----------------------------------------------------------------------------------------------------

JOBS = {
    # job: (ours, rival, megabytes for each, least multiple, what is aimed at)
    "characters / semantic-text-splitter": ("ours_chars", "rival_splitter", (100, 24), 20, 60),
    "characters / rfind loop": ("ours_chars", "rival_rfind", (100, 100), 2, None),
    "one line of 100 MB / rfind loop": ("ours_line", "rival_rfind", (100, 100), None, None),
    "512 tokens / semantic-text-splitter": ("ours_tokens", "rival_splitter_tokens", (24, 2), 27, 50),
    "512 tokens by the library / semantic-text-splitter": (
        "ours_tokens_fallback",
        "rival_splitter_tokens",
        (4, 2),
        None,
        None,
    ),
    "MinHash 128 / rensa with Python shingles": ("ours_minhash", "rival_rensa", (12, 12), 7, 11),
    "13 words in a row / Python set": ("ours_benchmark", "rival_set", (12, 12), 12, 19),
    "index of frequencies / tantivy-py": ("ours_index", "rival_index", (150, 150), 1.5, 2.7),
    "top 10, p50 / tantivy-py": ("ours_search", "rival_search", (150, 150), 1, 1.43),
}


def measure(name: str, megabytes: float) -> None:
    """One process: prints what one run does a second, or the reciprocal of a latency."""
    with tempfile.TemporaryDirectory() as folder:
        shared = os.environ.get("BENCH_SHARED")
        for file in Path(shared).glob("*.json") if shared else []:
            Path(folder, file.name).write_bytes(file.read_bytes())
        size, run = globals()[name](Path(folder), megabytes)
        if size is None:
            print(json.dumps({"microseconds": run, "rate": 1e6 / run}))
            return
        times: list[float] = []
        # The first run of all may load, allocate and encode; a short one is repeated.
        while len(times) < 3 and sum(times) < 20:
            start = time.process_time()
            units = run()
            times.append(time.process_time() - start)
        print(json.dumps({"rate": size / statistics.median(times), "units": units}))


def median_rates(ours: str, rival: str, megabytes: tuple[float, float], rounds: int, shared: Path) -> list[dict]:
    """Both in turns, so that a slow moment of the machine meets both."""
    environment = os.environ | {
        "TOKENIZERS_PARALLELISM": "false",
        "RAYON_NUM_THREADS": "1",
        "BENCH_SHARED": str(shared),
    }
    found: list[list[dict]] = [[], []]
    for _ in range(rounds):
        for side, (name, python) in enumerate([(ours, sys.executable), (rival, RIVALS)]):
            command = [python, __file__, "--measure", name, "--megabytes", str(megabytes[side])]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
            if done.returncode:
                sys.exit(f"error: {name} failed: {done.stderr[-2000:]}")
            found[side].append(json.loads(done.stdout) | {"talk": done.stderr.strip()})
    return [sorted(side, key=lambda row: row["rate"])[len(side) // 2] for side in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobs", nargs="*", help="jobs whose names contain one of these; none: all")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--megabytes", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure, arguments.megabytes)
        return
    if not RIVALS or not CORPUS.exists():
        sys.exit(
            "error: set BENCH_PYTHON to an interpreter with the rivals, and BENCH_CORPUS to the folder of corpus.jsonl"
        )
    print("| job | ours | rival | multiple | v1 | moonshot |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        tokenizer_file(Path(folder))
        for job, (ours, rival, megabytes, least, aim) in JOBS.items():
            if arguments.jobs and not any(part in job for part in arguments.jobs):
                continue
            a, b = median_rates(ours, rival, megabytes, arguments.rounds, Path(folder))
            shown = [
                f"{row['microseconds']:.0f} us" if "microseconds" in row else f"{row['rate']:.3g} MB/s"
                for row in (a, b)
            ]
            multiple = a["rate"] / b["rate"]
            print(f"| {job} | {shown[0]} | {shown[1]} | {multiple:.2f} | {least or '-'} | {aim or '-'} |", flush=True)
            for row in (a, b):
                if row["talk"]:
                    print(row["talk"], file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
