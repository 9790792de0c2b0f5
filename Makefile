# Allô Mairie: `make run` sets everything up and answers calls, `make test` proves it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
TOWN ?= examples/saint-aubin
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help run test interop lint bench models clean

help:
	@echo "make run    set everything up and answer calls for $(TOWN)"
	@echo "make test   run the tests (the models are fetched first)"
	@echo "make interop  call, and attack, with real peers: sipp, baresip, Kamailio (an hour at most)"
	@echo "make lint   ruff and mypy"
	@echo "make bench  measure recognition on this machine"
	@echo "make clean  remove the environment and what tests left"

run: models
	@$(BIN)/allomairie serve --town $(TOWN)

test: models
	@$(BIN)/allomairie models pull kokoro-caller-voices
	@$(BIN)/python -m pytest --ignore=tests/edge --ignore=tests/hostile -m 'not long' $(PYTEST_ARGS)

interop: models
	@timeout 3600 $(BIN)/python -m pytest tests/interop tests/edge tests/hostile $(PYTEST_ARGS)

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: models
	@$(BIN)/python -m bench.recognition

models: $(STAMP)
	@$(BIN)/allomairie models pull --town $(TOWN)

# The environment is rebuilt when the lock or the project file changes, and only then.
$(STAMP): requirements.lock pyproject.toml deploy/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" deploy/setup.sh
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
