# Two commands are enough: `make run` and `make test`. Neither needs root; the second time they take seconds.
# What was done is remembered by stamps in .venv, keyed on the content of the lock files.

PYTHON ?= python3
PORT ?=
BUSINESS ?= brightwater_dental
RASA_PORT ?= 5005
RASA_MODEL = var/rasa/$(BUSINESS).tar.gz
VENV := .venv
BIN := $(VENV)/bin
KEY := $(firstword $(shell cat .ci/requirements.txt .ci/requirements-dev.txt pyproject.toml | cksum))
RUN_READY := $(VENV)/.ready-to-run-$(KEY)
TEST_READY := $(VENV)/.ready-to-test-$(KEY)
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --no-header --no-annotate --quiet -p 3.11

.DEFAULT_GOAL := help
.PHONY: help run test test-all bench bench-phone rasa lock clean setup setup-test models

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

run: setup models ## set everything up, then open the call centre (PORT=9000 for another port than 8080)
	@exec $(BIN)/frontdesk serve $(if $(PORT),--port $(PORT))

test: setup-test models ## set up what tests need, then ruff, mypy and pytest
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -n 2 --dist loadfile -m "not slow"

test-all: setup-test models ## the same with the tests that take minutes
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -n 2 --dist loadfile -o faulthandler_timeout=3600

bench: setup-test models ## reply times, word errors, memory: a table and JSON
	@$(BIN)/python -m tests.bench

rasa: setup $(RASA_MODEL) ## a Rasa server that learns the same phrases (BUSINESS=harbour_vets RASA_PORT=5006 for another)
	@echo "Rasa answers for $(BUSINESS) at http://127.0.0.1:$(RASA_PORT)" >&2
	@exec .ci/rasa serve $(RASA_MODEL) $(RASA_PORT)

$(RASA_MODEL): .ci/requirements-rasa.txt nlu_data/config.yml nlu_data/domain.yml nlu_data/nlu.yml $(wildcard nlu_data/$(BUSINESS)/*.yml nlu_data/$(BUSINESS)/skills/*.yml)
	@PYTHON="$(PYTHON)" .ci/rasa install
	@echo "Rasa learns the phrases of $(BUSINESS): a few minutes" >&2
	@.ci/rasa train $(BUSINESS) nlu_data/config.yml $@

bench-phone: setup-test models ## callers on real lines, quiet and noisy, one and many: table, JSON, plots, docs/benchmarks.md
	@$(BIN)/python -m tests.bench.phone --docs docs/benchmarks.md --plots var/bench-phone $(ARGS)

lock: setup-test ## pin what pyproject.toml asks for
	@$(COMPILE) --extra sip -o .ci/requirements.txt
	@$(COMPILE) --extra dev -o .ci/requirements-dev.txt

clean: ## remove the virtual environment and tools' caches; models and data stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis frontdesk.egg-info

setup: $(RUN_READY)
	@.ci/debian-packages $(VENV) libportaudio2

setup-test: $(TEST_READY)
	@.ci/debian-packages $(VENV) libportaudio2 espeak-ng chromium sip-tester baresip-core

models:
	@$(BIN)/frontdesk models fetch --any

$(RUN_READY):
	@PYTHON="$(PYTHON)" .ci/install $(VENV) .ci/requirements.txt
	@touch $@

$(TEST_READY):
	@PYTHON="$(PYTHON)" .ci/install $(VENV) .ci/requirements-dev.txt
	@touch $@ $(RUN_READY)
