# The only list of commands: people, `.ci/run` and the workflows call the same targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ENGINE ?= transformers
SEED ?= 1
ROUNDS ?= 200
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
CORE := $(VENV)/.core-stamp
SOURCES := $(shell find rust -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock pyproject.toml

export HF_HUB_DISABLE_TELEMETRY := 1
export TOKENIZERS_PARALLELISM := false
# pip and maturin install into this environment whatever shell calls them.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.PHONY: help setup demo test test-rust test-python test-quick lint format wheel bench mini-checkpoint clean

help: ## list all targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: $(CORE) ## virtual environment, frozen dependencies, the Rust core (quick when nothing changed)

$(VENV)/.requirements-stamp: requirements/cpu.txt
	@command -v cargo >/dev/null || { echo "error: cargo not found; install Rust 1.95 or newer (rustup)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PYTHON) is older than 3.11; call make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps -r requirements/cpu.txt
	touch $@

$(CORE): $(VENV)/.requirements-stamp $(SOURCES)
	$(BIN)/maturin develop --release --quiet
	touch $@

demo: setup ## self-play that visibly learns, on two CPU cores (ENGINE=vllm, SEED=, ROUNDS=)
	$(BIN)/python -m spice_fast.mini.demo --engine $(ENGINE) --seed $(SEED) --rounds $(ROUNDS)

test: test-rust test-python ## every test

test-rust: ## tests of the Rust crates
	@if command -v cargo-nextest >/dev/null; then cargo nextest run; else cargo test --lib --tests; fi
	cargo test --doc

test-python: setup ## tests of the Python package, the slow ones one at a time
	$(BIN)/pytest -q -n 2 -m 'not slow'
	$(BIN)/pytest -q -m slow

test-quick: setup ## Python tests that start no engine and no second process
	$(BIN)/pytest -q -n 2 -m 'not slow'

lint: setup ## formatters, linters, types, layers
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest spice_fast._core --ignore-missing-stub
	$(BIN)/lint-imports --no-logo

format: setup ## write files as the formatters want them
	cargo fmt --all
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format --quiet

wheel: $(VENV)/.requirements-stamp ## abi3 wheel and source distribution in dist/
	$(BIN)/maturin build --profile dist --out dist
	$(BIN)/maturin sdist --out dist

bench: setup ## what a round costs besides generation and update
	$(BIN)/python benches/bench_round.py

mini-checkpoint: setup ## train the miniature's warm-up checkpoint anew (20 minutes)
	$(BIN)/python -m spice_fast.mini.checkpoint

clean: ## remove build output and the virtual environment (runs/ stays)
	rm -rf $(VENV) $(TARGET_DIR) dist
