# Two commands are enough: `make run` and `make test`. Each sets up what it needs.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check bench pocket format clean

help:  ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

.venv/run: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/dev: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch .venv/run $@

run: .venv/run  ## set everything up and start the bot with its console
	$(BIN)/python main.py run

test: .venv/dev  ## set everything up, the browser included, and run all checks and tests
	@$(BIN)/python -m tests.browser_setup
	$(MAKE) check
	$(BIN)/pytest --numprocesses=logical --maxprocesses=4 --dist=worksteal --ignore=tests/test_architecture.py

check: .venv/dev  ## style, types, architecture: quick, before every commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest tests/test_architecture.py

bench: .venv/dev  ## measure against peers, in one run, with the spread
	$(BIN)/python -m benchmarks

.venv/pocket: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[pocket]'
	@touch .venv/run $@

# Any step may be stopped: the same command goes on where it was. POCKET_FLAGS="--share 0.001" proves the way in minutes.
WORK ?= data/pocket
pocket: .venv/pocket  ## train the pocket models from nothing, hours on two cores; needs npm
	$(BIN)/python -m pocket $(WORK) $(POCKET_FLAGS)

format: .venv/dev  ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## take away what was set up (never the data folder)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
