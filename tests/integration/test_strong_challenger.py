"""A run whose tasks are written by a real vLLM server on this machine, which serves the miniature's checkpoint."""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from spice_fast.observability import RunFolder, read_events
from spice_fast.records import Prompt
from spice_fast.rollouts import ServedEngine
from spice_fast.training.policy import BUILTIN_MODELS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed"),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(BUILTIN_MODELS["builtin:mini"]),
        "--served-model-name", "mini", "--host", "127.0.0.1", "--port", str(port), "--dtype", "float32",
        "--max-model-len", "256", "--enforce-eager", "--generation-config", "vllm",
        # A prompt read in chunks rewinds the request's random generator, which torch's CPU generators cannot.
        "--no-enable-chunked-prefill", "--max-num-batched-tokens", "8192",
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "VLLM_NO_USAGE_STATS": "1", "VLLM_CPU_KVCACHE_SPACE": "1"}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}/v1"
    deadline = time.monotonic() + 300
    try:
        while True:
            assert server.poll() is None, (folder / "log").read_text()[-4000:]
            assert time.monotonic() < deadline, (folder / "log").read_text()[-4000:]
            try:
                with urllib.request.urlopen(f"{address}/models", timeout=5) as answer:
                    assert json.load(answer)["data"][0]["id"] == "mini"
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            # While it starts it does not listen; its engine processes are in its group.
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def test_a_served_model_gives_the_greedy_text_of_the_same_weights_here(url):
    from transformers import AutoTokenizer

    from spice_fast.config import ModelConfig
    from spice_fast.training.policy import load_policy, stop_tokens
    from spice_fast.training.transformers_engine import TransformersEngine

    model, tokenizer = load_policy(ModelConfig(path="builtin:mini", dtype="float32", templates="mini"))
    ours = TransformersEngine(
        model.eval(), eos_token_ids=stop_tokens(model.generation_config, tokenizer), pad_token_id=tokenizer.pad_token_id,
        max_batch_tokens=4096,
    )  # fmt: skip
    served = ServedEngine(
        url=url, model="mini", tokenizer=AutoTokenizer.from_pretrained(BUILTIN_MODELS["builtin:mini"])
    )
    texts = [f"<challenger> lamp {a} a stone {b} = moon 1 ; <go>" for a in range(5) for b in range(5)]
    prompts = [Prompt(tokenizer.encode(text), [("user", text)]) for text in texts]
    here, there = (engine.generate(prompts, range(25), max_new_tokens=32, temperature=0.0) for engine in (ours, served))
    decoded = tokenizer.batch_decode([completion.token_ids for completion in here], skip_special_tokens=True)

    def words(text):
        """What is written, whatever spaces the server's detokenizer puts between tokens."""
        return {key: value.split() for key, value in json.loads(text).items()}

    pairs = [(words(a), words(b.text)) for a, b in zip(decoded, there, strict=True)]
    assert sum(a == b for a, b in pairs) >= 24, (decoded[0], there[0].text)


def test_a_run_trains_the_reasoner_alone_on_the_served_models_tasks(url, mini_files, tmp_path):
    corpus, held_out = mini_files
    settings = [
        "rounds=2", "passages_per_round=4", "challenger.group=4", "reasoner.rollouts=4", f"corpus.path={corpus}",
        f"evaluation.suite={held_out}", f"challenger.url={url}",
    ]  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "spice_fast.cli",
        "train",
        "mini/strong-challenger",
        "--output",
        str(tmp_path / "run"),
    ]
    for setting in settings:
        command += ["--set", setting]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr[-3000:]
    folder = RunFolder(tmp_path / "run")
    rows = [row for index in range(2) for row in read_events(folder.events_of(index))]
    valid = [row for row in rows if row["valid"]]
    assert len(rows) == 32
    assert len(valid) > 8
    assert all(len(row["verdicts"]) == 4 for row in valid if row["kept"])
