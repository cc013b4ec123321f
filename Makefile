# Everything runs from .venv, which the first target builds; nothing is installed outside it but the test services (see tests/services.sh).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

SUITABLE := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c '$(SUITABLE)' 2>/dev/null && echo $$p && break; done)
UV ?= uv
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test prove clocks lint services bench corpus lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.built ## the whole thing on the bundled example service
	$(BIN)/releasekit demo

test: services lint ## lint, then the tests, against real services
	$(BIN)/python -m pytest -n $(WORKERS)

prove: services ## the same tests with as many kills, races and random inputs as the README promises (takes long)
	RELEASEKIT_PROVE=1 $(BIN)/python -m pytest -n $(WORKERS) --timeout 3600

clocks: services ## the tests at other dates, hours and time zones (takes long)
	WORKERS=$(WORKERS) tests/clocks/run.sh

lint: $(VENV)/.built ## style, types and the walls between the rooms
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

services: $(VENV)/.built ## see that the programs the tests talk to are there; root on Debian installs them
	tests/services.sh

bench: $(VENV)/.built ## measure; JSON on standard output
	@$(BIN)/python -m tests.bench

corpus: $(VENV)/.built ## what is found in real repositories: make corpus CORPUS=FOLDER SCORER=score.py
	@SCORER=$(SCORER) $(BIN)/python -m tests.corpus $(CORPUS)

lock: ## resolve requirements/dev.txt anew; needs uv (UPGRADE=1 takes the newest of everything)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv, which is not on PATH: install it with 'pipx install uv', or say where it is: make lock UV=/path/to/uv" >&2; exit 1; }
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make lock' \
		$(if $(UPGRADE),--upgrade) --extra postgres --extra app --extra objectstore --extra dask \
		--output-file requirements/dev.txt pyproject.toml requirements/dev.in

clean: ## remove .venv, caches and builds; reports stay
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find releasekit tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A change of pyproject.toml may change entry points, a change of the lock the packages: pip then does only what differs.
$(VENV)/.built: requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "releasekit needs Python 3.11 or newer, and none is on PATH: install one, or say where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c '$(SUITABLE)' || { echo "releasekit needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Say which to use: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
