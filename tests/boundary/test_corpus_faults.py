"""What packing leaves behind when the outside world fails, and what a damaged shard says."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import shutil
import signal
import time
from typing import TYPE_CHECKING

import pytest
import zstandard

from spice_fast import cli
from spice_fast.corpus import Corpus, build, pack, verify
from spice_fast.errors import CorpusError, DocumentError, OutputExistsError, StorageError

if TYPE_CHECKING:
    from pathlib import Path


def lines(number: int, seed: int = 1) -> str:
    generator = random.Random(seed)
    words = ["river", "stone", "light", "Größe", "walked", "日本語", "and", "the"]
    texts = (" ".join(generator.choices(words, k=generator.randrange(20, 200))) for _ in range(number))
    return "".join(json.dumps({"text": text, "id": place}) + "\n" for place, text in enumerate(texts))


def shards(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.spk")}


def in_child(work) -> int:
    """Process that runs ``work`` and leaves with 0, or with 1 after an error."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.slow
def test_a_packing_killed_at_a_hundred_moments_is_finished_by_the_next(tmp_path):
    source, output = tmp_path / "a.jsonl.gz", tmp_path / "corpus"
    source.write_bytes(gzip.compress(lines(30_000).encode()))

    def run(folder=output):
        pack([source], folder, min_bytes=0, threads=1, shard_bytes=2**18)

    start = time.perf_counter()
    run(tmp_path / "whole")
    duration = time.perf_counter() - start
    expected = shards(tmp_path / "whole")
    assert len(expected) > 50
    generator, finished, resumed = random.Random(5), 0, 0
    for _ in range(100):
        child = in_child(run)
        time.sleep(generator.random() * duration)
        os.kill(child, signal.SIGKILL)
        wait(child)
        if output.exists():
            # What has its name is whole.
            corpus = Corpus.open(output)
            assert corpus.hash == Corpus.open(tmp_path / "whole").hash
            assert shards(output) == expected
            finished += 1
            shutil.rmtree(output)
        else:
            staged = shards(tmp_path / ".corpus.building") if (tmp_path / ".corpus.building").exists() else {}
            assert all(expected[name] == data for name, data in staged.items())
            resumed += bool(staged)
    assert resumed > 10
    if not output.exists():
        run()
    assert shards(output) == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl.gz", "corpus", "whole"]


@pytest.mark.slow
def test_a_build_killed_at_random_moments_leaves_nothing_that_opens(tmp_path):
    source, output = tmp_path / "a.jsonl", tmp_path / "corpus"
    source.write_text(lines(20_000))
    generator = random.Random(6)
    for _ in range(30):
        child = in_child(lambda: build([source], output, min_bytes=0, threads=1))
        time.sleep(generator.random() * 0.1)
        os.kill(child, signal.SIGKILL)
        wait(child)
        if output.exists():
            assert len(Corpus.open(output)) == 20_000
            shutil.rmtree(output)
    build([source], output, min_bytes=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "corpus"]


def test_two_packers_on_one_output_do_not_mix(tmp_path):
    source, output = tmp_path / "a.jsonl", tmp_path / "corpus"
    source.write_text(lines(20_000))
    child = in_child(lambda: pack([source], output, min_bytes=0, threads=1, shard_bytes=2**18))
    while not (tmp_path / ".corpus.building").exists():
        time.sleep(0.001)
    with pytest.raises(OutputExistsError, match=r"another process is building|already exists"):
        pack([source], output, min_bytes=0)
    assert wait(child) == 0
    assert len(Corpus.open(output)) == 20_000


@pytest.mark.parametrize("make", [build, pack])
def test_a_full_disk_is_an_error_and_leaves_no_corpus(tmp_path, make):
    source, output = tmp_path / "a.jsonl", tmp_path / "corpus"
    source.write_text(lines(20_000))

    def run():
        # The system's way to say "no room" without a disk of our own.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        with pytest.raises(StorageError, match="cannot write"):
            make([source], output, min_bytes=0, threads=1)

    assert wait(in_child(run)) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_truncated_and_foreign_inputs_are_named(tmp_path):
    whole = lines(300).encode()
    for name, data in [
        ("a.jsonl.gz", gzip.compress(whole)[:-20]),
        ("a.jsonl.zst", zstandard.compress(whole)[:-20]),
        ("a.parquet", b"PAR1" + whole),
        ("a.txt", b"a\0b"),
    ]:
        source = tmp_path / name
        source.write_bytes(data)
        with pytest.raises(DocumentError, match=name):
            pack([source], tmp_path / "corpus", min_bytes=0)
        source.unlink()
    assert list(tmp_path.iterdir()) == []


def test_what_precedes_the_damage_is_kept_when_skipping(tmp_path):
    source = tmp_path / "a.jsonl.gz"
    source.write_bytes(gzip.compress(lines(3_000).encode())[:-5_000])
    facts = pack([source], tmp_path / "corpus", min_bytes=0, on_error="skip")
    assert 1_000 < facts.num_documents < 3_000
    assert facts.num_skipped == 1
    assert "a.jsonl.gz" in facts.skipped[0].place


def test_a_unit_too_large_to_draw_from_is_refused_in_place_and_packed(tmp_path):
    text = json.dumps({"text": "word " * 100_000}) + "\n"
    source = tmp_path / "a.jsonl.zst"
    source.write_bytes(zstandard.compress((text * 560).encode()))
    with pytest.raises(DocumentError, match="spice-fast corpus pack"):
        build([source], tmp_path / "corpus")
    assert pack([source], tmp_path / "corpus").num_documents == 560


@pytest.mark.parametrize("cut", [1, 216, 5_000])
def test_a_truncated_shard_is_named(tmp_path, cut):
    source = tmp_path / "a.jsonl"
    source.write_text(lines(300))
    pack([source], tmp_path / "corpus", min_bytes=0)
    shard = tmp_path / "corpus" / "00000.spk"
    os.truncate(shard, shard.stat().st_size - cut)
    corpus = Corpus.open(tmp_path / "corpus")
    with pytest.raises(CorpusError, match=r"00000\.spk: .*cut short"):
        corpus.read([0])
    shard.unlink()
    with pytest.raises(CorpusError, match=r"00000\.spk: the file is gone"):
        corpus.read([0])


def test_another_shard_of_the_same_name_is_refused(tmp_path):
    for seed, name in enumerate(["one", "two"]):
        (tmp_path / "a.jsonl").write_text(lines(300, seed))
        pack([tmp_path / "a.jsonl"], tmp_path / name, min_bytes=0)
    shutil.copy(tmp_path / "one" / "00000.spk", tmp_path / "two" / "00000.spk")
    with pytest.raises(CorpusError, match=r"00000\.spk: another shard"):
        Corpus.open(tmp_path / "two").read([0])


def test_a_newer_shard_is_refused_with_both_versions(tmp_path):
    (tmp_path / "a.jsonl").write_text(lines(300))
    pack([tmp_path / "a.jsonl"], tmp_path / "corpus", min_bytes=0)
    shard = tmp_path / "corpus" / "00000.spk"
    data = bytearray(shard.read_bytes())
    data[-216 + 8] = 9
    shard.write_bytes(data)
    with pytest.raises(CorpusError, match=r"format 9 is newer than 1"):
        Corpus.open(tmp_path / "corpus").read([0])


def test_verify_names_a_flipped_byte_and_exits_with_1(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text(lines(300))
    pack([tmp_path / "a.jsonl"], tmp_path / "corpus", min_bytes=0)
    assert verify(tmp_path / "corpus").damage == ()
    shard = tmp_path / "corpus" / "00000.spk"
    data = bytearray(shard.read_bytes())
    data[1_000] ^= 4
    shard.write_bytes(data)
    (damage,) = verify(tmp_path / "corpus").damage
    assert damage.path == shard
    assert damage.reason.startswith("block 0, bytes 32 to ")
    assert damage.first_document == 0
    with pytest.raises(SystemExit) as exit_:
        cli.app(["corpus", "verify", str(tmp_path / "corpus"), "--json"])
    assert exit_.value.code == 1
    assert json.loads(capsys.readouterr().out)["damage"][0]["path"] == str(shard)
