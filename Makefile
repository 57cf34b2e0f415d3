# The only list of commands: people, `.ci/run` and the workflows call the same targets.

VENV := .venv
BIN := $(VENV)/bin
# The first interpreter that is new enough; the frozen requirements were made with 3.11.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
ENGINE ?= transformers
SEED ?= 1
ROUNDS ?= 200
# Continuous integration builds what Cargo.lock says or fails; at a desk the lock file follows Cargo.toml.
LOCKED := $(if $(CI),--locked)
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
REQUIREMENTS := $(VENV)/.requirements-stamp
CORE := $(VENV)/.core-stamp
# Of the packages that call the grader; it reads what it lacks from the environment above.
ADAPTERS := .venv-adapters
ADAPTERS_STAMP := $(ADAPTERS)/.requirements-stamp
SOURCES := $(shell find rust -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock pyproject.toml

export HF_HUB_DISABLE_TELEMETRY := 1
export TOKENIZERS_PARALLELISM := false
# maturin and pyo3 work for this environment, whatever shell or conda environment calls them.
export VIRTUAL_ENV := $(abspath $(VENV))
unexport CONDA_PREFIX PYTHONHOME

.PHONY: help setup demo test test-rust test-python test-quick test-adapters lint format wheel bench bench-answers bench-corpus bench-gates bench-mine bench-store bench-scale bench-rewards golden-answers fuzz mini-checkpoint evidence clean

help: ## list all targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: $(CORE) ## virtual environment, frozen dependencies, the Rust core (quick when nothing changed)

$(REQUIREMENTS): requirements/cpu.txt
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found; install it, or call make PYTHON=/path/to/python3.11"; exit 1; }
	@command -v cargo >/dev/null || { echo "error: cargo not found; install Rust 1.95 or newer with rustup"; exit 1; }
	@echo "installing requirements/cpu.txt into $(VENV): a few minutes, 6 GB"
	@"$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/cpu.txt
	@touch $@

$(CORE): $(REQUIREMENTS) $(SOURCES)
	@echo "building the Rust core: some minutes the first time, seconds later"
	@PIP_QUIET=1 $(BIN)/maturin develop --release --quiet $(LOCKED)
	@touch $@

demo: setup ## self-play that visibly learns, on two CPU cores (ENGINE=vllm, SEED=, ROUNDS=)
	$(BIN)/python -m spice_fast.mini.demo --engine $(ENGINE) --seed $(SEED) --rounds $(ROUNDS)

test: test-rust test-python ## every test

test-rust: setup ## tests of the Rust crates, documentation examples included
	@if command -v cargo-nextest >/dev/null; then cargo nextest run $(LOCKED); else cargo test $(LOCKED) --lib --tests; fi
	cargo test $(LOCKED) --doc

test-python: test-quick ## every Python test, the slow ones one at a time
	$(BIN)/pytest -q -m slow

test-quick: setup ## Python tests that start no engine and no second process
	$(BIN)/pytest -q -n 2 -m 'not slow'

test-adapters: setup $(ADAPTERS_STAMP) ## the grader inside verl, lm-evaluation-harness and lighteval (their own environment, 1 GB)
	$(ADAPTERS)/bin/python -m pytest -q -W default tests/adapters
	PYTHONPATH=$(ADAPTERS)/lighteval $(ADAPTERS)/bin/python -m pytest -q -W default tests/adapters/test_lighteval.py

$(ADAPTERS_STAMP): requirements/adapters.txt requirements/lighteval.txt $(REQUIREMENTS)
	@echo "installing requirements/adapters.txt into $(ADAPTERS): a minute, 1 GB"
	@"$(PYTHON)" -m venv $(ADAPTERS)
	@$(ADAPTERS)/bin/python -c 'import pathlib, sys, sysconfig; \
		pathlib.Path(sysconfig.get_path("purelib"), "main.pth").write_text("\n".join(sys.argv[1:]) + "\n")' \
		"$$($(abspath $(BIN))/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" $(CURDIR)/python
	@$(ADAPTERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python \
		-r requirements/adapters.txt
	@$(ADAPTERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade \
		--target $(ADAPTERS)/lighteval -r requirements/lighteval.txt
	@touch $@

lint: setup ## formatters, linters, types, layers
	cargo fmt --all --check
	cargo clippy $(LOCKED) --workspace --all-targets --quiet -- -D warnings
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest spice_fast._core
	$(BIN)/lint-imports --no-logo

format: setup ## write files as the formatters want them
	cargo fmt --all
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet

wheel: $(REQUIREMENTS) ## abi3 wheel and source distribution in dist/
	$(BIN)/maturin build --profile dist $(LOCKED) --out dist
	$(BIN)/maturin sdist --out dist

bench: setup ## what a round costs besides generation and update
	$(BIN)/python benches/bench_round.py

bench-gates: setup ## what all gates but the generating one cost a round, and the memory of questions
	$(BIN)/python benches/bench_gates.py

bench-answers: setup ## the grader beside the other open ones (all of them after make test-adapters)
	$(BIN)/python benches/bench_answers.py

bench-rewards: setup ## advantages beside numpy and torch, into docs/performance.md
	$(BIN)/python benches/bench_rewards.py

bench-scale: setup ## what a corpus of 10^6, 10^8 and 10^9 documents costs; 4 GB of disk, 10 minutes
	$(BIN)/python benches/bench_scale.py

# The rivals' environments and the corpus they share; rebuilt only where something is missing.
RIVALS ?= build/rivals
GRAIN ?= build/grain
BENCH_CORPUS ?= build/bench-corpus
BENCH_DATA ?= build/bench-data

$(RIVALS)/bin/python:
	"$(PYTHON)" -m venv $(RIVALS)
	$(RIVALS)/bin/python -m pip install --quiet --disable-pip-version-check -r benches/rivals/requirements.txt

$(GRAIN)/bin/python:
	"$(PYTHON)" -m venv $(GRAIN)
	$(GRAIN)/bin/python -m pip install --quiet --disable-pip-version-check -r benches/rivals/requirements-grain.txt

$(BENCH_CORPUS)/corpus.jsonl:
	"$(PYTHON)" benches/rivals/build_corpus.py --out $(BENCH_CORPUS)

bench-corpus: setup $(RIVALS)/bin/python $(GRAIN)/bin/python $(BENCH_CORPUS)/corpus.jsonl ## reading, sampling and resuming beside the rivals, into docs/performance.md
	$(BIN)/python benches/bench_corpus.py --rivals $(RIVALS)/bin/python --grain $(GRAIN)/bin/python \
		--corpus $(BENCH_CORPUS) --data $(BENCH_DATA)

bench-store: setup $(RIVALS)/bin/python $(BENCH_CORPUS)/corpus.jsonl ## packing and compressed reading beside zstd and lance, into docs/performance.md
	$(BIN)/python benches/bench_store.py --rivals $(RIVALS)/bin/python --corpus $(BENCH_CORPUS) --data $(BENCH_DATA)
bench-mine: setup ## chunks, copies, benchmark pieces and search beside their rivals (BENCH_PYTHON=, BENCH_CORPUS=)
	$(BIN)/python benches/bench_mine.py

golden-answers: setup ## write the labelled answers of tests/golden anew
	$(BIN)/python scripts/make_golden_answers.py

FUZZ_SECONDS ?= 60

fuzz: ## every fuzz target for a minute (FUZZ_SECONDS=); needs cargo-fuzz, not nightly Rust
	for target in extract parse check chunk bpe keep jsonl frames parquet shard catalogue; do \
		cargo fuzz run --sanitizer none -O $$target -- -max_total_time=$(FUZZ_SECONDS) -timeout=10 -max_len=400 \
			-rss_limit_mb=2048 || exit 1; done

mini-checkpoint: setup ## train the miniature's warm-up checkpoint anew (20 minutes)
	$(BIN)/python -m spice_fast.mini.checkpoint

evidence: setup ## every run of docs/evidence.md, two at a time (three hours; goes on where it stopped)
	$(BIN)/python scripts/evidence

clean: ## remove build output and the virtual environments (runs/ stays)
	rm -rf $(VENV) $(ADAPTERS) $(TARGET_DIR) dist
