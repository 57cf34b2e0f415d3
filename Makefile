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
SOURCES := $(shell find rust -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock pyproject.toml

export HF_HUB_DISABLE_TELEMETRY := 1
export TOKENIZERS_PARALLELISM := false
# maturin and pyo3 work for this environment, whatever shell or conda environment calls them.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
unexport CONDA_PREFIX PYTHONHOME

.PHONY: help setup demo test test-rust test-python test-quick lint format wheel bench bench-answers bench-mine golden-answers fuzz mini-checkpoint clean

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

bench-answers: setup ## the grader beside Math-Verify, accuracy and speed in one run
	$(BIN)/python benches/bench_answers.py

bench-mine: setup ## chunks, copies, benchmark pieces and search beside their rivals (BENCH_PYTHON=, BENCH_CORPUS=)
	$(BIN)/python benches/bench_mine.py

golden-answers: setup ## write the labelled answers of tests/golden anew
	$(BIN)/python scripts/make_golden_answers.py

fuzz: ## every fuzz target for a minute; needs cargo-fuzz, not nightly Rust
	for target in extract parse check chunk bpe; do \
		cargo fuzz run --sanitizer none -O $$target -- -max_total_time=60 -timeout=2 -max_len=400 || exit 1; done

mini-checkpoint: setup ## train the miniature's warm-up checkpoint anew (20 minutes)
	$(BIN)/python -m spice_fast.mini.checkpoint

clean: ## remove build output and the virtual environment (runs/ stays)
	rm -rf $(VENV) $(TARGET_DIR) dist
