"""Whatever stops a build, soon is soon and nothing half-written stands at the output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from spice_fast.corpus import Corpus, Sampler, build

SOON_S = 5
"""Far above the tenth of a second that it takes, for machines that are busy."""


@pytest.fixture
def endless(tmp_path):
    """A file that takes minutes to read and no room on the disk: 400 GB of holes."""
    path = tmp_path / "endless.jsonl"
    with path.open("wb") as file:
        file.truncate(400 << 30)
    return path


@contextmanager
def interrupted_soon():
    """Presses Ctrl-C after a fifth of a second, and wants the answer soon."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    start = time.monotonic()
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - start < SOON_S


def test_ctrl_c_stops_a_build_soon_and_leaves_nothing(endless, tmp_path):
    with interrupted_soon():
        build([endless], tmp_path / "new" / "corpus", threads=1)
    assert list(tmp_path.iterdir()) == [endless]


def test_ctrl_c_stops_a_draw_and_a_reading_soon(tmp_path):
    (tmp_path / "a.txt").write_text("a word. " * 10_000)
    build([tmp_path / "a.txt"], tmp_path / "corpus")
    corpus = Corpus.open(tmp_path / "corpus")
    sampler = Sampler(corpus, seed=0, passage_bytes=40_000)
    with interrupted_soon():
        sampler.draw(range(3_000_000), threads=1)
    (tmp_path / "b.txt").write_text("a word. " * 100)
    build([tmp_path / "b.txt"], tmp_path / "small")
    with interrupted_soon():
        Corpus.open(tmp_path / "small").read([0] * 2_000_000, threads=1)
    # The next call knows nothing of it.
    assert len(sampler.draw(range(3))) == 3


def test_an_error_of_the_progress_callback_stops_the_build_and_is_what_the_caller_sees(endless, tmp_path):
    class Enough(Exception):
        pass

    def progress(done, total):
        assert 0 <= done <= total or total == 0
        raise Enough

    start = time.monotonic()
    with pytest.raises(Enough):
        build([endless], tmp_path / "corpus", progress=progress, threads=1)
    assert time.monotonic() - start < SOON_S
    assert list(tmp_path.iterdir()) == [endless]


@pytest.mark.slow
def test_ctrl_c_on_the_command_line_is_exit_code_130_and_no_traceback(endless, tmp_path):
    # A child of a shell in the background inherits that Ctrl-C is ignored.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = [sys.executable, "-c", f"{listen}; from spice_fast.cli import main; main()"]
    arguments = ["corpus", "build", str(endless), "--output", "corpus", "--threads", "1"]
    process = subprocess.Popen([*program, *arguments], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        while not list(tmp_path.glob(".corpus.building*")):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SOON_S)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == [endless]


@pytest.mark.slow
def test_a_killed_build_leaves_the_older_corpus_and_the_next_build_works(endless, tmp_path):
    (tmp_path / "a.txt").write_text("a word. " * 100)
    output = tmp_path / "corpus"
    build([tmp_path / "a.txt"], output)
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    script = (
        "import sys; from spice_fast.corpus import build; build([sys.argv[1]], sys.argv[2], overwrite=True, threads=1)"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(endless), str(output)])
    try:
        while not list(tmp_path.glob(".corpus.building*")):
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    assert {path.name: path.read_bytes() for path in output.iterdir()} == before
    (tmp_path / "a.txt").write_text("another. " * 100)
    build([tmp_path / "a.txt"], output, overwrite=True)
    assert Corpus.open(output).read([0]) == ["another. " * 100]
