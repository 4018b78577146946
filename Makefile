# Two commands matter: `make run` opens the app, `make test` runs every check. Both set themselves up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
.DEFAULT_GOAL := help
# Where it is set, each process of a run would compile every test anew: a third of the time of `make quick`.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run test quick lint bench torture courses clean

help:
	@echo "make run     open TUI Tutor (sets everything up first)"
	@echo "make test    run all checks and tests"
	@echo "make quick   the checks and the tests that need under a minute"
	@echo "make bench   print performance figures"
	@echo "make torture end programs at every step, damage files, fill disks, cheat, flood; print what it cost"
	@echo "make courses run the shipped courses and write their locks"
	@echo "make clean   remove the environment and caches"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "TUI Tutor needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12 run"; exit 3; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv. Then run make again."; exit 3; }
	$(PYTHON) -m venv $(VENV)

$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,formats,studio,bedrock]'
	@touch $@

$(VENV)/.torch: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[torch]'
	@touch $@

run: $(STAMP)
	@$(BIN)/tui-tutor

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quick: lint
	$(BIN)/python -m pytest -n 4 --dist worksteal -m 'not slow and not torch'

test: $(VENV)/.torch lint
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations 10

bench: $(VENV)/.torch
	$(BIN)/python -m benchmarks

torture: $(STAMP)
	$(BIN)/python -m tests.faults

courses: $(VENV)/.torch
	for course in courses/*/; do $(BIN)/tui-tutor verify "$$course" || exit 1; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
